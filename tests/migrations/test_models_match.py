"""The ORM's tables are the database's tables."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Inspector, Table, create_engine, inspect
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

from fabula.core.database import engine_url
from fabula.models import Base

DIALECT = postgresql.dialect()
TABLES = sorted(Base.metadata.tables.values(), key=lambda table: table.fullname)
# Tables that only SQL touches: triggers, the claim of jobs, the trail's chain, sign-in limits,
# the second factor and Alembic.
WITHOUT_MODEL = {
    "studio.fair_share", "studio.library_words", "studio.alembic_version", "studio.trail_chain",
    "studio.trail_head", "studio.rating_sums", "auth.sign_in_buckets", "auth.second_factors",
    "auth.recovery_codes",
}  # fmt: skip
# Two names of one thing.
SAME_TYPES = {"VARCHAR": "TEXT", "DOUBLE PRECISION": "FLOAT"}


@pytest.fixture(scope="module")
def live(shared_dsn: str) -> Iterator[Inspector]:
    engine = create_engine(engine_url(shared_dsn))
    yield inspect(engine)
    engine.dispose()


def type_name(column_type: TypeEngine[Any]) -> str:
    name = column_type.compile(dialect=DIALECT).replace("public.", "")
    return SAME_TYPES.get(name, name)


def test_every_table_of_the_database_has_a_model(live: Inspector) -> None:
    names = {
        f"{schema}.{name}" if schema != "public" else name
        for schema in ("public", "auth", "studio")
        for name in live.get_table_names(schema=schema)
    }
    assert {table.fullname for table in TABLES} == names - WITHOUT_MODEL
    assert names >= WITHOUT_MODEL


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.fullname)
def test_columns_agree(table: Table, live: Inspector) -> None:
    found = {
        column["name"]: (type_name(column["type"]), column["nullable"])
        for column in live.get_columns(table.name, schema=table.schema or "public")
    }
    ours = {
        column.name: (type_name(column.type), bool(column.nullable)) for column in table.columns
    }
    assert ours == found


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.fullname)
def test_columns_with_a_value_of_their_own_agree(table: Table, live: Inspector) -> None:
    """A default that only one side knows would be sent as null, or be missing."""
    found = {
        column["name"]
        for column in live.get_columns(table.name, schema=table.schema or "public")
        if column.get("default") is not None and not column.get("identity")
    }
    ours = {column.name for column in table.columns if column.server_default is not None}
    assert ours == found


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.fullname)
def test_primary_keys_agree(table: Table, live: Inspector) -> None:
    found = live.get_pk_constraint(table.name, schema=table.schema or "public")
    assert [column.name for column in table.primary_key] == found["constrained_columns"]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.fullname)
def test_foreign_keys_of_the_models_exist(table: Table, live: Inspector) -> None:
    found = {
        (tuple(key["constrained_columns"]), key["referred_table"], key["options"].get("ondelete"))
        for key in live.get_foreign_keys(table.name, schema=table.schema or "public")
    }
    ours = {
        (
            tuple(element.parent.name for element in key.elements),
            key.elements[0].column.table.name,
            key.ondelete,
        )
        for key in table.foreign_key_constraints
    }
    assert ours <= found
