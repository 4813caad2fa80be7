"""What the studio tidies by itself: expired outputs, old events, files that nobody knows.

Tasks are delivered by procrastinate; each is idempotent and short.
"""

from datetime import timedelta
from typing import Any

from procrastinate import JobContext
from sqlalchemy import text

from fabula.accounts import repository as accounts
from fabula.accounts.credits import monthly
from fabula.accounts.leaving import erasure
from fabula.core.clock import now
from fabula.core.database import Database
from fabula.core.logging import get_logger
from fabula.core.settings import get_settings
from fabula.engine_servers import service as engine_servers
from fabula.fleet import repository as fleet
from fabula.prompting import service as prompting
from fabula.queue.tasks import app
from fabula.storage.base import BlobStore
from fabula.storage.buckets import BUCKETS
from fabula.storage.filesystem import FilesystemStore
from fabula.workspace import service as workspace

log = get_logger(__name__)
EVENT_DAYS = 2
KEY_DAYS = 1
ORPHAN_HOURS = 24
_BATCH = 500

_OLD_EVENTS = text("DELETE FROM studio.events WHERE created_at < now() - make_interval(days => :d)")
_OLD_KEYS = text(
    "DELETE FROM studio.idempotency_keys WHERE created_at < now() - make_interval(days => :d)"
)
_DONE_TASKS = text(
    "DELETE FROM queue.procrastinate_jobs WHERE status IN ('succeeded', 'cancelled', 'aborted') "
    "AND NOT EXISTS (SELECT FROM queue.procrastinate_events e WHERE e.job_id = "
    "procrastinate_jobs.id AND e.at > now() - interval '1 day')"
)
_KNOWN = text("""
SELECT key FROM (
    SELECT bucket, key FROM studio.workspace_files
    UNION ALL SELECT bucket, thumbnail_key FROM studio.workspace_files
    UNION ALL SELECT bucket, preview_key FROM studio.workspace_files
    UNION ALL SELECT bucket, key FROM studio.library_files
    UNION ALL SELECT bucket, thumbnail_key FROM studio.library_files
    UNION ALL SELECT bucket, preview_key FROM studio.library_files
    UNION ALL SELECT bucket, key FROM studio.uploads
    UNION ALL SELECT bucket, thumbnail_key FROM studio.uploads) files
WHERE bucket = :bucket AND key = ANY(:keys)
""")
_OWNED_BUCKETS = ("workspace-temp", "user-library", "reference_images")


def tools_of(context: JobContext) -> tuple[Database, BlobStore]:
    return context.additional_context["database"], context.additional_context["store"]


@app.task(name="storage.delete", pass_context=True, retry=5)
async def delete_files(context: JobContext, blobs: list[list[str]]) -> None:
    """Remove files whose rows are gone; deleting twice is fine."""
    _, store = tools_of(context)
    for bucket, key in blobs:
        await store.delete(bucket, key)


@app.periodic(cron="*/5 * * * *")
@app.task(name="workspace.expire", pass_context=True, queueing_lock="workspace.expire")
async def expire_workspace(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Remove staged outputs whose days are over: file, thumbnail and row."""
    database, _ = tools_of(context)
    while True:
        async with database.system() as session:
            removed = await workspace.expire(session, now())
        if removed < workspace.EXPIRY_BATCH:
            return


@app.periodic(cron="*/5 * * * *")
@app.task(name=erasure.TASK, pass_context=True)
async def erase_the_gone(context: JobContext, timestamp: int = 0) -> None:  # noqa: ARG001
    """Remove the files of people whose account was deleted."""
    database, store = tools_of(context)
    await erasure.erase_files(database, store)


@app.periodic(cron="7 * * * *")
@app.task(name="credits.month", pass_context=True, queueing_lock="credits.month")
async def grant_month(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Give the credits that plans give in a month, to whoever has not had them yet."""
    database, _ = tools_of(context)
    given = await monthly.grant_month(database, get_settings())
    if given:
        log.info("credits.month_given", accounts=given)


@app.periodic(cron="* * * * *")
@app.task(name="engine_servers.check", pass_context=True, queueing_lock="engine_servers.check")
async def check_engine_servers(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Ask every connected server whether it works and what it has."""
    database, _ = tools_of(context)
    await engine_servers.check_all(database)


@app.periodic(cron="17 * * * *")
@app.task(name="studio.tidy", pass_context=True, queueing_lock="studio.tidy")
async def tidy_tables(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Drop what is old: events, idempotency keys, sign-in sessions, links, measurements and
    finished tasks."""
    database, _ = tools_of(context)
    async with database.system() as session:
        await session.execute(_OLD_EVENTS, {"d": EVENT_DAYS})
        await session.execute(_OLD_KEYS, {"d": KEY_DAYS})
        await session.execute(_DONE_TASKS)
        await accounts.drop_expired(session)
        await fleet.forget_old(session)


@app.periodic(cron="23 4 * * *")
@app.task(name="prompts.cache", pass_context=True, queueing_lock="prompts.cache")
async def rebuild_prompt_cache(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Build the prompt cache again, so that it is never older than a day."""
    database, _ = tools_of(context)
    async with database.system() as session:
        await prompting.rebuild(session)


@app.periodic(cron="41 3 * * *")
@app.task(name="storage.sweep", pass_context=True, queueing_lock="storage.sweep")
async def sweep_files(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Remove files that no row knows: a crash between writing a file and its row leaves one."""
    database, store = tools_of(context)
    removed = await remove_orphans(database, store)
    if removed:
        log.info("storage.swept", removed=removed)


async def remove_orphans(database: Database, store: BlobStore) -> int:
    """Files older than ``ORPHAN_HOURS`` without a row; returns how many were removed."""
    before = now() - timedelta(hours=ORPHAN_HOURS)
    removed = 0
    for bucket in (b for b in BUCKETS if b in _OWNED_BUCKETS):
        batch: list[str] = []
        async for listed in store.list(bucket):
            if listed.modified < before:
                batch.append(listed.ref.key)
            if len(batch) >= _BATCH:
                removed += await _remove_unknown(database, store, bucket, batch)
                batch = []
        removed += await _remove_unknown(database, store, bucket, batch)
    if isinstance(store, FilesystemStore):
        removed += await store.remove_leftovers(before)
    return removed


async def _remove_unknown(
    database: Database, store: BlobStore, bucket: str, keys: list[str]
) -> int:
    if not keys:
        return 0
    async with database.system() as session:
        rows = await session.scalars(_KNOWN, {"bucket": bucket, "keys": keys})
        known = set(rows)
    unknown = [key for key in keys if key not in known]
    for key in unknown:
        await store.delete(bucket, key)
    return len(unknown)


def context_for(database: Database, store: BlobStore) -> dict[str, Any]:
    """What the tasks above find in their context."""
    return {"database": database, "store": store}
