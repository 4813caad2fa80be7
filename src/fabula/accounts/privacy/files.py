"""A person's files, under names that a person can read."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.core.database import Database
from fabula.models import FileFacts
from fabula.storage.base import BlobStore, Listed
from fabula.storage.buckets import BUCKETS

PRIVATE_BUCKETS = tuple(name for name, bucket in BUCKETS.items() if not bucket.public)
_FOLDERS = {"library_files": "library", "workspace_files": "workspace"}
_TEXTS = ("custom_title", "original_prompt", "prompt", "title")
_PAGE = 200
_WORDS_MAX = 60
_ID_LENGTH = 12


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A file of a person and its name in the archive; ``sha256`` is what was stored, where a row
    knows it."""

    bucket: str
    key: str
    path: str
    sha256: str | None = None


async def files_of(database: Database, store: BlobStore, person: UUID) -> AsyncIterator[OwnFile]:
    """Every file that a row tells of, then those in the person's folders that no row knows. Raises
    ``StorageError`` where the store cannot be listed."""
    for table in _file_tables():
        after: UUID | None = None
        while True:
            async with database.request(person) as session:
                rows = await _page(session, table, person, after)
            for row in rows:
                yield _told_by(table, row)
            if len(rows) < _PAGE:
                break
            after = rows[-1]["id"]
    for bucket in PRIVATE_BUCKETS:
        async for batch in _batches(store.list(bucket, f"{person}/")):
            keys = [listed.ref.key for listed in batch]
            async with database.request(person) as session:
                known = await _known(session, bucket, keys)
            for key in keys:
                if key not in known:
                    yield OwnFile(bucket, key, f"files/other/{bucket}/{key.partition('/')[2]}")


def _file_tables() -> list[Table]:
    """The tables of what is known of stored files."""
    tables = [model.__table__ for model in FileFacts.__subclasses__()]  # type: ignore[attr-defined]
    return sorted(tables, key=lambda table: str(table.fullname))


async def _page(
    session: AsyncSession, table: Table, person: UUID, after: UUID | None
) -> list[dict[str, Any]]:
    (key,) = table.primary_key.columns
    parent = next((fk.column.table for fk in key.foreign_keys), table)
    texts = [func.nullif(parent.c[name], "") for name in _TEXTS if name in parent.c]
    query = select(
        key.label("id"), table.c.bucket, table.c.key, table.c.sha256, parent.c.created_at,
        func.coalesce(*texts, literal("")).label("words"),
    ).where(table.c.user_id == person)  # fmt: skip
    if parent is not table:
        query = query.join_from(table, parent, parent.c.id == key)
    if after is not None:
        query = query.where(key > after)
    found = await session.execute(query.order_by(key).limit(_PAGE))
    return [dict(row) for row in found.mappings()]


async def _known(session: AsyncSession, bucket: str, keys: list[str]) -> set[str]:
    """Which of these files the rows of the person know, as files or as thumbnails."""
    parts = [
        select(column).where(table.c.bucket == bucket, column.in_(keys))
        for table in _file_tables()
        for column in (table.c.key, table.c.thumbnail_key)
    ]
    return set(await session.scalars(union_all(*parts)))


async def _batches(listing: AsyncIterator[Listed]) -> AsyncIterator[list[Listed]]:
    batch: list[Listed] = []
    async for listed in listing:
        batch.append(listed)
        if len(batch) == _PAGE:
            yield batch
            batch = []
    if batch:
        yield batch


def _told_by(table: Table, row: dict[str, Any]) -> OwnFile:
    folder = _FOLDERS.get(table.name, table.name)
    made: datetime = row["created_at"]
    ending = row["key"].rpartition(".")[2]
    name = f"{made:%Y-%m-%d} {_readable(row['words'])}{row['id'].hex[:_ID_LENGTH]}.{ending}"
    return OwnFile(row["bucket"], row["key"], f"files/{folder}/{name}", row["sha256"])


def _readable(words: str) -> str:
    """The first words of a text with what every file system takes, and a space; or nothing."""
    kept = " ".join(re.sub(r"[^\w\s-]", "", words).split())[:_WORDS_MAX].strip()
    return f"{kept} " if kept else ""
