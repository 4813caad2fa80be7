"""Credits by the API: what jobs cost, what is left, and what stops whom."""

import asyncio
import io
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image
from sqlalchemy import text

from fabula.core.clock import now
from fabula.core.settings import Plan, Settings
from fabula.generation import dispatch
from studio import Studio


@pytest.fixture
def paid(studio: Studio) -> Studio:
    """A studio whose jobs are paid."""
    studio.services.settings.credits_enabled = True
    return studio


async def credits_of(studio: Studio) -> tuple[int, int]:
    """What can be spent, and what is held."""
    answer = await studio.client.get("/api/me/credits")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["balance"] == await studio.scalar(
        "SELECT token_balance FROM profiles WHERE username = 'ada'"
    )
    return found["balance"], found["reserved"]


async def ledger(studio: Studio) -> list[tuple[str, str, int]]:
    """Kind, account and amount of every entry, oldest first."""
    items = (await studio.client.get("/api/me/ledger")).json()["items"]
    return [(item["kind"], item["account"], item["amount"]) for item in reversed(items)]


@pytest.mark.parametrize(
    ("body", "unit", "total"),
    [
        ({}, 1, 1),
        ({"count": 3}, 1, 3),
        ({"job_type": "sdxl_image_high", "count": 6}, 2, 12),
    ],
)
async def test_a_job_says_its_price_and_holds_it(
    paid: Studio, body: dict[str, Any], unit: int, total: int
) -> None:
    job = await paid.submit(**body)
    assert job["price"] == {"unit": unit, "total": total}
    assert await credits_of(paid) == (100 - total, total)


async def test_a_job_that_delivers_all_is_paid_whole(paid: Studio) -> None:
    job = await paid.made(count=3)
    assert job["status"] == "completed"
    assert await credits_of(paid) == (97, 0)
    assert set(await ledger(paid)) == {
        ("start", "available", 100),
        ("reserve", "available", -3),
        ("reserve", "reserved", 3),
        ("settle", "reserved", -3),
    }
    (usage,) = (await paid.client.get("/api/me/usage")).json()["items"]
    day = usage.pop("day")
    assert usage == {"format": "image", "quality": "fast", "jobs": 1, "outputs": 3, "credits": 3}
    assert day in {now().date().isoformat(), (now() - timedelta(days=1)).date().isoformat()}


async def test_a_clip_is_paid_once_it_is_there(paid: Studio) -> None:
    small = {"job_type": "video_fast", "width": 256, "height": 256, "seconds": 1, "fps": 8}
    job = await paid.made(**small, prompt="zoom in on the sea", steps=4)
    assert (job["status"], job["price"]) == ("completed", {"unit": 3, "total": 3})
    assert await credits_of(paid) == (97, 0)
    (usage,) = (await paid.client.get("/api/me/usage")).json()["items"]
    assert (usage["format"], usage["outputs"], usage["credits"]) == ("video", 1, 3)


async def test_a_job_that_fails_is_not_paid(paid: Studio) -> None:
    job = await paid.submit(count=2)
    async with paid.working(fail_at_step=1):
        assert (await paid.ended(job["id"]))["status"] == "failed"
    assert await credits_of(paid) == (100, 0)
    assert set((await ledger(paid))[-2:]) == {
        ("release", "available", 2),
        ("release", "reserved", -2),
    }
    assert (await paid.client.get("/api/me/usage")).json()["items"] == []


async def test_outputs_before_a_cancellation_are_paid_and_the_rest_is_given_back(
    paid: Studio,
) -> None:
    job = await paid.submit(steps=4, count=6)
    async with paid.working(step_seconds=0.1):
        await paid.when(job["id"], lambda job: job["assets"])
        await paid.client.post(f"/api/jobs/{job['id']}/cancel")
        ended = await paid.ended(job["id"])
    made = len(ended["assets"])
    assert 0 < made < 6
    assert await credits_of(paid) == (100 - made, 0)
    (usage,) = (await paid.client.get("/api/me/usage")).json()["items"]
    assert (usage["jobs"], usage["outputs"], usage["credits"]) == (1, made, made)


async def test_a_waiting_job_gives_all_back_when_it_is_cancelled(paid: Studio) -> None:
    job = await paid.submit(count=6)
    for _ in range(2):
        await paid.client.post(f"/api/jobs/{job['id']}/cancel")
        assert await credits_of(paid) == (100, 0)


