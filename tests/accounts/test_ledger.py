"""The ledger of credits: what moves where, once, and that nothing else can move it."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4, uuid5

import psycopg
import pytest
from ledger_facts import add_person, faults
from sqlalchemy.exc import IntegrityError

from fabula.accounts.credits import service
from fabula.accounts.credits.errors import InsufficientCredits
from fabula.core.database import Database
from fabula.core.errors import Conflict, Invalid, NotFound

Connection = psycopg.Connection[tuple[Any, ...]]
_SPACE = UUID("5b0f4d2c-7d26-4f39-8f4a-5d2f0c8f4b11")
JOBS = {name: uuid5(_SPACE, name) for name in ("one", "two")}


@pytest.fixture
def person(connection: Connection) -> UUID:
    """Somebody with 100 credits."""
    return add_person(connection, "ada")


@pytest.fixture(autouse=True)
def _adds_up(connection: Connection) -> Iterator[None]:
    """Whatever a test did, the ledger sums to zero and balances are its sums."""
    yield
    assert faults(connection) == []


def one(connection: Connection, query: str, *values: Any) -> Any:
    row = connection.execute(query.encode(), values).fetchone()
    return row[0] if row else None


def revenue(connection: Connection) -> int:
    return int(
        one(
            connection,
            "SELECT coalesce(sum(amount), 0) FROM studio.ledger_entries e "
            "JOIN studio.ledger_accounts a ON a.id = e.account_id WHERE a.kind = 'revenue'",
        )
    )


async def do(database: Database, person: UUID, step: str) -> None:
    """``reserve one 30``, ``settle one 10``, ``release one`` or ``grant 5``."""
    what, *rest = step.split()
    async with database.system() as session:
        if what == "reserve":
            await service.reserve(session, person, JOBS[rest[0]], int(rest[1]))
        elif what == "settle":
            await service.settle(session, JOBS[rest[0]], int(rest[1]))
        elif what == "release":
            await service.release(session, JOBS[rest[0]])
        else:
            await service.grant(session, person, int(rest[0]), "a test", None)


@pytest.mark.parametrize(
    ("steps", "available", "reserved", "paid"),
    [
        ([], 100, 0, 0),
        (["reserve one 30"], 70, 30, 0),
        (["reserve one 100"], 0, 100, 0),
        (["reserve one 0"], 100, 0, 0),
        (["reserve one 30", "reserve one 30"], 70, 30, 0),
        (["reserve one 30", "reserve two 30"], 40, 60, 0),
        (["reserve one 30", "settle one 30"], 70, 0, 30),
        (["reserve one 30", "settle one 10"], 90, 0, 10),
        (["reserve one 30", "settle one 0"], 100, 0, 0),
        (["reserve one 30", "release one"], 100, 0, 0),
        (["reserve one 30", "settle one 10", "settle one 10"], 90, 0, 10),
        (["reserve one 30", "settle one 10", "settle one 30"], 90, 0, 10),
        (["reserve one 30", "settle one 10", "release one"], 90, 0, 10),
        (["reserve one 30", "release one", "settle one 30"], 100, 0, 0),
        (["reserve one 30", "release one", "release one"], 100, 0, 0),
        (["reserve one 30", "release one", "reserve one 30"], 100, 0, 0),
        (["reserve one 100", "reserve one 100"], 0, 100, 0),
        (["settle one 10", "release two"], 100, 0, 0),
        (["reserve one 30", "reserve two 50", "settle two 50", "release one"], 50, 0, 50),
        (["grant 5"], 105, 0, 0),
        (["grant -100"], 0, 0, 0),
        (["reserve one 100", "grant 5", "reserve two 5", "settle one 100"], 0, 5, 100),
    ],
)
async def test_credits_move_once_and_to_where_they_belong(
    database: Database,
    connection: Connection,
    person: UUID,
    steps: list[str],
    available: int,
    reserved: int,
    paid: int,
) -> None:
    for step in steps:
        await do(database, person, step)
    async with database.system() as session:
        assert await service.balance(session, person) == service.Balance(available, reserved)
    assert revenue(connection) == paid


@pytest.mark.parametrize(
    ("steps", "refused", "error", "words"),
    [
        ([], "reserve one 101", InsufficientCredits, "costs 101 credits and you have 100"),
        (["reserve one 60"], "reserve two 50", InsufficientCredits, "60 more are held"),
        (["reserve one 60"], "grant -41", Conflict, "40 credits"),
        ([], "grant -101", Conflict, "100 credits"),
        ([], "grant 0", Invalid, "from 1 to"),
        ([], "grant 1000001", Invalid, "from 1 to"),
        (["reserve one 5"], "settle one 6", ValueError, "cannot pay 6"),
        (["reserve one 5"], "settle one -1", ValueError, "cannot pay -1"),
    ],
)
async def test_what_cannot_be_done_changes_nothing(
    database: Database,
    connection: Connection,
    person: UUID,
    steps: list[str],
    refused: str,
    error: type[Exception],
    words: str,
) -> None:
    for step in steps:
        await do(database, person, step)
    before = one(connection, "SELECT count(*) FROM studio.ledger_entries")
    with pytest.raises(error, match=words):
        await do(database, person, refused)
    assert one(connection, "SELECT count(*) FROM studio.ledger_entries") == before


async def test_an_account_holds_no_more_than_its_column(
    database: Database, connection: Connection
) -> None:
    rich = add_person(connection, "rich", 2**31 - 10)
    await do(database, rich, "reserve one 100")
    await do(database, rich, "grant 9")
    with pytest.raises(Conflict, match="give less"):
        await do(database, rich, "grant 1")


async def test_nobody_has_no_credits(database: Database) -> None:
    with pytest.raises(NotFound):
        await do(database, uuid4(), "grant 5")
    async with database.system() as session:
        assert await service.balance(session, uuid4()) == service.Balance(0, 0)


async def test_a_grant_with_a_key_counts_once_for_a_person(
    database: Database, connection: Connection, person: UUID
) -> None:
    other = add_person(connection, "bob")
    async with database.system() as session:
        for amount, who in ((30, person), (30, person), (-30, person), (30, other)):
            await service.grant(session, who, amount, "a gift", None, key="gift-1")
        assert (await service.balance(session, person)).available == 130
        assert (await service.balance(session, other)).available == 130


@pytest.mark.parametrize("start", [100, 0, 7, None])
def test_a_profile_starts_with_an_entry(connection: Connection, start: int | None) -> None:
    user_id = add_person(connection, "eve", start)
    assert one(connection, "SELECT token_balance FROM profiles WHERE id = %s", user_id) == (
        start or 0
    )
    kinds = connection.execute(
        "SELECT e.kind, e.amount FROM studio.ledger_entries e JOIN studio.ledger_accounts a "
        "ON a.id = e.account_id WHERE a.user_id = %s",
        [user_id],
    ).fetchall()
    assert kinds == ([("start", start)] if start else [])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE studio.ledger_entries SET amount = amount",
        "UPDATE studio.ledger_entries SET reason = 'changed'",
        "DELETE FROM studio.ledger_entries",
        "TRUNCATE studio.ledger_entries",
        "DELETE FROM studio.ledger_accounts",
        "TRUNCATE studio.ledger_accounts CASCADE",
        "UPDATE studio.ledger_accounts SET balance = 5 WHERE kind = 'available'",
        "UPDATE studio.ledger_accounts SET user_id = NULL WHERE kind = 'available'",
        "UPDATE profiles SET token_balance = token_balance + 1",
        "UPDATE profiles SET token_balance = NULL",
        "UPDATE usage_logs SET credits_consumed = 0",
        "DELETE FROM usage_logs",
    ],
)
def test_not_even_the_machine_rewrites_the_past(
    connection: Connection, person: UUID, statement: str
) -> None:
    connection.execute("INSERT INTO usage_logs (user_id, action) VALUES (%s, 'image')", [person])
    with pytest.raises(psycopg.errors.RestrictViolation):
        connection.execute(statement.encode())
    assert one(connection, "SELECT token_balance FROM profiles WHERE id = %s", person) == 100
    assert one(connection, "SELECT count(*) FROM usage_logs") == 1


_ENTRY = "INSERT INTO studio.ledger_entries (kind, reference, account_id, amount) "


@pytest.mark.parametrize(
    ("moved", "error"),
    [
        ({"available": 5}, psycopg.errors.CheckViolation),
        ({"available": 5, "grants": -4}, psycopg.errors.CheckViolation),
        ({"available": -101, "grants": 101}, psycopg.errors.CheckViolation),
        ({"reserved": -1, "available": 1}, psycopg.errors.CheckViolation),
        ({"available": 0, "grants": 0}, psycopg.errors.CheckViolation),
    ],
)
def test_entries_that_do_not_add_up_are_refused_by_the_database(
    connection: Connection, person: UUID, moved: dict[str, int], error: type[Exception]
) -> None:
    accounts = {
        kind: one(
            connection,
            "SELECT id FROM studio.ledger_accounts WHERE kind = %s "
            "AND (user_id = %s OR user_id IS NULL)",
            kind,
            person,
        )
        for kind in moved
    }
    rows = [f"('grant', '{JOBS['one']}', '{accounts[kind]}', {moved[kind]})" for kind in moved]
    with pytest.raises(error):
        connection.execute(f"{_ENTRY} VALUES {', '.join(rows)}".encode())


async def test_a_second_end_of_a_job_is_refused_by_the_database(
    database: Database, connection: Connection, person: UUID
) -> None:
    for step in ("reserve one 5", "reserve two 5", "settle one 5"):
        await do(database, person, step)
    with pytest.raises(psycopg.errors.UniqueViolation):
        connection.execute(
            _ENTRY.encode() + b"SELECT 'release', reference, account_id, -amount "
            b"FROM studio.ledger_entries WHERE kind = 'reserve' AND reference = %s",
            [JOBS["one"]],
        )


async def test_a_person_who_leaves_takes_nothing_along(
    database: Database, connection: Connection, person: UUID
) -> None:
    """Rows of the ledger stay, so that it adds up, and belong to nobody."""
    job = one(
        connection,
        "INSERT INTO jobs (user_id, job_type) VALUES (%s, 'sdxl_image_fast') RETURNING id",
        person,
    )
    connection.execute("INSERT INTO usage_logs (user_id, action) VALUES (%s, 'image')", [person])
    async with database.system() as session:
        await service.reserve(session, person, job, 30)
    connection.execute("DELETE FROM auth.accounts WHERE id = %s", [person])
    left = connection.execute(
        "SELECT user_id, kind, balance FROM studio.ledger_accounts WHERE balance IS NOT NULL"
    ).fetchall()
    assert sorted(left) == [(None, "available", 0), (None, "reserved", 0)]
    async with database.system() as session:
        await service.settle(session, job, 0)
        assert await service.history(session, person, None, 10) == []


async def test_a_job_that_is_removed_holds_nothing(
    database: Database, connection: Connection, person: UUID
) -> None:
    job = one(
        connection,
        "INSERT INTO jobs (user_id, job_type) VALUES (%s, 'sdxl_image_fast') RETURNING id",
        person,
    )
    async with database.system() as session:
        await service.reserve(session, person, job, 30)
    connection.execute("DELETE FROM jobs")
    async with database.system() as session:
        assert await service.balance(session, person) == service.Balance(100, 0)


async def test_usage_is_written_once_a_job(
    database: Database, connection: Connection, person: UUID
) -> None:
    usage = service.Usage(person, JOBS["one"], "image_fast", "image", "fast", "wan", 3, 2, 2)
    async with database.system() as session:
        await service.record_usage(session, usage)
        await service.record_usage(session, usage)
    assert connection.execute(
        "SELECT action, credits_consumed, format, quality, metadata FROM usage_logs"
    ).fetchall() == [
        (
            "image_fast", 2, "image", "fast",
            {"job_id": str(JOBS["one"]), "model_type": "wan", "batch": 3, "delivered": 2},
        )
    ]  # fmt: skip


async def test_usage_of_somebody_who_is_gone_is_an_error(database: Database) -> None:
    usage = service.Usage(uuid4(), JOBS["one"], "image_fast", "image", "fast", "wan", 1, 1, 1)
    with pytest.raises(IntegrityError):
        async with database.system() as session:
            await service.record_usage(session, usage)
