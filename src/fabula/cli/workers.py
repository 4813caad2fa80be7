"""Workers for a terminal."""

from collections.abc import Iterator

from fabula.core.clock import now
from fabula.core.database import Database
from fabula.fleet import service
from fabula.fleet.schemas import WorkerOut

_GB = 1e9


async def read_workers(dsn: str) -> list[WorkerOut]:
    """All that tell of themselves, the server included, newest first."""
    database = Database(dsn, pool_size=1)
    try:
        async with database.system() as session:
            rows = await service.find_workers(session, None, None, None)
            return await service.shown(session, rows)
    finally:
        await database.close()


def worker_lines(workers: list[WorkerOut]) -> Iterator[str]:
    """A line for each, its facts between tabs."""
    for worker in workers:
        yield "\t".join((worker.name, worker.machine, *facts(worker)))


def facts(worker: WorkerOut) -> tuple[str, ...]:
    """What it may take, what it has loaded, what it does, and when it was last heard."""
    takes = f"{worker.cores} core{'' if worker.cores == 1 else 's'}"
    takes += f", {worker.ram_bytes / _GB:.1f} GB"
    if worker.device_bytes:
        takes += f", {worker.device} with {worker.device_bytes / _GB:.1f} GB"
    loaded = ", ".join(each.engine_id for each in worker.engines if each.loaded)
    doing = ", ".join(f"{job.job_type} by {job.engine_id}" for job in worker.jobs)
    heard = round((now() - worker.beat_at).total_seconds())
    return (
        takes,
        f"loaded: {loaded or 'nothing'}",
        doing or "idle",
        f"silent for {heard} s" if worker.silent else f"heard {heard} s ago",
    )