async def test_jobs_that_are_swept_give_back_what_they_hold(paid: Studio) -> None:
    await paid.submit(count=4)
    async with paid.database.system() as session:
        await session.execute(
            text(
                "UPDATE studio.job_runs SET state = 'running', worker = 'dead', attempt = 3, "
                "lease_until = now() - interval '1 second'"
            )
        )
        await session.execute(text("UPDATE jobs SET status = 'processing'"))
    assert await dispatch.sweep(paid.database, paid.services.desk.events) == 1
    assert await credits_of(paid) == (100, 0)


async def test_running_out_says_so_and_changes_nothing(paid: Studio) -> None:
    await give(paid, -95)
    entries = await ledger(paid)
    answer = await paid.client.post("/api/jobs", json={"prompt": "a lighthouse", "count": 6})
    assert (answer.status_code, answer.json()["error"]) == (402, "insufficient_credits")
    assert answer.json()["detail"].startswith("This costs 6 credits and you have 5. ")
    for table in ("jobs", "studio.job_runs", "workspace_items", "studio.events"):
        assert await paid.scalar(f"SELECT count(*) FROM {table}") == 0, table  # noqa: S608
    assert await ledger(paid) == entries
    await paid.submit(count=5)
    assert await credits_of(paid) == (0, 5)


async def asked_at_once(studio: Studio, times: int) -> Counter[int]:
    """The statuses of the same request, sent many times at once."""
    body = {"prompt": "a lighthouse"}
    answers = await asyncio.gather(
        *(studio.client.post("/api/jobs", json=body) for _ in range(times))
    )
    return Counter(answer.status_code for answer in answers)


async def test_requests_that_race_for_the_last_credits_never_overspend(paid: Studio) -> None:
    await give(paid, -97)
    assert await asked_at_once(paid, 8) == {202: 3, 402: 5}
    assert await credits_of(paid) == (0, 3)


async def test_requests_that_race_for_a_quota_never_exceed_it(studio: Studio) -> None:
    quota(jobs_at_once=3)(studio.services.settings)
    assert await asked_at_once(studio, 8) == {202: 3, 429: 5}
    assert await studio.scalar("SELECT count(*) FROM jobs") == 3


async def test_the_same_key_is_paid_once(paid: Studio) -> None:
    body = {"prompt": "a lighthouse", "count": 2}
    for _ in range(3):
        answer = await paid.client.post("/api/jobs", json=body, headers={"Idempotency-Key": "k"})
        assert answer.status_code == 202
    assert await credits_of(paid) == (98, 2)


async def test_a_repeated_job_costs_what_it_costs_now(paid: Studio) -> None:
    job = await paid.made()
    async with paid.database.system() as session:
        await session.execute(
            text("UPDATE jobs SET metadata = jsonb_set(metadata, '{unit_credits}', '50')")
        )
    again = (await paid.client.post(f"/api/jobs/{job['id']}/again")).json()
    assert again["price"] == {"unit": 1, "total": 1}
    assert await credits_of(paid) == (98, 1)


async def test_at_home_nobody_is_stopped_and_usage_is_written_all_the_same(
    studio: Studio,
) -> None:
    await give(studio, -100)
    job = await studio.made(count=3)
    assert (job["status"], job["price"]) == ("completed", {"unit": 1, "total": 3})
    assert await credits_of(studio) == (0, 0)
    (usage,) = (await studio.client.get("/api/me/usage")).json()["items"]
    assert (usage["outputs"], usage["credits"]) == (3, 3)


async def test_what_was_reserved_is_settled_when_credits_are_turned_off_meanwhile(
    paid: Studio,
) -> None:
    job = await paid.submit(count=2)
    paid.services.settings.credits_enabled = False
    async with paid.working():
        await paid.ended(job["id"])
    assert await credits_of(paid) == (98, 0)


async def test_usage_is_of_the_days_that_are_asked_for(studio: Studio) -> None:
    await studio.made()
    async with studio.database.system() as session:
        await session.execute(
            text(
                "INSERT INTO usage_logs (user_id, action, credits_consumed, format, quality, "
                "metadata, created_at) SELECT user_id, action, 8, 'video', 'high', "
                "jsonb_build_object('job_id', 'x', 'delivered', 2), now() - interval '5 days' "
                "FROM usage_logs"
            )
        )
    counts = {}
    for days in (1, 5, 6, 366):
        items = (await studio.client.get(f"/api/me/usage?days={days}")).json()["items"]
        counts[days] = [(item["format"], item["outputs"], item["credits"]) for item in items]
    today, before = ("image", 1, 1), ("video", 2, 8)
    assert counts == {1: [today], 5: [today], 6: [before, today], 366: [before, today]}
    for days in (0, 367):
        assert (await studio.client.get(f"/api/me/usage?days={days}")).status_code == 422


