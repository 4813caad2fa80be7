"""The age gate, the own choice of content, and the mode that comes of them."""

from datetime import UTC, datetime
from itertools import product
from typing import Any

import httpx
import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from fabula.accounts.content.service import age_on, mode_of
from fabula.moderation.rating import Mode, Standing, strictest
from studio import Studio

MODES: tuple[Mode, ...] = ("general", "adult")


@pytest.mark.parametrize(
    ("studio", "age", "own", "character", "place"),
    list(product([False, True], [False, True], MODES, MODES, MODES)),
)
def test_the_most_restrictive_of_all_counts(
    studio: bool, age: bool, own: Mode, character: Mode, place: Mode
) -> None:
    everything = studio and age and own == character == place == "adult"
    found = Standing(studio, age, own).mode(character, place)
    assert found == ("adult" if everything else "general")


def test_nothing_said_is_general() -> None:
    assert strictest() == "general"
    assert Standing().mode() == "general"


def test_each_step_says_why() -> None:
    steps = Standing(studio=True, age_verified=False, own="adult").steps()
    assert [(step.name, step.mode) for step in steps] == [
        ("studio", "adult"), ("age", "general"), ("own", "adult"),
    ]  # fmt: skip
    assert "not confirmed" in steps[1].reason


@pytest.mark.parametrize(
    ("born", "years"),
    [("2008-03-02", 17), ("2008-03-01", 18), ("2008-02-29", 18), ("1990-12-31", 35)],
)
def test_years_are_whole_ones(born: str, years: int) -> None:
    moment = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)
    assert age_on(datetime.fromisoformat(born).date(), moment) == years


async def entries(studio: Studio, action: str) -> list[dict[str, Any]]:
    async with studio.database.system() as session:
        rows = await session.execute(
            text(
                "SELECT user_id, resource_id, metadata FROM user_activity_log "
                "WHERE action = :action ORDER BY created_at"
            ),
            {"action": action},
        )
        return [dict(row._mapping) for row in rows]


async def confirm(client: httpx.AsyncClient, born: str = "1980-05-17") -> httpx.Response:
    return await client.post("/api/me/age", json={"birth_date": born})


async def choose(client: httpx.AsyncClient, mode: str = "adult", **more: Any) -> httpx.Response:
    return await client.put("/api/me/content", json={"mode": mode, **more})


async def test_a_studio_is_general_unless_its_operator_says_otherwise(studio: Studio) -> None:
    found = (await studio.client.get("/api/me/content")).json()
    assert (found["mode"], found["blur"], found["age_check"]) == ("general", True, "open")
    assert found["steps"][0]["mode"] == "general"
    for answer in (await confirm(studio.client), await choose(studio.client)):
        assert (answer.status_code, answer.json()["error"]) == (409, "adult_mode_off")
    assert await studio.scalar("SELECT bool_or(age_verified) FROM profiles") is False
    assert await studio.scalar("SELECT count(*) FROM studio.preferences") == 0


async def test_the_gate_and_the_choice_open_the_mode_together(adult_studio: Studio) -> None:
    client = adult_studio.client
    early = await choose(client)
    assert (early.status_code, early.json()["error"]) == (403, "age_not_confirmed")
    confirmed = (await confirm(client)).json()
    assert (confirmed["mode"], confirmed["age_check"]) == ("general", "confirmed")
    assert (await choose(client, blur=False)).json()["mode"] == "adult"
    found = (await client.get("/api/me/content")).json()
    assert (found["mode"], found["blur"]) == ("adult", False)
    assert [step["mode"] for step in found["steps"]] == ["adult"] * 3
    assert (await choose(client, "general")).json()["mode"] == "general"
    changes = [row["metadata"] for row in await entries(adult_studio, "content.chosen")]
    assert changes == [
        {"before": {"mode": "general"}, "after": {"mode": "adult"}},
        {"before": {"mode": "adult"}, "after": {"mode": "general"}},
    ]


async def test_a_birth_date_is_stored_nowhere(adult_studio: Studio) -> None:
    await confirm(adult_studio.client, "1971-08-09")
    (entry,) = await entries(adult_studio, "age.verified")
    assert entry["metadata"]["after"] == {"age_verified": True, "way": "own statement"}
    for table in ("user_activity_log", "profiles", "studio.preferences", "auth.accounts"):
        query = f"SELECT count(*) FROM {table} t WHERE to_jsonb(t)::text LIKE '%1971%'"  # noqa: S608
        assert await adult_studio.scalar(query) == 0


