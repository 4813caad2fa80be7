"""Where the database still names somebody."""

from typing import Any

import psycopg

_TABLES = """
SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ('public', 'studio', 'auth', 'queue') AND c.relkind = 'r' ORDER BY 1
"""
# Where somebody who has left may be named by their id, and why.
KEPT = {
    "public.user_activity_log.resource_id": "signed: what was done to the account",
    "studio.trail_chain.actor_id": "signed: who has done it",
    "studio.ledger_entries.reference": "the start and the closing of a balance",
    "studio.ledger_entries.made_by": "credits that an admin gave to others",
}


def traces(connection: psycopg.Connection[Any], text: str) -> set[str]:
    """Every column of every table with a text in it, as ``schema.table.column``."""
    found = set()
    for (table,) in connection.execute(_TABLES).fetchall():
        query = (
            f"SELECT DISTINCT cell.name FROM {table} t, jsonb_each(to_jsonb(t)) "  # noqa: S608
            "cell (name, content) WHERE strpos(cell.content::text, %s) > 0"
        )
        found |= {f"{table}.{row[0]}" for row in connection.execute(query.encode(), [text])}
    return found


def rows_of_others(connection: psycopg.Connection[Any], text: str) -> dict[str, list[str]]:
    """All rows of all tables that do not name somebody."""
    return {
        table: sorted(
            row[0]
            for row in connection.execute(
                f"SELECT to_jsonb(t)::text FROM {table} t "  # noqa: S608
                "WHERE strpos(to_jsonb(t)::text, %s) = 0".encode(),
                [text],
            )
        )
        for (table,) in connection.execute(_TABLES).fetchall()
    }
