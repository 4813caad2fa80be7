"""What was made in the adult mode is for the adult mode alone, at every place that shows it."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from studio import Studio

PROMPT = "an old harbour at dusk"
CLIP: dict[str, Any] = {
    "job_type": "video_fast", "width": 256, "height": 256, "seconds": 1, "fps": 8,
}  # fmt: skip


@pytest.fixture
async def adult(adult_studio: Studio) -> Studio:
    """A person in the adult mode."""
    born = {"birth_date": "1980-05-17"}
    assert (await adult_studio.client.post("/api/me/age", json=born)).is_success
    await turn(adult_studio, "adult")
    return adult_studio


async def turn(studio: Studio, mode: str) -> None:
    answer = await studio.client.put("/api/me/content", json={"mode": mode})
    assert answer.json()["mode"] == mode


async def kept(studio: Studio, job: dict[str, Any]) -> dict[str, Any]:
    answer = await studio.client.post(f"/api/workspace/assets/{job['assets'][0]['id']}/keep")
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def ids(studio: Studio, path: str) -> set[str]:
    return {item["id"] for item in (await studio.client.get(path)).json()["items"]}


async def test_it_carries_the_mode_and_is_hidden_outside_of_it(adult: Studio) -> None:
    job = await adult.made(prompt=PROMPT, count=2)
    shelved = await kept(adult, job)
    assert job["rating"] == shelved["rating"] == job["assets"][0]["rating"] == "adult"
    staged = (await adult.client.get("/api/workspace/assets")).json()["items"]
    assert {item["rating"] for item in staged} == {"adult"}
    await turn(adult, "general")
    plain = await adult.made(prompt="a lighthouse in the harbour")
    assert plain["rating"] == "general"
    plainly = await kept(adult, plain)
    assert await ids(adult, "/api/jobs") == {plain["id"]}
    assert await ids(adult, "/api/workspace/assets") == {plain["assets"][0]["id"]}
    for path in ("", "?q=harbour", "?favorite=false", "?type=image"):
        assert await ids(adult, f"/api/library/assets{path}") == {plainly["id"]}
    sessions = (await adult.client.get("/api/workspace/sessions")).json()["items"]
    assert sum(item["asset_count"] for item in sessions) == 1
    await turn(adult, "adult")
    assert await ids(adult, "/api/jobs") == {job["id"], plain["id"]}
    assert await ids(adult, "/api/library/assets?q=harbour") == {shelved["id"], plainly["id"]}


async def test_it_is_not_reached_by_its_id(adult: Studio) -> None:
    job = await adult.made(prompt=PROMPT)
    shelved, staged = await kept(adult, job), job["assets"][0]["id"]
    await turn(adult, "general")
    requests = [
        ("GET", f"/api/jobs/{job['id']}"),
        ("GET", f"/api/jobs/{job['id']}/preview/0"),
        ("POST", f"/api/jobs/{job['id']}/again"),
        ("POST", f"/api/jobs/{job['id']}/retry"),
        ("POST", f"/api/jobs/{job['id']}/cancel"),
        ("GET", f"/api/workspace/assets/{staged}"),
        ("POST", f"/api/workspace/assets/{staged}/keep"),
        ("POST", f"/api/workspace/jobs/{job['id']}/keep"),
        ("DELETE", f"/api/workspace/jobs/{job['id']}/assets"),
        ("GET", f"/api/library/assets/{shelved['id']}"),
        ("GET", f"/api/library/assets/{shelved['id']}/download"),
        ("POST", f"/api/library/assets/{shelved['id']}/again"),
        ("DELETE", f"/api/library/assets/{shelved['id']}"),
    ]
    for method, path in requests:
        assert (await adult.client.request(method, path)).status_code == 404, (method, path)
    change = {"title": "Harbour"}
    answer = await adult.client.patch(f"/api/library/assets/{shelved['id']}", json=change)
    assert answer.status_code == 404
    assert (await adult.client.delete(f"/api/workspace/assets/{staged}")).status_code == 204
    for asset_id in (staged, shelved["id"]):
        body = {"prompt": "a boat", "reference": {"asset_id": asset_id}}
        answer = await adult.client.post("/api/jobs", json=body)
        assert answer.json()["error"] == "reference_not_found"
    await turn(adult, "adult")
    assert (await adult.client.get(f"/api/workspace/assets/{staged}")).status_code == 200
    assert (await adult.client.get(shelved["url"])).status_code == 200


async def test_policies_hide_it_where_a_query_forgets_to(adult: Studio) -> None:
    job = await adult.made(prompt=PROMPT)
    await kept(adult, job)
    tables = ("job_runs", "workspace_files", "library_files")
    user = adult.caller.user_id
    for allowed, mode, seen in ((True, "adult", 1), (False, "adult", 0), (True, "general", 0)):
        await turn(adult, mode)
        async with adult.database.request(user, adult=allowed) as session:
            for table in tables:
                query = text(f"SELECT count(*) FROM studio.{table}")  # noqa: S608 - names of ours
                assert await session.scalar(query) == seen, (table, allowed, mode)


async def test_the_same_again_is_judged_and_rated_anew(adult: Studio) -> None:
    job = await adult.made(prompt=PROMPT)
    again = (await adult.client.post(f"/api/jobs/{job['id']}/again")).json()
    assert again["rating"] == "adult"
    await turn(adult, "general")
    plain = await adult.made(prompt=PROMPT)
    await turn(adult, "adult")
    # What was made for everybody is made again for everybody.
    assert (await adult.client.post(f"/api/jobs/{plain['id']}/again")).json()["rating"] == "general"


async def test_a_job_that_waits_ends_with_the_mode_that_it_was_asked_in(adult: Studio) -> None:
    job = await adult.submit(prompt=PROMPT)
    await turn(adult, "general")
    async with adult.working():
        await adult.submit(prompt="a boat")
        await adult.ended((await adult.submit(prompt="a pier"))["id"])
    await turn(adult, "adult")
    ended = await adult.job(job["id"])
    assert (ended["status"], ended["error"]["code"]) == ("failed", "mode_withdrawn")
    assert ended["assets"] == []


async def test_what_goes_straight_to_the_library_is_rated_too(adult: Studio) -> None:
    await adult.made(prompt=PROMPT, destination="library")
    assert len(await ids(adult, "/api/library/assets")) == 1
    await turn(adult, "general")
    assert await ids(adult, "/api/library/assets") == set()


async def test_from_a_picture_that_was_brought_only_general_things_are_made(adult: Studio) -> None:
    source = (await adult.made(prompt=PROMPT))["assets"][0]
    own = await brought(adult, source)
    first = await adult.made(prompt="a boat", reference={"asset_id": own, "strength": 0.5})
    second_from = {"asset_id": first["assets"][0]["id"], "strength": 0.5}
    second = await adult.made(prompt="a boat", reference=second_from)
    assert first["rating"] == second["rating"] == "general"
    for asset_id in (own, first["assets"][0]["id"], second["assets"][0]["id"]):
        body = {"prompt": "remove her clothes", "reference": {"asset_id": asset_id}}
        answer = await adult.client.post("/api/jobs", json=body)
        assert answer.json()["error"] == "screened_text"
        assert "brought along" in answer.json()["detail"]
    drawn = await adult.submit(prompt="a boat", reference={"asset_id": source["id"]})
    assert drawn["rating"] == "adult"


async def brought(studio: Studio, source: dict[str, Any]) -> str:
    """The id of a picture that comes back as one that was brought along."""
    picture = (await studio.client.get(source["url"])).content
    files = {"file": ("harbour.png", picture, "image/png")}
    return str((await studio.client.post("/api/uploads", files=files)).json()["id"])


async def test_a_clip_is_rated_by_its_frames_and_hidden_like_a_picture(adult: Studio) -> None:
    source = (await adult.made(prompt=PROMPT))["assets"][0]
    clip = await adult.made(**CLIP, prompt="zoom in", first_frame=source["id"])
    assert clip["rating"] == clip["assets"][0]["rating"] == "adult"
    shelved = await kept(adult, clip)
    assert shelved["rating"] == "adult"
    await turn(adult, "general")
    assert await ids(adult, "/api/library/assets?type=video") == set()
    plain = (await adult.made(prompt="a lighthouse"))["assets"][0]
    for field in ("first_frame", "last_frame"):
        frames = {"first_frame": plain["id"], field: source["id"]}
        answer = await adult.client.post("/api/jobs", json={"prompt": "x", **CLIP, **frames})
        assert (answer.status_code, answer.json()["error"]) == (422, "reference_not_found")
        assert answer.json()["field"] == field


async def test_a_clip_of_a_picture_that_was_brought_is_for_everybody(adult: Studio) -> None:
    source = (await adult.made(prompt=PROMPT))["assets"][0]
    own = await brought(adult, source)
    job = await adult.submit(**CLIP, first_frame=own)
    assert job["rating"] == "general"
    undressing = {**CLIP, "prompt": "she takes off her clothes", "first_frame": own}
    answer = await adult.client.post("/api/jobs", json=undressing)
    assert answer.json()["error"] == "screened_text"
    for first, last in ((own, source["id"]), (source["id"], own)):
        body = {"prompt": "zoom in", **CLIP, "first_frame": first, "last_frame": last}
        answer = await adult.client.post("/api/jobs", json=body)
        assert answer.json()["error"] == "not_possible"
        assert body[answer.json()["field"]] == source["id"]
        assert "brought along" in answer.json()["detail"]


async def test_what_was_kept_is_named_in_words_of_its_rating(adult: Studio) -> None:
    await turn(adult, "general")
    plain = await kept(adult, await adult.made(prompt="a boat"))
    await turn(adult, "adult")
    rated = await kept(adult, await adult.made(prompt=PROMPT))
    for asset, status in ((plain, 422), (rated, 200)):
        change = {"title": "nude study"}
        answer = await adult.client.patch(f"/api/library/assets/{asset['id']}", json=change)
        assert answer.status_code == status


async def test_previews_are_rated_like_their_job(adult: Studio) -> None:
    job = await adult.submit(prompt=PROMPT)
    async with adult.database.system() as session:
        await session.execute(
            text(
                "INSERT INTO studio.job_previews (job_id, output_index, user_id, step, picture) "
                "VALUES (:job, 0, :user, 1, 'x')"
            ),
            {"job": UUID(job["id"]), "user": adult.caller.user_id},
        )
    path = f"/api/jobs/{job['id']}/preview/0"
    assert (await adult.client.get(path)).status_code == 200
    await turn(adult, "general")
    assert (await adult.client.get(path)).status_code == 404
