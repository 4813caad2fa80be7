"""The workspace: fresh outputs that stay for some days."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, status

from fabula.accounts.access import CallerDep, CursorDep, Limit, SessionDep
from fabula.core.pagination import Cursor, Page, page_of
from fabula.core.settings import get_settings
from fabula.generation.access import LinksDep, StoreDep
from fabula.library.schemas import KeepIn, LibraryAssetOut, library_asset_out
from fabula.workspace import repository, service
from fabula.workspace.schemas import (
    SessionOut,
    WorkspaceAssetOut,
    WorkspaceOut,
    workspace_asset_out,
)

router = APIRouter(prefix="/workspace", tags=["workspace"])


@router.get("")
async def get_workspace(caller: CallerDep, session: SessionDep) -> WorkspaceOut:
    """The active session; it is opened on the first visit."""
    active = await repository.active_session(session, caller.user_id)
    return WorkspaceOut(
        session=SessionOut(
            id=active.id, name=active.session_name or "", created_at=active.created_at
        ),
        retention_days=get_settings().workspace_days,
    )


@router.get("/assets")
async def list_workspace_assets(
    caller: CallerDep, session: SessionDep, links: LinksDep, cursor: CursorDep, limit: Limit = 60
) -> Page[WorkspaceAssetOut]:
    """Staged outputs, newest first."""
    rows = await service.list_assets(session, caller, cursor, limit + 1)
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
