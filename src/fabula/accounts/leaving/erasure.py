"""Removing the files of people who have left. Doing it again is fine, so a crash costs nothing."""

from uuid import UUID

from fabula.accounts.leaving import repository
from fabula.core.database import Database
from fabula.core.logging import get_logger
from fabula.storage.base import BlobStore, StorageError
from fabula.storage.buckets import PRIVATE_BUCKETS

log = get_logger(__name__)
TASK = "accounts.erase"
# A worker that was drawing may still write a file; it loses its lease long before this.
SETTLED_SECONDS = 3600.0


async def erase_files(database: Database, store: BlobStore) -> int:
    """Remove every file of everybody who has left; returns how many. Who has left is looked at
    again until ``SETTLED_SECONDS`` are over, and then forgotten. Where the store refuses, the next
    run goes on."""
    async with database.system() as session:
        gone = await repository.erasures(session)
    removed = 0
    for person in gone:
        try:
            removed += await _erase(store, person)
        except StorageError as error:
            log.warning("accounts.erase_failed", account=str(person), reason=str(error))
            continue
        async with database.system() as session:
            await repository.drop_previews(session, person)
            await repository.end_erasure(session, person, SETTLED_SECONDS)
    if removed:
        log.info("accounts.erased", files=removed)
    return removed


async def _erase(store: BlobStore, person: UUID) -> int:
    removed = 0
    for bucket in PRIVATE_BUCKETS:
        async for listed in store.list(bucket, f"{person}/"):
            await store.delete(listed.ref.bucket, listed.ref.key)
            removed += 1
    return removed
