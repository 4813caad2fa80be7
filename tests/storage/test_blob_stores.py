"""The contract of a blob store, held by each of them."""

import hashlib
from datetime import UTC, datetime, timedelta

import anyio
import pytest
from storage_samples import SVG, encoded

from fabula.storage.base import BadPlace, BlobNotFound, BlobStore, NotAllowed, ObjectRef
from fabula.storage.buckets import BUCKETS, Bucket

PNG = encoded("PNG")
JPEG = encoded("JPEG")
TEMP = "workspace-temp"


async def read(
    store: BlobStore, key: str, start: int | None = None, end: int | None = None
) -> bytes:
    return b"".join([chunk async for chunk in store.open(TEMP, key, start, end)])


async def keys(store: BlobStore, bucket: str, prefix: str = "") -> list[str]:
    return [listed.ref.key async for listed in store.list(bucket, prefix)]


async def test_put_then_get(store: BlobStore) -> None:
    blob = await store.put(TEMP, "ann/job/0.png", PNG, "image/png")
    assert await store.get(TEMP, "ann/job/0.png") == PNG
    assert (blob.bucket, blob.key, blob.size) == (TEMP, "ann/job/0.png", len(PNG))
    assert blob.content_type == "image/png"
    assert blob.sha256 == hashlib.sha256(PNG).hexdigest()
    assert await store.stat(TEMP, "ann/job/0.png") == blob


async def test_put_replaces(store: BlobStore) -> None:
    first = await store.put(TEMP, "ann/0.png", PNG, "image/png")
    second = await store.put(TEMP, "ann/0.png", JPEG, "image/jpeg")
    assert await store.get(TEMP, "ann/0.png") == JPEG
    assert await store.stat(TEMP, "ann/0.png") == second
    assert first.etag != second.etag


async def test_replacing_with_the_same_size_changes_the_facts(store: BlobStore) -> None:
    for byte in (b"a", b"b", b"c"):
        data = PNG + byte
        await store.put(TEMP, "ann/0.png", data, "image/png")
        blob = await store.stat(TEMP, "ann/0.png")
        assert blob
        assert blob.sha256 == hashlib.sha256(data).hexdigest()


async def test_what_is_not_there(store: BlobStore) -> None:
    assert await store.stat(TEMP, "ann/none.png") is None
    with pytest.raises(BlobNotFound):
        await store.get(TEMP, "ann/none.png")
    with pytest.raises(BlobNotFound):
        await read(store, "ann/none.png")
    with pytest.raises(BlobNotFound):
        await store.copy(ObjectRef(TEMP, "ann/none.png"), ObjectRef(TEMP, "ann/copy.png"))


async def test_a_folder_is_no_file(store: BlobStore) -> None:
    await store.put(TEMP, "ann/job/0.png", PNG, "image/png")
    for key in ("ann/job", "ann/job/0.png/deeper"):
        assert await store.stat(TEMP, key) is None
        with pytest.raises(BlobNotFound):
            await store.get(TEMP, key)
        with pytest.raises(BlobNotFound):
            await read(store, key)
        await store.delete(TEMP, key)
    assert await store.get(TEMP, "ann/job/0.png") == PNG


async def test_delete_twice_is_fine(store: BlobStore) -> None:
    await store.put(TEMP, "ann/job/0.png", PNG, "image/png")
    await store.delete(TEMP, "ann/job/0.png")
    await store.delete(TEMP, "ann/job/0.png")
    assert await store.stat(TEMP, "ann/job/0.png") is None
    assert await keys(store, TEMP) == []


SIZE = len(PNG)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (None, None, PNG),
        (0, 8, PNG[:8]),
        (5, 5, b""),
        (7, None, PNG[7:]),
        (None, 9, PNG[:9]),
        (10, SIZE + 1000, PNG[10:]),
        (SIZE, None, b""),
        (SIZE + 5, SIZE + 9, b""),
        (SIZE - 1, SIZE, PNG[-1:]),
    ],
)
async def test_ranges(
    store: BlobStore, start: int | None, end: int | None, expected: bytes
) -> None:
    await store.put(TEMP, "ann/0.png", PNG, "image/png")
    assert await read(store, "ann/0.png", start, end) == expected


@pytest.mark.parametrize(("start", "end"), [(-1, None), (None, -1), (9, 3)])
async def test_ranges_that_are_none(store: BlobStore, start: int | None, end: int | None) -> None:
    await store.put(TEMP, "ann/0.png", PNG, "image/png")
    with pytest.raises(ValueError, match="not a range"):
        await read(store, "ann/0.png", start, end)


async def test_a_large_file_comes_in_chunks(store: BlobStore) -> None:
    data = PNG + bytes(range(256)) * 40_000
    await store.put(TEMP, "ann/large.png", data, "image/png")
    assert await read(store, "ann/large.png") == data
    assert await read(store, "ann/large.png", 4_000_000, 9_000_001) == data[4_000_000:9_000_001]
    blob = await store.stat(TEMP, "ann/large.png")
    assert blob
    assert blob.sha256 == hashlib.sha256(data).hexdigest()


