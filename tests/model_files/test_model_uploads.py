"""Sending a model file: in parts, resumed, checked, and refused."""

import base64
import fcntl
import hashlib
import os
import pickle
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from fabula.model_files import placing, uploads
from model_samples import write_checkpoint, write_lora
from studio import Studio


@pytest.fixture
def sample(tmp_path: Path) -> bytes:
    return write_lora(tmp_path / "sample.safetensors").read_bytes()


async def begin(admin: httpx.AsyncClient, size: int, **more: Any) -> httpx.Response:
    body = {"name": "ink.safetensors", "size": size, **more}
    return await admin.post("/api/model-uploads", json=body)


async def begun(admin: httpx.AsyncClient, data: bytes, **more: Any) -> str:
    answer = await begin(admin, len(data), **more)
    assert answer.status_code == 201, answer.text
    assert answer.json()["offset"] == 0
    return str(answer.json()["id"])


async def send(
    admin: httpx.AsyncClient, upload: str, offset: int, data: bytes, **headers: str
) -> httpx.Response:
    return await admin.put(
        f"/api/model-uploads/{upload}", params={"offset": offset}, content=data, headers=headers
    )


async def finish(admin: httpx.AsyncClient, upload: str) -> httpx.Response:
    return await admin.post(f"/api/model-uploads/{upload}/finish")


def digest(data: bytes) -> dict[str, str]:
    sum_ = base64.b64encode(hashlib.sha256(data).digest()).decode()
    return {"Content-Digest": f"sha-256=:{sum_}:"}


def parts(models: Path) -> list[Path]:
    return list((models / ".uploads").glob("*"))


async def test_a_file_is_sent_in_parts_and_installed(
    studio: Studio, admin: httpx.AsyncClient, models: Path, sample: bytes
) -> None:
    upload = await begun(admin, sample, sha256=hashlib.sha256(sample).hexdigest().upper())
    first, rest = sample[:1000], sample[1000:]
    answer = await send(admin, upload, 0, first, **digest(first))
    assert answer.json()["offset"] == 1000
    told = await admin.head(f"/api/model-uploads/{upload}")
    assert told.headers["upload-offset"] == "1000"
    assert (await finish(admin, upload)).json()["error"] == "model_upload_offset"
    (listed,) = (await admin.get("/api/model-uploads")).json()["items"]
    assert (listed["name"], listed["offset"], listed["size"]) == (
        "ink.safetensors", 1000, len(sample),
    )  # fmt: skip
    assert (await send(admin, upload, 1000, rest)).status_code == 200
    done = await finish(admin, upload)
    assert done.status_code == 200, done.text
    assert (done.json()["name"], done.json()["kind"]) == ("ink", "lora")
    assert (models / "loras" / "ink.safetensors").read_bytes() == sample
    assert parts(models) == []
    assert (await admin.get(f"/api/model-uploads/{upload}")).status_code == 404
    actions = await studio.scalar(
        "SELECT string_agg(action, ' ' ORDER BY created_at) FROM user_activity_log "
        "WHERE action LIKE 'model%'"
    )
    assert actions == "model_upload.begun model_file.installed"


async def test_a_part_that_does_not_arrive_whole_leaves_what_was_there(
    admin: httpx.AsyncClient, sample: bytes
) -> None:
    upload = await begun(admin, sample)
    assert (await send(admin, upload, 0, sample[:500])).status_code == 200
    for offset, data, headers, status in (
        (400, sample[400:600], {}, 409),
        (600, sample[600:700], {}, 409),
        (500, sample[500:600], digest(b"other"), 422),
        (500, sample[500:600], {"Content-Digest": "md5=:x:"}, 422),
        (500, b"", {}, 422),
        (500, sample[500:] + b"more", {}, 422),
    ):
        answer = await send(admin, upload, offset, data, **headers)
        assert answer.status_code == status, answer.text
        assert (await admin.get(f"/api/model-uploads/{upload}")).json()["offset"] == 500
    assert (await send(admin, upload, 500, sample[500:])).status_code == 200
    assert (await finish(admin, upload)).status_code == 200


async def test_a_connection_that_breaks_leaves_what_was_there(
    studio: Studio, admin: httpx.AsyncClient, models: Path, sample: bytes
) -> None:
    upload = await begun(admin, sample)

    class Broken(Exception):
        pass

    async def broken() -> Any:
        yield sample[:300]
        raise Broken

    answer = await admin.put(f"/api/model-uploads/{upload}?offset=0", content=broken())
    assert answer.status_code == 500
    assert (await admin.get(f"/api/model-uploads/{upload}")).json()["offset"] == 0


async def test_a_part_has_a_limit(
    admin: httpx.AsyncClient, sample: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "PART_BYTES", 100)
    upload = await begun(admin, sample)
    assert (await send(admin, upload, 0, sample[:101])).status_code == 413
    assert (await send(admin, upload, 0, sample[:100])).status_code == 200


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("x.ckpt", "Pickles"),
        ("x.zip", "Only .safetensors"),
        (".safetensors", "Only .safetensors"),
        ("..safetensors", "Rename"),
        ("a\x07.safetensors", "Rename"),
        ("x" * 160 + ".safetensors", "Rename"),
    ],
)
async def test_names_that_cannot_be_are_refused(
    admin: httpx.AsyncClient, name: str, word: str
) -> None:
    answer = await begin(admin, 10, name=name)
    assert answer.status_code == 422
    assert word in answer.json()["detail"]
    assert answer.json()["field"] == "name"


