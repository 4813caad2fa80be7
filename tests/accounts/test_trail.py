"""The trail: one entry for each action, and no change of it goes unseen."""

import json
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from fabula.accounts import service, trail
from fabula.accounts.trail import Action, Finding
from fabula.core.database import Database
from fabula.core.errors import Conflict
from studio import Studio, client_of

Connection = psycopg.Connection[tuple[Any, ...]]


async def verified(database: Database, head: str | None = None) -> Finding:
    async with database.system() as session:
        return await trail.verify(session, head)


async def written(database: Database, count: int = 5) -> list[UUID]:
    """An account, whose making is the first entry, and further entries."""
    async with database.system() as session:
        ada = await service.create_account(session, "ada", "basic_user")
    entries = []
    for number in range(count):
        async with database.system() as session:
            caller = service.Caller(ada.id, "ada", frozenset())
            after = {"number": number, "words": "ü \U0001f41d"}
            entries.append(
                await trail.record(
                    session, caller, Action.KEY_MADE, "api_key", number, after=after,
                    address="2001:db8::1", agent="a browser",
                )
            )  # fmt: skip
    return entries


def by_hand(connection: Connection, statement: str, *values: object) -> None:
    """As a superuser who goes around the trigger."""
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        assert connection.execute(statement.encode(), values).rowcount > 0


async def test_a_whole_trail_verifies(database: Database) -> None:
    await written(database)
    found = await verified(database)
    assert (found.entries, found.fault, found.seq) == (6, "", 6)
    assert found.head.startswith("6:")


@pytest.mark.parametrize(
    "change",
    [
        "user_id = NULL",
        "action = 'sign_in'",
        "resource_type = NULL",
        "resource_id = '9'",
        "metadata = jsonb_set(metadata, '{after,number}', '7')",
        "ip_address = '2001:db8::2'",
        "user_agent = user_agent || ' '",
        "created_at = created_at + interval '1 microsecond'",
    ],
)  # fmt: skip
async def test_a_change_of_any_column_is_found(
    database: Database, connection: Connection, change: str
) -> None:
    entries = await written(database)
    by_hand(connection, f"UPDATE user_activity_log SET {change} WHERE id = %s", entries[2])  # noqa: S608
    found = await verified(database)
    assert (found.entries, found.seq, found.entry_id) == (3, 4, entries[2])
    assert found.fault


async def test_every_column_of_the_log_is_tried_above(connection: Connection) -> None:
    rows = connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'user_activity_log'"
    )
    assert {row[0] for row in rows} == {
        "id", "user_id", "action", "resource_type", "resource_id", "metadata", "ip_address",
        "user_agent", "created_at",
    }  # fmt: skip


async def test_another_actor_is_found(database: Database, connection: Connection) -> None:
    entries = await written(database)
    async with database.system() as session:
        eve = await service.create_account(session, "eve", "basic_user")
    by_hand(
        connection, "UPDATE user_activity_log SET user_id = %s WHERE id = %s", eve.id, entries[0]
    )
    assert (await verified(database)).entry_id == entries[0]


@pytest.mark.parametrize(
    ("table", "key", "seq"),
    [("user_activity_log", "id", 4), ("studio.trail_chain", "entry_id", 4)],
)
async def test_a_removed_row_is_found(
    database: Database, connection: Connection, table: str, key: str, seq: int
) -> None:
    entries = await written(database)
    by_hand(connection, f"DELETE FROM {table} WHERE {key} = %s", entries[2])  # noqa: S608
    found = await verified(database)
    assert found.fault
    assert found.seq == seq


async def test_a_tail_that_was_cut_off_is_missed(
    database: Database, connection: Connection
) -> None:
    entries = await written(database)
    by_hand(connection, "DELETE FROM user_activity_log WHERE id = ANY(%s)", entries[3:])
    by_hand(connection, "DELETE FROM studio.trail_chain WHERE seq > 4")
    assert "cut off" in (await verified(database)).fault
    by_hand(connection, "UPDATE studio.trail_head SET seq = 4")
    assert "not signed" in (await verified(database)).fault


