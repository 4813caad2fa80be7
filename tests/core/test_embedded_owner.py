"""The owner of an embedded database: everything of the studio is theirs, and nothing else."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from fabula.core.embedded_owner import ensure_database, hand_over
from fabula.core.embedded_postgres import OWNER
from fabula.core.inventory import differences, read_inventory
from fabula.core.migrate import migrate

_STRANGERS = """
SELECT count(*) FROM (
    SELECT oid, relowner AS owner, relnamespace AS place FROM pg_class
    UNION ALL SELECT oid, proowner, pronamespace FROM pg_proc
    UNION ALL SELECT oid, typowner, typnamespace FROM pg_type
    UNION ALL SELECT oid, nspowner, oid FROM pg_namespace WHERE nspname <> 'public') found
WHERE place IN (SELECT oid FROM pg_namespace
                WHERE nspname IN ('public', 'studio', 'auth', 'queue'))
    AND owner <> %s::regrole
    AND oid NOT IN (SELECT objid FROM pg_depend WHERE deptype = 'e')
"""


@pytest.mark.parametrize(
    "statement",
    [
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "SELECT pg_read_file('/etc/passwd')",
        "ALTER SYSTEM SET log_statement = 'none'",
        "CREATE DATABASE another",
        "SET session_replication_role = replica",
        f"ALTER ROLE {OWNER} SUPERUSER",
        "GRANT pg_execute_server_program TO fabula_app",
        "SET ROLE postgres",
    ],
)
def test_leaving_the_role_of_requests_does_not_lead_to_the_machine(
    dsn: str, statement: str
) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SET ROLE fabula_app")
        connection.execute("RESET ROLE")
        with pytest.raises(InsufficientPrivilege):
            connection.execute(statement.encode())


@pytest.fixture
def old_database(server: Any, template: str) -> Iterator[str]:
    """A database that a superuser has made and filled."""
    name = "made_by_a_superuser"
    server.admin.execute(f"CREATE DATABASE {name}")
    migrate(server.postgres.superuser_dsn(name))
    yield name
    server.admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_database_of_a_superuser_is_handed_over_whole(server: Any, old_database: str) -> None:
    owner = server.postgres.dsn(old_database)
    assert ensure_database(server.admin, old_database)
    with psycopg.connect(server.postgres.superuser_dsn(old_database)) as inside:
        assert inside.execute(_STRANGERS, [OWNER]).fetchone() != (0,)
        hand_over(inside, old_database)
        assert inside.execute(_STRANGERS, [OWNER]).fetchone() == (0,)
    assert not ensure_database(server.admin, old_database)
    assert differences(read_inventory(owner)) == []
    with psycopg.connect(owner) as connection:
        connection.execute("SELECT set_config('role', 'fabula_app', true)")
        connection.execute("SELECT count(*) FROM jobs")


def test_a_database_is_made_once(server: Any) -> None:
    name = "made_once"
    assert not ensure_database(server.admin, name)
    assert not ensure_database(server.admin, name)
    with psycopg.connect(server.postgres.dsn(name)) as connection:
        connection.execute("CREATE TABLE mine ()")
    server.admin.execute(f"DROP DATABASE {name}")
