"""Limits on trying to sign in, which are the same whether the name exists or not."""

import asyncio
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy import text

from fabula.accounts import repository, secrets, throttle
from fabula.core.database import Database
from studio import Studio, client_of

PASSWORD = "a long enough secret"
WRONG = "a wrong secret"


async def attempt(studio: Studio, name: str, password: str = WRONG) -> httpx.Response:
    async with client_of(studio.app) as browser:
        return await browser.post("/api/auth/login", json={"username": name, "password": password})


async def later(studio: Studio, seconds: float) -> None:
    """As if so much time had passed."""
    async with studio.database.system() as session:
        await session.execute(
            text(
                "UPDATE auth.sign_in_buckets SET filled_at = filled_at - make_interval(secs => :s),"
                " next_at = next_at - make_interval(secs => :s)"
            ),
            {"s": seconds},
        )


async def taken(database: Database, name: str | None, address: str | None = None) -> int:
    async with database.system() as session:
        return await throttle.take(session, name, address)


async def test_delays_grow_and_are_told(studio: Studio) -> None:
    waits = []
    for _ in range(throttle.NAME_PATIENCE + 3):
        answer = await attempt(studio, "ada")
        while answer.status_code == 429:
            assert answer.json()["error"] == "too_many_requests"
            waits.append(int(answer.headers["retry-after"]))
            await later(studio, waits[-1])
            answer = await attempt(studio, "ada")
        assert answer.status_code == 401
    assert waits == [1, 2, 4]


async def test_a_bucket_empties_and_fills_again(database: Database, studio: Studio) -> None:
    for _ in range(throttle.ADDRESS_TRIES):
        assert await taken(database, None, "192.0.2.1") == 0
    assert await taken(database, None, "192.0.2.1") > 0
    assert await taken(database, None, "192.0.2.2") == 0
    await later(studio, throttle.ADDRESS_REFILL_SECONDS * 2)
    assert [await taken(database, None, "192.0.2.1") for _ in range(3)] == [0, 0, 2]


async def test_many_at_once_get_no_more_than_there_is(database: Database) -> None:
    """Whatever their number, as many pass as the patience with a name allows."""
    waits = await asyncio.gather(*(taken(database, "ada", "192.0.2.1") for _ in range(20)))
    assert sum(wait == 0 for wait in waits) == throttle.NAME_PATIENCE


async def test_the_delay_has_an_end_and_an_hour_of_peace_forgets(
    studio: Studio, database: Database
) -> None:
    for _ in range(25):
        await later(studio, throttle.LONGEST_DELAY_SECONDS)
        assert await taken(database, "ada") == 0
    assert await taken(database, "ada") == throttle.LONGEST_DELAY_SECONDS
    await later(studio, 3601)
    assert [await taken(database, "ada") for _ in range(2)] == [0, 0]


async def test_a_refused_try_costs_nothing_and_is_no_entry(studio: Studio) -> None:
    failed = "SELECT count(*) FROM user_activity_log WHERE action = 'sign_in.failed'"
    for _ in range(throttle.NAME_PATIENCE):
        await attempt(studio, "ada")
    before = await studio.scalar("SELECT sum(misses) FROM auth.sign_in_buckets")
    for _ in range(5):
        assert (await attempt(studio, "ada")).status_code == 429
    assert await studio.scalar(failed) == throttle.NAME_PATIENCE
    # The address counts on: only the name's bucket refuses here.
    after = await studio.scalar("SELECT min(misses) FROM auth.sign_in_buckets")
    assert after == throttle.NAME_PATIENCE
    assert before == 2 * throttle.NAME_PATIENCE


async def test_names_that_do_not_exist_are_answered_alike(studio: Studio) -> None:
    await studio.client.put("/api/me/password", json={"new_password": PASSWORD})
    answers: dict[str, list[tuple[int, Any, str | None]]] = {}
    for name in ("ada", "nobody"):
        answers[name] = []
        for _ in range(throttle.NAME_PATIENCE + 2):
            answer = await attempt(studio, name)
            told = (answer.status_code, answer.json(), answer.headers.get("retry-after"))
            answers[name].append(told)
    assert answers["ada"] == answers["nobody"]
    assert [status for status, _, _ in answers["ada"]] == [401] * throttle.NAME_PATIENCE + [429] * 2


