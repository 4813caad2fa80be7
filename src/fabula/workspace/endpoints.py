"""The workspace: fresh outputs that stay for some days."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query, status

from fabula.accounts.access import CallerDep, CursorDep, Limit, SessionDep
from fabula.accounts.permissions import Permission
from fabula.core.pagination import Cursor, Page, page_of
from fabula.core.settings import get_settings
from fabula.generation.access import LinksDep, StoreDep
from fabula.library.schemas import KeepIn, LibraryAssetOut, library_asset_out
from fabula.workspace import repository, service
from fabula.workspace.schemas import (
    DiscardedOut,
    KeptOut,
    SessionChange,
    SessionIn,
    SessionListed,
    SessionOut,
    WorkspaceAssetOut,
    WorkspaceOut,
    session_listed,
    workspace_asset_out,
)

router = APIRouter(prefix="/workspace", tags=["workspace"])


@router.get("")
async def get_workspace(caller: CallerDep, session: SessionDep) -> WorkspaceOut:
    """The active session; it is opened on the first visit."""
    caller.require(Permission.KEEP)
    active = await repository.active_session(session, caller.user_id)
    return WorkspaceOut(
        session=SessionOut(
            id=active.id, name=active.session_name or "", created_at=active.created_at
        ),
        retention_days=get_settings().workspace_days,
    )


@router.get("/sessions")
async def list_workspace_sessions(
    caller: CallerDep, session: SessionDep, cursor: CursorDep, limit: Limit = 50
) -> Page[SessionListed]:
    """The caller's sessions, newest first."""
    rows = await repository.sessions(session, caller.user_id, caller.mode, cursor, limit + 1)
    kept, following = page_of(
        rows, limit, lambda row: Cursor(row.session.created_at, row.session.id)
    )
    return Page(items=[session_listed(row) for row in kept], next_cursor=following)


@router.post("/sessions", status_code=status.HTTP_201_CREATED)
async def open_workspace_session(
    caller: CallerDep, session: SessionDep, body: Annotated[SessionIn | None, Body()] = None
) -> SessionListed:
    """Begin a new session, which is the active one from now on."""
    name = body.name if body else None
    return session_listed(await service.open_session(session, caller, name))


@router.patch("/sessions/{session_id}")
async def change_workspace_session(
    session_id: UUID, body: SessionChange, caller: CallerDep, session: SessionDep
) -> SessionOut:
    """Rename a session, or make it the active one."""
    row = await service.change_session(
        session, caller, session_id, name=body.name, active=body.active
    )
    return SessionOut(id=row.id, name=row.session_name or "", created_at=row.created_at)


@router.post("/jobs/{job_id}/keep")
async def keep_job_outputs(
    job_id: UUID, caller: CallerDep, session: SessionDep, store: StoreDep, links: LinksDep
) -> KeptOut:
    """Keep all staged outputs of a job."""
    rows = await service.keep_job(session, caller, job_id, store)
    return KeptOut(items=[library_asset_out(row, links) for row in rows])


@router.delete("/jobs/{job_id}/assets")
async def discard_job_outputs(job_id: UUID, caller: CallerDep, session: SessionDep) -> DiscardedOut:
    """Discard all staged outputs of a job; what was kept of them stays in the library."""
    return DiscardedOut(discarded=await service.discard_job(session, caller, job_id))


@router.get("/assets")
async def list_workspace_assets(
    caller: CallerDep,
    session: SessionDep,
    links: LinksDep,
    cursor: CursorDep,
    limit: Limit = 60,
    session_id: Annotated[UUID | None, Query()] = None,
) -> Page[WorkspaceAssetOut]:
    """Staged outputs, newest first; of one session, or of all."""
    rows = await service.list_assets(session, caller, cursor, limit + 1, session_id=session_id)
    kept, following = page_of(rows, limit, lambda row: Cursor(row.asset.created_at, row.asset.id))
    return Page(items=[workspace_asset_out(row, links) for row in kept], next_cursor=following)


@router.get("/assets/{asset_id}")
async def get_workspace_asset(
    asset_id: UUID, caller: CallerDep, session: SessionDep, links: LinksDep
) -> WorkspaceAssetOut:
    """A staged output with everything that made it."""
    return workspace_asset_out(await service.get_asset(session, caller, asset_id), links)


@router.post("/assets/{asset_id}/keep")
async def keep_workspace_asset(
    asset_id: UUID,
    caller: CallerDep,
    session: SessionDep,
    store: StoreDep,
    links: LinksDep,
    body: Annotated[KeepIn | None, Body()] = None,
) -> LibraryAssetOut:
    """Keep an output in the library. Keeping it twice gives the same library asset."""
    wanted = body or KeepIn()
    row = await service.keep(session, caller, asset_id, store, title=wanted.title, tags=wanted.tags)
    return library_asset_out(row, links)


@router.delete("/assets/{asset_id}", status_code=status.HTTP_204_NO_CONTENT)
async def discard_workspace_asset(asset_id: UUID, caller: CallerDep, session: SessionDep) -> None:
    """Discard an output; what was kept of it stays in the library."""
    await service.discard(session, caller, asset_id)
