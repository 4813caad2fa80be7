"""Jobs over HTTP: what a client may send, and what it gets."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from studio import Studio, client_of, session_cookie

CLIP = {"job_type": "video_fast"}
WITHOUT_CLIP_ENGINE = (
    "INSERT INTO model_config_history (model_type, config_name, config_data, is_active) "
    """VALUES ('WAN', 'none', '{"engines": ["no-such-engine"]}', true)"""
)
FIELDS = {
    "id", "status", "attempts", "max_attempts", "progress", "queue_position", "error",
    "original_prompt", "enhanced_prompt", "assets",
}  # fmt: skip
ASSET_FIELDS = {
    "id", "asset_index", "seed", "url", "thumbnail_url", "width", "height", "mime_type",
}  # fmt: skip


async def test_a_job_is_accepted_queued_and_shown(studio: Studio) -> None:
    job = await studio.submit(count=2)
    assert job.keys() >= FIELDS
    assert (job["status"], job["queue_position"], job["attempts"]) == ("queued", 1, 0)
    assert job["params"]["seed"] == 7
    shown = await studio.job(job["id"])
    assert shown == job


async def test_a_finished_job_has_its_assets(studio: Studio) -> None:
    job = await studio.made(count=3)
    assert (job["status"], job["attempts"], job["queue_position"]) == ("completed", 1, None)
    assert [asset["asset_index"] for asset in job["assets"]] == [0, 1, 2]
    assert [asset["seed"] for asset in job["assets"]] == [7, 8, 9]
    assert all(asset.keys() >= ASSET_FIELDS for asset in job["assets"])
    assert {(a["width"], a["height"], a["mime_type"]) for a in job["assets"]} == {
        (64, 64, "image/png")
    }


async def test_a_prompt_is_rewritten_when_asked(studio: Studio) -> None:
    assert (await studio.made(enhance=False))["enhanced_prompt"] is None
    job = await studio.made(enhance=True)
    assert job["enhanced_prompt"] == "a lighthouse, at dawn"
    assert job["original_prompt"] == "a lighthouse"


async def test_a_prompt_that_was_rewritten_before_is_taken_as_it_is(studio: Studio) -> None:
    job = await studio.made(enhanced_prompt="a lighthouse in a storm", enhance=True)
    assert job["enhanced_prompt"] == "a lighthouse in a storm"
    assert job["strategy"] == "accepted"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"prompt": ""}, "prompt"),
        ({"prompt": "   "}, "prompt"),
        ({"prompt": "x" * 4001}, "prompt"),
        ({"prompt": "null\x00character"}, "prompt"),
        ({"prompt": 7}, "prompt"),
        ({"prompt": "a fox", "count": 0}, "count"),
        ({"prompt": "a fox", "count": 7}, "count"),
        ({"prompt": "a fox", "count": "2"}, "count"),
        ({"prompt": "a fox", "seed": -1}, "seed"),
        ({"prompt": "a fox", "seed": 2**31}, "seed"),
        ({"prompt": "a fox", "steps": 10**9}, "steps"),
        ({"prompt": "a fox", "width": 7}, "width"),
        ({"prompt": "a fox", "guidance_scale": 99}, "guidance_scale"),
        ({"prompt": "a fox", "job_type": "nonsense"}, "job_type"),
        ({"prompt": "a fox", "destination": "nowhere"}, "destination"),
        ({"prompt": "a fox", "colour": "blue"}, "colour"),
        ({"prompt": "a fox", "reference": {"asset_id": "x"}}, "reference.asset_id"),
        ({"prompt": "a fox", "reference": {"asset_id": str(uuid4())}}, "reference.asset_id"),
        ({}, "prompt"),
    ],
)
async def test_wrong_input_is_refused_and_changes_nothing(
    studio: Studio, body: dict[str, Any], field: str
) -> None:
    answer = await studio.client.post("/api/jobs", json=body)
    assert answer.status_code == 422
    assert answer.json().keys() == {"error", "detail", "field"}
    assert answer.json()["field"] == field
    assert await studio.scalar("SELECT count(*) FROM jobs") == 0
    assert await studio.scalar("SELECT count(*) FROM workspace_items") == 0


async def test_what_no_engine_can_do_is_refused_with_what_would_help(studio: Studio) -> None:
    async with studio.database.system() as session:
        await session.execute(text(WITHOUT_CLIP_ENGINE))
    answer = await studio.client.post("/api/jobs", json={"prompt": "a fox", **CLIP})
    assert answer.status_code == 409
    assert answer.json()["error"] == "no_engine"
    assert "fabula doctor" in answer.json()["detail"]


async def test_a_key_sent_twice_makes_one_job(studio: Studio) -> None:
    headers = {"Idempotency-Key": "one"}
    body = {"prompt": "a fox"}
    first = await studio.client.post("/api/jobs", json=body, headers=headers)
    second = await studio.client.post("/api/jobs", json=body, headers=headers)
    assert first.json()["id"] == second.json()["id"]
    other = await studio.client.post("/api/jobs", json={"prompt": "an owl"}, headers=headers)
    assert (other.status_code, other.json()["error"]) == (409, "idempotency_key_reused")
    assert await studio.scalar("SELECT count(*) FROM jobs") == 1


async def test_keys_of_two_people_have_nothing_to_do_with_one_another(studio: Studio) -> None:
    headers, body = {"Idempotency-Key": "one"}, {"prompt": "a fox"}
    mine = await studio.client.post("/api/jobs", json=body, headers=headers)
    async with await studio.person("bob") as bob:
        theirs = await bob.post("/api/jobs", json=body, headers=headers)
    assert theirs.status_code == 202
    assert mine.json()["id"] != theirs.json()["id"]


async def test_lists_page_by_key_and_show_every_job_once(studio: Studio) -> None:
    ids = [(await studio.submit(seed=n))["id"] for n in range(5)]
    seen, cursor = [], None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await studio.client.get("/api/jobs", params=query)).json()
        seen += [job["id"] for job in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == ids[::-1]


async def test_jobs_are_filtered_by_status(studio: Studio) -> None:
    await studio.made()
    waiting = await studio.submit()
    page = (await studio.client.get("/api/jobs", params={"status": "queued"})).json()
    assert [job["id"] for job in page["items"]] == [waiting["id"]]


@pytest.mark.parametrize("cursor", ["x", "AAAA", "%00", "MjAyNnx4"])
async def test_a_cursor_that_is_not_ours_is_refused(studio: Studio, cursor: str) -> None:
    answer = await studio.client.get("/api/jobs", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["field"]) == (422, "cursor")


async def test_a_waiting_job_is_cancelled_at_once(studio: Studio) -> None:
    job = await studio.submit()
    answer = await studio.client.post(f"/api/jobs/{job['id']}/cancel")
    assert answer.status_code == 200
    assert answer.json()["status"] == "failed"
    assert answer.json()["error"]["code"] == "cancelled"
    assert await studio.scalar("SELECT status FROM workspace_items") == "failed"
    again = await studio.client.post(f"/api/jobs/{job['id']}/cancel")
    assert again.json() == answer.json()


async def test_only_a_failed_job_is_retried_and_the_new_one_is_linked(studio: Studio) -> None:
    job = await studio.submit()
    early = await studio.client.post(f"/api/jobs/{job['id']}/retry")
    assert (early.status_code, early.json()["error"]) == (409, "wrong_state")
    await studio.client.post(f"/api/jobs/{job['id']}/cancel")
    retried = await studio.client.post(f"/api/jobs/{job['id']}/retry")
    assert retried.status_code == 202
    assert retried.json()["retry_of"] == job["id"]
    assert retried.json()["params"] == job["params"]


async def test_a_failed_job_is_put_out_of_sight(studio: Studio) -> None:
    failed, kept = await studio.submit(), await studio.submit()
    refused = await studio.client.post(f"/api/jobs/{failed['id']}/dismiss")
    assert (refused.status_code, refused.json()["error"]) == (409, "wrong_state")
    await studio.client.post(f"/api/jobs/{failed['id']}/cancel")
    for _ in range(2):
        assert (await studio.client.post(f"/api/jobs/{failed['id']}/dismiss")).status_code == 204
    assert (await studio.job(failed["id"]))["dismissed"]
    for wanted, ids in (
        ("false", [kept["id"]]),
        ("true", [failed["id"]]),
        ("", [kept["id"], failed["id"]]),
    ):
        query = {"dismissed": wanted} if wanted else {}
        page = (await studio.client.get("/api/jobs", params=query)).json()
        assert [job["id"] for job in page["items"]] == ids


async def test_an_output_says_when_it_leaves_the_workspace(studio: Studio) -> None:
    staged = (await studio.made())["assets"][0]
    expires = await studio.scalar("SELECT expires_at FROM workspace_assets")
    assert datetime.fromisoformat(staged["expires_at"]) == expires
    kept = (await studio.made(destination="library"))["assets"][0]
    assert kept["expires_at"] is None


async def test_jobs_of_others_are_not_there(studio: Studio) -> None:
    job = await studio.submit()
    async with await studio.person("eve", "premium_user") as eve:
        for method, path in (
            ("GET", ""), ("POST", "/cancel"), ("POST", "/retry"), ("POST", "/again"),
            ("GET", "/preview/0"),
        ):  # fmt: skip
            answer = await eve.request(method, f"/api/jobs/{job['id']}{path}")
            assert (answer.status_code, answer.json()["error"]) == (404, "job_not_found")
        assert (await eve.get("/api/jobs")).json()["items"] == []
    assert (await studio.job(job["id"]))["status"] == "queued"


async def test_nobody_and_a_wrong_key_are_sent_to_sign_in(studio: Studio) -> None:
    for client in (client_of(studio.app), client_of(studio.app, "fab_wrong")):
        async with client:
            answer = await client.get("/api/jobs")
            assert (answer.status_code, answer.json()["error"]) == (401, "not_signed_in")


async def test_a_cookie_needs_the_header_that_other_sites_cannot_send(studio: Studio) -> None:
    token = await session_cookie(studio.database, studio.caller.user_id)
    async with client_of(studio.app) as client:
        client.cookies.set("fabula_session", token)
        assert (await client.get("/api/me")).json()["username"] == "ada"
        forged = await client.post("/api/jobs", json={"prompt": "a fox"})
        assert (forged.status_code, forged.json()["error"]) == (403, "forbidden")
        headers = {"X-Fabula-CSRF": "1"}
        ours = await client.post("/api/jobs", json={"prompt": "a fox"}, headers=headers)
        assert ours.status_code == 202


async def test_addresses_that_do_not_exist_are_errors_and_not_the_page(studio: Studio) -> None:
    answer = await studio.client.get("/api/nothing")
    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
    answer = await studio.client.put("/api/jobs")
    assert answer.status_code in {404, 405}


async def test_a_body_that_is_not_json_is_refused(studio: Studio) -> None:
    headers = {"content-type": "application/json"}
    answer = await studio.client.post("/api/jobs", content=b"{", headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (422, "invalid")


async def test_job_types_say_what_cannot_be_made_and_why(studio: Studio) -> None:
    async with studio.database.system() as session:
        await session.execute(text(WITHOUT_CLIP_ENGINE))
    rows = {r["job_type"]: r for r in (await studio.client.get("/api/job-types")).json()["items"]}
    assert len(rows) == 10
    assert rows["sdxl_image_fast"]["available"]
    assert rows["sdxl_image_fast"]["engine"]["id"] == "reference-card"
    assert not rows["video_high"]["available"]
    assert rows["video_high"]["reason"]
    assert rows["video_high"]["remedy"]
    assert rows["sdxl_image_high"]["credits"] == 2