async def test_copy_to_another_bucket(store: BlobStore) -> None:
    original = await store.put(TEMP, "ann/job/0.png", PNG, "image/png")
    target = ObjectRef("user-library", "ann/kept.png")
    made = await store.copy(ObjectRef(TEMP, "ann/job/0.png"), target)
    assert made == await store.stat("user-library", "ann/kept.png")
    assert (made.sha256, made.size) == (original.sha256, original.size)
    await store.delete(TEMP, "ann/job/0.png")
    assert await store.get("user-library", "ann/kept.png") == PNG


async def test_copy_onto_itself(store: BlobStore) -> None:
    ref = ObjectRef(TEMP, "ann/0.png")
    blob = await store.put(ref.bucket, ref.key, PNG, "image/png")
    assert await store.copy(ref, ref) == blob
    assert await store.get(ref.bucket, ref.key) == PNG


async def test_copy_keeps_the_rules_of_the_target(store: BlobStore) -> None:
    await store.put(TEMP, "ann/0.png", PNG, "image/png")
    with pytest.raises(NotAllowed):
        await store.copy(ObjectRef(TEMP, "ann/0.png"), ObjectRef("videos", "ann/0.png"))
    assert await store.stat("videos", "ann/0.png") is None


async def test_list_by_prefix(store: BlobStore) -> None:
    for key in (
        "ann/job-2/0.png",
        "ann/job/0.png",
        "ann/job/1.png",
        "bob/job/0.png",
        "ann/job.png",
    ):
        await store.put(TEMP, key, PNG, "image/png")
    await store.put("user-library", "ann/kept.png", PNG, "image/png")
    everything = [
        "ann/job-2/0.png",
        "ann/job.png",
        "ann/job/0.png",
        "ann/job/1.png",
        "bob/job/0.png",
    ]
    assert await keys(store, TEMP) == everything
    assert await keys(store, TEMP, "ann/job/") == ["ann/job/0.png", "ann/job/1.png"]
    assert await keys(store, TEMP, "ann/job") == everything[:4]
    assert await keys(store, TEMP, "an") == everything[:4]
    assert await keys(store, TEMP, "carol/") == []
    assert await keys(store, "avatars") == []


async def test_list_knows_size_and_time(store: BlobStore) -> None:
    await store.put(TEMP, "ann/0.png", PNG, "image/png")
    (listed,) = [each async for each in store.list(TEMP)]
    assert listed.size == len(PNG)
    assert abs(datetime.now(UTC) - listed.modified) < timedelta(hours=1)


@pytest.mark.parametrize("prefix", ["../", "/", "ann//", ".put-", "ann/../bob"])
async def test_list_takes_no_way_out(store: BlobStore, prefix: str) -> None:
    with pytest.raises(BadPlace):
        await keys(store, TEMP, prefix)


async def test_list_of_a_bucket_that_is_none(store: BlobStore) -> None:
    with pytest.raises(BadPlace):
        await keys(store, "secrets")


@pytest.mark.parametrize("key", ["../a.png", "/etc/passwd", "a/../../b", "", "a//b", ".hidden"])
async def test_no_way_out_of_the_store(store: BlobStore, key: str) -> None:
    with pytest.raises(BadPlace):
        await store.put(TEMP, key, PNG, "image/png")
    with pytest.raises(BadPlace):
        await store.get(TEMP, key)
    with pytest.raises(BadPlace):
        await store.stat(TEMP, key)
    with pytest.raises(BadPlace):
        await store.delete(TEMP, key)
    with pytest.raises(BadPlace):
        await read(store, key)


@pytest.mark.parametrize(
    ("bucket", "data", "declared"),
    [
        ("videos", PNG, "image/png"),
        (TEMP, SVG, "image/svg+xml"),
        (TEMP, b"just words", "image/png"),
        (TEMP, JPEG, "image/png"),
        (TEMP, b"", "image/png"),
    ],
)
async def test_files_that_are_refused(
    store: BlobStore, bucket: str, data: bytes, declared: str
) -> None:
    with pytest.raises(NotAllowed):
        await store.put(bucket, "ann/0.png", data, declared)
    assert await store.stat(bucket, "ann/0.png") is None


async def test_the_bytes_say_the_type(store: BlobStore) -> None:
    blob = await store.put(TEMP, "ann/a.png", JPEG, "application/octet-stream")
    assert blob.content_type == "image/jpeg"
    assert await store.stat(TEMP, "ann/a.png") == blob


async def test_a_file_too_large(store: BlobStore, monkeypatch: pytest.MonkeyPatch) -> None:
    small = Bucket(TEMP, len(PNG), BUCKETS[TEMP].types)
    monkeypatch.setitem(BUCKETS, TEMP, small)
    await store.put(TEMP, "ann/fits.png", PNG, "image/png")
    with pytest.raises(NotAllowed, match="at most"):
        await store.put(TEMP, "ann/large.png", PNG + b"0", "image/png")
    assert await keys(store, TEMP) == ["ann/fits.png"]


async def test_many_at_once(store: BlobStore) -> None:
    async def one(index: int) -> None:
        await store.put(TEMP, f"ann/{index}/0.png", PNG + bytes([index]), "image/png")
        assert await store.get(TEMP, f"ann/{index}/0.png") == PNG + bytes([index])
        if index % 2:
            await store.delete(TEMP, f"ann/{index}/0.png")

    async with anyio.create_task_group() as group:
        for index in range(16):
            group.start_soon(one, index)
    assert set(await keys(store, TEMP)) == {f"ann/{index}/0.png" for index in range(0, 16, 2)}
