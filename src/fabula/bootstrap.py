"""The one place that wires: storage, engines, event handlers."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.core.database import Database
from fabula.core.errors import Unavailable
from fabula.core.secret_key import secret_of
from fabula.core.settings import Settings
from fabula.engine_servers import defaults, directory
from fabula.engines.base import EngineContext, EngineInfo, Modality
from fabula.engines.cores import Cores
from fabula.engines.pool import EnginePool, Limits, PooledEngine
from fabula.engines.registry import EngineRegistry
from fabula.events.domain import DomainEvents
from fabula.generation.charging import Charging
from fabula.generation.events import JobAccepted, JobClosed, OutputReady
from fabula.generation.submit import Desk
from fabula.library import saving
from fabula.storage.base import BlobStore
from fabula.storage.filesystem import FilesystemStore
from fabula.storage.links import Links
from fabula.storage.s3 import connect
from fabula.workspace import handlers as workspace


@dataclass(frozen=True, slots=True)
class Services:
    """What every process of the studio is made of."""

    settings: Settings
    store: BlobStore
    links: Links
    desk: Desk

    @property
    def registry(self) -> EngineRegistry:
        return self.desk.registry


def build(settings: Settings) -> Services:
    store = build_store(settings)
    desk = Desk(build_registry(settings), build_events(store, settings))
    return Services(settings, store, Links(secret_of(settings)), desk)


def build_registry(settings: Settings) -> EngineRegistry:
    return EngineRegistry(engine_context(settings), settings.extra_engines)


def engine_context(settings: Settings) -> EngineContext:
    return EngineContext(
        models_dir=str(settings.models_folder),
        threads=settings.threads,
        options=settings.engine_options,
    )


def engine_limits(settings: Settings, threads: int, cores: Cores | None = None) -> Limits:
    """What the engines of a process may take. A worker's wait for ``cores``."""
    gigabytes = settings.engine_memory_gb
    return Limits(
        threads=threads,
        cores=cores,
        ram=None if gigabytes is None else int(gigabytes * 1e9),
        idle_seconds=settings.engine_idle_minutes * 60,
    )


def build_store(settings: Settings) -> BlobStore:
    """Local files, or S3 where ``storage_url`` says so."""
    if settings.storage_url is None:
        return FilesystemStore(settings.data_dir / "files")
    url = urlsplit(settings.storage_url)
    if url.scheme != "s3" or not url.netloc:
        raise Unavailable("FABULA_STORAGE_URL must be of the form s3://BUCKET/PREFIX.")
    if settings.s3_access_key_id is None or settings.s3_secret_access_key is None:
        raise Unavailable(
            "Storage on S3 needs FABULA_S3_ACCESS_KEY_ID and FABULA_S3_SECRET_ACCESS_KEY."
        )
    return connect(
        url.netloc,
        access_key_id=settings.s3_access_key_id,
        secret_access_key=settings.s3_secret_access_key.get_secret_value(),
        endpoint=settings.s3_endpoint,
        region=settings.s3_region,
        prefix=url.path.strip("/"),
    )


def build_events(store: BlobStore, settings: Settings) -> DomainEvents:
    """Who acts on which fact."""
    charging = Charging(settings)

    async def shelve(session: AsyncSession, event: OutputReady) -> None:
        await saving.shelve_output(session, event, store)

    events = DomainEvents()
    events.on(JobAccepted, charging.accept)
    events.on(JobAccepted, workspace.open_cards)
    events.on(OutputReady, workspace.stage_output)
    events.on(OutputReady, shelve)
    events.on(JobClosed, charging.close)
    events.on(JobClosed, workspace.close_cards)
    return events


@dataclass(frozen=True, slots=True)
class TextHost:
    """A text engine: who it is, and the host that runs it."""

    info: EngineInfo
    host: PooledEngine


class TextHosts:
    """The text engine of the moment: the one that an admin chose, else the first that runs in the
    studio itself. Prompts go to other machines only where somebody chose so."""

    def __init__(self, desk: Desk, pool: EnginePool, database: Database) -> None:
        self._desk = desk
        self._pool = pool
        self._database = database

    async def current(self) -> TextHost | None:
        """The engine with its host, in a process that starts with its first request."""
        async with self._database.system() as session:
            await directory.refresh(session, self._desk.registry)
            chosen = (await defaults.read(session, self._desk.config)).get(defaults.TEXT)
        able = [
            entry
            for entry in self._desk.registry.all()
            if entry.info.modality is Modality.TEXT and entry.availability.available
        ]
        entry = next(
            (e for e in able if (e.info.id == chosen.engine if chosen else not e.connected)), None
        )
        return TextHost(entry.info, await self._pool.host(entry.info.id)) if entry else None
