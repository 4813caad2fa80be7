"""Rating jobs, and the averages of presets and weights that follow."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from studio import Studio

PRESETS, WEIGHTS = "/api/prompts/presets", "/api/prompts/weights"
SOFT = {"soft light": 1.2}


@pytest.fixture
async def admin(studio: Studio) -> AsyncIterator[httpx.AsyncClient]:
    async with await studio.person("grace", "admin") as client:
        yield client


async def rate(studio: Studio, job: dict[str, Any], quality: int | None) -> httpx.Response:
    return await studio.client.put(f"/api/jobs/{job['id']}/rating", json={"quality": quality})


async def weight_set(admin: httpx.AsyncClient) -> dict[str, Any]:
    made = await admin.post(WEIGHTS, json={"config_name": "calm", "weights": SOFT})
    assert made.status_code == 201, made.text
    return await rated_set(admin)


async def rated_set(admin: httpx.AsyncClient) -> dict[str, Any]:
    row: dict[str, Any] = (await admin.get(WEIGHTS)).json()["items"][0]
    return row


async def test_a_finished_job_is_rated_rated_again_and_not_any_more(studio: Studio) -> None:
    job = await studio.made()
    assert job["quality_rating"] is None
    assert (await rate(studio, job, 8)).json()["quality_rating"] == 8
    assert (await rate(studio, job, 0)).json()["quality_rating"] == 0
    assert (await rate(studio, job, None)).json()["quality_rating"] is None


@pytest.mark.parametrize("body", [{"quality": 11}, {"quality": -1}, {"quality": 7.5}, {}])
async def test_a_rating_goes_from_0_to_10(studio: Studio, body: dict[str, Any]) -> None:
    job = await studio.made()
    answer = await studio.client.put(f"/api/jobs/{job['id']}/rating", json=body)
    assert (answer.status_code, answer.json()["field"]) == (422, "quality")


async def test_only_ones_own_finished_jobs_are_rated(studio: Studio) -> None:
    waiting = await studio.submit()
    answer = await rate(studio, waiting, 5)
    assert (answer.status_code, answer.json()["error"]) == (409, "wrong_state")
    done = await studio.made()
    async with await studio.person("bob") as bob:
        theirs = await bob.put(f"/api/jobs/{done['id']}/rating", json={"quality": 1})
    assert theirs.status_code == 404
    assert await studio.scalar("SELECT count(*) FROM jobs WHERE quality_rating IS NOT NULL") == 0


async def test_averages_count_each_job_once_whoever_rates_at_once(
    studio: Studio, admin: httpx.AsyncClient
) -> None:
    made = await admin.post(PRESETS, json={"preset_name": "Calm"})
    chosen = made.json()["id"]
    await weight_set(admin)
    jobs = [await studio.submit(preset_id=chosen, weights=SOFT) for _ in range(2)]
    async with studio.working():
        for job in jobs:
            await studio.ended(job["id"])
    tries = [rate(studio, job, quality) for job in jobs for quality in (2, 4, 6, 8)]
    assert {answer.status_code for answer in await asyncio.gather(*tries)} == {200}
    for job, quality in zip(jobs, (9, 4), strict=True):
        await rate(studio, job, quality)
    shown = (await studio.client.get(PRESETS)).json()["items"][0]
    assert shown["avg_quality"] == 6.5
    row = await rated_set(admin)
    assert (row["avg_quality"], row["total_tests"]) == (6.5, 2)
    await rate(studio, jobs[0], None)
    row = await rated_set(admin)
    assert (row["avg_quality"], row["total_tests"]) == (4.0, 1)


async def test_a_set_that_is_made_later_begins_with_the_ratings_of_its_weights(
    studio: Studio, admin: httpx.AsyncClient
) -> None:
    job, other = await studio.made(weights=SOFT), await studio.made(weights={"lake": 1.1})
    await rate(studio, job, 8)
    await rate(studio, other, 1)
    row = await weight_set(admin)
    assert (row["avg_quality"], row["total_tests"]) == (8.0, 1)
    await rate(studio, job, 6)
    row = await rated_set(admin)
    assert (row["avg_quality"], row["total_tests"]) == (6.0, 1)
    await rate(studio, job, None)
    row = await rated_set(admin)
    assert (row["avg_quality"], row["total_tests"]) == (None, 0)
