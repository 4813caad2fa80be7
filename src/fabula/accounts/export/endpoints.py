"""Everything of the own account, as one archive."""

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from fabula.accounts.access import DatabaseDep, PersonalDep
from fabula.accounts.export import service
from fabula.accounts.export.access import StoreDep

router = APIRouter(tags=["accounts"])
_ZIP: dict[int | str, dict[str, object]] = {
    200: {
        "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
        "description": "A ZIP archive.",
    }
}


@router.get("/me/export", response_class=StreamingResponse, responses=_ZIP)
async def export_my_data(
    caller: PersonalDep, database: DatabaseDep, store: StoreDep
) -> StreamingResponse:
    """Everything that the studio keeps of the account: its rows as JSON lines, its files, and a
    manifest with the SHA-256 of each. A few times an hour."""
    archive = await service.begin(database, store, caller)
    headers = {
        "Content-Disposition": f'attachment; filename="{archive.name}"',
        "Cache-Control": "private, no-store",
    }
    return StreamingResponse(archive.chunks(), headers=headers, media_type="application/zip")
