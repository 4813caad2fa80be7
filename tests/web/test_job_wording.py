"""Presets, weights, syntax and controls in jobs, and what the engine gets of them."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from fabula.generation.rewriting import rewriter
from fabula.prompting.enhancement import Enhancer
from fabula.prompting.seeds import seed
from studio import Studio

PRESETS = "/api/prompts/presets"
_WAN = text(
    "INSERT INTO model_config_history (model_type, config_name, config_data, is_active) VALUES "
    '(\'WAN\', \'test\', \'{"engines": ["reference-card"], "width": 64, "height": 64}\', true)'
)
SOFT = {"Soft light": 1.2, "lake": 0.8}


@pytest.fixture
async def admin(studio: Studio) -> AsyncIterator[httpx.AsyncClient]:
    async with await studio.person("grace", "admin") as client:
        yield client


async def preset(admin: httpx.AsyncClient, **body: Any) -> str:
    answer = await admin.post(PRESETS, json={"preset_name": "Calm", **body})
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["id"]
    return made


async def used(studio: Studio) -> int:
    listed = (await studio.client.get(PRESETS)).json()["items"]
    count: int = listed[0]["usage_count"]
    return count


async def test_weights_are_frozen_and_written_into_the_prompt(studio: Studio) -> None:
    job = await studio.submit(prompt="a ((fox)) by a lake", weights=SOFT)
    assert job["enhanced_prompt"] == "a (fox:1.21) by a (lake:0.8), (soft light:1.2)"
    assert job["strategy"] == "finished"
    assert job["params"]["weights"] == {"lake": 0.8, "soft light": 1.2}
    stored = await studio.scalar("SELECT compel_weights FROM jobs")
    assert stored == {"lake": 0.8, "soft light": 1.2}
    frozen = await studio.scalar("SELECT metadata->'weights' FROM jobs")
    assert (frozen["terms"], len(frozen["hash"])) == (stored, 64)


async def test_an_engine_without_weights_gets_the_words_and_the_job_says_so(
    studio: Studio,
) -> None:
    weighted = await studio.made(prompt="a (fox:1.3)", negative_prompt="[rain]", enhance=False)
    plain = await studio.made(prompt="a fox", negative_prompt="rain", enhance=False)
    assert [note["code"] for note in weighted["warnings"]] == ["weights_unused"]
    assert plain["warnings"] == []
    urls = [job["assets"][0]["thumbnail_url"] for job in (weighted, plain)]
    one, other = [(await studio.client.get(url)).content for url in urls]
    assert one == other


async def test_brackets_are_text_in_plain_prompts(studio: Studio) -> None:
    job = await studio.submit(prompt="a fox (red:1.3)", prompt_syntax="plain")
    assert (job["enhanced_prompt"], job["warnings"]) == (None, [])
    compel = await studio.submit(prompt="a fox++", prompt_syntax="compel", weights={"fox": 1.1})
    assert compel["enhanced_prompt"] == "a (fox)1.331"


@pytest.mark.parametrize(
    ("settings", "enhance", "rewritten"),
    [
        ({"auto_enhancement": True}, None, True),
        ({"auto_enhancement": True}, False, False),
        ({"auto_enhancement": False}, None, False),
        ({"auto_enhancement": False}, True, True),
        ({"enable_qwen": False, "enable_compel": True, "auto_enhancement": True}, None, False),
        ({"enable_qwen": False, "enable_compel": True}, True, True),
    ],
)
async def test_a_preset_says_whether_to_rewrite_unless_the_person_does(
    studio: Studio, admin: httpx.AsyncClient, settings: dict[str, Any], enhance: bool | None,
    rewritten: bool,
) -> None:  # fmt: skip
    chosen = await preset(admin, compel_weights=SOFT, **settings)
    job = await studio.submit(preset_id=chosen, enhance=enhance)
    assert job["params"]["enhance"] is rewritten
    assert job["params"]["preset"] == {"id": chosen, "name": "Calm"}
    weighs = settings.get("enable_compel", False)
    assert (job["params"]["weights"] is not None) is weighs


async def test_a_job_type_that_rewrites_leaves_it_to_the_preset(
    studio: Studio, admin: httpx.AsyncClient
) -> None:
    async with studio.database.system() as session:
        await session.execute(_WAN)
    chosen = await preset(admin)
    alone = await studio.submit(job_type="image7b_fast_enhanced")
    job = await studio.submit(job_type="image7b_fast_enhanced", preset_id=chosen)
    assert (alone["params"]["enhance"], job["params"]["enhance"]) == (True, False)


async def test_the_persons_weights_replace_those_of_the_preset(
    studio: Studio, admin: httpx.AsyncClient
) -> None:
    chosen = await preset(admin, enable_compel=True, compel_weights=SOFT)
    own = await studio.submit(preset_id=chosen, weights={"fox": 1.5})
    assert own["params"]["weights"] == {"fox": 1.5}
    assert (await studio.submit(preset_id=chosen, weights={}))["params"]["weights"] is None


async def test_the_use_of_a_preset_is_counted_with_the_job(
    studio: Studio, admin: httpx.AsyncClient
) -> None:
    chosen = await preset(admin)
    body = {"prompt": "a fox", "preset_id": chosen}
    for _ in range(2):
        await studio.client.post("/api/jobs", json=body, headers={"Idempotency-Key": "k"})
    assert await used(studio) == 1
    refused = await studio.client.post("/api/jobs", json={**body, "steps": 101})
    assert (refused.status_code, await used(studio)) == (422, 1)


async def test_a_preset_that_is_not_there_is_refused(studio: Studio) -> None:
    body = {"prompt": "a fox", "preset_id": str(uuid4())}
    answer = await studio.client.post("/api/jobs", json=body)
    assert (answer.status_code, answer.json()["field"]) == (422, "preset_id")


async def test_again_repeats_preset_weights_and_controls(
    studio: Studio, admin: httpx.AsyncClient
) -> None:
    chosen = await preset(admin, enable_compel=True, compel_weights=SOFT)
    controls = {"shot": "close", "style": "ink drawing"}
    job = await studio.made(
        prompt="a fox (by a lake)", prompt_syntax="plain", preset_id=chosen, controls=controls
    )
    final = "a fox \\(by a (lake:0.8)\\), (soft light:1.2), close-up, ink drawing"
    assert job["enhanced_prompt"] == final
    await admin.delete(f"{PRESETS}/{chosen}")
    again = (await studio.client.post(f"/api/jobs/{job['id']}/again")).json()
    for name in ("params", "enhanced_prompt", "warnings"):
        assert again[name] == job[name]
    hashes = await studio.scalar("SELECT count(DISTINCT metadata->'weights'->>'hash') FROM jobs")
    assert hashes == 1


async def test_again_counts_for_its_preset(studio: Studio, admin: httpx.AsyncClient) -> None:
    job = await studio.submit(preset_id=await preset(admin))
    await studio.client.post(f"/api/jobs/{job['id']}/again")
    assert await used(studio) == 2


async def test_controls_come_after_the_words_and_before_the_budget(studio: Studio) -> None:
    long = "a fox, " + ", ".join(f"hill number {n}" for n in range(60))
    controls = {"shot": "wide", "angle": "low_angle", "aspect": "portrait", "style": "ink"}
    job = await studio.submit(prompt=long, controls=controls)
    assert job["enhanced_prompt"].startswith("a fox, hill number 0")
    words = ", wide shot, low angle view, vertical composition, ink"
    assert job["enhanced_prompt"].endswith(words)
    assert [note["code"] for note in job["warnings"]] == ["prompt_cut"]
    assert job["params"]["controls"] == controls


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"weights": {"fox": 3}}, "weights"),
        ({"weights": {"fox": 1.1, "FOX": 1.2}}, "weights"),
        ({"prompt_syntax": "other"}, "prompt_syntax"),
        ({"controls": {"shot": "sideways"}}, "controls.shot"),
        ({"controls": {"style": "ink " * 30}}, "controls.style"),
        ({"controls": {"lens": "50 mm"}}, "controls.lens"),
    ],
)
async def test_wrong_words_are_refused(studio: Studio, body: dict[str, Any], field: str) -> None:
    answer = await studio.client.post("/api/jobs", json={"prompt": "a fox", **body})
    assert (answer.status_code, answer.json()["field"]) == (422, field)


@pytest.mark.parametrize(
    "body",
    [
        {"controls": {"style": "nude"}},
        {"weights": {"nude": 1.2}},
        {"prompt": "a nu(de:1.2) person"},
        {"prompt": "nu BREAK", "enhanced_prompt": "a nu[de] person"},
    ],
)
async def test_notation_hides_nothing_from_the_policy(studio: Studio, body: dict[str, Any]) -> None:
    answer = await studio.client.post("/api/jobs", json={"prompt": "a person", **body})
    assert (answer.status_code, answer.json()["error"]) == (422, "screened_text")


async def test_the_choices_of_the_form(studio: Studio) -> None:
    found = (await studio.client.get("/api/prompts/controls")).json()
    assert {"value": "wide", "words": "wide shot"} in found["shot"]
    assert [len(found[name]) for name in ("shot", "angle", "aspect")] == [5, 6, 4]
    assert found["style_tokens"] == 24


async def test_the_record_of_a_rewritten_job_explains_it(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Original, final, template with its version, time, how much longer it grew, tokens, cuts."""
    monkeypatch.setattr("studio.rewritten", rewriter(studio.database, Enhancer(None)))
    async with studio.database.system() as session:
        await seed(session)
    job = await studio.made(prompt="a lighthouse", enhance=True)
    told, final = job["rewriting"], job["enhanced_prompt"]
    assert (job["original_prompt"], final[:13]) == ("a lighthouse", "a lighthouse,")
    assert (told["template_name"], told["template_version"]) == ("sdxl picture, instruct", 1)
    assert 0 < told["tokens"] <= told["token_limit"] == 75
    assert (told["fallback_level"], told["cut"]) == ("exact", [])
    kept = await studio.scalar(
        "SELECT jsonb_build_array(original_prompt, enhanced_prompt, template_name, "
        "enhancement_time_ms >= 0, qwen_expansion_percentage) FROM jobs"
    )
    longer = round((len(final) - 12) / 12 * 100, 2)
    assert kept == ["a lighthouse", final, "sdxl picture, instruct", True, longer]
