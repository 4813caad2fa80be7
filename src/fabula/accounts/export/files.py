"""A person's files, under names that a person can read."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

from fabula.accounts.export import repository
from fabula.accounts.export.repository import KnownFile
from fabula.core.database import Database
from fabula.storage.base import BlobStore, Listed
from fabula.storage.buckets import PRIVATE_BUCKETS

_FOLDERS = {"library_files": "library", "workspace_files": "workspace"}
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
    for table in repository.file_tables():
        after: UUID | None = None
        while True:
            async with database.request(person) as session:
                found = await repository.known_files(session, table, person, after, _PAGE)
            for file in found:
                yield _named(table.name, file)
            if len(found) < _PAGE:
                break
            after = found[-1].id
    for bucket in PRIVATE_BUCKETS:
        async for batch in _batches(store.list(bucket, f"{person}/")):
            keys = [listed.ref.key for listed in batch]
            async with database.request(person) as session:
                known = await repository.known_among(session, bucket, keys)
            for key in keys:
                if key not in known:
                    yield OwnFile(bucket, key, f"files/other/{bucket}/{key.partition('/')[2]}")


async def _batches(listing: AsyncIterator[Listed]) -> AsyncIterator[list[Listed]]:
    batch: list[Listed] = []
    async for listed in listing:
        batch.append(listed)
        if len(batch) == _PAGE:
            yield batch
            batch = []
    if batch:
        yield batch


def _named(table: str, file: KnownFile) -> OwnFile:
    folder = _FOLDERS.get(table, table)
    ending = file.key.rpartition(".")[2]
    words = _readable(file.words)
    name = f"{file.created_at:%Y-%m-%d} {words}{file.id.hex[:_ID_LENGTH]}.{ending}"
    return OwnFile(file.bucket, file.key, f"files/{folder}/{name}", file.sha256)


def _readable(words: str) -> str:
    """The first words of a text with what every file system takes, and a space; or nothing."""
    kept = " ".join(re.sub(r"[^\w\s-]", "", words).split())[:_WORDS_MAX].strip()
    return f"{kept} " if kept else ""
