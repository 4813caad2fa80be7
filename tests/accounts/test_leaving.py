"""An account that is deleted is gone everywhere, at once and for good, and nobody else's is."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import numpy as np
import psycopg
import pyotp
import pytest
from ledger_facts import faults, held_by_ended_jobs
from psycopg.errors import DeadlockDetected
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from traces import KEPT, rows_of_others, traces

from fabula import housekeeping
from fabula.accounts import trail
from fabula.accounts.leaving import erasure
from fabula.accounts.leaving import service as leaving
from fabula.core.clock import now
from fabula.storage.base import StorageUnavailable
from fabula.storage.pictures import encode_png
from studio import Studio, client_of, session_cookie

PICTURE = encode_png(np.zeros((64, 64, 3), np.uint8), {})
_PASSWORD = "a long enough secret"
_CSRF = {"X-Fabula-CSRF": "1"}
_OPEN = {"public.user_activity_log.metadata", "studio.erasures.user_id"}


@pytest.fixture
async def root(studio: Studio) -> AsyncIterator[httpx.AsyncClient]:
    async with await studio.person("root", "admin") as client:
        yield client


async def erase(studio: Studio) -> None:
    """As housekeeping does it."""
    tools = housekeeping.context_for(studio.database, studio.store)
    await housekeeping.erase_the_gone(SimpleNamespace(additional_context=tools))  # type: ignore[arg-type]


async def stored(studio: Studio, person: object) -> list[str]:
    return [
        f"{item.ref.bucket}/{item.ref.key}"
        for bucket in ("workspace-temp", "user-library", "reference_images", "videos")
        async for item in studio.store.list(bucket, f"{person}/")
    ]


async def with_password(studio: Studio) -> None:
    answer = await studio.client.put("/api/me/password", json={"new_password": _PASSWORD})
    assert answer.status_code == 204


async def live(client: httpx.AsyncClient, studio: Studio) -> None:
    """Some of everything."""
    await client.post("/api/workspace/sessions", json={"name": "Sea"})
    await client.post("/api/me/api-keys", json={"name": "second"})
    files = {"file": ("a.png", PICTURE, "image/png")}
    assert (await client.post("/api/uploads", files=files)).status_code == 201
    body = {"prompt": "a lighthouse", "seed": 7, "count": 2}
    job = (await client.post("/api/jobs", json=body)).json()
    async with studio.working():
        async with asyncio.timeout(60):
            while (await client.get(f"/api/jobs/{job['id']}")).json()["status"] != "completed":  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    asset = (await client.get("/api/workspace/assets")).json()["items"][0]["id"]
    assert (await client.post(f"/api/workspace/assets/{asset}/keep", json={})).status_code == 200


async def wait_for_one_more(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/jobs", json={"prompt": "a fox", "seed": 1})
    assert answer.status_code == 202


async def test_nothing_of_the_person_is_left_and_nothing_of_others_is_touched(
    studio: Studio, root: httpx.AsyncClient, dsn: str
) -> None:
    studio.services.settings.credits_enabled = True
    await with_password(studio)
    async with await studio.person("bea") as bea:
        await live(studio.client, studio)
        await live(bea, studio)
        for client in (studio.client, bea):
            await wait_for_one_more(client)
        bea_id = (await bea.get("/api/me")).json()["id"]
    ada = str(studio.caller.user_id)
    assert len(await stored(studio, ada)) == 8
    files_of_bea = await stored(studio, bea_id)
    with psycopg.connect(dsn, autocommit=True) as connection:
        before = rows_of_others(connection, ada)
        answer = await studio.client.post(
            "/api/me/delete", json={"username": "ada", "password": _PASSWORD}
        )
        assert answer.status_code == 204, answer.text
        assert (await studio.client.get("/api/me")).status_code == 401
        assert traces(connection, ada) <= KEPT.keys() | _OPEN
        await erase(studio)
        after = rows_of_others(connection, ada)
        # The last credits of a waiting job, and what was left, went back.
        assert faults(connection) == []
        assert held_by_ended_jobs(connection) == []
        for table, rows in before.items():
            if table not in {
                "auth.sign_in_buckets",
                "studio.trail_head",
                "queue.procrastinate_jobs",
            }:
                assert set(rows) <= set(after[table]), table
    assert await stored(studio, ada) == []
    assert await stored(studio, bea_id) == files_of_bea
    async with studio.database.system() as session:
        found = await trail.verify(session)
    assert found.fault == ""
    (entry,) = (await root.get("/api/activity", params={"action": "account.deleted"})).json()[
        "items"
    ]
    assert (entry["user_id"], entry["resource_id"]) == (None, ada)


async def test_no_row_of_any_table_names_somebody_who_is_gone(studio: Studio, dsn: str) -> None:
    """Columns that name people, by what the database knows of them."""
    await with_password(studio)
    await live(studio.client, studio)
    await studio.client.post("/api/me/delete", json={"username": "ada", "password": _PASSWORD})
    query = """
        SELECT format('%I.%I', n.nspname, c.relname), a.attname FROM pg_attribute a
        JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname IN ('public', 'studio', 'auth') AND c.relkind = 'r'
        AND a.attname ~ '^(user|account|owner|creator|reviewed|actor|person|created|made)_(id|by)$'
        AND a.atttypid = 'uuid'::regtype AND c.relname <> 'ledger_entries'
    """
    with psycopg.connect(dsn, autocommit=True) as connection:
        columns = connection.execute(query).fetchall()
        assert len(columns) > 30
        for table, column in columns:
            if (table, column) in {
                ("studio.trail_chain", "actor_id"),
                ("studio.erasures", "user_id"),
            }:
                continue
            orphans = connection.execute(
                f"SELECT count(*) FROM {table} WHERE {column} = %s".encode(),  # noqa: S608
                [studio.caller.user_id],
            ).fetchone()
            assert (table, column, orphans) == (table, column, (0,))


async def test_a_job_that_runs_is_stopped_and_leaves_no_file(
    studio: Studio, root: httpx.AsyncClient
) -> None:
    ada = studio.caller.user_id
    job = await studio.submit(count=6, steps=4)
    async with studio.working(step_seconds=0.1) as worker:
        await studio.when(job["id"], lambda job: job["assets"])
        answer = await root.request("DELETE", f"/api/people/{ada}", json={"reason": "a test"})
        assert answer.status_code == 204, answer.text
        async with asyncio.timeout(30):
            while worker._tasks:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    await erase(studio)
    assert await stored(studio, ada) == []
    assert await studio.scalar("SELECT count(*) FROM studio.job_runs") == 0
    assert await studio.scalar("SELECT count(*) FROM studio.job_previews") == 0


async def test_who_has_left_is_looked_at_again_before_they_are_forgotten(
    studio: Studio, root: httpx.AsyncClient
) -> None:
    ada = studio.caller.user_id
    await studio.made()
    await root.request("DELETE", f"/api/people/{ada}", json={"reason": "a test"})
    await erase(studio)
    await studio.store.put("workspace-temp", f"{ada}/late/0.png", PICTURE, "image/png")
    await erase(studio)
    assert await stored(studio, ada) == []
    assert await studio.scalar("SELECT count(*) FROM studio.erasures") == 1
    async with studio.database.system() as session:
        await session.execute(
            text("UPDATE studio.erasures SET requested_at = now() - interval '61 minutes'")
        )
    await erase(studio)
    assert await studio.scalar("SELECT count(*) FROM studio.erasures") == 0


async def test_a_store_that_is_down_is_tried_again(
    studio: Studio, root: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = studio.caller.user_id
    await studio.made()
    await root.request("DELETE", f"/api/people/{ada}", json={"reason": "a test"})

    async def down(*_: object) -> None:
        raise StorageUnavailable("The storage server is gone.")

    with monkeypatch.context() as patch:
        patch.setattr(studio.store, "delete", down)
        patch.setattr(erasure, "SETTLED_SECONDS", 0.0)
        await erase(studio)
    assert await stored(studio, ada) != []
    await erase(studio)
    assert await stored(studio, ada) == []


async def test_two_who_leave_at_once_both_go(studio: Studio, root: httpx.AsyncClient) -> None:
    """Also while no worker runs that would take the tasks."""
    async with await studio.person("bea") as bea:
        ids = [str(studio.caller.user_id), (await bea.get("/api/me")).json()["id"]]
    answers = await asyncio.gather(
        *(root.request("DELETE", f"/api/people/{one}", json={"reason": "a test"}) for one in ids)
    )
    assert [answer.status_code for answer in answers] == [204, 204]
    assert await studio.scalar("SELECT count(*) FROM studio.erasures") == 2
    again = await root.request("DELETE", f"/api/people/{ids[0]}", json={"reason": "a test"})
    assert again.status_code == 404


async def test_sessions_and_streams_end_at_once(studio: Studio) -> None:
    listener = studio.app.state.listener
    await listener.start()
    await listener.listening.wait()
    cookie = await session_cookie(studio.database, studio.caller.user_id)
    async with client_of(studio.app) as browser:
        browser.cookies.set("fabula_session", cookie)
        stream = asyncio.create_task(browser.get("/api/events"))
        async with asyncio.timeout(20):
            while not listener._subscribers[studio.caller.user_id]:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        gone = await browser.post("/api/me/delete", json={"username": "ada"}, headers=_CSRF)
        assert gone.status_code == 204
        assert 'fabula_session=""; ' in gone.headers["set-cookie"]
        async with asyncio.timeout(20):
            assert (await stream).status_code == 200
        browser.cookies.set("fabula_session", cookie)
        assert (await browser.get("/api/me")).status_code == 401
    await listener.stop()


async def test_a_password_proves_it(studio: Studio) -> None:
    await with_password(studio)
    wrong = [
        ({"username": "eve", "password": _PASSWORD}, "username"),
        ({"username": "ada", "password": "not this one"}, "password"),
        ({"username": "ada"}, "password"),
    ]
    for body, field in wrong:
        answer = await studio.client.post("/api/me/delete", json=body)
        assert (answer.status_code, answer.json()["field"]) == (422, field)
    right = {"username": "Ada ", "password": _PASSWORD}
    assert (await studio.client.post("/api/me/delete", json=right)).status_code == 204


async def test_guessing_is_slowed_down(studio: Studio) -> None:
    await with_password(studio)
    body = {"username": "ada", "password": "not this one"}
    answers = [await studio.client.post("/api/me/delete", json=body) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [422] * 4 + [429]


async def test_a_code_proves_it_where_two_factor_sign_in_is_on(studio: Studio) -> None:
    await with_password(studio)
    secret = (await studio.client.post("/api/me/two-factor")).json()["secret"]
    totp = pyotp.TOTP(secret)
    first = {"code": totp.at(now())}
    assert (await studio.client.post("/api/me/two-factor/confirm", json=first)).status_code == 200
    by_password = {"username": "ada", "password": _PASSWORD}
    answer = await studio.client.post("/api/me/delete", json=by_password)
    assert (answer.status_code, answer.json()["field"]) == (422, "code")
    used = {"username": "ada", "code": first["code"]}
    assert (await studio.client.post("/api/me/delete", json=used)).status_code == 422
    fresh = {"username": "ada", "code": totp.at(now() + timedelta(seconds=30))}
    assert (await studio.client.post("/api/me/delete", json=fresh)).status_code == 204


async def test_without_either_only_a_fresh_session_proves_it(studio: Studio) -> None:
    body = {"username": "ada"}
    by_key = await studio.client.post("/api/me/delete", json=body)
    assert (by_key.status_code, "sign in afresh" in by_key.text) == (409, True)
    cookie = await session_cookie(studio.database, studio.caller.user_id)
    async with client_of(studio.app) as browser:
        browser.cookies.set("fabula_session", cookie)
        async with studio.database.system() as session:
            await session.execute(
                text("UPDATE auth.sessions SET created_at = now() - interval '16 minutes'")
            )
        stale = await browser.post("/api/me/delete", json=body, headers=_CSRF)
        assert stale.status_code == 409
        async with studio.database.system() as session:
            await session.execute(
                text("UPDATE auth.sessions SET created_at = now() - interval '14 minutes'")
            )
        assert (await browser.post("/api/me/delete", json=body, headers=_CSRF)).status_code == 204


async def test_the_last_admin_stays_and_nobody_else_deletes(
    studio: Studio, root: httpx.AsyncClient
) -> None:
    me = (await root.get("/api/me")).json()["id"]
    await root.put("/api/me/password", json={"new_password": _PASSWORD})
    leaving = {"username": "root", "password": _PASSWORD}
    last = await root.post("/api/me/delete", json=leaving)
    assert (last.status_code, last.json()["error"]) == (409, "last_admin")
    by_id = await root.request("DELETE", f"/api/people/{me}", json={"reason": "a test"})
    assert (by_id.status_code, "own account" in by_id.text) == (409, True)
    for role in ("moderator", "basic_user"):
        async with await studio.person(role, role) as other:
            place = f"/api/people/{studio.caller.user_id}"
            refused = await other.request("DELETE", place, json={"reason": "a test"})
            assert refused.status_code == 403
    async with await studio.person("rita", "admin"):
        assert (await root.post("/api/me/delete", json=leaving)).status_code == 204


async def test_two_admins_who_delete_one_another_leave_one(
    studio: Studio, root: httpx.AsyncClient
) -> None:
    async with await studio.person("rita", "admin") as rita:
        ids = [(await client.get("/api/me")).json()["id"] for client in (rita, root)]
        both = (
            client.request("DELETE", f"/api/people/{one}", json={"reason": "a duel"})
            for client, one in zip((root, rita), ids, strict=True)
        )
        answers = await asyncio.gather(*both)
    assert sorted(answer.is_success for answer in answers) == [False, True]
    assert await studio.scalar("SELECT count(*) FROM user_roles WHERE role = 'admin'") == 1


async def test_an_admins_reason_is_in_the_trail(studio: Studio, root: httpx.AsyncClient) -> None:
    place = f"/api/people/{studio.caller.user_id}"
    assert (await root.request("DELETE", place, json={"reason": " "})).status_code == 422
    assert (await root.request("DELETE", place, json={"reason": "asked by mail"})).is_success
    answer = await root.get("/api/activity", params={"action": "account.deleted"})
    (entry,) = answer.json()["items"]
    assert (entry["username"], entry["before"], entry["after"]) == (
        "root", {"roles": ["basic_user"]}, {"reason": "asked by mail"},
    )  # fmt: skip


@pytest.mark.parametrize(("deadlocks", "goes"), [(2, True), (3, False)])
async def test_a_deadlock_is_tried_again(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, deadlocks: int, goes: bool
) -> None:
    met, really = 0, leaving._delete

    async def delete(*args: Any) -> None:
        nonlocal met
        met += 1
        await really(*args)
        if met <= deadlocks:
            raise OperationalError("DELETE", {}, DeadlockDetected())

    monkeypatch.setattr(leaving, "_delete", delete)
    work = leaving.delete_account(studio.database, studio.caller.user_id, by=None, reason="a test")
    if goes:
        await work
    else:
        with pytest.raises(OperationalError):
            await work
    left = await studio.scalar("SELECT count(*) FROM auth.accounts WHERE username = 'ada'")
    assert left == (0 if goes else 1)


async def test_deleting_among_deliveries_never_leaves_half(
    studio: Studio, root: httpx.AsyncClient
) -> None:
    """Jobs are submitted, drawn and delivered while their people leave."""
    people = [await studio.person(f"p{number}") for number in range(4)]
    ids = [(await person.get("/api/me")).json()["id"] for person in people]

    async def busy(person: httpx.AsyncClient) -> None:
        for seed in range(30):
            body = {"prompt": "a lighthouse", "seed": seed, "count": 2}
            answer = await person.post("/api/jobs", json=body)
            # 503 is a deadlock that PostgreSQL has ended here, and nothing was done.
            assert answer.status_code in {202, 401, 503}, answer.text
            if answer.status_code == 401:
                return

    async def leave(one: str, pause: float) -> httpx.Response:
        await asyncio.sleep(pause)
        return await root.request("DELETE", f"/api/people/{one}", json={"reason": "a test"})

    async with studio.working(slots=4):
        results = await asyncio.gather(
            *(busy(person) for person in people),
            *(leave(one, 0.3 + number / 10) for number, one in enumerate(ids)),
        )
    assert [answer.status_code for answer in results[4:] if answer] == [204] * 4
    for person in people:
        await person.aclose()
    await erase(studio)
    assert await studio.scalar("SELECT count(*) FROM jobs") == 0
    assert await studio.scalar("SELECT count(*) FROM studio.job_runs") == 0
    for one in ids:
        assert await stored(studio, one) == []
