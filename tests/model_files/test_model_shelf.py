"""What lies in the folders of models, as the studio shows it."""

import hashlib
import os
import shutil
from pathlib import Path
from typing import Any

import httpx
import pytest

from fabula.model_files import scanning
from model_samples import (
    data_url,
    picture,
    write_checkpoint,
    write_folder,
    write_lora,
    write_safetensors,
)
from studio import Studio


async def scan(admin: httpx.AsyncClient) -> dict[str, Any]:
    answer = await admin.post("/api/model-shelf/scan")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def files(admin: httpx.AsyncClient, **query: Any) -> dict[str, dict[str, Any]]:
    answer = await admin.get("/api/model-files", params=query)
    assert answer.status_code == 200, answer.text
    return {item["name"]: item for item in answer.json()["items"]}


async def problems(admin: httpx.AsyncClient) -> dict[str, str]:
    told = (await admin.get("/api/model-shelf")).json()["problems"]
    return {each["code"]: each["message"] for each in told}


async def test_what_lies_there_is_shown(
    admin: httpx.AsyncClient, models: Path, other: Path
) -> None:
    write_folder(models / "sdxl" / "harbour")
    write_lora(
        models / "loras" / "styles" / "ink.safetensors",
        **{"modelspec.title": "Ink", "modelspec.trigger_phrase": "inkwash",
           "modelspec.thumbnail": data_url(picture())},
    )  # fmt: skip
    write_lora(other / "Lora" / "old.safetensors", 768)
    (models / "sdxl" / "bad.ckpt").write_bytes(b"PK\x03\x04")
    assert await scan(admin) == {"found": 4, "changed": 4, "missing": 0}
    found = await files(admin)
    assert set(found) == {"harbour", "styles/ink", "old", "bad"}
    ink = found["styles/ink"]
    assert (ink["kind"], ink["family"], ink["title"]) == ("lora", "sdxl", "Ink")
    assert ink["family_label"] == "Stable Diffusion XL"
    assert (ink["triggers"], ink["fits"], ink["fitting"]) == (["inkwash"], ["harbour"], 1)
    assert found["harbour"]["fits"] == ["styles/ink"]
    assert (ink["removable"], found["old"]["removable"]) == (True, False)
    assert found["old"]["fits"] == []
    assert "pickle" in found["bad"]["fault"]
    shown = await admin.get(ink["preview_url"])
    assert shown.headers["content-type"] == "image/webp"
    assert shown.content[8:12] == b"WEBP"
    shelf = (await admin.get("/api/model-shelf")).json()
    assert [folder["writable"] for folder in shelf["folders"]] == [True, False]
    counted = {(each["kind"], each["family"]): each["count"] for each in shelf["counts"]}
    assert counted[("lora", "sdxl")] == 1


async def test_lists_are_narrowed_searched_and_paged(
    admin: httpx.AsyncClient, models: Path
) -> None:
    for number in range(5):
        write_lora(models / "loras" / f"style_{number}.safetensors")
    write_checkpoint(models / "sdxl" / "one.safetensors", **{"modelspec.title": "50% grey"})
    await scan(admin)
    assert len(await files(admin, kind="lora", family="sdxl")) == 5
    assert set(await files(admin, search="STYLE_3")) == {"style_3"}
    assert set(await files(admin, search="0%")) == {"one"}
    assert await files(admin, kind="vae") == {}
    first = (await admin.get("/api/model-files", params={"limit": 4})).json()
    rest = await admin.get("/api/model-files", params={"cursor": first["next_cursor"]})
    names = [item["name"] for item in first["items"] + rest.json()["items"]]
    assert len(set(names)) == 6


async def test_only_what_changed_is_read_again(
    studio: Studio, admin: httpx.AsyncClient, models: Path
) -> None:
    path = write_lora(models / "loras" / "ink.safetensors")
    await scan(admin)
    first = (await files(admin))["ink"]
    assert (await scan(admin))["changed"] == 0
    await scanning.hash_some(studio.database, 60)
    write_lora(path, 768)
    assert (await scan(admin))["changed"] == 1
    again = (await files(admin))["ink"]
    assert (again["id"], again["family"], again["sha256"]) == (first["id"], "sd15", None)


async def test_what_is_gone_is_missing_and_may_come_back(
    admin: httpx.AsyncClient, models: Path, tmp_path: Path
) -> None:
    path = write_lora(models / "loras" / "ink.safetensors")
    await scan(admin)
    aside = path.rename(tmp_path / "aside.safetensors")
    assert await scan(admin) == {"found": 0, "changed": 0, "missing": 1}
    assert (await files(admin, missing=True))["ink"]["missing_since"]
    assert (await scan(admin))["missing"] == 0
    os.rename(aside, path)  # noqa: PTH104 - keeps the times
    await scan(admin)
    assert (await files(admin))["ink"]["missing_since"] is None
    path.unlink()
    await scan(admin)
    gone = (await files(admin))["ink"]
    assert (await admin.delete(f"/api/model-files/{gone['id']}")).status_code == 204
    assert await files(admin) == {}