async def test_the_ledger_pages_by_key(paid: Studio) -> None:
    for _ in range(4):
        await paid.submit()
    whole = (await paid.client.get("/api/me/ledger?limit=200")).json()["items"]
    seen, cursor = [], ""
    while cursor is not None:
        page = (await paid.client.get(f"/api/me/ledger?limit=2{cursor}")).json()
        seen += page["items"]
        cursor = f"&cursor={page['next_cursor']}" if page["next_cursor"] else None
    assert seen == whole
    assert len(whole) == 9
    jobs = {item["job_id"] for item in whole if item["kind"] == "reserve"}
    assert len(jobs) == 4
    assert [item["job_id"] for item in whole if item["kind"] == "start"] == [None]


async def give(studio: Studio, amount: int, **more: Any) -> Any:
    """What the admin's grant to Ada answers."""
    name = f"root-{uuid4().hex[:8]}"
    async with await studio.person(name, "admin") as admin:
        return await admin.post(
            f"/api/people/{studio.caller.user_id}/credits",
            json={"amount": amount, "reason": "a test"},
            **more,
        )


async def test_an_admin_gives_with_a_reason_that_is_in_the_ledger(studio: Studio) -> None:
    assert (await give(studio, 20)).json() == {"balance": 120, "reserved": 0}
    assert (await give(studio, -5)).json() == {"balance": 115, "reserved": 0}
    newest, older = (await studio.client.get("/api/me/ledger")).json()["items"][:2]
    assert (newest["kind"], newest["amount"], newest["reason"]) == ("adjustment", -5, "a test")
    assert (older["kind"], older["amount"]) == ("grant", 20)
    by = await studio.scalar(
        "SELECT count(*) FROM studio.ledger_entries e JOIN user_roles r ON r.user_id = e.made_by "
        "WHERE e.kind IN ('grant', 'adjustment') AND r.role = 'admin'"
    )
    assert by == 4


async def test_a_grant_that_is_sent_twice_counts_once(studio: Studio) -> None:
    for _ in range(2):
        answer = await give(studio, 20, headers={"Idempotency-Key": "gift"})
        assert answer.json() == {"balance": 120, "reserved": 0}


@pytest.mark.parametrize("role", ["basic_user", "premium_user", "moderator", "guest"])
async def test_nobody_else_gives_credits(studio: Studio, role: str) -> None:
    async with await studio.person("eve", role) as eve:
        for person in (await eve.get("/api/me")).json()["id"], str(studio.caller.user_id):
            answer = await eve.post(
                f"/api/people/{person}/credits", json={"amount": 5, "reason": "please"}
            )
            assert (answer.status_code, answer.json()["error"]) == (403, "forbidden")
    assert await credits_of(studio) == (100, 0)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"amount": 0, "reason": "nothing"}, 422),
        ({"amount": 5, "reason": "  "}, 422),
        ({"amount": 5, "reason": "a\x00b"}, 422),
        ({"amount": 5}, 422),
        ({"amount": 1.5, "reason": "half"}, 422),
        ({"amount": 2_000_000, "reason": "too much"}, 422),
        ({"amount": -101, "reason": "too much"}, 409),
    ],
)
async def test_grants_that_make_no_sense_are_refused(
    studio: Studio, body: dict[str, Any], status: int
) -> None:
    async with await studio.person("root", "admin") as admin:
        answer = await admin.post(f"/api/people/{studio.caller.user_id}/credits", json=body)
        assert answer.status_code == status, answer.text
        nobody = await admin.post(
            f"/api/people/{uuid4()}/credits", json={"amount": 5, "reason": "a test"}
        )
        assert nobody.status_code == 404
    assert await credits_of(studio) == (100, 0)


async def test_nobody_sees_the_ledger_of_another(paid: Studio) -> None:
    await paid.made()
    async with await paid.person("eve") as eve:
        items = (await eve.get("/api/me/ledger")).json()["items"]
        assert [item["kind"] for item in items] == ["start"]
        assert (await eve.get("/api/me/usage")).json()["items"] == []
    async with await paid.person("root", "admin") as admin:
        items = (await admin.get("/api/me/ledger")).json()["items"]
        assert [item["kind"] for item in items] == ["start"]


