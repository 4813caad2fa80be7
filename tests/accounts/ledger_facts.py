"""What must hold of a ledger at any moment, asked by SQL of its own."""

from typing import Any
from uuid import UUID

import psycopg

_FAULTS = {
    "a transaction does not sum to zero": """
        SELECT kind, reference FROM studio.ledger_entries
        GROUP BY kind, reference HAVING sum(amount) <> 0""",
    "a balance is not the sum of its entries": """
        SELECT a.id FROM studio.ledger_accounts a
        LEFT JOIN studio.ledger_entries e ON e.account_id = a.id
        WHERE a.balance IS NOT NULL
        GROUP BY a.id HAVING a.balance <> coalesce(sum(e.amount), 0)""",
    "a token_balance is not what is available": """
        SELECT p.id FROM profiles p
        LEFT JOIN studio.ledger_accounts a ON a.user_id = p.id AND a.kind = 'available'
        WHERE p.token_balance IS DISTINCT FROM a.balance""",
    "what is reserved is not what open reservations hold": """
        SELECT a.id FROM studio.ledger_accounts a
        LEFT JOIN studio.ledger_entries e ON e.account_id = a.id AND e.kind = 'reserve'
             AND NOT EXISTS (SELECT FROM studio.ledger_entries done WHERE done.account_id = a.id
                             AND done.reference = e.reference AND done.kind <> 'reserve')
        WHERE a.kind = 'reserved' AND a.user_id IS NOT NULL
        GROUP BY a.id HAVING a.balance <> coalesce(sum(e.amount), 0)""",
    "a job is ended twice": """
        SELECT reference FROM studio.ledger_entries WHERE kind IN ('settle', 'release')
        GROUP BY reference HAVING count(DISTINCT kind) > 1""",
}
_HELD_BY_ENDED = """
    SELECT e.reference FROM studio.ledger_entries e
    LEFT JOIN jobs j ON j.id = e.reference
    WHERE e.kind = 'reserve' AND (j.id IS NULL OR j.status IN ('completed', 'failed'))
    AND NOT EXISTS (SELECT FROM studio.ledger_entries done WHERE done.reference = e.reference
                    AND done.kind IN ('settle', 'release'))
"""


def add_person(connection: psycopg.Connection[Any], name: str, credits_: int | None = 100) -> UUID:
    """An account with its profile and what it starts with."""
    made = connection.execute(
        "INSERT INTO auth.accounts (username) VALUES (%s) RETURNING id", [name]
    ).fetchone()
    assert made
    connection.execute(
        "INSERT INTO profiles (id, username, token_balance) VALUES (%s, %s, %s)",
        [made[0], name, credits_],
    )
    connection.execute(
        "INSERT INTO user_roles (user_id, role) VALUES (%s, 'basic_user')", [made[0]]
    )
    user_id: UUID = made[0]
    return user_id


def faults(connection: psycopg.Connection[Any]) -> list[str]:
    """What is wrong with the ledger; nothing, if it adds up."""
    found = [
        name
        for name, query in _FAULTS.items()
        if connection.execute(query.encode()).fetchone() is not None
    ]
    total = connection.execute("SELECT sum(amount) FROM studio.ledger_entries").fetchone()
    if total and total[0]:
        found.append(f"the ledger drifted by {total[0]}")
    return found


def held_by_ended_jobs(connection: psycopg.Connection[Any]) -> list[Any]:
    """Jobs that are over, or gone, and still hold credits."""
    return [row[0] for row in connection.execute(_HELD_BY_ENDED.encode())]
