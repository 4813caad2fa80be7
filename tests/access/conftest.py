"""People for the tests of access."""

from collections.abc import Iterator

import psycopg
import pytest
from access_samples import ADMIN_ROWS, World, add_person
from psycopg.conninfo import make_conninfo

from studio import studio

__all__ = ["studio", "world"]


@pytest.fixture(scope="module")
def world(shared_dsn: str) -> Iterator[World]:
    """Tests act in transactions that are rolled back, so that they can share it."""
    with psycopg.connect(make_conninfo(shared_dsn, user="postgres"), autocommit=True) as connection:
        for table, row in ADMIN_ROWS.items():
            connection.execute(f"INSERT INTO {table} {row}".encode())
        yield World(
            connection,
            ada=add_person(connection, "ada"),
            bob=add_person(connection, "bob"),
            admin=add_person(connection, "root", role="admin", rows=False),
            moderator=add_person(connection, "mod", role="moderator", rows=False),
        )
