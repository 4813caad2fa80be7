"""Sessions of the workspace, and what is done with all outputs of a job."""

import asyncio
from uuid import uuid4

from studio import Studio


async def sessions(studio: Studio) -> dict[str, tuple[bool, int]]:
    items = (await studio.client.get("/api/workspace/sessions")).json()["items"]
    return {item["name"]: (item["is_active"], item["asset_count"]) for item in items}


async def test_a_new_session_gathers_what_comes_next(studio: Studio) -> None:
    first = await studio.made()
    opened = await studio.client.post("/api/workspace/sessions", json={"name": "storm"})
    assert opened.status_code == 201
    second = await studio.made(count=2)
    assert await sessions(studio) == {"storm": (True, 2), "Workspace Session": (False, 1)}
    query = {"session_id": opened.json()["id"]}
    shown = (await studio.client.get("/api/workspace/assets", params=query)).json()["items"]
    assert {item["job_id"] for item in shown} == {second["id"]}
    assert first["workspace_session_id"] != second["workspace_session_id"]


async def test_a_session_is_renamed_and_taken_up_again(studio: Studio) -> None:
    before = (await studio.client.get("/api/workspace")).json()["session"]["id"]
    await studio.client.post("/api/workspace/sessions", json={"name": "storm"})
    answer = await studio.client.patch(
        f"/api/workspace/sessions/{before}", json={"name": "calm", "active": True}
    )
    assert answer.json()["name"] == "calm"
    assert await sessions(studio) == {"storm": (False, 0), "calm": (True, 0)}
    active = (await studio.client.get("/api/workspace")).json()["session"]
    assert active["id"] == before


async def test_never_two_sessions_are_active(studio: Studio) -> None:
    await asyncio.gather(
        *(studio.client.post("/api/workspace/sessions", json={"name": f"s{n}"}) for n in range(6))
    )
    active = "SELECT count(*) FROM workspace_sessions WHERE is_active"
    assert await studio.scalar(active) == 1
    assert len(await sessions(studio)) == 6


async def test_sessions_of_others_are_not_there(studio: Studio) -> None:
    mine = (await studio.client.get("/api/workspace")).json()["session"]["id"]
    async with await studio.person("eve") as eve:
        answer = await eve.patch(f"/api/workspace/sessions/{mine}", json={"name": "hers"})
        assert (answer.status_code, answer.json()["error"]) == (404, "session_not_found")
        assert (await eve.get("/api/workspace/sessions")).json()["items"] == []
    assert list(await sessions(studio)) == ["Workspace Session"]


async def test_all_outputs_of_a_job_are_kept_once(studio: Studio) -> None:
    job = await studio.made(count=3)
    one = job["assets"][0]["id"]
    kept_before = (await studio.client.post(f"/api/workspace/assets/{one}/keep")).json()["id"]
    answer = await studio.client.post(f"/api/workspace/jobs/{job['id']}/keep")
    items = answer.json()["items"]
    assert len(items) == 3
    assert kept_before in {item["id"] for item in items}
    assert await studio.scalar("SELECT count(*) FROM user_library") == 3


async def test_all_outputs_of_a_job_are_discarded_and_kept_ones_stay(studio: Studio) -> None:
    job = await studio.made(count=3)
    await studio.client.post(f"/api/workspace/assets/{job['assets'][0]['id']}/keep")
    answer = await studio.client.delete(f"/api/workspace/jobs/{job['id']}/assets")
    assert answer.json() == {"discarded": 3}
    assert (await studio.client.get("/api/workspace/assets")).json()["items"] == []
    assert await studio.scalar("SELECT count(*) FROM user_library") == 1


async def test_outputs_of_others_are_neither_kept_nor_discarded(studio: Studio) -> None:
    job = await studio.made()
    async with await studio.person("eve") as eve:
        for method, path in (("POST", "keep"), ("DELETE", "assets")):
            answer = await eve.request(method, f"/api/workspace/jobs/{job['id']}/{path}")
            assert (answer.status_code, answer.json()["error"]) == (404, "asset_not_found")
    gone = await studio.client.delete(f"/api/workspace/jobs/{uuid4()}/assets")
    assert gone.status_code == 404
    assert len((await studio.job(job["id"]))["assets"]) == 1