async def test_sums_are_found_the_smallest_first_and_compared(
    studio: Studio, admin: httpx.AsyncClient, models: Path
) -> None:
    tensors = {"x.lora_down.weight": [4]}
    right = hashlib.sha256(bytes(4)).hexdigest()
    for name, said in (("true", f"0x{right}"), ("false", f"0x{'0' * 64}"), ("silent", "")):
        path = models / "loras" / f"{name}.safetensors"
        write_safetensors(path, tensors, {"modelspec.hash_sha256": said})
    await scan(admin)
    assert (await files(admin))["true"]["hashed"] == 0
    assert await scanning.hash_some(studio.database, 60) == 3
    found = await files(admin)
    assert [found[name]["hash_agrees"] for name in ("true", "false", "silent")] == [
        True, False, None,
    ]  # fmt: skip
    content = (models / "loras" / "true.safetensors").read_bytes()
    assert found["true"]["sha256"] == hashlib.sha256(content).hexdigest()
    assert found["true"]["hashed"] == 1
    assert await scanning.hash_some(studio.database, 60) == 0


async def test_a_file_that_changes_while_it_is_hashed_gets_no_sum(
    studio: Studio, admin: httpx.AsyncClient, models: Path
) -> None:
    path = write_lora(models / "loras" / "ink.safetensors")
    await scan(admin)
    path.unlink()
    assert await scanning.hash_some(studio.database, 60) == 0
    assert (await files(admin))["ink"]["sha256"] is None


async def test_a_file_is_removed_with_one_entry_in_the_trail(
    studio: Studio, admin: httpx.AsyncClient, models: Path, other: Path
) -> None:
    path = write_lora(models / "loras" / "ink.safetensors")
    theirs = write_lora(other / "loras" / "theirs.safetensors")
    folder = write_folder(models / "sdxl" / "harbour")
    linked = models / "sdxl" / "linked"
    linked.symlink_to(write_folder(other / "kept"), target_is_directory=True)
    await scan(admin)
    found = await files(admin)
    for name in ("ink", "harbour", "linked"):
        answer = await admin.delete(f"/api/model-files/{found[name]['id']}")
        assert answer.status_code == 204, answer.text
    refused = await admin.delete(f"/api/model-files/{found['theirs']['id']}?force=true")
    assert refused.status_code == 409
    assert refused.json()["error"] == "model_file_not_ours"
    assert [each.exists() for each in (path, folder, linked)] == [False] * 3
    assert theirs.exists()
    assert (other / "kept" / "model_index.json").exists()
    removed = "SELECT count(*) FROM user_activity_log WHERE action = 'model_file.removed'"
    assert await studio.scalar(removed) == 3
    gone = await admin.delete(f"/api/model-files/{found['ink']['id']}")
    assert gone.status_code == 404


async def test_a_folder_that_lends_its_configuration_is_kept(
    admin: httpx.AsyncClient, models: Path
) -> None:
    write_folder(models / "sdxl" / "lender")
    write_checkpoint(models / "sdxl" / "single.safetensors")
    await scan(admin)
    lender = (await files(admin))["lender"]
    refused = await admin.delete(f"/api/model-files/{lender['id']}")
    assert refused.status_code == 409
    assert "configuration of single" in refused.json()["detail"]
    assert (await admin.delete(f"/api/model-files/{lender['id']}?force=true")).status_code == 204


async def test_what_is_wrong_is_said_with_what_to_do(
    studio: Studio, admin: httpx.AsyncClient, models: Path
) -> None:
    write_checkpoint(models / "sdxl" / "single.safetensors")
    write_lora(models / "loras" / "old.safetensors", 768)
    await scan(admin)
    told = await problems(admin)
    assert "single may not load" in told["no_configuration"]
    assert "old cannot be used" in told["no_model_for_lora"]
    assert "Stable Diffusion 1.5" in told["no_model_for_lora"]
    write_folder(models / "sdxl" / "xl")
    write_folder(models / "sdxl" / "older", "StableDiffusionPipeline", 64)
    await scan(admin)
    assert await problems(admin) == {}


async def test_folders_inside_one_another_count_once(
    studio: Studio, admin: httpx.AsyncClient, models: Path, other: Path
) -> None:
    write_lora(models / "loras" / "ink.safetensors")
    (other / "loras").symlink_to(models / "loras", target_is_directory=True)
    assert (await scan(admin))["found"] == 1


async def test_names_that_are_no_text_are_left_out(admin: httpx.AsyncClient, models: Path) -> None:
    (models / "loras").mkdir()
    odd = os.fsencode(models / "loras") + b"/\xff.safetensors"
    shutil.copy(write_lora(models / "loras" / "ink.safetensors"), odd)
    assert (await scan(admin))["found"] == 1


@pytest.mark.parametrize("path", ["model-files", "model-shelf", "model-uploads"])
async def test_they_are_for_admins(studio: Studio, path: str) -> None:
    assert (await studio.client.get(f"/api/{path}")).status_code == 403
