"""Fair admission, claims and cancellation, straight on the queue's own functions."""

import asyncio
from collections import Counter
from uuid import UUID, uuid4

from sqlalchemy import text

from fabula.queue import leases
from studio import Studio

_PEOPLE = text(
    "WITH a AS (INSERT INTO auth.accounts (username) SELECT 'p' || n FROM "
    "generate_series(1, :people) n RETURNING id, username), "
    "p AS (INSERT INTO profiles (id, username) SELECT id, username FROM a) SELECT id FROM a"
)
_JOBS = text(
    "WITH j AS (INSERT INTO jobs (user_id, job_type, status, metadata) "
    "SELECT u, 'sdxl_image_fast', 'queued', '{}' FROM unnest(CAST(:users AS uuid[])) u, "
    "generate_series(1, :each) RETURNING id, user_id) "
    "INSERT INTO studio.job_runs (job_id, user_id, lane, engine_id, job_type, run_at) "
    "SELECT id, user_id, 'image', 'x', 'sdxl_image_fast', "
    "now() - make_interval(secs => 1000 - row_number() OVER ()) FROM j"
)


async def people_with_jobs(studio: Studio, people: int, each: int) -> list[UUID]:
    async with studio.database.system() as session:
        users = list(await session.scalars(_PEOPLE, {"people": people}))
        await session.execute(_JOBS, {"users": users, "each": each})
    return users


async def claim(studio: Studio, *ready: leases.Ready) -> leases.Lease | None:
    async with studio.database.system() as session:
        return await leases.claim(session, lane="image", worker="w", lease_seconds=20, ready=ready)


async def wait_for(studio: Studio, user: UUID, seconds: float, model: str = "") -> None:
    """The person's jobs have waited for so long, and name this model."""
    async with studio.database.system() as session:
        await session.execute(
            text(
                "UPDATE studio.job_runs SET run_at = now() - make_interval(secs => :seconds), "
                "model = :model WHERE user_id = :user"
            ),
            {"seconds": seconds, "user": user, "model": model},
        )


async def finish(studio: Studio, lease: leases.Lease) -> None:
    async with studio.database.system() as session:
        await leases.finish(session, lease.job_id, lease.attempt)


async def test_a_hundred_jobs_of_five_people_go_round_and_keep_their_order(
    studio: Studio,
) -> None:
    users = await people_with_jobs(studio, 5, 20)
    order: list[leases.Lease] = []
    while lease := await claim(studio):
        order.append(lease)
        await finish(studio, lease)
    assert len(order) == 100
    for start in range(0, 100, 5):
        assert {lease.user_id for lease in order[start : start + 5]} == set(users)
    async with studio.database.system() as session:
        rows = await session.execute(text("SELECT job_id, run_at FROM studio.job_runs"))
        queued = {row.job_id: row.run_at for row in rows}
    for user in users:
        mine = [queued[lease.job_id] for lease in order if lease.user_id == user]
        assert mine == sorted(mine)


async def test_a_newcomer_is_not_behind_a_flood(studio: Studio) -> None:
    flood = await people_with_jobs(studio, 1, 50)
    for _ in range(3):
        lease = await claim(studio)
        assert lease
        await finish(studio, lease)
    async with studio.database.system() as session:
        newcomer = (
            await session.scalars(
                text(
                    "WITH a AS (INSERT INTO auth.accounts (username) VALUES ('newcomer') "
                    "RETURNING id), p AS (INSERT INTO profiles (id) SELECT id FROM a) "
                    "SELECT id FROM a"
                )
            )
        ).one()
        await session.execute(_JOBS, {"users": [newcomer], "each": 1})
    following = await claim(studio)
    assert following
    assert following.user_id == newcomer
    assert flood != [newcomer]


async def test_many_workers_claim_every_job_once(studio: Studio) -> None:
    await people_with_jobs(studio, 3, 10)

    async def work() -> list[UUID]:
        mine = []
        while lease := await claim(studio):
            mine.append(lease.job_id)
        return mine

    claimed = [job for some in await asyncio.gather(*(work() for _ in range(4))) for job in some]
    assert len(claimed) == 30
    assert set(Counter(claimed).values()) == {1}


async def test_a_job_that_waits_for_a_later_time_is_not_claimed(studio: Studio) -> None:
    await people_with_jobs(studio, 1, 1)
    lease = await claim(studio)
    assert lease
    async with studio.database.system() as session:
        await leases.put_back(session, lease.job_id, lease.attempt, delay=60)
    assert await claim(studio) is None
    async with studio.database.system() as session:
        await session.execute(text("UPDATE studio.job_runs SET run_at = now()"))
    again = await claim(studio)
    assert again
    assert again.attempt == 2


