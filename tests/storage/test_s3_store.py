"""What only S3 can do: fail, hold files of others, change under a reader."""

from pathlib import Path
from typing import Any

import obstore
import pytest
from storage_samples import encoded, s3_store

from fabula.storage.base import Listed, ObjectRef, StorageError, StorageUnavailable
from fabula.storage.s3 import S3Store

PNG = encoded("PNG")
TEMP = "workspace-temp"


@pytest.fixture
def s3(s3_endpoint: str, tmp_path: Path) -> S3Store:
    return s3_store(s3_endpoint, prefix=f"/{tmp_path.name}/deep/")


async def test_type_and_digest_travel_with_the_file(s3: S3Store, tmp_path: Path) -> None:
    blob = await s3.put(TEMP, "ann/0.png", PNG, "image/png")
    at = f"{tmp_path.name}/deep/{TEMP}/ann/0.png"
    found = await obstore.get_async(s3._client, at, options={"head": True})
    assert found.attributes["Content-Type"] == "image/png"
    assert found.attributes["sha256"] == blob.sha256


async def test_a_file_that_something_else_put(s3: S3Store, tmp_path: Path) -> None:
    at = f"{tmp_path.name}/deep/{TEMP}/ann"
    await obstore.put_async(s3._client, f"{at}/0.png", PNG)
    await obstore.put_async(s3._client, f"{at}/odd name.png", PNG)
    ours = await s3.put(TEMP, "ann/1.png", PNG, "image/png")
    blob = await s3.stat(TEMP, "ann/0.png")
    assert blob
    assert (blob.sha256, blob.size, blob.content_type) == (ours.sha256, ours.size, "image/png")
    listed: list[Listed] = [each async for each in s3.list(TEMP)]
    assert [each.ref.key for each in listed] == ["ann/0.png", "ann/1.png"]


async def test_a_copy_that_came_out_different_is_not_kept(
    s3: S3Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await s3.put(TEMP, "ann/0.png", PNG, "image/png")

    async def cut(client: Any, _: str, target: str) -> None:
        await obstore.put_async(client, target, PNG[:-1])

    monkeypatch.setattr(obstore, "copy_async", cut)
    with pytest.raises(StorageError, match="not the same"):
        await s3.copy(ObjectRef(TEMP, "ann/0.png"), ObjectRef("user-library", "ann/1.png"))
    assert await s3.stat("user-library", "ann/1.png") is None


async def read_while_replaced(s3: S3Store) -> None:
    async for _ in s3.open(TEMP, "ann/0.png"):
        await s3.put(TEMP, "ann/0.png", PNG + b"1" * 5_000_000, "image/png")


async def test_a_file_replaced_under_a_reader(s3: S3Store) -> None:
    await s3.put(TEMP, "ann/0.png", PNG + bytes(5_000_000), "image/png")
    with pytest.raises(StorageUnavailable):
        await read_while_replaced(s3)


async def test_a_bucket_that_is_not_there(s3_endpoint: str) -> None:
    lost = s3_store(s3_endpoint, prefix="", bucket="no-such-bucket")
    with pytest.raises(StorageUnavailable):
        await lost.put(TEMP, "ann/0.png", PNG, "image/png")
    with pytest.raises(StorageUnavailable):
        await lost.get(TEMP, "ann/0.png")
    with pytest.raises(StorageUnavailable):
        [each async for each in lost.list(TEMP)]


async def test_a_server_that_does_not_answer() -> None:
    away = s3_store("http://127.0.0.1:9", prefix="")
    with pytest.raises(StorageUnavailable, match="check its address"):
        await away.get(TEMP, "ann/0.png")
    with pytest.raises(StorageUnavailable):
        await away.stat(TEMP, "ann/0.png")
    with pytest.raises(StorageUnavailable):
        [each async for each in away.list(TEMP)]
