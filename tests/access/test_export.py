"""Everything of a person as one archive: nothing forgotten, nothing of others, nothing secret."""

import hashlib
import io
import json
import zipfile
from collections.abc import AsyncIterator
from typing import Any

import httpx
import psycopg
import pytest
from access_samples import ROWS, Person, add_person
from sqlalchemy import text

from fabula.accounts.export import archive
from fabula.accounts.export.repository import EXEMPT, personal_tables
from fabula.storage.base import StorageUnavailable
from studio import Studio, session_cookie

# Columns by which a table can be somebody's.
_NAMING = ("user_id", "account_id", "actor_id", "created_by", "creator_id", "person_id", "owner_id")
_OWNED = """
WITH RECURSIVE owned AS (
    SELECT a.attrelid AS table FROM pg_attribute a WHERE a.attname = ANY(%s) AND NOT a.attisdropped
    UNION SELECT unnest(ARRAY['auth.accounts', 'public.profiles'])::regclass
    UNION SELECT k.conrelid FROM pg_constraint k JOIN owned ON k.confrelid = owned.table
          WHERE k.contype = 'f' AND k.confdeltype = 'c'
)
SELECT CASE n.nspname WHEN 'public' THEN '' ELSE n.nspname || '.' END || c.relname
FROM owned JOIN pg_class c ON c.oid = owned.table JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ('public', 'studio', 'auth') AND c.relkind = 'r'
"""


async def archive_of(client: httpx.AsyncClient) -> zipfile.ZipFile:
    answer = await client.get("/api/me/export")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    whole = zipfile.ZipFile(io.BytesIO(answer.content))
    assert whole.testzip() is None
    return whole


def rows(whole: zipfile.ZipFile, table: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in whole.read(f"data/{table}.jsonl").splitlines()]


def manifest(whole: zipfile.ZipFile) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(whole.read("manifest.json"))
    return found


def files(whole: zipfile.ZipFile) -> list[str]:
    return [name for name in whole.namelist() if name.startswith("files/")]


def test_no_table_of_the_database_is_forgotten(dsn: str) -> None:
    """A table that names people is in the archive, or is left out for a reason."""
    with psycopg.connect(dsn) as connection:
        owned = {str(row[0]) for row in connection.execute(_OWNED, [list(_NAMING)])}
    exported = {table.name for table in personal_tables()}
    assert owned <= exported | set(EXEMPT)
    assert not exported & set(EXEMPT)
    assert set(EXEMPT) <= owned
    assert all(reason.endswith(".") for reason in EXEMPT.values())