def quota(**values: Any) -> Callable[[Settings], None]:
    def put(settings: Settings) -> None:
        for name, value in values.items():
            setattr(settings, name, value)

    return put


@pytest.mark.parametrize(
    ("put", "words"),
    [
        (quota(jobs_at_once=2), "At most 2 jobs"),
        (quota(jobs_per_day=2), "your 2 jobs of today"),
        (quota(jobs_per_month=2), "your 2 jobs of this month"),
        (quota(jobs_per_day=9, plans={"inactive": Plan(jobs_per_day=2)}), "your 2 jobs of today"),
    ],
)
async def test_a_quota_of_jobs_refuses_the_next_one_and_leaves_nothing(
    paid: Studio, put: Callable[[Settings], None], words: str
) -> None:
    put(paid.services.settings)
    for _ in range(2):
        await paid.submit()
    answer = await paid.client.post("/api/jobs", json={"prompt": "a lighthouse"})
    assert (answer.status_code, answer.json()["error"]) == (429, "quota_exceeded")
    assert words in answer.json()["detail"]
    assert await paid.scalar("SELECT count(*) FROM jobs") == 2
    assert await credits_of(paid) == (98, 2)
    async with await paid.person("eve") as eve:
        assert (await eve.post("/api/jobs", json={"prompt": "a bay"})).status_code == 202


async def test_jobs_of_earlier_days_and_months_do_not_count(studio: Studio) -> None:
    quota(jobs_per_day=1, jobs_per_month=2)(studio.services.settings)
    await studio.submit()
    earlier = "UPDATE jobs SET created_at = date_trunc('{}', now()) - interval '1 second'"
    async with studio.database.system() as session:
        await session.execute(text(earlier.format("month")))
    await studio.submit()
    assert (await studio.client.post("/api/jobs", json={"prompt": "a bay"})).status_code == 429


async def test_a_job_that_has_ended_makes_room_for_another(studio: Studio) -> None:
    quota(jobs_at_once=1)(studio.services.settings)
    for _ in range(2):
        assert (await studio.made())["status"] == "completed"


async def test_a_better_plan_has_larger_quotas(studio: Studio) -> None:
    quota(jobs_per_day=1, plans={"pro": Plan(jobs_per_day=3)})(studio.services.settings)
    async with studio.database.system() as session:
        await session.execute(text("UPDATE profiles SET subscription_status = 'pro'"))
    for _ in range(3):
        await studio.submit()
    found = (await studio.client.get("/api/me/credits")).json()
    assert (found["enabled"], found["plan"]) == (False, "pro")
    assert found["quotas"] == [
        {"name": "jobs_per_day", "limit": 3, "used": 3},
        {"name": "jobs_per_month", "limit": None, "used": 3},
        {"name": "jobs_at_once", "limit": None, "used": 3},
        {"name": "storage_bytes", "limit": None, "used": 0},
    ]


async def test_full_storage_refuses_jobs_and_uploads(studio: Studio) -> None:
    await studio.made()
    stored = (await studio.client.get("/api/me/credits")).json()["quotas"][3]["used"]
    assert stored == await studio.scalar("SELECT file_size_bytes FROM workspace_assets") > 0
    picture = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(picture, "PNG")
    size = len(picture.getvalue())

    async def bring() -> Any:
        return await studio.client.post("/api/uploads", files={"file": picture.getvalue()})

    studio.services.settings.storage_gb = (stored + size) / 1e9
    assert (await bring()).status_code == 201
    refused = [await bring(), await studio.client.post("/api/jobs", json={"prompt": "a bay"})]
    for answer in refused:
        assert (answer.status_code, answer.json()["error"]) == (429, "quota_exceeded")
        assert "delete some" in answer.json()["detail"]
    assert await studio.scalar("SELECT count(*) FROM studio.uploads") == 1
    # Keeping what is there is never refused; the copy counts until the workspace's own expires.
    asset = await studio.scalar("SELECT id FROM workspace_assets")
    saved = await studio.client.post(f"/api/workspace/assets/{asset}/keep")
    assert saved.status_code in {200, 201}, saved.text
    used = (await studio.client.get("/api/me/credits")).json()["quotas"][3]["used"]
    assert used == 2 * stored + size