async def test_below_eighteen_is_refused_and_closes_the_check(adult_studio: Studio) -> None:
    client = adult_studio.client
    young = f"{datetime.now(UTC).year - 15}-01-01"
    for born in (young, "1980-05-17"):
        refused = await confirm(client, born)
        assert (refused.status_code, refused.json()["error"]) == (403, "age_refused")
    assert len(await entries(adult_studio, "age.refused")) == 2
    assert (await client.get("/api/me/content")).json()["age_check"] == "closed"
    assert (await choose(client)).status_code == 403
    assert await adult_studio.scalar("SELECT bool_or(age_verified) FROM profiles") is False


@pytest.mark.parametrize("born", ["2999-01-01", "1800-01-01", "yesterday", "19"])
async def test_what_is_no_birth_date_changes_nothing(adult_studio: Studio, born: str) -> None:
    answer = await confirm(adult_studio.client, born)
    assert (answer.status_code, answer.json()["field"]) == (422, "birth_date")
    assert (await adult_studio.client.get("/api/me/content")).json()["age_check"] == "open"


async def test_admins_pass_the_gate_like_everybody(adult_studio: Studio) -> None:
    async with await adult_studio.person("root", "admin") as root:
        assert (await choose(root)).status_code == 403
        assert (await root.get("/api/me/content")).json()["mode"] == "general"


async def test_guests_choose_nothing(adult_studio: Studio) -> None:
    async with await adult_studio.person("gast", "guest") as guest:
        assert (await choose(guest, "general")).status_code == 403
        assert (await confirm(guest)).status_code == 403


async def test_an_admin_verifies_and_withdraws_with_a_reason(adult_studio: Studio) -> None:
    client, person = adult_studio.client, adult_studio.caller.user_id
    async with await adult_studio.person("root", "admin") as root:
        place = f"/api/people/{person}/age"
        for _ in range(2):
            body = {"verified": True, "reason": "showed a document"}
            assert (await root.put(place, json=body)).json()["age_verified"] is True
        assert (await choose(client)).json()["mode"] == "adult"
        body = {"verified": False, "reason": "a mistake"}
        assert (await root.put(place, json=body)).json()["age_verified"] is False
        found = (await client.get("/api/me/content")).json()
        assert (found["mode"], found["age_check"]) == ("general", "closed")
        assert (await confirm(client)).status_code == 403
    (made,) = await entries(adult_studio, "age.verified")
    (withdrawn,) = await entries(adult_studio, "age.withdrawn")
    assert made["metadata"]["after"]["reason"] == "showed a document"
    assert withdrawn["metadata"]["after"] == {
        "age_verified": False, "way": "admin", "reason": "a mistake",
    }  # fmt: skip
    assert withdrawn["resource_id"] == str(person)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE profiles SET age_verified = true",
        "UPDATE studio.preferences SET age_check_closed_at = NULL",
        "INSERT INTO studio.preferences (user_id, age_check_closed_at) VALUES (:user, now())",
        "DELETE FROM studio.preferences",
    ],
)
async def test_nobody_opens_the_gate_by_sql(adult_studio: Studio, statement: str) -> None:
    await choose(adult_studio.client, "general")
    user = adult_studio.caller.user_id
    with pytest.raises(ProgrammingError) as refused:
        async with adult_studio.database.request(user, adult=True) as session:
            await session.execute(text(statement), {"user": user} if ":user" in statement else {})
    assert isinstance(refused.value.orig, InsufficientPrivilege)


async def test_a_choice_by_sql_alone_opens_nothing(adult_studio: Studio) -> None:
    user = adult_studio.caller.user_id
    async with adult_studio.database.request(user, adult=True) as session:
        values = {"user": user}
        await session.execute(
            text("INSERT INTO studio.preferences (user_id, mode) VALUES (:user, 'adult')"), values
        )
        assert await session.scalar(text("SELECT studio.caller_sees_adult()")) is False
        assert await mode_of(session, user, adult_mode=True) == "general"
    assert (await adult_studio.client.get("/api/me/content")).json()["mode"] == "general"


async def test_the_setting_of_the_studio_closes_what_was_open(adult_studio: Studio) -> None:
    await confirm(adult_studio.client)
    await choose(adult_studio.client)
    adult_studio.app.state.settings.adult_mode = False
    assert (await adult_studio.client.get("/api/me/content")).json()["mode"] == "general"