@pytest.fixture
def sampled(studio: Studio, dsn: str) -> tuple[Studio, Person, Person]:
    """Two people with one row in every table, whose client is the first one's."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        vera, walt = add_person(connection, "vera"), add_person(connection, "walt")
        for person in (vera, walt):
            connection.execute(
                "INSERT INTO auth.sessions (account_id, token_hash, expires_at) "
                "VALUES (%s, %s, now() + interval '1 day')",
                [person.user, f"hash of {person.name}"],
            )
            connection.execute(
                "UPDATE auth.accounts SET password_hash = %s WHERE id = %s",
                [f"hash of {person.name}", person.user],
            )
            connection.execute(
                "INSERT INTO studio.ledger_entries (kind, reference, account_id, amount, reason) "
                "SELECT 'grant', %s, id, CASE kind WHEN 'grants' THEN -1 ELSE 1 END, %s "
                "FROM studio.ledger_accounts "
                "WHERE (user_id = %s AND kind = 'available') OR kind = 'grants'",
                [person.user, f"for {person.name}", person.user],
            )
    return studio, vera, walt


async def test_it_holds_every_row_of_the_person_and_of_nobody_else(
    sampled: tuple[Studio, Person, Person],
) -> None:
    studio, vera, walt = sampled
    made = archive.Archive(studio.database, studio.store, vera.user, "vera")
    whole = zipfile.ZipFile(io.BytesIO(b"".join([chunk async for chunk in made.chunks()])))
    told = {name[5:-6] for name in whole.namelist() if name.startswith("data/")}
    sampled_tables = {*ROWS, "profiles", "auth.accounts", "auth.sessions"}
    sampled_tables |= {"studio.ledger_accounts", "studio.ledger_entries"}
    assert told == sampled_tables - set(EXEMPT)
    counts = {table: len(rows(whole, table)) for table in told}
    twice = {"studio.ledger_accounts": 2, "studio.ledger_entries": 2}
    assert counts == dict.fromkeys(told, 1) | twice
    everything = b"".join(whole.read(name) for name in whole.namelist()).decode()
    assert "hash of" not in everything
    for text_of_walt in (str(walt.user), *map(str, walt.ids.values()), "walt"):
        assert text_of_walt not in everything
    assert "password_hash" not in rows(whole, "auth.accounts")[0]
    readme = whole.read("README.txt").decode()
    assert "the account vera" in readme


async def test_files_have_readable_names_and_their_bytes(studio: Studio) -> None:
    staged = (await studio.made(prompt="a lighthouse, at 5 o'clock / dawn", count=2))["assets"]
    kept = {"title": "Ünder the “sea”"}
    await studio.client.post(f"/api/workspace/assets/{staged[0]['id']}/keep", json=kept)
    (first, *_) = [item.ref.key async for item in studio.store.list("workspace-temp")]
    lost = await studio.store.get("workspace-temp", first)
    await studio.store.put("user-library", f"{studio.caller.user_id}/lost.png", lost, "image/png")
    whole = await archive_of(studio.client)
    names = sorted(name.partition("/")[2] for name in files(whole))
    assert len(names) == 4
    assert names[0].startswith("library/2")
    assert "Ünder the sea" in names[0]
    assert names[1] == "other/user-library/lost.png"
    assert all("a lighthouse at 5 oclock dawn" in name for name in names[2:])
    told = {entry["path"]: entry for entry in manifest(whole)["files"]}
    assert set(told) == set(whole.namelist()) - {"manifest.json"}
    for path, entry in told.items():
        data = whole.read(path)
        assert (entry["size"], entry["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    assert manifest(whole)["faults"] == []
    stored = {
        hashlib.sha256(await studio.store.get(i.ref.bucket, i.ref.key)).hexdigest()
        for bucket in ("workspace-temp", "user-library")
        async for i in studio.store.list(bucket)
        if not i.ref.key.endswith(".webp")
    }
    assert {told[name]["sha256"] for name in files(whole)} == stored


async def test_a_file_that_is_gone_changed_or_unreadable_is_named_and_the_rest_comes(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = (await studio.made(count=4))["id"]
    keys = [f"{studio.caller.user_id}/{job}/{index}.png" for index in range(4)]
    await studio.store.delete("workspace-temp", keys[0])
    other = await studio.store.get("workspace-temp", keys[3])
    await studio.store.put("workspace-temp", keys[1], other, "image/png")
    open_whole = studio.store.open

    async def failing(bucket: str, key: str, *_: Any) -> AsyncIterator[bytes]:
        async for chunk in open_whole(bucket, key):
            yield chunk[:10]
            if key == keys[2]:
                raise StorageUnavailable("The storage server is gone.")
            yield chunk[10:]

    monkeypatch.setattr(studio.store, "open", failing)
    whole = await archive_of(studio.client)
    assert len(files(whole)) == 3
    faults = [fault["fault"] for fault in manifest(whole)["faults"]]
    assert len(faults) == 2
    assert any("not there any more" in fault for fault in faults)
    assert any("SHA-256 differs" in fault for fault in faults)
    cut = [entry for entry in manifest(whole)["files"] if "fault" in entry]
    assert [(entry["size"], entry["fault"]) for entry in cut] == [
        (10, "The storage server is gone.")
    ]
    assert len(whole.read(cut[0]["path"])) == 10


async def test_a_store_that_cannot_be_listed_is_named(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def failing(*_: Any) -> AsyncIterator[Any]:
        raise StorageUnavailable("The storage server is gone.")
        yield

    monkeypatch.setattr(studio.store, "list", failing)
    whole = await archive_of(studio.client)
    assert manifest(whole)["faults"] == [{"path": "files/", "fault": "The storage server is gone."}]
    assert rows(whole, "profiles")[0]["username"] == "ada"


async def test_no_transaction_is_open_while_bytes_are_sent(
    studio: Studio, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "ROWS", 2)
    await studio.made(count=3)
    made = archive.Archive(studio.database, studio.store, studio.caller.user_id, "ada")
    open_now = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND state LIKE 'idle in transaction%' AND pid <> pg_backend_pid()"
    )
    with psycopg.connect(dsn, autocommit=True) as connection:
        seen = 0
        whole = io.BytesIO()
        async for chunk in made.chunks():
            whole.write(chunk)
            assert connection.execute(open_now).fetchone() == (0,)
            seen += 1
    assert seen > 50
    assert len(rows(zipfile.ZipFile(whole), "images")) == 3


async def test_each_is_one_entry_of_the_trail_and_too_many_are_refused(studio: Studio) -> None:
    for _ in range(3):
        await archive_of(studio.client)
    refused = await studio.client.get("/api/me/export")
    assert (refused.status_code, refused.json()["error"]) == (429, "too_many_requests")
    assert 0 < int(refused.headers["retry-after"]) <= 1200
    entries = "SELECT count(*) FROM user_activity_log WHERE action = 'data.exported'"
    assert await studio.scalar(entries) == 3
    async with await studio.person("eve") as eve:
        whole = await archive_of(eve)
    assert rows(whole, "profiles")[0]["username"] == "eve"


async def test_sessions_keys_and_trail_are_in_it_without_what_signs_in(studio: Studio) -> None:
    token = await session_cookie(studio.database, studio.caller.user_id)
    key = studio.client.headers["authorization"].removeprefix("Bearer ")
    whole = await archive_of(studio.client)
    (session,) = rows(whole, "auth.sessions")
    assert (session["user_agent"], "token_hash" in session) == ("test", False)
    (named,) = rows(whole, "auth.api_keys")
    assert (named["name"], "key_hash" in named) == ("test", False)
    assert [row["action"] for row in rows(whole, "user_activity_log")].count("sign_in") == 1
    everything = b"".join(whole.read(name) for name in whole.namelist()).decode("latin-1")
    async with studio.database.system() as session_:
        hashes = await session_.scalars(
            text("SELECT token_hash FROM auth.sessions UNION SELECT key_hash FROM auth.api_keys")
        )
        for secret in (token, key, *hashes):
            assert secret not in everything
