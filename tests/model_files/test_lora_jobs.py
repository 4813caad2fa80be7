"""LoRAs and models in jobs: chosen, written in a prompt, refused, frozen, and made again."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import lora_card
from fabula.core.database import Database
from fabula.core.settings import Settings
from fabula.generation.loras import read_tags
from fabula.model_files import scanning
from fabula.storage.infotext import read_infotext
from fabula.storage.png_texts import read_texts
from model_samples import SD15, write_checkpoint, write_lora
from studio import CARD, Studio, studio_with

ENGINE = "lora-card"


@pytest.fixture
def models(tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    write_checkpoint(folder / "sdxl" / "harbour.safetensors")
    write_checkpoint(folder / "sdxl" / "older.safetensors", SD15)
    write_lora(folder / "loras" / "styles" / "ink.safetensors",
               **{"modelspec.title": "Ink", "modelspec.trigger_phrase": "inkwash"})  # fmt: skip
    write_lora(folder / "loras" / "chalk.safetensors")
    write_lora(folder / "loras" / "oil.safetensors", 768)
    return folder


@pytest.fixture
async def studio(database: Database, tmp_path: Path, models: Path) -> AsyncIterator[Studio]:
    settings = Settings(data_dir=tmp_path, models_dir=models)
    async with studio_with(database, settings, (CARD, lora_card.PATH)) as made:
        await scanning.scan(database, settings.all_model_folders)
        await scanning.hash_some(database, 60)
        yield made


async def asked(studio: Studio, **body: Any) -> httpx.Response:
    body = {"prompt": "a lighthouse", "engine": ENGINE, "seed": 7, **body}
    return await studio.client.post("/api/jobs", json=body)


async def accepted(studio: Studio, **body: Any) -> dict[str, Any]:
    answer = await asked(studio, **body)
    assert answer.status_code == 202, answer.text
    job: dict[str, Any] = answer.json()
    return job


def worn(job: dict[str, Any]) -> list[tuple[str, float]]:
    return [(lora["name"], lora["weight"]) for lora in job["params"]["loras"]]


async def plan(studio: Studio) -> dict[str, Any]:
    found: dict[str, Any] = await studio.scalar(
        "SELECT metadata FROM jobs ORDER BY created_at DESC LIMIT 1"
    )
    return found


INK = {"name": "styles/ink", "weight": 0.8}


async def test_a_job_wears_its_loras_to_the_picture_and_its_file(studio: Studio) -> None:
    job = await studio.made(engine=ENGINE, model="harbour", enhance=False,
                            loras=[INK, {"name": "chalk"}])  # fmt: skip
    assert job["status"] == "completed", job["error"]
    assert worn(job) == [("styles/ink", 0.8), ("chalk", 1.0)]
    frozen = await plan(studio)
    assert frozen["effective"]["loras"] == [INK, {"name": "chalk", "weight": 1.0}]
    assert frozen["effective"]["model"] == "harbour"
    sums = {
        row: await studio.scalar("SELECT sha256 FROM studio.model_files WHERE name = :n", n=row)
        for row in ("styles/ink", "harbour")
    }
    assert frozen["loras"][0] == {**INK, "family": "sdxl", "sha256": sums["styles/ink"]}
    assert frozen["model_sha256"] == sums["harbour"]
    key = await studio.scalar("SELECT key FROM studio.workspace_files")
    texts = read_texts(await studio.store.get("workspace-temp", key))
    told = read_infotext(texts["parameters"])
    assert told.prompt == "a lighthouse <lora:styles/ink:0.8> <lora:chalk:1>"
    assert told.extras["Model hash"] == sums["harbour"][:10]


async def test_the_model_of_a_job_that_names_none_is_kept(studio: Studio) -> None:
    job = await accepted(studio)
    assert job["params"]["model"] == "harbour"


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({"loras": [{"name": "gone"}]}, "loras", ["has no LoRA gone", "chalk, styles/ink"]),
        ({"loras": [{"name": "oil"}]}, "loras", ["Stable Diffusion 1.5", "chalk, styles/ink"]),
        ({"loras": [INK], "model": "older"}, "loras", ["Stable Diffusion XL", "Fitting here: oil"]),
        ({"loras": [INK], "engine": "reference-card"}, "loras",
         ["takes no LoRA", "Possible with LoRA card"]),
        ({"loras": [INK, INK]}, "loras", ["named twice"]),
        ({"model": "gone"}, "model", ["has no model gone", "harbour"]),
        ({"prompt": "<lora:chalk:1>"}, "prompt", ["nothing but LoRAs"]),
    ],
)  # fmt: skip
async def test_what_cannot_be_worn_is_refused_with_what_would_work(
    studio: Studio, body: dict[str, Any], field: str, words: list[str]
) -> None:
    answer = await asked(studio, **body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["field"] == field
    assert all(word in answer.json()["detail"] for word in words), answer.json()["detail"]
    assert await studio.scalar("SELECT count(*) FROM jobs") == 0


@pytest.mark.parametrize("weight", [2.1, -3, "x", None])
async def test_weights_have_limits(studio: Studio, weight: Any) -> None:
    assert (await asked(studio, loras=[{"name": "chalk", "weight": weight}])).status_code == 422
    many = [{"name": f"l{number}"} for number in range(9)]
    assert (await asked(studio, loras=many)).status_code == 422


async def test_a_lora_in_a_prompt_is_no_word_of_it(studio: Studio) -> None:
    job = await accepted(
        studio, prompt="a lighthouse, <lora:INK:0.6>, at dawn <lora:chalk>", loras=[]
    )
    assert job["original_prompt"] == "a lighthouse, at dawn"
    assert worn(job) == [("styles/ink", 0.6), ("chalk", 1.0)]
    assert job["warnings"] == []
    named = await accepted(studio, prompt="a lake <lora:ink:0.6>", loras=[INK])
    assert worn(named) == [("styles/ink", 0.8)]


async def test_a_lora_of_a_prompt_that_is_not_here_is_left_out_and_told(studio: Studio) -> None:
    job = await accepted(studio, prompt="a lake <lora:gone:1> <lora:oil:1>")
    assert (job["original_prompt"], worn(job)) == ("a lake", [])
    told = [note["message"] for note in job["warnings"] if note["code"] == "lora_left_out"]
    assert told[0].startswith("LoRA card has no LoRA gone")
    assert "Stable Diffusion 1.5" in told[1]


async def test_other_syntaxes_have_no_loras(studio: Studio) -> None:
    job = await accepted(studio, prompt="a lake <lora:ink:1>", prompt_syntax="plain")
    assert (job["original_prompt"], worn(job)) == ("a lake <lora:ink:1>", [])


async def test_what_stands_in_a_lora_is_screened(studio: Studio) -> None:
    answer = await asked(studio, prompt="a person <lora:a child, nude:1>")
    assert (answer.status_code, answer.json()["error"]) == (422, "screened_text")


@pytest.mark.parametrize(
    ("written", "words", "found"),
    [
        ("a lake", "a lake", []),
        ("<lora:ink:1>a lake", "a lake", [("ink", 1.0)]),
        ("a lake,<lora:a b:.5>,", "a lake", [("a b", 0.5)]),
        ("a <LORA:x:-0.5> b", "a b", [("x", -0.5)]),
        ("a <lora:x:9>", "a", [("x", 2.0)]),
        ("a <lora:x:te=1>", "a", [("x", 1.0)]),
        ("a <lora:x:0.5:0.7>", "a", [("x", 0.5)]),
        ("a <lora:x:1> <lora:x:2>", "a", [("x", 1.0)]),
        ("a <lora:>", "a <lora:>", []),
        ("a < lora:x >", "a < lora:x >", []),
    ],
)
def test_how_loras_are_read(written: str, words: str, found: list[tuple[str, float]]) -> None:
    text_, loras = read_tags(written)
    assert (text_, [(lora.name, lora.weight) for lora in loras]) == (words, found)


async def test_again_wears_the_same_and_tells_of_a_replaced_file(
    studio: Studio, models: Path
) -> None:
    job = await studio.made(engine=ENGINE, loras=[INK])
    again = await studio.client.post(f"/api/jobs/{job['id']}/again")
    assert again.status_code == 202, again.text
    assert worn(again.json()) == [("styles/ink", 0.8)]
    assert again.json()["warnings"] == []
    write_lora(models / "loras" / "styles" / "ink.safetensors", other="x")
    await scanning.scan(studio.database, [models])
    await scanning.hash_some(studio.database, 60)
    third = (await studio.client.post(f"/api/jobs/{job['id']}/again")).json()
    assert [note["code"] for note in third["warnings"]] == ["file_replaced"]
    (models / "loras" / "styles" / "ink.safetensors").unlink()
    studio.services.registry._looked_at = None
    gone = await studio.client.post(f"/api/jobs/{job['id']}/again")
    assert gone.status_code == 422
    assert "has no LoRA styles/ink" in gone.json()["detail"]


async def test_uses_are_counted_and_a_file_that_jobs_wait_for_stays(studio: Studio) -> None:
    for _ in range(2):
        await accepted(studio, loras=[INK])
    async with await studio.person("root", "admin") as admin:
        found = (await admin.get("/api/model-files")).json()["items"]
        files = {item["name"]: item for item in found}
        assert [files[name]["uses"] for name in ("styles/ink", "harbour", "chalk")] == [2, 2, 0]
        assert files["styles/ink"]["last_used_at"]
        for name in ("styles/ink", "harbour"):
            answer = await admin.delete(f"/api/model-files/{files[name]['id']}")
            assert answer.status_code == 409
            assert "2 jobs wait for it" in answer.json()["detail"]
        await admin.put("/api/engine-defaults/sdxl_image_fast",
                        json={"engine": ENGINE, "model": "older"})  # fmt: skip
        answer = await admin.delete(f"/api/model-files/{files['older']['id']}")
        assert "model for sdxl_image_fast" in answer.json()["detail"]
        path = f"/api/model-files/{files['older']['id']}?force=true"
        assert (await admin.delete(path)).status_code == 204
        studio.services.registry._looked_at = None
        shelf = (await admin.get("/api/model-shelf")).json()
    assert "default_gone" in {each["code"] for each in shelf["problems"]}


async def test_the_form_is_told_what_fits(studio: Studio) -> None:
    types = (await studio.client.get("/api/job-types")).json()["items"]
    fast = next(each for each in types if each["job_type"] == "sdxl_image_fast")
    option = next(each for each in fast["engines"] if each["id"] == ENGINE)
    assert option["model"] == "harbour"
    assert option["limits"]["models"] == ["harbour", "older"]
    assert option["limits"]["model_families"] == {"harbour": "sdxl", "older": "sd15"}
    assert option["limits"]["loras"]
    url = f"/api/engines/{ENGINE}/loras"
    first = (await studio.client.get(url, params={"limit": 1})).json()
    assert [each["name"] for each in first["items"]] == ["chalk"]
    rest = (await studio.client.get(url, params={"cursor": first["next_cursor"]})).json()
    (ink,) = rest["items"]
    assert (ink["name"], ink["title"], ink["triggers"]) == ("styles/ink", "Ink", ["inkwash"])
    older = (await studio.client.get(url, params={"model": "older"})).json()["items"]
    assert [each["name"] for each in older] == ["oil"]
    by_word = (await studio.client.get(url, params={"search": "WASH"})).json()["items"]
    assert [each["name"] for each in by_word] == ["styles/ink"]
    assert (await studio.client.get("/api/engines/gone/loras")).status_code == 404
    assert (await studio.client.get(url, params={"cursor": "%"})).status_code == 422
    card = await studio.client.get("/api/engines/reference-card/loras")
    assert card.json()["items"] == []