async def test_a_trail_set_back_as_a_whole_is_missed_by_a_noted_head(
    database: Database, connection: Connection
) -> None:
    await written(database, count=2)
    old = connection.execute("SELECT seq, mac, signature FROM studio.trail_head").fetchone()
    async with database.system() as session:
        last = await trail.record(session, None, Action.KEY_MADE)
    noted = (await verified(database)).head
    by_hand(connection, "DELETE FROM user_activity_log WHERE id = %s", last)
    by_hand(connection, "DELETE FROM studio.trail_chain WHERE entry_id = %s", last)
    assert old
    by_hand(connection, "UPDATE studio.trail_head SET (seq, mac, signature) = (%s, %s, %s)", *old)
    assert (await verified(database)).fault == ""
    assert "cut off" in (await verified(database, noted)).fault
    async with database.system() as session:
        await trail.record(session, None, Action.KEY_REVOKED)
    assert "noted" in (await verified(database, noted)).fault
    with pytest.raises(Conflict):
        await verified(database, "3")


async def test_an_emptied_trail_is_found(database: Database, connection: Connection) -> None:
    await written(database)
    by_hand(connection, "DELETE FROM user_activity_log")
    by_hand(connection, "DELETE FROM studio.trail_chain")
    by_hand(connection, "UPDATE studio.trail_head SET seq = 0, mac = '', signature = ''")
    assert "empty" in (await verified(database)).fault
    by_hand(connection, "DELETE FROM studio.trail_head")
    assert "head" in (await verified(database)).fault


async def test_a_row_beside_the_trail_is_found(database: Database, connection: Connection) -> None:
    await written(database)
    stray = uuid4()
    connection.execute("INSERT INTO user_activity_log (id, action) VALUES (%s, 'x')", [stray])
    assert (await verified(database)).entry_id == stray


async def test_another_secret_verifies_nothing(database: Database, dsn: str) -> None:
    await written(database)
    other = Database(dsn, pool_size=1, secret=b"another")
    assert "another secret" in (await verified(other)).fault
    await other.close()
    without = Database(dsn, pool_size=1)
    with pytest.raises(RuntimeError, match="secret"):
        await verified(without)
    await without.close()


