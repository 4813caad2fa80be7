"""The end of an account: one's own, or somebody's."""

from uuid import UUID

from fastapi import APIRouter, Response, status

from fabula.accounts.access import COOKIE, CallerDep, DatabaseDep, PersonalDep
from fabula.accounts.leaving import service
from fabula.accounts.leaving.schemas import DeletionIn, LeavingIn

router = APIRouter(tags=["accounts"])


@router.post("/me/delete", status_code=status.HTTP_204_NO_CONTENT)
async def delete_my_account(
    body: LeavingIn, caller: PersonalDep, database: DatabaseDep, response: Response
) -> None:
    """Delete the account with everything in it. This cannot be taken back. It takes the own user
    name, and a code where two-factor sign-in is on, else the password, else a session that was
    opened a few minutes ago. The last admin stays."""
    await service.leave(database, caller, body.username, password=body.password, code=body.code)
    response.delete_cookie(COOKIE, path="/")


@router.delete("/people/{person_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_person(
    person_id: UUID, body: DeletionIn, caller: CallerDep, database: DatabaseDep
) -> None:
    """Delete somebody's account with everything in it. This cannot be taken back. The last admin
    stays. Admins only."""
    await service.delete_as_admin(database, caller, person_id, body.reason)
