"""Workers and what engines take on their machines. Admins only."""

from fastapi import APIRouter

from fabula.accounts.access import CallerDep, CursorDep, Limit, MachineSessionDep
from fabula.core.pagination import Cursor, Page, page_of
from fabula.fleet import service
from fabula.fleet.schemas import EngineMeasurementOut, WorkerOut

router = APIRouter(tags=["engines"])


@router.get("/workers")
async def list_workers(
    caller: CallerDep, session: MachineSessionDep, cursor: CursorDep, limit: Limit = 50
) -> Page[WorkerOut]:
    """Processes that run engines, newest first, with what they hold and do. Admins only."""
    rows = await service.find_workers(session, caller, cursor, limit + 1)
    kept, following = page_of(rows, limit, lambda row: Cursor(row.created_at, row.id))
    return Page(items=await service.shown(session, list(kept)), next_cursor=following)


@router.get("/engine-measurements")
async def list_engine_measurements(
    caller: CallerDep, session: MachineSessionDep, cursor: CursorDep, limit: Limit = 50
) -> Page[EngineMeasurementOut]:
    """What engines took on each machine, and how quick they were. Admins only."""
    rows = await service.find_measurements(session, caller, cursor, limit + 1)
    kept, following = page_of(rows, limit, lambda row: Cursor(row.created_at, row.id))
    return Page(items=[service.measurement_out(row) for row in kept], next_cursor=following)
