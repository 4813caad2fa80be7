"""Which rows and files are somebody's, found from the models, so that no table is forgotten.

A row is a person's by a column that names them, or by a row of theirs that it cannot be without.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKey,
    Table,
    and_,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.models import Base, FileFacts

# Tables that name people and are left out of the archive, and why. Those without a model are here
# as well: a test compares this with the database.
EXEMPT: dict[str, str] = {
    "auth.recovery_codes": "Secrets: hashes of codes that were shown once.",
    "auth.second_factors": "Secrets: what the authenticator app knows.",
    "auth.sign_in_links": "Secrets: hashes of links that sign in.",
    "studio.erasures": "People who have left already.",
    "studio.events": "News of two days about rows that are in the archive themselves.",
    "studio.fair_share": "How much of the queue somebody had lately; it fades within the hour.",
    "studio.idempotency_keys": "Marks against doing a request twice, kept for a day.",
    "studio.job_previews": "Unfinished pictures of running jobs, gone with the job's end.",
    "studio.library_words": "A search index of texts that are in user_library.",
    "studio.template_labels": "Names in the history of templates, which are the studio's.",
    "studio.trail_chain": "Signatures over the entries that are in user_activity_log.",
}
OWNER_COLUMNS = ("user_id", "account_id", "created_by")
_PEOPLE = ("auth.accounts", "profiles")
_SECRET = ("_hash", "secret")
_KEYS = ("key", "thumbnail_key", "preview_key")
_TEXTS = ("custom_title", "original_prompt", "prompt", "title")


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A stored file that a row tells of; ``words`` is its title or prompt, or empty."""

    id: UUID
    bucket: str
    key: str
    sha256: str
    words: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PersonalTable:
    """A table with rows of people, without its secrets."""

    table: Table

    @property
    def name(self) -> str:
        return self.table.fullname

    @property
    def readable_by_requests(self) -> bool:
        """Requests cannot read the schema ``auth`` at all."""
        return self.table.schema != "auth"

    @property
    def columns(self) -> list[Column[Any]]:
        hidden = _SECRET if self.table.schema == "auth" else ()
        return [column for column in self.table.columns if not column.name.endswith(hidden)]

    async def rows(
        self, session: AsyncSession, person: UUID, after: Sequence[object] | None, limit: int
    ) -> list[dict[str, Any]]:
        """A person's rows by primary key; ``after`` is the key of the last one seen."""
        condition = owned_by(self.table, person)
        if condition is None:
            return []
        key = tuple(self.table.primary_key.columns)
        query = select(*self.columns).where(condition)
        if after is not None:
            query = query.where(tuple_(*key) > tuple_(*after))
        found = await session.execute(query.order_by(*key).limit(limit))
        return [{str(name): value for name, value in row.items()} for row in found.mappings()]

    def key_of(self, row: dict[str, Any]) -> list[object]:
        return [row[column.name] for column in self.table.primary_key.columns]


def personal_tables() -> list[PersonalTable]:
    """Every table that belongs into the archive, by name."""
    tables = sorted(Base.metadata.tables.values(), key=lambda table: table.fullname)
    nobody = UUID(int=0)
    return [
        PersonalTable(table)
        for table in tables
        if table.fullname not in EXEMPT and owned_by(table, nobody) is not None
    ]


def owned_by(table: Table, person: UUID) -> ColumnElement[bool] | None:
    """The condition for a person's rows; None for a table without rows of people."""
    if table.fullname in _PEOPLE:
        return and_(table.c.id == person)
    for name in OWNER_COLUMNS:
        if name in table.c and _names_a_person(table.c[name]):
            return and_(table.c[name] == person)
    through = [
        key.parent.in_(select(key.column).where(condition))
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name)
        if _cannot_be_without(key)
        and key.column.table is not table
        and (condition := owned_by(key.column.table, person)) is not None
    ]
    return or_(*through) if through else None


def _names_a_person(column: Column[Any]) -> bool:
    targets = {key.column.table.fullname for key in column.foreign_keys}
    return not targets or bool(targets & set(_PEOPLE))


def _cannot_be_without(key: ForeignKey) -> bool:
    return key.ondelete == "CASCADE" or not key.parent.nullable


def file_tables() -> list[Table]:
    """The tables of what is known of stored files, by name."""
    tables = {
        mapper.local_table
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, FileFacts) and isinstance(mapper.local_table, Table)
    }
    return sorted(tables, key=lambda table: table.fullname)


async def known_files(
    session: AsyncSession, table: Table, person: UUID, after: UUID | None, limit: int
) -> list[KnownFile]:
    """A person's files that a table tells of, by the table's key."""
    (key,) = table.primary_key.columns
    parent = next((fk.column.table for fk in key.foreign_keys), table)
    texts = [func.nullif(parent.c[name], "") for name in _TEXTS if name in parent.c]
    query = select(
        key, table.c.bucket, table.c.key, table.c.sha256, func.coalesce(*texts, literal("")),
        parent.c.created_at,
    ).where(table.c.user_id == person)  # fmt: skip
    if parent is not table:
        query = query.join_from(table, parent, parent.c.id == key)
    if after is not None:
        query = query.where(key > after)
    return [KnownFile(*row) for row in await session.execute(query.order_by(key).limit(limit))]


async def known_among(session: AsyncSession, bucket: str, keys: list[str]) -> set[str]:
    """Which of these files the rows of the caller know, as files or beside one."""
    parts = [
        select(table.c[name]).where(table.c.bucket == bucket, table.c[name].in_(keys))
        for table in file_tables()
        for name in _KEYS
        if name in table.c
    ]
    return set(await session.scalars(union_all(*parts)))
