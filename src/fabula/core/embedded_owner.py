"""The database of an embedded server, and the role that owns it.

The owner is no superuser: whoever came to run statements of their own in the studio would have
its rows, and nothing of the machine: no programs, no files, no other database.
"""

from typing import Any

from psycopg import Connection, sql

from fabula.core.embedded_postgres import DATABASE, OWNER

# What a superuser made before there was an owner. Parts of an extension stay with it.
_NOT_OWNED = """
WITH ours AS (SELECT oid FROM pg_namespace WHERE nspname IN ('public', 'studio', 'auth', 'queue')),
parts AS (SELECT objid FROM pg_depend WHERE deptype IN ('e', 'i', 'a')),
found (kind, name) AS (
    SELECT 'SCHEMA', quote_ident(nspname) FROM pg_namespace
    WHERE nspname IN ('studio', 'auth', 'queue')
    UNION ALL
    SELECT CASE relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END,
           oid::regclass::text
    FROM pg_class WHERE relnamespace IN (SELECT oid FROM ours) AND relkind IN ('r', 'S', 'v')
        AND oid NOT IN (SELECT objid FROM parts)
    UNION ALL
    SELECT 'ROUTINE', oid::regprocedure::text FROM pg_proc
    WHERE pronamespace IN (SELECT oid FROM ours) AND oid NOT IN (SELECT objid FROM parts)
    UNION ALL
    SELECT 'TYPE', oid::regtype::text FROM pg_type
    WHERE typnamespace IN (SELECT oid FROM ours) AND (typtype IN ('e', 'd')
            OR typrelid IN (SELECT oid FROM pg_class WHERE relkind = 'c'))
        AND oid NOT IN (SELECT objid FROM parts))
SELECT format('ALTER %%s %%s OWNER TO %%I', kind, name, %(owner)s::text) FROM found
"""


def ensure_database(server: Connection[Any], database: str = DATABASE) -> bool:
    """Make the owner and its database where they are not there. ``server`` is a superuser's
    connection in autocommit. Returns whether what is in the database is somebody else's."""
    known = server.execute("SELECT rolname FROM pg_roles WHERE rolname = %s", (OWNER,))
    if known.fetchone() is None:
        # CREATEROLE is for the role of requests, which migrations make.
        server.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEROLE").format(sql.Identifier(OWNER)))
    names = {"database": sql.Identifier(database), "owner": sql.Identifier(OWNER)}
    row = server.execute(
        "SELECT pg_get_userbyid(datdba) = %s FROM pg_database WHERE datname = %s", (OWNER, database)
    ).fetchone()
    if row is None:
        server.execute(sql.SQL("CREATE DATABASE {database} OWNER {owner}").format(**names))
    return row == (False,)


def hand_over(inside: Connection[Any], database: str = DATABASE) -> None:
    """Give the owner everything of the studio in a database that a superuser made. ``inside`` is
    a superuser's connection to it."""
    owner = sql.Identifier(OWNER)
    with inside.transaction():
        for (change,) in inside.execute(_NOT_OWNED, {"owner": OWNER}).fetchall():
            inside.execute(change.encode())
        app = inside.execute("SELECT rolname FROM pg_roles WHERE rolname = 'fabula_app'")
        if app.fetchone() is not None:
            grant = sql.SQL("GRANT fabula_app TO {} WITH ADMIN OPTION")
            inside.execute(grant.format(owner))
        whole = sql.SQL("ALTER DATABASE {} OWNER TO {}")
        inside.execute(whole.format(sql.Identifier(database), owner))
