"""The library: what a person keeps."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response, status

from fabula.accounts.access import CallerDep, CursorDep, Limit, SessionDep
from fabula.core.pagination import Cursor, Page, page_of
from fabula.generation import repository as jobs
from fabula.generation import submit, views
from fabula.generation.access import DeskDep, LinksDep, StoreDep
from fabula.generation.errors import JobNotFound
from fabula.generation.provenance import Provenance
from fabula.generation.schemas import JobOut
from fabula.library import service
from fabula.library.schemas import LibraryAssetChange, LibraryAssetOut, library_asset_out

router = APIRouter(prefix="/library", tags=["library"])


@router.get("/assets")
async def list_library_assets(
    caller: CallerDep,
    session: SessionDep,
    links: LinksDep,
    cursor: CursorDep,
    limit: Limit = 60,
    q: Annotated[str | None, Query(max_length=200)] = None,
    type: Annotated[Literal["image", "video"] | None, Query()] = None,  # noqa: A002
    favorite: Annotated[bool | None, Query()] = None,
) -> Page[LibraryAssetOut]:
    """Kept assets, newest first; `q` searches title, tags and prompt."""
    rows = await service.list_assets(
        session,
        caller,
        query=q,
        asset_type=type,
        favorite=favorite,
        cursor=cursor,
        limit=limit + 1,
    )
    kept, following = page_of(rows, limit, lambda row: Cursor(row.asset.created_at, row.asset.id))
    return Page(items=[library_asset_out(row, links) for row in kept], next_cursor=following)


@router.get("/assets/{asset_id}")
async def get_library_asset(
    asset_id: UUID, caller: CallerDep, session: SessionDep, links: LinksDep
) -> LibraryAssetOut:
    """A kept asset with everything needed to make it again."""
    return library_asset_out(await service.get_asset(session, caller, asset_id), links)


@router.patch("/assets/{asset_id}")
async def change_library_asset(
    asset_id: UUID,
    body: LibraryAssetChange,
    caller: CallerDep,
    session: SessionDep,
    links: LinksDep,
) -> LibraryAssetOut:
    """Change title, tags or favourite."""
    row = await service.change_asset(session, caller, asset_id, body.changes())
    return library_asset_out(row, links)


@router.delete("/assets/{asset_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_library_asset(asset_id: UUID, caller: CallerDep, session: SessionDep) -> None:
    """Delete an asset with its file."""
    await service.remove_asset(session, caller, asset_id)


@router.post("/assets/{asset_id}/again", status_code=status.HTTP_202_ACCEPTED)
async def repeat_library_asset(
    asset_id: UUID, caller: CallerDep, session: SessionDep, desk: DeskDep, links: LinksDep
) -> JobOut:
    """Make the asset's batch once more, with the same parameters and seed."""
    row = await service.get_asset(session, caller, asset_id)
    plan = Provenance.model_validate(row.file.settings)
    job_id = await submit.resubmit(session, caller, plan, "workspace", desk)
    job = await jobs.get_job(session, caller.user_id, job_id, caller.mode)
    if job is None:
        raise JobNotFound
    return (await views.show(session, [job], desk.registry, links))[0]


@router.get("/assets/{asset_id}/download", response_class=Response)
async def download_library_asset(
    asset_id: UUID, caller: CallerDep, session: SessionDep, store: StoreDep
) -> Response:
    """The original file, with its generation data inside."""
    row = await service.get_asset(session, caller, asset_id)
    data = await store.get(row.file.bucket, row.file.key)
    suffix = row.file.key.rsplit(".", 1)[-1]
    headers = {"Content-Disposition": f'attachment; filename="fabula-{asset_id}.{suffix}"'}
    return Response(data, media_type=row.asset.mime_type, headers=headers)