async def test_the_right_password_waits_too_and_then_starts_afresh(studio: Studio) -> None:
    await studio.client.put("/api/me/password", json={"new_password": PASSWORD})
    for _ in range(throttle.NAME_PATIENCE):
        await attempt(studio, "ada")
    assert (await attempt(studio, "ada", PASSWORD)).status_code == 429
    await later(studio, 1)
    assert (await attempt(studio, "ada", PASSWORD)).status_code == 200
    for _ in range(throttle.NAME_PATIENCE):
        assert (await attempt(studio, "ada")).status_code == 401


async def test_failed_sign_ins_are_in_the_trail_without_the_name(studio: Studio) -> None:
    await attempt(studio, "ada")
    await attempt(studio, "my secret by mistake")
    async with client_of(studio.app) as browser:
        await browser.post("/api/auth/link", json={"token": "x"})
    async with studio.database.system() as session:
        rows = (
            await session.execute(
                text(
                    "SELECT user_id, resource_id, metadata->'after'->>'way', l::text "
                    "FROM user_activity_log l WHERE action = 'sign_in.failed' ORDER BY created_at"
                )
            )
        ).all()
    assert [(row[0], row[1], row[2]) for row in rows] == [
        (None, str(studio.caller.user_id), "password"),
        (None, None, "password"),
        (None, None, "link"),
    ]
    assert not any("mistake" in row[3] for row in rows)


async def test_signing_in_and_out_is_one_entry_each(studio: Studio) -> None:
    await studio.client.put("/api/me/password", json={"new_password": PASSWORD})
    async with client_of(studio.app) as browser:
        body = {"username": "ada", "password": PASSWORD}
        assert (await browser.post("/api/auth/login", json=body)).is_success
        await browser.post("/api/auth/logout", headers={"X-Fabula-CSRF": "1"})
    entries = (await studio.client.get("/api/activity")).json()["items"]
    assert [entry["action"] for entry in entries] == ["sign_out", "sign_in", "password.changed"]
    assert entries[1]["after"] == {"way": "password"}
    assert entries[0]["resource_id"] == entries[1]["resource_id"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
    ],
)
def test_an_address_of_the_sixth_version_counts_by_its_network(
    one: str, other: str, same: bool
) -> None:
    assert (throttle._of_address(one) == throttle._of_address(other)) is same


async def test_guessing_at_the_own_password_counts_as_trying(studio: Studio) -> None:
    """Whoever sits at an open session learns the password no sooner than at the door."""
    first = {"new_password": PASSWORD}
    assert (await studio.client.put("/api/me/password", json=first)).status_code == 204
    guess = {"current_password": WRONG, "new_password": "another long secret"}
    answer = await studio.client.put("/api/me/password", json=guess)
    assert (answer.status_code, answer.json()["field"]) == (422, "current_password")
    await later(studio, -600)  # the buckets' time stands still until it gets there
    told = [(await studio.client.put("/api/me/password", json=guess)).status_code for _ in range(5)]
    assert told == [422] * (throttle.NAME_PATIENCE - 1) + [429] * 2
    assert (await attempt(studio, "ada", PASSWORD)).status_code == 429
    await later(studio, 1200)
    right = guess | {"current_password": PASSWORD}
    assert (await studio.client.put("/api/me/password", json=right)).status_code == 204
    assert (await attempt(studio, "ada", "another long secret")).status_code == 200


async def test_a_password_that_was_changed_meanwhile_is_not_overwritten(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    hash_password = secrets.hash_password

    def hashed(password: str) -> str:
        with psycopg.connect(studio.database.dsn, autocommit=True) as other:
            other.execute("UPDATE auth.accounts SET password_hash = 'of the other one'")
        return hash_password(password)

    monkeypatch.setattr(secrets, "hash_password", hashed)
    answer = await studio.client.put("/api/me/password", json={"new_password": PASSWORD})
    assert answer.status_code == 409
    stored = await studio.scalar("SELECT password_hash FROM auth.accounts")
    assert stored == "of the other one"


async def test_old_buckets_go(studio: Studio, database: Database) -> None:
    await taken(database, "ada")
    await later(studio, 90_000)
    async with database.system() as session:
        await repository.drop_expired(session)
    assert await studio.scalar("SELECT count(*) FROM auth.sign_in_buckets") == 0
