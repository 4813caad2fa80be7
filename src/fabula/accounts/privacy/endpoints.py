"""A person's own data: all of it in one archive, and the end of the account."""

from uuid import UUID

from fastapi import APIRouter, Response, status
from fastapi.responses import StreamingResponse

from fabula.accounts.access import COOKIE, CallerDep, DatabaseDep
from fabula.accounts.privacy import deletion, export
from fabula.accounts.privacy.access import StoreDep
from fabula.accounts.privacy.schemas import DeletionIn, LeavingIn

router = APIRouter(tags=["privacy"])
_ZIP: dict[int | str, dict[str, object]] = {
    200: {
        "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
        "description": "A ZIP archive.",
    }
}


@router.get("/me/export", response_class=StreamingResponse, responses=_ZIP)
async def export_my_data(
    caller: CallerDep, database: DatabaseDep, store: StoreDep
) -> StreamingResponse:
    """Everything that the studio keeps of the account: its rows as JSON lines, its files, and a
    manifest with the SHA-256 of each. A few times an hour."""
    archive = await export.begin(database, store, caller)
    headers = {
        "Content-Disposition": f'attachment; filename="{archive.name}"',
        "Cache-Control": "private, no-store",
    }
    return StreamingResponse(archive.chunks(), headers=headers, media_type="application/zip")


@router.post("/me/delete", status_code=status.HTTP_204_NO_CONTENT)
async def delete_my_account(
    body: LeavingIn, caller: CallerDep, database: DatabaseDep, response: Response
) -> None:
    """Delete the account with everything in it. This cannot be taken back. It takes the own user
    name, and a code where two-factor sign-in is on, else the password, else a session that was
    opened a few minutes ago. The last admin stays."""
    await deletion.leave(database, caller, body.username, password=body.password, code=body.code)
    response.delete_cookie(COOKIE, path="/")


@router.delete("/people/{person_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_person(
    person_id: UUID, body: DeletionIn, caller: CallerDep, database: DatabaseDep
) -> None:
    """Delete somebody's account with everything in it. This cannot be taken back. The last admin
    stays. Admins only."""
    await deletion.delete_as_admin(database, caller, person_id, body.reason)
