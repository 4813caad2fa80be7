"""Presets and sets of weights through the API, and the averages that follow ratings."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import pytest
from writers import Writer

from fabula.prompting import ratings
from fabula.prompting.enhancement import Enhancer
from studio import Studio

P, W = "/api/prompts/presets", "/api/prompts/weights"
SOFT = {"Soft  Light": 1.2, "lake": 0.8}


@pytest.fixture
async def admin(studio: Studio) -> AsyncIterator[httpx.AsyncClient]:
    async with await studio.person("grace", "admin") as client:
        yield client


async def _made(client: httpx.AsyncClient, place: str, **body: Any) -> dict[str, Any]:
    answer = await client.post(place, json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_the_same_weights_name_their_twin(admin: httpx.AsyncClient) -> None:
    made = await _made(admin, W, config_name="calm", weights=SOFT)
    assert made["weights"] == {"lake": 0.8, "soft light": 1.2}
    assert len(made["config_hash"]) == 64
    twin = await admin.post(
        W, json={"config_name": "other", "weights": {"LAKE": 0.8, "soft light": 1.2}}
    )
    assert (twin.status_code, twin.json()["error"]) == (409, "weights_known")
    assert "'calm'" in twin.json()["detail"]
    refused = await admin.post(W, json={"config_name": "x", "weights": {"a": 3}})
    assert (refused.status_code, refused.json()["field"]) == (422, "weights")


async def test_people_see_the_sets_that_are_offered(
    studio: Studio, admin: httpx.AsyncClient
) -> None:
    made = await _made(admin, W, config_name="calm", weights=SOFT)
    assert (await studio.client.get(W)).json()["items"] == []
    await admin.patch(f"{W}/{made['id']}", json={"is_active": True})
    shown = (await studio.client.get(W)).json()["items"]
    assert [row["config_name"] for row in shown] == ["calm"]
    assert (await studio.client.patch(f"{W}/{made['id']}", json={})).status_code == 403
    assert (await admin.delete(f"{W}/{made['id']}")).status_code == 204


async def test_a_prompt_in_every_dialect(studio: Studio) -> None:
    body = {"text": "a ((fox)) by a lake", "weights": SOFT}
    found = (await studio.client.post("/api/prompts/translate", json=body)).json()
    assert found["a1111"] == "a (fox:1.21) by a (lake:0.8), (soft light:1.2)"
    assert found["compel"] == "a (fox)1.21 by a (lake)0.8, (soft light)1.2"
    assert found["plain"] == "a fox by a lake, soft light"
    assert found["weights"] == {"lake": 0.8, "fox": 1.21, "soft light": 1.2}
    assert found["tokens"] == 8
    assert [span["weight"] for span in found["clauses"][0]] == [1, 1.21, 1, 0.8, 1, 1.2]


async def test_presets_are_written_by_admins_and_read_by_all(
    studio: Studio, admin: httpx.AsyncClient
) -> None:
    made = await _made(
        admin, P, preset_name="Calm", enable_compel=True, compel_weights=SOFT,
        qwen_settings={"temperature": 0.4}, is_recommended=True,
    )  # fmt: skip
    await _made(admin, P, preset_name="a plain one")
    listed = (await studio.client.get(P)).json()["items"]
    assert [row["preset_name"] for row in listed] == ["Calm", "a plain one"]
    assert listed[0]["compel_weights"] == {"lake": 0.8, "soft light": 1.2}
    assert listed[0]["qwen_settings"] == {"temperature": 0.4, "max_tokens": None}
    assert (await studio.client.post(P, json={"preset_name": "mine"})).status_code == 403
    assert (await admin.post(P, json={"preset_name": "CALM"})).status_code == 409
    no_weights = await admin.patch(f"{P}/{made['id']}", json={"compel_weights": None})
    assert no_weights.json()["field"] == "compel_weights"
    nothing = await admin.post(P, json={"preset_name": "idle", "enable_qwen": False})
    assert nothing.json()["field"] == "enable_qwen"
    renamed = await admin.patch(f"{P}/{made['id']}", json={"preset_name": "calm"})
    assert renamed.json()["preset_name"] == "calm"
    assert (await admin.delete(f"{P}/{made['id']}")).status_code == 204
    assert (await admin.delete(f"{P}/{made['id']}")).status_code == 404


async def test_averages_follow_ratings_of_many_at_once(
    studio: Studio, admin: httpx.AsyncClient
) -> None:
    made = await _made(admin, W, config_name="calm", weights=SOFT)
    config_id = UUID(made["id"])

    async def rate(old: int | None, new: int | None) -> None:
        async with studio.database.system() as session:
            before = None if old is None else Decimal(old)
            after = None if new is None else Decimal(new)
            await ratings.move(session, "weights", config_id, before, after)

    await asyncio.gather(*(rate(None, score) for score in (10, 10, 7, 2)))
    row = (await admin.get(W)).json()["items"][0]
    assert (row["avg_quality"], row["total_tests"]) == (7.25, 4)
    await rate(2, 9)
    await rate(10, None)
    row = (await admin.get(W)).json()["items"][0]
    assert (row["avg_quality"], row["total_tests"]) == (8.67, 3)
    for score in (10, 7, 9):
        await rate(score, None)
    row = (await admin.get(W)).json()["items"][0]
    assert (row["avg_quality"], row["total_tests"]) == (None, 0)
    found = (await admin.get(W, params={"min_tests": 1})).json()["items"]
    assert found == []


async def test_improving_writes_as_the_preset_says_and_leaves_room_for_its_terms(
    studio: Studio, admin: httpx.AsyncClient
) -> None:
    writer = Writer("soft evening light")
    studio.app.state.enhancer = Enhancer(writer)
    settings = {"temperature": 0.3, "max_tokens": 16}
    preset = await _made(
        admin, P, preset_name="calm", enable_compel=True, compel_weights={"gold": 1.2},
        qwen_settings=settings,
    )  # fmt: skip
    body = {"prompt": "a red fox", "preset_id": preset["id"], "seed": 1}
    answer = await studio.client.post("/api/prompts/enhance", json=body)
    assert answer.status_code == 200, answer.text
    assert (writer.requests[0].temperature, writer.requests[0].max_tokens) == (0.3, 16)
    assert "gold" not in answer.json()["enhanced_prompt"]
    job = await studio.submit(
        prompt="a red fox", enhanced_prompt=answer.json()["enhanced_prompt"],
        preset_id=preset["id"],
    )  # fmt: skip
    assert job["enhanced_prompt"].endswith(", (gold:1.2)")
    used = (await admin.get(P)).json()["items"][0]["usage_count"]
    assert used == 1
    gone = await studio.client.post(
        "/api/prompts/enhance", json={**body, "preset_id": str(UUID(int=7))}
    )
    assert (gone.status_code, gone.json()["field"]) == (422, "preset_id")
