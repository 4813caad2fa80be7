"""The inventory: the tables of the schema ``public`` as a database has them, and as they should be.

``inventory.json`` holds what the studio expects, so that a database can be checked before it is
adopted. ``inventory.sql`` is one command that yields a live database's inventory in the same shape;
``docs/tables/01-INVENTORY_SQL.md`` shows it for psql.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib import resources
from typing import Protocol, TypeVar

import psycopg
from pydantic import BaseModel, ConfigDict, RootModel

SCHEMA = "public"


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True)


class Column(_Fact):
    """A column; ``data_type`` and ``udt`` as ``information_schema.columns`` names them."""

    ordinal: int
    name: str
    data_type: str
    udt: str
    nullable: bool
    default: str | None


class ForeignKey(_Fact):
    """A foreign key; several columns are separated by a comma."""

    name: str
    column: str
    ref_schema: str = SCHEMA
    ref_table: str
    ref_column: str

    @property
    def leaves_schema(self) -> bool:
        """Whether it points at a table that the inventory knows nothing of."""
        return self.ref_schema != SCHEMA

    @property
    def target(self) -> str:
        schema = f"{self.ref_schema}." if self.leaves_schema else ""
        return f"{schema}{self.ref_table}({self.ref_column})"

    def __str__(self) -> str:
        return f"{self.column} → {self.target}"


class Unique(_Fact):
    """A unique constraint over columns, in their order."""

    name: str
    columns: tuple[str, ...]

    def __str__(self) -> str:
        return f"({', '.join(self.columns)})"


class Definition(_Fact):
    """A check constraint or an index, as PostgreSQL writes it."""

    name: str
    definition: str

    def __str__(self) -> str:
        return _plain(self.definition)


class Table(_Fact):
    """All that the inventory says of one table."""

    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]
    unique: tuple[Unique, ...]
    checks: tuple[Definition, ...]
    indexes: tuple[Definition, ...]


class Inventory(RootModel[dict[str, Table]]):
    """Tables by name."""

    @property
    def tables(self) -> dict[str, Table]:
        return self.root


class Allowed(_Fact):
    """What a database may have beyond the inventory: further indexes, and foreign keys that point
    to another schema."""

    indexes: int
    foreign_keys: int


class _Named(Protocol):
    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=_Named)


def inventory_sql() -> str:
    """The command whose one row and column is the inventory as JSON."""
    return resources.files("fabula.core").joinpath("inventory.sql").read_text()


def read_inventory(dsn: str) -> Inventory:
    """The inventory of a live database. Raises ``psycopg.Error`` if it cannot be reached."""
    with psycopg.connect(dsn, options=f"-c search_path={SCHEMA}") as connection:
        row = connection.execute(inventory_sql().encode()).fetchone()
    return Inventory.model_validate_json(row[0] if row else "{}")


@lru_cache
def expected_inventory() -> Inventory:
    """The inventory that the studio's code is written for."""
    text = resources.files("fabula.core").joinpath("inventory.json").read_text()
    return Inventory.model_validate_json(text)


def differences(live: Inventory, expected: Inventory | None = None) -> list[str]:
    """What a database has otherwise than expected, a sentence for each; none if it can be used."""
    want = (expected or expected_inventory()).tables
    have = live.tables
    found: list[str] = []
    for name in sorted(want | have):
        if name not in have:
            found.append(f"{name}: this table is missing.")
        elif name not in want:
            found.append(f"{name}: this table is not in the inventory.")
        else:
            found.extend(_table_differences(name, have[name], want[name]))
    return found


def allowed_additions(live: Inventory, expected: Inventory | None = None) -> Allowed:
    """How much a database has beyond the inventory that ``differences`` does not mind."""
    want = (expected or expected_inventory()).tables
    shared = [(table, want[name]) for name, table in live.tables.items() if name in want]
    return Allowed(
        indexes=sum(len(_by_name(t.indexes).keys() - _by_name(w.indexes)) for t, w in shared),
        foreign_keys=sum(key.leaves_schema for table, _ in shared for key in table.foreign_keys),
    )


def _table_differences(name: str, have: Table, want: Table) -> Iterator[str]:
    if have.primary_key != want.primary_key:
        yield (
            f"{name}: the primary key is ({', '.join(have.primary_key)}) "
            f"and should be ({', '.join(want.primary_key)})."
        )
    yield from _column_differences(name, have.columns, want.columns)
    keys = [key for key in have.foreign_keys if not key.leaves_schema]
    yield from _named_differences(name, "foreign key", keys, want.foreign_keys)
    yield from _named_differences(name, "unique constraint", have.unique, want.unique)
    yield from _named_differences(name, "check constraint", have.checks, want.checks)
    known = _by_name(want.indexes)
    indexes = [index for index in have.indexes if index.name in known]
    yield from _named_differences(name, "index", indexes, want.indexes)


def _column_differences(
    table: str, have: Sequence[Column], want: Sequence[Column]
) -> Iterator[str]:
    live, expected = _by_name(have), _by_name(want)
    for name in sorted(expected.keys() - live.keys()):
        yield f"{table}.{name}: this column is missing."
    for name in sorted(live.keys() - expected.keys()):
        yield f"{table}.{name}: this column is not in the inventory."
    shared = [name for name in expected if name in live]
    if shared != [name for name in live if name in expected]:
        yield f"{table}: the columns are in another order."
    for name in shared:
        yield from _one_column(f"{table}.{name}", live[name], expected[name])


def _one_column(name: str, have: Column, want: Column) -> Iterator[str]:
    if (have.data_type, have.udt) != (want.data_type, want.udt):
        yield (
            f"{name}: the type is {have.data_type} ({have.udt}) "
            f"and should be {want.data_type} ({want.udt})."
        )
    if have.nullable != want.nullable:
        may = "may be null and should not" if have.nullable else "may not be null and should"
        yield f"{name}: the column {may}."
    if _plain(have.default) != _plain(want.default):
        yield (
            f"{name}: the default is {_plain(have.default) or 'none'} "
            f"and should be {_plain(want.default) or 'none'}."
        )


def _named_differences(
    table: str, kind: str, have: Sequence[_Named], want: Sequence[_Named]
) -> Iterator[str]:
    live, expected = _by_name(have), _by_name(want)
    for name in sorted(live | expected):
        if name not in live:
            yield f"{table}: the {kind} {name} is missing."
        elif name not in expected:
            yield f"{table}: the {kind} {name} is not in the inventory."
        elif str(live[name]) != str(expected[name]):
            yield f"{table}: the {kind} {name} is {live[name]} and should be {expected[name]}."


def _by_name(items: Sequence[N]) -> dict[str, N]:
    return {item.name: item for item in items}


def _plain(text: str | None) -> str:
    """White space and the qualifier of the schema are spelling, not structure."""
    return re.sub(r"\s+", " ", text or "").strip().replace(f"{SCHEMA}.", "")
