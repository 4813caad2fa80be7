"""Model files: what is there, what is wrong, and sending one. Admins only, but for the small
pictures, which everybody sees who chooses a model."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, Response, status

from fabula.accounts.access import (
    CallerDep,
    CursorDep,
    DatabaseDep,
    Limit,
    MachineSessionDep,
    signed_in,
)
from fabula.core.pagination import Cursor, Page, page_of
from fabula.model_files import service, uploads
from fabula.model_files.access import RegistryDep, SettingsDep
from fabula.model_files.repository import Filters
from fabula.model_files.schemas import (
    ModelFileOut,
    ModelScanOut,
    ModelShelfOut,
    ModelUploadIn,
    ModelUploadOut,
)

router = APIRouter(tags=["models"])
_KEPT = "private, max-age=604800, immutable"
Word = Annotated[str | None, Query(max_length=60)]
Digest = Annotated[str | None, Header(alias="Content-Digest", max_length=200)]
RAW = {"requestBody": {"required": True, "content": {"application/octet-stream": {
    "schema": {"type": "string", "format": "binary"}}}}}  # fmt: skip


@router.get("/model-files")
async def list_model_files(
    caller: CallerDep,
    session: MachineSessionDep,
    settings: SettingsDep,
    cursor: CursorDep,
    limit: Limit = 50,
    kind: Word = None,
    family: Word = None,
    search: Annotated[str, Query(max_length=100)] = "",
    missing: Annotated[bool | None, Query()] = None,
) -> Page[ModelFileOut]:
    """Files in the folders of models, newest first; `missing=true` lists those that are gone.
    Admins only."""
    filters = Filters(kind, family, search, missing)
    found = await service.find(session, settings, caller, filters, cursor, limit + 1)
    kept, following = page_of(
        found, limit, lambda each: Cursor(each[0].file.created_at, each[0].file.id)
    )
    return Page(items=[shown for _, shown in kept], next_cursor=following)


@router.get("/model-shelf")
async def read_model_shelf(
    caller: CallerDep, session: MachineSessionDep, settings: SettingsDep, registry: RegistryDep
) -> ModelShelfOut:
    """How many model files of which kind, in which folders, and what is wrong. Admins only."""
    return await service.shelf(session, settings, registry, caller)


@router.post("/model-shelf/scan")
async def scan_model_folders(
    caller: CallerDep, database: DatabaseDep, settings: SettingsDep
) -> ModelScanOut:
    """Look at the folders now; the studio looks by itself every minute. Admins only."""
    found = await service.rescan(database, settings, caller)
    return ModelScanOut(found=found.found, changed=found.changed, missing=found.missing)


@router.get("/model-files/{file_id}")
async def get_model_file(
    file_id: UUID, caller: CallerDep, session: MachineSessionDep, settings: SettingsDep
) -> ModelFileOut:
    """A model file. Admins only."""
    return await service.get(session, settings, caller, file_id)


@router.delete("/model-files/{file_id}", status_code=status.HTTP_204_NO_CONTENT)
async def remove_model_file(
    file_id: UUID,
    caller: CallerDep,
    database: DatabaseDep,
    settings: SettingsDep,
    registry: RegistryDep,
    force: Annotated[bool, Query()] = False,
) -> None:
    """Remove a file from the disk; refused while something needs it, unless forced. Admins only."""
    await service.remove(database, settings, registry, caller, file_id, force=force)


@router.get(
    "/model-files/{file_id}/preview", response_class=Response, dependencies=[Depends(signed_in)]
)
async def read_model_preview(file_id: UUID, session: MachineSessionDep) -> Response:
    """A small picture of what a model makes, as WebP."""
    headers = {"Cache-Control": _KEPT, "X-Content-Type-Options": "nosniff"}
    return Response(await service.preview(session, file_id), 200, headers, "image/webp")


@router.get("/model-uploads")
async def list_model_uploads(
    caller: CallerDep, session: MachineSessionDep, settings: SettingsDep
) -> Page[ModelUploadOut]:
    """Files that are being sent, two at most. Admins only."""
    return Page(items=await uploads.listed(session, settings, caller), next_cursor=None)


@router.post("/model-uploads", status_code=status.HTTP_201_CREATED)
async def begin_model_upload(
    body: ModelUploadIn, caller: CallerDep, database: DatabaseDep, settings: SettingsDep
) -> ModelUploadOut:
    """Begin to send a file. Refused where the disk has no room, or two are being sent. Admins
    only."""
    return await uploads.begin(database, settings, caller, body)


@router.get("/model-uploads/{upload_id}")
async def get_model_upload(
    upload_id: UUID, caller: CallerDep, session: MachineSessionDep, settings: SettingsDep
) -> ModelUploadOut:
    """How much of a file is there. Admins only."""
    return await uploads.state(session, settings, caller, upload_id)


@router.head("/model-uploads/{upload_id}", include_in_schema=False)
async def head_model_upload(
    upload_id: UUID, caller: CallerDep, session: MachineSessionDep, settings: SettingsDep
) -> Response:
    """As above, in the header `Upload-Offset`."""
    found = await uploads.state(session, settings, caller, upload_id)
    headers = {"Upload-Offset": str(found.offset), "Upload-Length": str(found.size)}
    return Response(headers=headers | {"Cache-Control": "no-store"})


@router.put("/model-uploads/{upload_id}", openapi_extra=RAW)
async def send_model_part(
    upload_id: UUID,
    request: Request,
    caller: CallerDep,
    database: DatabaseDep,
    settings: SettingsDep,
    offset: Annotated[int, Query(ge=0, le=2**40)],
    digest: Digest = None,
) -> ModelUploadOut:
    """Send the part of the file that begins at `offset`, as the body; `Content-Digest` (RFC 9530,
    sha-256) is checked where it is given. Admins only."""
    return await uploads.take(
        database, settings, caller, upload_id, offset, request.stream(), digest
    )


@router.post("/model-uploads/{upload_id}/finish")
async def finish_model_upload(
    upload_id: UUID, caller: CallerDep, database: DatabaseDep, settings: SettingsDep
) -> ModelFileOut:
    """Check a file that was sent whole, and put it in its place. Admins only."""
    found = await uploads.finish(database, settings, caller, upload_id)
    async with database.system() as session:
        return await service.get(session, settings, caller, found.id)


@router.delete("/model-uploads/{upload_id}", status_code=status.HTTP_204_NO_CONTENT)
async def cancel_model_upload(
    upload_id: UUID, caller: CallerDep, database: DatabaseDep, settings: SettingsDep
) -> None:
    """Forget a file that is being sent. Admins only."""
    await uploads.cancel(database, settings, caller, upload_id)
