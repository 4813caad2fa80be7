"""The studio's negative prompts as operators write them."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from fabula.prompting.lookups import negatives_for
from studio import Studio

N = "/api/prompts/negatives"


@pytest.fixture
async def admin(studio: Studio) -> AsyncIterator[httpx.AsyncClient]:
    async with await studio.person("grace", "admin") as client:
        yield client


async def _add(client: httpx.AsyncClient, text: str) -> dict[str, Any]:
    answer = await client.post(N, json={"negative_prompt": text})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_order_is_what_jobs_get(studio: Studio, admin: httpx.AsyncClient) -> None:
    ids = [(await _add(admin, text))["id"] for text in ("blurred", "smeared", "grey")]
    assert (await negatives_for(studio.database, "sdxl", "general")).items == (
        "blurred",
        "smeared",
        "grey",
    )
    turned = await admin.put(f"{N}/order", json={"ids": ids[::-1]})
    assert [row["negative_prompt"] for row in turned.json()["items"]] == [
        "grey",
        "smeared",
        "blurred",
    ]
    assert (await negatives_for(studio.database, "sdxl", "general")).items == (
        "grey",
        "smeared",
        "blurred",
    )
    await admin.patch(f"{N}/{ids[1]}", json={"is_active": False})
    assert (await negatives_for(studio.database, "sdxl", "general")).items == ("grey", "blurred")
    await admin.delete(f"{N}/{ids[2]}")
    assert (await negatives_for(studio.database, "sdxl", "general")).items == ("blurred",)


async def test_an_order_of_something_else_is_refused(admin: httpx.AsyncClient) -> None:
    ids = [(await _add(admin, text))["id"] for text in ("blurred", "smeared")]
    assert (await admin.put(f"{N}/order", json={"ids": ids[:1]})).status_code == 409
    assert (await admin.put(f"{N}/order", json={"ids": [ids[0], ids[0]]})).status_code == 422


async def test_the_same_text_twice_is_refused(admin: httpx.AsyncClient) -> None:
    one, two = await _add(admin, "blurred"), await _add(admin, "smeared")
    assert (await admin.post(N, json={"negative_prompt": " blurred "})).status_code == 409
    same = await admin.patch(f"{N}/{two['id']}", json={"negative_prompt": "blurred"})
    assert same.status_code == 409
    kept = await admin.patch(f"{N}/{one['id']}", json={"negative_prompt": "blurred"})
    assert kept.status_code == 200


async def test_what_no_longer_fits_says_so(admin: httpx.AsyncClient) -> None:
    await _add(admin, ", ".join(["smeared"] * 24))
    late = await _add(admin, "grey and dull and flat")
    assert not late["fits"]
    assert (await admin.get(N)).json()["items"][0]["fits"]
