"""What plans give in a month: once, to those who are not suspended, whatever happens meanwhile."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from ledger_facts import faults
from sqlalchemy import select

from fabula import housekeeping
from fabula.accounts.credits import monthly, service
from fabula.core.settings import Plan, Settings
from fabula.models import Profile
from studio import Studio

SETTINGS = Settings(
    credits_enabled=True,
    plans={
        "pro": Plan(credits_per_month=50),
        "starter": Plan(credits_per_month=5),
        "creator": Plan(jobs_per_day=3),
    },
)
In = Callable[[datetime], None]


@pytest.fixture
def in_month(monkeypatch: pytest.MonkeyPatch) -> In:
    def turn(moment: datetime) -> None:
        monkeypatch.setattr(monthly, "now", lambda: moment)

    turn(datetime(2026, 3, 31, 23, 59, tzinfo=UTC))
    return turn


@pytest.fixture
async def people(studio: Studio, dsn: str) -> Studio:
    """Ada is on no plan, and the others on the plan of their name."""
    for name in ("pro", "starter", "creator"):
        await studio.person(name)
    with psycopg.connect(dsn) as connection:
        connection.execute(
            "UPDATE profiles SET subscription_status = username WHERE username <> 'ada'"
        )
    return studio


async def balances(studio: Studio) -> dict[str, int]:
    async with studio.database.system() as session:
        rows = await session.execute(select(Profile.username, Profile.token_balance))
        return {name or "": balance or 0 for name, balance in rows}


async def test_each_plan_gives_its_credits_once_a_month(
    people: Studio, in_month: In, dsn: str
) -> None:
    assert await monthly.grant_month(people.database, SETTINGS) == 2
    assert await monthly.grant_month(people.database, SETTINGS) == 0
    had = {"ada": 100, "pro": 150, "starter": 105, "creator": 100}
    assert await balances(people) == had
    in_month(datetime(2026, 4, 1, tzinfo=UTC))
    assert await monthly.grant_month(people.database, SETTINGS) == 2
    assert await balances(people) == had | {"pro": 200, "starter": 110}
    with psycopg.connect(dsn) as connection:
        assert faults(connection) == []
        reasons = connection.execute(
            "SELECT reason FROM studio.ledger_entries WHERE kind = 'grant' AND amount = 50 "
            "ORDER BY created_at"
        ).fetchall()
    assert reasons == [
        ("Credits of the plan pro for 2026-03",), ("Credits of the plan pro for 2026-04",),
    ]  # fmt: skip


async def test_many_at_once_give_it_once(people: Studio, in_month: In) -> None:
    given = await asyncio.gather(
        *(monthly.grant_month(people.database, SETTINGS) for _ in range(4))
    )
    assert sum(given) == 2
    assert (await balances(people))["pro"] == 150


async def test_suspended_people_get_none_until_they_are_back(
    people: Studio, in_month: In, dsn: str
) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("UPDATE auth.accounts SET suspended_at = now() WHERE username = 'pro'")
        assert await monthly.grant_month(people.database, SETTINGS) == 1
        connection.execute("UPDATE auth.accounts SET suspended_at = NULL")
        assert await monthly.grant_month(people.database, SETTINGS) == 1
    assert (await balances(people))["pro"] == 150


async def test_a_plan_that_changes_within_the_month_gives_nothing_more(
    people: Studio, in_month: In, dsn: str
) -> None:
    await monthly.grant_month(people.database, SETTINGS)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("UPDATE profiles SET subscription_status = 'pro'")
    assert await monthly.grant_month(people.database, SETTINGS) == 2  # ada and creator
    assert await balances(people) == {"ada": 150, "pro": 150, "starter": 105, "creator": 150}


async def test_where_it_stopped_it_goes_on(
    people: Studio, in_month: In, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also over more than one page of people."""
    monkeypatch.setattr(monthly, "_PAGE", 1)
    given, really = 0, service.grant_once

    async def crashing(*args: Any) -> bool:
        nonlocal given
        if given:
            raise ConnectionError
        given += 1
        return await really(*args)

    with monkeypatch.context() as patch:
        patch.setattr(service, "grant_once", crashing)
        with pytest.raises(ConnectionError):
            await monthly.grant_month(people.database, SETTINGS)
    assert sorted((await balances(people)).values()) in ([100, 100, 100, 150], [100, 100, 100, 105])
    assert await monthly.grant_month(people.database, SETTINGS) == 1
    found = await balances(people)
    assert (found["pro"], found["starter"]) == (150, 105)


async def test_a_full_account_does_not_stop_the_others(
    people: Studio, in_month: In, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MAX_BALANCE", 120)
    assert await monthly.grant_month(people.database, SETTINGS) == 1
    found = await balances(people)
    assert (found["pro"], found["starter"]) == (100, 105)


async def test_nothing_is_given_while_credits_are_off(people: Studio, in_month: In) -> None:
    off = SETTINGS.model_copy(update={"credits_enabled": False})
    assert await monthly.grant_month(people.database, off) == 0
    without = SETTINGS.model_copy(update={"plans": {}})
    assert await monthly.grant_month(people.database, without) == 0


async def test_an_admins_key_does_not_stand_in_for_a_month(people: Studio, in_month: In) -> None:
    async with await people.person("root", "admin") as root:
        found = (await root.get("/api/people", params={"search": "pro"})).json()["items"][0]
        month = f"{found['id']}:2026-03"
        body = {"amount": 1, "reason": "a test"}
        await root.post(
            f"/api/people/{found['id']}/credits", json=body, headers={"Idempotency-Key": month}
        )
    assert await monthly.grant_month(people.database, SETTINGS) == 2


def test_housekeeping_does_it_every_hour() -> None:
    tasks = housekeeping.app.periodic_registry.periodic_tasks.values()
    crons = {entry.task.name: entry.cron for entry in tasks}
    assert crons["credits.month"] == "7 * * * *"
    assert crons["accounts.erase"] == "*/5 * * * *"
