"""What admins see of the whole studio: everybody's ledger, the trail, both as CSV."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy import text

from fabula.accounts.oversight import service
from fabula.core.csv_text import csv_text
from fabula.core.settings import Plan
from studio import Studio, session_cookie


@pytest.fixture
async def root(studio: Studio) -> AsyncIterator[httpx.AsyncClient]:
    async with await studio.person("root", "admin") as client:
        yield client


async def items(client: httpx.AsyncClient, path: str, **params: Any) -> list[dict[str, Any]]:
    answer = await client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def rows_of(client: httpx.AsyncClient, path: str, **params: Any) -> list[dict[str, str]]:
    """The rows of a CSV, by the names in its head."""
    answer = await client.get(path, params=params)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    return list(csv.DictReader(io.StringIO(answer.text)))


async def give(root: httpx.AsyncClient, person: object, amount: int, reason: str) -> None:
    body = {"amount": amount, "reason": reason}
    assert (await root.post(f"/api/people/{person}/credits", json=body)).status_code == 200


async def test_a_person_is_shown_with_plan_balance_and_what_protects_them(
    studio: Studio, root: httpx.AsyncClient
) -> None:
    place = f"/api/people/{studio.caller.user_id}"
    person = (await root.get(place)).json()
    assert (person["balance"], person["plan"], person["two_factor"]) == (100, None, False)
    assert person["age_verified"] is False
    async with studio.database.system() as session:
        await session.execute(
            text(
                "INSERT INTO auth.second_factors (account_id, secret, confirmed_at) "
                "SELECT id, 'x', now() FROM auth.accounts WHERE username = 'ada'"
            )
        )
    assert (await root.get(place)).json()["two_factor"] is True


async def test_a_plan_is_one_of_the_studios_and_each_change_is_one_entry(
    studio: Studio, root: httpx.AsyncClient
) -> None:
    studio.services.settings.plans = {"pro": Plan(jobs_per_day=3), "gold": Plan()}
    place = f"/api/people/{studio.caller.user_id}/plan"
    for _ in range(2):
        assert (await root.put(place, json={"plan": "pro"})).json()["plan"] == "pro"
    assert (await studio.client.get("/api/me/credits")).json()["plan"] == "pro"
    for unknown in ("starter", "gold", "emperor"):
        refused = await root.put(place, json={"plan": unknown})
        assert (refused.status_code, refused.json()["field"]) == (422, "plan")
        assert "use one of pro" in refused.json()["detail"]
    assert (await root.put(place, json={"plan": None})).json()["plan"] is None
    entries = await items(root, "/api/activity", action="plan.changed")
    assert [(entry["before"], entry["after"]) for entry in entries] == [
        ({"plan": "pro"}, {"plan": None}),
        ({"plan": None}, {"plan": "pro"}),
    ]
    assert (await studio.client.put(place, json={"plan": "pro"})).status_code == 403


async def test_sessions_and_keys_of_a_person_one_by_one(
    studio: Studio, root: httpx.AsyncClient
) -> None:
    for _ in range(2):
        await session_cookie(studio.database, studio.caller.user_id)
    place = f"/api/people/{studio.caller.user_id}"
    first, second = await items(root, f"{place}/sessions")
    assert (first["current"], first["user_agent"]) == (False, "test")
    assert (await root.delete(f"{place}/sessions/{first['id']}")).status_code == 204
    assert await items(root, f"{place}/sessions") == [second]
    assert (await root.delete(f"{place}/sessions/{first['id']}")).status_code == 404
    (key,) = await items(root, f"{place}/api-keys")
    other = (await items(root, "/api/me/api-keys"))[0]
    assert (await root.delete(f"{place}/api-keys/{other['id']}")).status_code == 404
    assert (await root.delete(f"{place}/api-keys/{key['id']}")).status_code == 204
    assert (await studio.client.get("/api/me")).status_code == 401
    for action, resource in (("session.revoked", first["id"]), ("api_key.revoked", key["id"])):
        (entry,) = await items(root, "/api/activity", action=action)
        assert entry["resource_id"] == resource
        assert entry["before"]["account"] == str(studio.caller.user_id)


async def test_the_ledger_of_everybody_says_whose_by_whom_and_what_was_left(
    studio: Studio, root: httpx.AsyncClient
) -> None:
    studio.services.settings.credits_enabled = True
    ada = studio.caller.user_id
    await give(root, ada, 7, "for the bees")
    job = await studio.submit(count=2)
    found = await items(root, "/api/ledger", account=ada)
    told = [(i["kind"], i["part"], i["amount"], i["balance_after"]) for i in found]
    assert set(told[:2]) == {("reserve", "available", -2, 105), ("reserve", "reserved", 2, 2)}
    assert told[2:] == [("grant", "available", 7, 107), ("start", "available", 100, 100)]
    grant = found[2]
    assert (grant["account"], grant["reason"]) == (
        {"id": str(ada), "username": "ada"}, "for the bees",
    )  # fmt: skip
    assert grant["by"]["username"] == "root"
    assert (found[0]["job_id"], found[3]["by"]) == (job["id"], None)
    assert {i["account"]["username"] for i in await items(root, "/api/ledger")} == {"ada", "root"}
    assert [i["id"] for i in await items(root, "/api/ledger", kind="grant")] == [grant["id"]]
    early = await items(root, "/api/ledger", until=grant["created_at"], account=ada)
    assert [i["kind"] for i in early] == ["start"]
    since = await items(root, "/api/ledger", since=grant["created_at"], account=ada)
    assert len(since) == 3
    own = await items(root, f"/api/people/{ada}/ledger")
    assert own == await items(studio.client, "/api/me/ledger")
    assert [i["balance_after"] for i in own] == [i["balance_after"] for i in found]


async def test_the_ledger_pages_by_key(studio: Studio, root: httpx.AsyncClient) -> None:
    for number in range(1, 6):
        await give(root, studio.caller.user_id, number, "a step")
    whole = [i["id"] for i in await items(root, "/api/ledger")]
    paged, cursor = [], None
    while True:
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await root.get("/api/ledger", params=params)).json()
        paged += [i["id"] for i in page["items"]]
        if not (cursor := page["next_cursor"]):
            break
    assert paged == whole
    assert len(whole) == 7


async def test_usage_of_a_person_is_what_they_see_themselves(
    studio: Studio, root: httpx.AsyncClient
) -> None:
    await studio.made(count=2)
    found = await items(root, f"/api/people/{studio.caller.user_id}/usage")
    assert found == await items(studio.client, "/api/me/usage")
    assert found[0]["outputs"] == 2
    nobody = "00000000-0000-4000-8000-000000000000"
    for part in ("ledger", "usage"):
        assert (await root.get(f"/api/people/{nobody}/{part}")).status_code == 404


async def test_two_entries_of_one_account_in_one_statement_are_refused(
    studio: Studio, dsn: str
) -> None:
    statement = (
        "INSERT INTO studio.ledger_entries (kind, reference, account_id, amount) "
        "SELECT 'grant', r, id, CASE kind WHEN 'available' THEN 1 ELSE -1 END "
        "FROM studio.ledger_accounts, (VALUES (gen_random_uuid()), (gen_random_uuid())) v (r) "
        "WHERE kind IN ('available', 'grants')"
    )
    with psycopg.connect(dsn) as connection, pytest.raises(psycopg.errors.RestrictViolation):
        connection.execute(statement)


async def test_csv_has_every_row_and_no_formula(
    studio: Studio, root: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "EXPORT_PAGE", 2)
    ada = studio.caller.user_id
    for amount, reason in ((5, "=1+1"), (-3, '-2, or "two"\nless'), (4, "plain")):
        await give(root, ada, amount, reason)
    rows = await rows_of(root, "/api/ledger.csv", account=ada)
    listed = await items(root, "/api/ledger", account=ada)
    assert [row["id"] for row in rows] == [item["id"] for item in listed]
    assert [(row["amount"], row["reason"]) for row in rows] == [
        ("4", "plain"), ("-3", "'-2, or \"two\"\nless"), ("5", "'=1+1"), ("100", ""),
    ]  # fmt: skip
    assert (rows[0]["username"], rows[0]["by"], rows[0]["balance_after"]) == ("ada", "root", "106")
    assert len(await items(root, "/api/activity", action="ledger.exported")) == 1


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"])
def test_what_begins_like_a_formula_is_text(begin: str) -> None:
    (cells,) = csv.reader(io.StringIO(csv_text([[f"{begin}x", -1, None]]), newline=""))
    assert cells == [f"'{begin}x", "-1", ""]


async def test_the_trail_as_csv_is_the_callers_own_or_everybodys(
    studio: Studio, root: httpx.AsyncClient
) -> None:
    await studio.client.post("/api/me/api-keys", json={"name": "second"})
    await give(root, studio.caller.user_id, 1, "a test")
    own = await rows_of(studio.client, "/api/activity.csv")
    assert [row["action"] for row in own] == ["activity.exported", "api_key.made"]
    assert {row["username"] for row in own} == {"ada"}
    everybody = await rows_of(root, "/api/activity.csv", action="credits.granted")
    assert [(row["username"], row["after"]) for row in everybody] == [
        ("root", '{"amount": 1, "reason": "a test"}')
    ]
    others = {"user_id": str(studio.caller.user_id)}
    async with await studio.person("eve") as eve:
        assert (await eve.get("/api/activity.csv", params=others)).status_code == 403


async def test_activity_of_one_thing(studio: Studio, root: httpx.AsyncClient) -> None:
    ada = studio.caller.user_id
    await root.post(f"/api/people/{ada}/suspend", json={"reason": "a test"})
    found = await items(root, "/api/activity", resource=f"account:{ada}")
    assert [entry["action"] for entry in found] == ["account.suspended", "account.made"]
    assert [entry["username"] for entry in found] == ["root", None]
    kinds = {e["resource_type"] for e in await items(root, "/api/activity", resource="api_key")}
    assert kinds == {"api_key"}


async def test_the_trail_is_checked_by_admins_and_the_first_bad_entry_named(
    studio: Studio, root: httpx.AsyncClient, connection: psycopg.Connection[Any]
) -> None:
    whole = (await root.get("/api/audit/verify")).json()
    assert (whole["ok"], whole["first_bad"]) == (True, None)
    assert whole["head"].startswith(f"{whole['entries']}:")
    assert whole["entries"] == await studio.scalar("SELECT count(*) FROM user_activity_log")
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(
            "UPDATE user_activity_log SET action = 'sign_in' WHERE id = "
            "(SELECT entry_id FROM studio.trail_chain WHERE seq = 2)"
        )
    bad = (await root.get("/api/audit/verify")).json()
    assert (bad["ok"], bad["entries"], bad["head"]) == (False, 1, "")
    assert (bad["first_bad"]["seq"], bad["first_bad"]["entry_id"] is None) == (2, False)


async def test_one_check_at_a_time_and_not_for_ever(
    studio: Studio, root: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(session: object) -> None:
        begun.set()
        await go_on.wait()

    monkeypatch.setattr(service.trail, "verify", slow)
    monkeypatch.setattr(service, "CHECK_SECONDS", 0.5)
    first = asyncio.create_task(root.get("/api/audit/verify"))
    await begun.wait()
    assert (await root.get("/api/audit/verify")).status_code == 409
    answer = await first
    assert (answer.status_code, "fabula audit verify" in answer.text) == (503, True)
