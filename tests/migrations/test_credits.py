"""A studio from before the ledger gets one that agrees with what it had."""

from typing import Any

import psycopg
import pytest

from fabula.accounts.credits import service
from fabula.core.database import Database
from fabula.core.inventory import differences, read_inventory
from fabula.core.migrate import migrate

BALANCES = {"ada": 100, "bob": 0, "eve": 7, "old": None, "odd": -3}

_GRANT = """
INSERT INTO studio.ledger_entries (kind, reference, account_id, amount)
SELECT 'grant', md5((%(amount)s)::text)::uuid, id,
       CASE kind WHEN 'available' THEN %(amount)s ELSE -%(amount)s END
FROM studio.ledger_accounts WHERE kind = 'grants' OR id = (
    SELECT id FROM studio.ledger_accounts ORDER BY balance DESC NULLS LAST LIMIT 1)
"""


@pytest.fixture
def before(empty_dsn: str) -> str:
    """A database at revision 0001 with people, a job on its way and old usage."""
    migrate(empty_dsn, "0001")
    with psycopg.connect(empty_dsn, autocommit=True) as connection:
        for name, balance in BALANCES.items():
            connection.execute("INSERT INTO auth.accounts (username) VALUES (%s)", [name])
            connection.execute(
                "INSERT INTO profiles (id, username, token_balance) "
                "SELECT id, username, %s FROM auth.accounts WHERE username = %s",
                [balance, name],
            )
        for _ in range(2):
            connection.execute(
                "INSERT INTO usage_logs (user_id, action, metadata) "
                """SELECT id, 'image', '{"job_id": "the-same", "credits": 1}' FROM profiles"""
            )
        connection.execute(
            "INSERT INTO jobs (user_id, job_type) SELECT id, 'image_fast' FROM profiles"
        )
    return empty_dsn


def rows(dsn: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        return connection.execute(query.encode()).fetchall()


def test_people_keep_their_balance_and_it_is_the_sum_of_their_entries(before: str) -> None:
    assert migrate(before) is True
    found = dict(rows(before, "SELECT username, token_balance FROM profiles"))
    assert found == BALANCES | {"old": 100, "odd": 0}
    summed = rows(
        before,
        "SELECT p.username, coalesce(sum(e.amount), 0)::integer FROM profiles p "
        "JOIN studio.ledger_accounts a ON a.user_id = p.id AND a.kind = 'available' "
        "LEFT JOIN studio.ledger_entries e ON e.account_id = a.id GROUP BY p.username",
    )
    assert dict(summed) == found
    assert rows(before, "SELECT sum(amount) FROM studio.ledger_entries") == [(0,)]
    assert rows(before, "SELECT count(*) FROM usage_logs") == [(2 * len(BALANCES),)]
    assert differences(read_inventory(before)) == []


async def test_jobs_from_before_end_without_a_movement(before: str) -> None:
    migrate(before)
    database = Database(before, pool_size=1)
    entries = rows(before, "SELECT count(*) FROM studio.ledger_entries")
    async with database.system() as session:
        for (job_id,) in rows(before, "SELECT id FROM jobs"):
            await service.settle(session, job_id, 1)
    await database.close()
    assert rows(before, "SELECT count(*) FROM studio.ledger_entries") == entries


def test_a_second_run_changes_nothing(before: str) -> None:
    migrate(before)
    first = rows(before, "SELECT id FROM studio.ledger_entries ORDER BY id")
    assert migrate(before) is False
    assert rows(before, "SELECT id FROM studio.ledger_entries ORDER BY id") == first


def test_entries_from_before_have_the_balance_after_them(before: str) -> None:
    migrate(before, "0003")
    with psycopg.connect(before, autocommit=True) as connection:
        for amount in (5, -2):
            connection.execute(_GRANT, {"amount": amount})
    assert migrate(before) is True
    summed = rows(
        before,
        "SELECT e.balance_after, sum(e.amount) OVER (PARTITION BY e.account_id "
        "ORDER BY e.created_at, e.id)::bigint FROM studio.ledger_entries e "
        "JOIN studio.ledger_accounts a ON a.id = e.account_id WHERE a.balance IS NOT NULL",
    )
    assert len(summed) == 5
    assert all(after == total for after, total in summed)
    of_studio = "FROM studio.ledger_entries e JOIN studio.ledger_accounts a ON a.id = e.account_id"
    assert rows(
        before,
        f"SELECT DISTINCT e.balance_after {of_studio} WHERE a.balance IS NULL",
    ) == [(None,)]