@pytest.mark.parametrize("name", ["../../etc/ink.safetensors", "C:\\models\\ink.safetensors"])
async def test_only_the_last_part_of_a_name_counts(
    admin: httpx.AsyncClient, models: Path, sample: bytes, name: str
) -> None:
    upload = await begun(admin, sample, name=name)
    await send(admin, upload, 0, sample)
    assert (await finish(admin, upload)).json()["place"] == str(
        models / "loras" / "ink.safetensors"
    )


async def test_a_pickle_is_refused_with_its_first_part(
    admin: httpx.AsyncClient, models: Path
) -> None:
    data = pickle.dumps({"a": [1] * 500})
    upload = await begun(admin, data, name="harmless.safetensors")
    answer = await send(admin, upload, 0, data)
    assert answer.status_code == 422
    assert answer.json()["error"] == "not_a_model"
    assert "convert" in answer.json()["detail"]
    (part,) = parts(models)
    assert part.stat().st_size == 0


@pytest.mark.parametrize("damage", ["sum", "header", "text pickle"])
async def test_what_is_no_model_is_thrown_away_at_the_end(
    admin: httpx.AsyncClient, models: Path, sample: bytes, damage: str
) -> None:
    data, more = sample, {}
    if damage == "sum":
        more["sha256"] = "0" * 64
    elif damage == "header":
        data = sample[:-1]
    else:
        data = pickle.dumps({"a": [1] * 500}, 0)
    upload = await begun(admin, data, **more)
    await send(admin, upload, 0, data)
    answer = await finish(admin, upload)
    assert answer.status_code == 422, answer.text
    assert answer.json()["error"] == "not_a_model"
    assert parts(models) == []
    assert not (models / "loras").exists()
    assert (await admin.get("/api/model-uploads")).json()["items"] == []


async def test_a_model_does_not_replace_another(
    admin: httpx.AsyncClient, models: Path, sample: bytes
) -> None:
    there = write_lora(models / "loras" / "ink.safetensors", 768)
    before = there.read_bytes()
    upload = await begun(admin, sample)
    await send(admin, upload, 0, sample)
    answer = await finish(admin, upload)
    assert (answer.status_code, answer.json()["error"]) == (409, "model_file_name_taken")
    assert there.read_bytes() == before
    there.unlink()
    assert (await finish(admin, upload)).status_code == 200


async def test_two_at_once_and_cancelling_makes_room(
    admin: httpx.AsyncClient, models: Path, sample: bytes
) -> None:
    first = await begun(admin, sample)
    await begun(admin, sample, name="other.safetensors")
    third = await begin(admin, 10)
    assert (third.status_code, third.json()["error"]) == (409, "model_uploads_busy")
    assert "ink.safetensors" in third.json()["detail"]
    await send(admin, first, 0, sample[:100])
    assert (await admin.delete(f"/api/model-uploads/{first}")).status_code == 204
    assert parts(models) == []
    assert (await begin(admin, 10)).status_code == 201


async def test_a_full_disk_is_told_before(
    admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing, "free_bytes", lambda _: 2 * 10**9)
    assert (await begin(admin, 10**9)).status_code == 201
    second = await begin(admin, 10**9)
    assert (second.status_code, second.json()["error"]) == (507, "storage_full")
    assert "2.0 GB free" in second.json()["detail"]


async def test_what_was_left_alone_is_swept(
    studio: Studio, admin: httpx.AsyncClient, models: Path, sample: bytes
) -> None:
    old = await begun(admin, sample)
    fresh = await begun(admin, sample, name="other.safetensors")
    for upload in (old, fresh):
        await send(admin, upload, 0, sample[:100])
    (models / ".uploads" / "unknown").write_bytes(b"x")
    async with studio.database.system() as session:
        await session.execute(
            text("UPDATE studio.model_uploads SET touched_at = now() - interval '2 days' "
                 "WHERE id = :id"), {"id": old},
        )  # fmt: skip
    assert await uploads.sweep(studio.database, studio.services.settings) == 2
    assert [path.name for path in parts(models)] == [fresh]
    gone = await send(admin, old, 100, sample[100:])
    assert gone.status_code == 404
    assert "Begin it again" in gone.json()["detail"]


async def test_one_part_at_a_time(admin: httpx.AsyncClient, models: Path, sample: bytes) -> None:
    upload = await begun(admin, sample)
    with (models / ".uploads" / upload).open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        answer = await send(admin, upload, 0, sample[:10])
    assert answer.status_code == 409
    assert "arriving" in answer.json()["detail"]


def test_a_model_of_this_machine_is_copied_or_linked(tmp_path: Path, models: Path) -> None:
    source = write_checkpoint(tmp_path / "from" / "harbour.safetensors")
    place = placing.install(source, models, link=False)
    assert place == models / "sdxl" / "harbour.safetensors"
    assert place.read_bytes() == source.read_bytes()
    with pytest.raises(Exception, match="already"):
        placing.install(source, models, link=True)
    place.unlink()
    assert placing.install(source, models, link=True).is_symlink()
    assert os.listdir(models / "sdxl") == ["harbour.safetensors"]  # noqa: PTH208 - hidden ones too