@pytest.mark.parametrize("table", ["user_activity_log", "studio.trail_chain"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
async def test_not_even_the_machine_changes_it(
    database: Database, connection: Connection, table: str, verb: str
) -> None:
    await written(database)
    column = "action" if table == "user_activity_log" else "mac"
    with pytest.raises(InsufficientPrivilege, match="append-only"):
        connection.execute(verb.format(table, column, column).encode())


async def test_a_removed_account_leaves_its_entries_whole(
    database: Database, connection: Connection
) -> None:
    entries = await written(database)
    connection.execute("DELETE FROM auth.accounts WHERE username = 'ada'")
    row = connection.execute("SELECT user_id FROM user_activity_log WHERE id = %s", [entries[0]])
    assert row.fetchone() == (None,)
    assert (await verified(database)).fault == ""


async def test_what_is_undone_leaves_no_entry(database: Database) -> None:
    await written(database, count=1)

    async def undone() -> None:
        async with database.system() as session:
            await trail.record(session, None, Action.KEY_MADE)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await undone()
    assert (await verified(database)).entries == 2


async def test_the_trail_begins_once(database: Database) -> None:
    for _ in range(2):
        async with database.system() as session:
            await trail.begin(session)
    assert (await verified(database)).entries == 1


# What an admin does by a request, and the one entry that it leaves.
DEEDS: list[tuple[str, str, dict[str, Any] | None, str]] = [
    ("POST", "/api/me/api-keys", {"name": "script"}, "api_key.made"),
    ("PUT", "/api/me/password", {"new_password": "a long enough secret"}, "password.changed"),
    ("DELETE", "/api/me/sessions", None, "sessions.revoked"),
    ("POST", "/api/prompts/cache/refresh", None, "prompt_cache.refreshed"),
    (
        "POST", "/api/model-configs",
        {"model_type": "SDXL", "config_name": "b", "config_data": {"steps": 5}},
        "model_config.saved",
    ),
    ("POST", "/api/people/{eve}/suspend", {"reason": "a test"}, "account.suspended"),
    ("POST", "/api/people/{eve}/restore", None, "account.restored"),
    ("PUT", "/api/people/{eve}/roles/moderator", None, "role.granted"),
    ("DELETE", "/api/people/{eve}/roles/moderator", None, "role.revoked"),
    ("POST", "/api/people/{eve}/sign-in-link", None, "sign_in_link.made"),
    ("DELETE", "/api/people/{eve}/sessions", None, "sessions.revoked"),
    ("DELETE", "/api/people/{eve}/api-keys", None, "api_keys.revoked"),
]  # fmt: skip


async def test_every_privileged_request_leaves_exactly_one_entry(studio: Studio) -> None:
    async with await studio.person("root", "admin") as root, await studio.person("eve"):
        admin = (await root.get("/api/me")).json()["id"]
        people = (await root.get("/api/people", params={"name": "eve"})).json()["items"]
        for method, path, body, action in DEEDS:
            before = await studio.scalar("SELECT seq FROM studio.trail_head")
            place = path.format(eve=people[0]["id"])
            answer = await root.request(method, place, json=body, headers={"user-agent": "test"})
            assert answer.is_success, answer.text
            assert await studio.scalar("SELECT seq FROM studio.trail_head") == before + 1, path
            last = (await root.get("/api/activity", params={"limit": 1})).json()["items"][0]
            assert (last["action"], last["user_id"]) == (action, admin)
            assert (last["user_agent"], last["ip_address"]) == ("test", "127.0.0.1")
            assert last["resource_type"]
    assert (await verified(studio.database)).fault == ""


async def test_configurations_tell_before_and_after(studio: Studio) -> None:
    async with await studio.person("root", "admin") as root:
        body = {"model_type": "SDXL", "config_name": "b", "config_data": {"steps": 5}}
        made = (await root.post("/api/model-configs", json=body)).json()
        old = (await root.get("/api/model-configs")).json()["items"][-1]
        for verb in ("activate", "deactivate"):
            assert (await root.post(f"/api/model-configs/{old['id']}/{verb}")).is_success
        entries = (await root.get("/api/activity", params={"limit": 2})).json()["items"]
        assert [e["action"] for e in entries] == [
            "model_config.deactivated", "model_config.activated",
        ]  # fmt: skip
        assert entries[1]["before"]["active"] == made["id"]
        assert entries[1]["after"]["active"] == old["id"]
        assert entries[0]["before"]["active"] == old["id"]


async def test_a_refusal_is_in_the_trail_without_the_text(studio: Studio) -> None:
    text = "a nude portrait by lamplight"
    answer = await studio.client.post("/api/jobs", json={"prompt": text})
    assert answer.json()["error"] == "screened_text"
    entries = (await studio.client.get("/api/activity")).json()["items"]
    assert [e["action"] for e in entries] == ["content.refused"]
    assert entries[0]["resource_id"] == "sexual"
    assert entries[0]["after"] == {"door": "POST /api/jobs"}
    assert "lamplight" not in json.dumps(entries)
    assert (await verified(studio.database)).fault == ""


async def test_people_read_their_own_activity_and_admins_all_with_filters(studio: Studio) -> None:
    async with await studio.person("root", "admin") as root:
        for _ in range(3):
            await studio.client.post("/api/me/api-keys", json={"name": "k"})
        ada = str(studio.caller.user_id)
        own = (await studio.client.get("/api/activity")).json()["items"]
        assert [e["user_id"] for e in own] == [ada] * 3
        refused = await studio.client.get("/api/activity", params={"user_id": str(uuid4())})
        assert refused.status_code == 403
        everything = (await root.get("/api/activity")).json()["items"]
        assert len(everything) > 3
        for params in ({"user_id": ada}, {"action": "api_key.made", "user_id": ada}):
            found = (await root.get("/api/activity", params=params)).json()["items"]
            assert [e["id"] for e in found] == [e["id"] for e in own]
        middle = own[1]["created_at"]
        later = (await root.get("/api/activity", params={"since": middle, "user_id": ada})).json()
        assert [e["id"] for e in later["items"]] == [e["id"] for e in own[:2]]
        sooner = (await root.get("/api/activity", params={"until": middle, "user_id": ada})).json()
        assert [e["id"] for e in sooner["items"]] == [own[2]["id"]]
        seen, cursor = [], None
        while True:
            params = {"limit": 2, "user_id": ada} | ({"cursor": cursor} if cursor else {})
            page = (await root.get("/api/activity", params=params)).json()
            seen += [e["id"] for e in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert seen == [e["id"] for e in own]
    async with client_of(studio.app) as nobody:
        assert (await nobody.get("/api/activity")).status_code == 401
