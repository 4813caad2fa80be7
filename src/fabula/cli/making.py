"""One job from the command line, followed to its end with a progress bar."""

import asyncio
from abc import ABC, abstractmethod
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from fabula import bootstrap
from fabula.accounts import refusals, trail
from fabula.accounts import repository as accounts
from fabula.accounts import service as signing_in
from fabula.accounts.caller import Caller
from fabula.accounts.content.service import mode_of
from fabula.bootstrap import Services
from fabula.cli.running import say
from fabula.core.database import Database
from fabula.core.errors import Invalid, NotFound
from fabula.core.secret_key import secret_of
from fabula.core.settings import Settings
from fabula.generation import service as jobs
from fabula.generation import submit, uploads, views
from fabula.generation.reference_schemas import ExtensionIn, ReferenceIn
from fabula.generation.schemas import AssetRef, JobIn, JobOut
from fabula.library.repository import ShelvedRow
from fabula.moderation.policy import ContentRefused
from fabula.storage.filesystem import FilesystemStore
from fabula.worker import APPLICATION_NAME, dispatcher
from fabula.workspace import service as workspace

_POLL_SECONDS = 0.15
_WORKERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND application_name = :name AND pid <> pg_backend_pid()"
)
_SUFFIXES = {"video/mp4": "mp4"}
_STAGES = {"waiting": "waiting in the queue", "rewriting": "rewriting the prompt",
           "loading": "loading the engine", "generating": "making", "done": "done"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sources:
    """Files to start from: what a clip begins and ends with, or a picture with its mask."""

    first_frame: Path | None = None
    last_frame: Path | None = None
    picture: Path | None = None
    mask: Path | None = None
    strength: float | None = None
    extend: ExtensionIn | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish(ABC):
    """What to make, where its outputs go, and whose they are."""

    keep: bool = False
    out: Path | None = None
    user: str | None = None

    @abstractmethod
    async def accept(self, session: AsyncSession, services: Services, caller: Caller) -> UUID:
        """Queue the job; returns its id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing(Wish):
    """Pictures or a clip from words."""

    body: JobIn
    sources: Sources = Sources()

    async def accept(self, session: AsyncSession, services: Services, caller: Caller) -> UUID:
        body = await self._with_sources(session, services, caller)
        return await submit.submit(session, caller, body, services.desk)

    async def _with_sources(
        self, session: AsyncSession, services: Services, caller: Caller
    ) -> JobIn:
        """The request with the ids of the pictures that are brought along for it."""
        start = self.sources

        async def brought(name: str) -> UUID | None:
            path: Path | None = getattr(start, name)
            return await bring(session, services, caller, path, name) if path else None

        frames = {name: await brought(name) for name in ("first_frame", "last_frame")}
        picture = await brought("picture")
        reference = picture and ReferenceIn(
            asset_id=picture, strength=start.strength, mask=await brought("mask"),
            extend=start.extend,
        )  # fmt: skip
        return self.body.model_copy(update=frames | {"reference": reference})


async def bring(
    session: AsyncSession, services: Services, caller: Caller, path: Path, field: str
) -> UUID:
    """Bring a picture of this machine along; returns its id as an upload."""
    try:
        data = await asyncio.to_thread(path.read_bytes)
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror}.", field=field) from error
    picture = await uploads.bring(
        session, caller, services.store, services.links, data, services.settings
    )
    return picture.id


@dataclass(frozen=True, slots=True)
class Picture:
    asset: AssetRef
    shown: str
    """Path of the kept or copied file, or the address of the staged one."""


@dataclass(slots=True)
class Made:
    job: JobOut
    pictures: list[Picture] = field(default_factory=list)
    error: str | None = None


async def make(settings: Settings, dsn: str, wish: Wish) -> Made:
    """Queue the job, run it here if no worker is there, follow it, keep and copy its pictures."""
    services = bootstrap.build(settings)
    async with AsyncExitStack() as stack:
        database = Database(dsn, pool_size=4, name="fabula-cli", secret=secret_of(settings))
        stack.push_async_callback(database.close)
        caller = await acting_as(database, wish.user, settings)
        try:
            async with database.request(caller.user_id, adult=caller.adult) as session:
                job_id = await wish.accept(session, services, caller)
        except ContentRefused as refusal:
            await refusals.note(database, caller, refusal, trail.COMMAND_LINE)
            raise
        if not await _has_worker(database):
            await _work_here(stack, services, database)
        job = await _followed(services, database, caller, job_id)
        made = Made(job)
        if job.error:
            made.error = job.error.message
            say(f"fabula: {job.error.message}")
        for asset in job.assets:
            single = job.count == 1
            made.pictures.append(
                await _delivered(services, database, caller, wish, asset, single=single)
            )
        return made


async def acting_as(database: Database, name: str | None, settings: Settings) -> Caller:
    """The person that a command is run for: the named one, or the owner. Raises ``NotFound``."""
    async with database.system() as session:
        if name is None:
            row, _ = await signing_in.ensure_owner(session)
        else:
            found = await accounts.account_named(session, name)
            if found is None:
                raise NotFound(f"There is no account named {name}.")
            row = found
        roles = await accounts.roles_of(session, row.id)
        mode = await mode_of(session, row.id, adult_mode=settings.adult_mode)
    return Caller(row.id, row.username, frozenset(roles), mode=mode)


async def _has_worker(database: Database) -> bool:
    async with database.system() as session:
        return bool(await session.scalar(_WORKERS, {"name": APPLICATION_NAME}))


async def _work_here(stack: AsyncExitStack, services: Services, database: Database) -> None:
    jobs_here = await stack.enter_async_context(dispatcher(services, database))
    task = asyncio.create_task(jobs_here.run())

    async def stop() -> None:
        jobs_here.stop()
        await task

    stack.push_async_callback(stop)


async def _followed(services: Services, database: Database, caller: Caller, job_id: UUID) -> JobOut:
    """The job when it has ended; Ctrl-C cancels it."""
    try:
        with _bar() as bar:
            task = bar.add_task("queued", total=1.0)
            while True:
                job = await _read(services, database, caller, job_id)
                _show(bar, task, job)
                if job.status in {"completed", "failed"}:
                    return job
                await asyncio.sleep(_POLL_SECONDS)
    except asyncio.CancelledError:
        with suppress(Exception):
            async with database.request(caller.user_id, adult=caller.adult) as session:
                await jobs.cancel(session, caller, job_id, services.desk)
        say("cancelled")
        raise


async def _read(services: Services, database: Database, caller: Caller, job_id: UUID) -> JobOut:
    async with database.request(caller.user_id, adult=caller.adult) as session:
        row = await jobs.get_job(session, caller, job_id)
        return (await views.show(session, [row], services.registry, services.links))[0]


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description:<44}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(), console=Console(stderr=True),
    )  # fmt: skip


def _show(bar: Progress, task: TaskID, job: JobOut) -> None:
    now = job.progress
    words = _STAGES.get(now.stage, now.stage)
    if now.stage == "generating" and now.steps:
        words = f"making {now.index + 1} of {job.count}, step {now.step} of {now.steps}"
    elif now.stage == "waiting" and job.queue_position:
        words = f"waiting, place {job.queue_position} in the queue"
    if job.status == "failed":
        words = "failed"
    bar.update(task, completed=now.fraction, description=words)


async def _delivered(
    services: Services,
    database: Database,
    caller: Caller,
    wish: Wish,
    asset: AssetRef,
    *,
    single: bool,
) -> Picture:
    async with database.request(caller.user_id, adult=caller.adult) as session:
        staged = await workspace.get_asset(session, caller, asset.id)
        bucket, key = staged.file.bucket, staged.file.key
        if wish.keep:
            kept = await workspace.keep(
                session, caller, asset.id, services.store, title=None, tags=[]
            )
            bucket, key = kept.file.bucket, kept.file.key
    if wish.out is not None:
        target = _target(wish.out, asset, single=single)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(await services.store.get(bucket, key))
        return Picture(asset, str(target))
    if wish.keep:
        return Picture(asset, _place(services, kept))
    return Picture(asset, f"{services.settings.base_url}/workspace?asset={asset.id}")


def _target(out: Path, asset: AssetRef, *, single: bool) -> Path:
    """A file's name is taken as it is for one output; else it is a folder's."""
    if single and out.suffix and not out.is_dir():
        return out
    suffix = _SUFFIXES.get(asset.mime_type, "png")
    return out / f"fabula-{asset.seed}-{asset.asset_index}.{suffix}"


def _place(services: Services, kept: ShelvedRow) -> str:
    if isinstance(services.store, FilesystemStore):
        return str(services.store.path_of(kept.file.bucket, kept.file.key))
    return f"{services.settings.storage_url}/{kept.file.bucket}/{kept.file.key}"