async def test_only_the_current_attempt_renews_and_writes(studio: Studio) -> None:
    await people_with_jobs(studio, 1, 1)
    old = await claim(studio)
    assert old
    async with studio.database.system() as session:
        await leases.put_back(session, old.job_id, old.attempt)
    new = await claim(studio)
    assert new
    async with studio.database.system() as session:
        assert await leases.renew(session, old, 20) is None
        assert not await leases.hold(session, old)
        assert await leases.renew(session, new, 20) is False
        assert await leases.hold(session, new)


async def test_places_in_the_queue_follow_the_fair_order(studio: Studio) -> None:
    await people_with_jobs(studio, 2, 3)
    async with studio.database.system() as session:
        places = await leases.queue_positions(session)
        rows = await session.execute(text("SELECT job_id, user_id FROM studio.job_runs"))
        owner = {row.job_id: row.user_id for row in rows}
    assert sorted(places.values()) == [1, 2, 3, 4, 5, 6]
    order = [owner[job] for job, _ in sorted(places.items(), key=lambda entry: entry[1])]
    assert all(order[n] != order[n + 1] for n in (0, 2, 4))


async def test_the_claim_reads_the_index_of_who_waits(studio: Studio) -> None:
    await people_with_jobs(studio, 20, 100)
    async with studio.database.system() as session:
        await session.execute(text("ANALYZE studio.job_runs"))
        asked = {"lane": "image", "engines": ["x"], "models": [""], "patience": 30.0}
        plan = await session.scalars(text(f"EXPLAIN {leases._CLAIM.text}"), asked)
        lines = list(plan)
    assert not any("Seq Scan on job_runs" in line for line in lines), "\n".join(lines)
    assert any("job_runs_fair" in line for line in lines)


async def test_a_loaded_model_comes_first_among_equals(studio: Studio) -> None:
    cold, warm = await people_with_jobs(studio, 2, 1)
    await wait_for(studio, cold, 10, "meadow")
    await wait_for(studio, warm, 5, "harbour")
    lease = await claim(studio, ("x", "harbour"), ("y", "meadow"))
    assert lease
    assert lease.user_id == warm


async def test_of_a_server_every_model_is_ready(studio: Studio) -> None:
    cold, warm = await people_with_jobs(studio, 2, 1)
    await wait_for(studio, cold, 10, "meadow")
    await wait_for(studio, warm, 5, "harbour")
    lease = await claim(studio, ("x", None))
    assert lease
    assert lease.user_id == cold


async def test_whoever_has_waited_long_is_not_overtaken(studio: Studio) -> None:
    cold, warm = await people_with_jobs(studio, 2, 1)
    await wait_for(studio, cold, leases.PATIENCE_SECONDS + 1, "meadow")
    await wait_for(studio, warm, 5, "harbour")
    lease = await claim(studio, ("x", "harbour"))
    assert lease
    assert lease.user_id == cold


async def test_a_loaded_model_gives_nobody_two_turns(studio: Studio) -> None:
    """Shares count more: after one job the next turn is the other's, whatever is loaded."""
    cold, warm = await people_with_jobs(studio, 2, 5)
    await wait_for(studio, cold, 2, "meadow")
    await wait_for(studio, warm, 1, "harbour")
    turns = []
    while lease := await claim(studio, ("x", "harbour")):
        turns.append(lease.user_id)
        await finish(studio, lease)
    assert len(turns) == 10
    for start in range(0, 10, 2):
        assert turns[start : start + 2] == [warm, cold]


async def test_within_a_person_the_first_comes_first_whatever_is_loaded(studio: Studio) -> None:
    (user,) = await people_with_jobs(studio, 1, 2)
    async with studio.database.system() as session:
        rows = await session.execute(
            text("SELECT job_id FROM studio.job_runs WHERE user_id = :user ORDER BY run_at"),
            {"user": user},
        )
        first, second = (row.job_id for row in rows)
        await session.execute(
            text("UPDATE studio.job_runs SET model = 'harbour' WHERE job_id = :job"),
            {"job": second},
        )
    lease = await claim(studio, ("x", "harbour"))
    assert lease
    assert lease.job_id == first


async def test_a_status_cannot_go_backwards(studio: Studio) -> None:
    await people_with_jobs(studio, 1, 1)
    for first, then in (("queued", "completed"), ("completed", "queued"), ("failed", "completed")):
        async with studio.database.engine.connect() as connection:
            await connection.execute(text("ALTER TABLE jobs DISABLE TRIGGER guard_status"))
            await connection.execute(text("UPDATE jobs SET status = :s"), {"s": first})
            await connection.execute(text("ALTER TABLE jobs ENABLE TRIGGER guard_status"))
            refused = None
            try:
                await connection.execute(text("UPDATE jobs SET status = :s"), {"s": then})
            except Exception as error:  # noqa: BLE001 - the point is that it is refused
                refused = str(error)
            assert refused is not None, (first, then)
            assert f"a job cannot go from {first} to {then}" in refused


async def test_an_unknown_job_is_not_cancelled(studio: Studio) -> None:
    answer = await studio.client.post(f"/api/jobs/{uuid4()}/cancel")
    assert answer.status_code == 404
