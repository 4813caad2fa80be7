"""Servers that draw and write for the studio. Admins only."""

from uuid import UUID

from fastapi import APIRouter, status

from fabula.accounts.access import CallerDep, CursorDep, DatabaseDep, Limit, MachineSessionDep
from fabula.core.pagination import Cursor, Page, page_of
from fabula.engine_servers import service
from fabula.engine_servers.schemas import EngineServerIn, EngineServerOut, EngineServerPatch
from fabula.engine_servers.views import server_out

router = APIRouter(prefix="/engine-servers", tags=["engines"])


@router.get("")
async def list_engine_servers(
    caller: CallerDep, session: MachineSessionDep, cursor: CursorDep, limit: Limit = 50
) -> Page[EngineServerOut]:
    """Connected servers, newest first, with what was found when each was last asked. Admins
    only."""
    rows = await service.find(session, caller, cursor, limit + 1)
    kept, following = page_of(rows, limit, lambda row: Cursor(row.created_at, row.id))
    return Page(items=[server_out(row) for row in kept], next_cursor=following)


@router.post("", status_code=status.HTTP_201_CREATED)
async def add_engine_server(
    body: EngineServerIn, caller: CallerDep, database: DatabaseDep
) -> EngineServerOut:
    """Connect a server and ask it what it has; the answer says whether it works. Admins only."""
    return server_out(await service.add(database, caller, body))


@router.patch("/{server_id}")
async def change_engine_server(
    server_id: UUID, body: EngineServerPatch, caller: CallerDep, database: DatabaseDep
) -> EngineServerOut:
    """Change a server and ask it again. Admins only."""
    return server_out(await service.change(database, caller, server_id, body))


@router.delete("/{server_id}", status_code=status.HTTP_204_NO_CONTENT)
async def remove_engine_server(server_id: UUID, caller: CallerDep, database: DatabaseDep) -> None:
    """Forget a server with its key. Admins only."""
    await service.remove(database, caller, server_id)


@router.post("/{server_id}/test")
async def test_engine_server(
    server_id: UUID, caller: CallerDep, database: DatabaseDep
) -> EngineServerOut:
    """Ask a server what it has, now. Admins only."""
    return server_out(await service.test(database, caller, server_id))
