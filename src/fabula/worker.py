"""A worker: runs jobs and housekeeping until it is told to stop."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from fabula import housekeeping
from fabula.bootstrap import Services, TextHosts, engine_limits
from fabula.core.database import Database
from fabula.core.errors import Unavailable
from fabula.core.logging import get_logger
from fabula.core.secret_key import secret_of
from fabula.core.settings import Settings
from fabula.engines.cores import Cores
from fabula.engines.pool import EnginePool
from fabula.engines.registry import EngineRegistry
from fabula.events.live import ProgressWire
from fabula.fleet.reporting import About, Reporter
from fabula.generation.dispatch import Dispatcher
from fabula.generation.rewriting import rewriter
from fabula.generation.runner import RunnerTools
from fabula.moderation.policy import screen
from fabula.prompting.enhancement import Enhancer
from fabula.queue import tasks

log = get_logger(__name__)
APPLICATION_NAME = "fabula-worker"
LANES = ("image", "video")
_STOP_SECONDS = 10.0


def worker_name() -> str:
    return f"{socket.gethostname()}-{os.getpid()}"


def engine_pool(settings: Settings, registry: EngineRegistry) -> EnginePool:
    """The engines of a worker. Their seats are the data folder's, so that all workers of a machine
    share its cores."""
    cores = Cores(settings.worker_threads, settings.data_dir / "cores")
    threads = max(1, settings.worker_threads // settings.worker_slots)
    return EnginePool(registry, engine_limits(settings, threads, cores))


@asynccontextmanager
async def dispatcher(services: Services, database: Database) -> AsyncIterator[Dispatcher]:
    """What runs generation jobs in this process; its engines end with it."""
    settings = services.settings
    unknown = set(settings.worker_lanes) - set(LANES)
    if unknown:
        raise Unavailable(f"FABULA_WORKER_LANES knows image and video, not {', '.join(unknown)}.")
    async with AsyncExitStack() as stack:
        wire = ProgressWire(database)
        stack.push_async_callback(wire.close)
        engines = engine_pool(settings, services.registry)
        stack.push_async_callback(engines.close)
        text = TextHosts(services.desk, engines, database)
        tools = RunnerTools(
            database=database,
            store=services.store,
            events=services.desk.events,
            wire=wire,
            engines=engines,
            rewrite=rewriter(database, Enhancer(text, screen=screen)),
            lease_seconds=settings.lease_seconds,
            heartbeat_seconds=settings.heartbeat_seconds,
            timeout_seconds=settings.job_timeout_minutes * 60,
            adult_mode=settings.adult_mode,
        )
        lanes = tuple(lane for lane in LANES if lane in settings.worker_lanes)
        yield Dispatcher(tools, worker_name(), lanes, settings.worker_slots)


async def run_worker(
    services: Services, dsn: str, *, ready: Callable[[], None] = lambda: None
) -> None:
    """Work until SIGINT or SIGTERM; running jobs are put back then."""
    settings = services.settings
    database = Database(dsn, pool_size=4, name=APPLICATION_NAME, secret=secret_of(settings))
    try:
        async with dispatcher(services, database) as jobs:
            loop = asyncio.get_running_loop()
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, _stop, jobs)
            tidying = asyncio.create_task(_housekeep(services, database, dsn), name="housekeeping")
            await asyncio.to_thread(services.registry.all)
            log.info("worker.ready", lanes=jobs.lanes, slots=jobs.slots)
            ready()
            about = About(jobs.worker, "worker", settings.worker_threads, jobs.lanes, jobs.slots)
            reporter = Reporter(
                database, jobs.tools.engines, about, seconds=settings.heartbeat_seconds
            )
            telling = asyncio.create_task(reporter.run(), name="reporting")
            try:
                await jobs.run()
            finally:
                for helper in (tidying, telling):
                    helper.cancel()
                await asyncio.gather(tidying, telling, return_exceptions=True)
    finally:
        await database.close()


def _stop(jobs: Dispatcher) -> None:
    """Stop in order, but not for ever: where the database is gone, nothing can be put back, and
    the sweep of another worker does it."""
    jobs.stop()
    asyncio.get_running_loop().call_later(_STOP_SECONDS, _give_up)


def _give_up() -> None:
    log.warning("worker.stopped_hard", seconds=_STOP_SECONDS)
    os._exit(1)


async def _housekeep(services: Services, database: Database, dsn: str) -> None:
    """Deliver tasks and schedules; a lost connection is made again."""
    pause = 1.0
    while True:
        try:
            async with tasks.opened(dsn) as app:
                pause = 1.0
                await app.run_worker_async(
                    name=tasks.worker_name(),
                    concurrency=2,
                    install_signal_handlers=False,
                    additional_context=housekeeping.context_for(database, services.store),
                )
        except Exception:
            log.warning("housekeeping.ended", retry_seconds=pause, exc_info=True)
        await asyncio.sleep(pause)
        pause = min(pause * 2, 30.0)
