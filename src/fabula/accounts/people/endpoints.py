"""People, their roles and what roles may do. Admins only."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, status

from fabula.accounts.access import CallerDep, CursorDep, Limit, MachineSessionDep
from fabula.accounts.caller import ROLE_PRIORITY
from fabula.accounts.credits.access import SettingsDep
from fabula.accounts.people import service
from fabula.accounts.people.repository import PersonRow, Search
from fabula.accounts.people.schemas import (
    NewPersonOut,
    PermissionOut,
    PersonIn,
    PersonOut,
    PlanIn,
    RoleName,
    SignInLinkOut,
    SuspensionIn,
)
from fabula.accounts.permissions import BY_ROLE, DESCRIPTIONS, Permission
from fabula.accounts.schemas import ApiKeyOut, SessionOut
from fabula.core.pagination import Cursor, Page, page_of
from fabula.core.settings import get_settings

router = APIRouter(tags=["people"])


def person_out(row: PersonRow) -> PersonOut:
    out = PersonOut.model_validate(row, from_attributes=True)
    return out.model_copy(update={"roles": _ordered(row.roles)})


def _ordered(roles: list[str]) -> list[str]:
    return sorted(roles, key=lambda role: -ROLE_PRIORITY[role])


def _address(token: str) -> SignInLinkOut:
    """The token stands behind the #, which browsers never send: it stays out of logs."""
    return SignInLinkOut(address=f"{get_settings().base_url}/sign-in#token={token}")


@router.get("/permissions")
async def list_permissions(caller: CallerDep) -> Page[PermissionOut]:
    """What each role may do, by name. Admins only."""
    caller.require(Permission.PERMISSIONS)
    items = [
        PermissionOut(
            name=permission.value,
            description=DESCRIPTIONS[permission],
            roles=_ordered([role for role, has in BY_ROLE.items() if permission in has]),
        )
        for permission in Permission
    ]
    return Page(items=items, next_cursor=None)


@router.get("/people")
async def list_people(
    caller: CallerDep,
    session: MachineSessionDep,
    cursor: CursorDep,
    limit: Limit = 50,
    search: Annotated[str | None, Query(max_length=40, pattern=r"^[^\x00]*$")] = None,
    role: Annotated[RoleName | None, Query()] = None,
    state: Annotated[Literal["active", "suspended"] | None, Query()] = None,
) -> Page[PersonOut]:
    """Accounts, newest first; `search` is a part of the user name. Admins only."""
    wanted = Search(
        name=search.strip().lower() if search else None,
        role=role,
        suspended=None if state is None else state == "suspended",
    )
    rows = await service.find(session, caller, wanted, cursor, limit + 1)
    kept, following = page_of(rows, limit, lambda row: Cursor(row.created_at, row.id))
    return Page(items=[person_out(row) for row in kept], next_cursor=following)


@router.post("/people", status_code=status.HTTP_201_CREATED)
async def make_person(
    body: PersonIn, caller: CallerDep, session: MachineSessionDep
) -> NewPersonOut:
    """Make an account, with a one-time address for its person to sign in at. Admins only."""
    row, token = await service.make(session, caller, body.username, body.role)
    return NewPersonOut(person=person_out(row), sign_in=_address(token))


@router.get("/people/{person_id}")
async def get_person(person_id: UUID, caller: CallerDep, session: MachineSessionDep) -> PersonOut:
    """One account. Admins only."""
    return person_out(await service.get(session, caller, person_id))


@router.post("/people/{person_id}/sign-in-link", status_code=status.HTTP_201_CREATED)
async def make_sign_in_link(
    person_id: UUID, caller: CallerDep, session: MachineSessionDep
) -> SignInLinkOut:
    """A new one-time address to sign in at. Admins only."""
    return _address(await service.new_link(session, caller, person_id))


@router.post("/people/{person_id}/suspend")
async def suspend_person(
    person_id: UUID, body: SuspensionIn, caller: CallerDep, session: MachineSessionDep
) -> PersonOut:
    """Shut an account out at once. The last admin stays. Admins only."""
    return person_out(await service.suspend(session, caller, person_id, body.reason))


@router.post("/people/{person_id}/restore")
async def restore_person(
    person_id: UUID, caller: CallerDep, session: MachineSessionDep
) -> PersonOut:
    """Let a suspended account in again. Admins only."""
    return person_out(await service.restore(session, caller, person_id))


@router.put("/people/{person_id}/roles/{role}")
async def grant_role(
    person_id: UUID, role: RoleName, caller: CallerDep, session: MachineSessionDep
) -> PersonOut:
    """Give a role. Admins only."""
    return person_out(await service.grant(session, caller, person_id, role))


@router.delete("/people/{person_id}/roles/{role}")
async def revoke_role(
    person_id: UUID, role: RoleName, caller: CallerDep, session: MachineSessionDep
) -> PersonOut:
    """Take a role away. The last admin stays one. Admins only."""
    return person_out(await service.revoke(session, caller, person_id, role))


@router.put("/people/{person_id}/plan")
async def set_plan(
    person_id: UUID,
    body: PlanIn,
    caller: CallerDep,
    session: MachineSessionDep,
    settings: SettingsDep,
) -> PersonOut:
    """Put an account on a plan, or on none. Admins only."""
    return person_out(await service.set_plan(session, caller, person_id, body.plan, settings.plans))


@router.get("/people/{person_id}/sessions")
async def list_sessions_of_person(
    person_id: UUID,
    caller: CallerDep,
    session: MachineSessionDep,
    cursor: CursorDep,
    limit: Limit = 50,
) -> Page[SessionOut]:
    """Where an account is signed in, newest first. Admins only."""
    rows = await service.sessions(session, caller, person_id, cursor, limit + 1)
    kept, following = page_of(rows, limit, lambda row: Cursor(row.created_at, row.id))
    return Page(items=[SessionOut.of(row, caller) for row in kept], next_cursor=following)


@router.delete("/people/{person_id}/sessions/{session_id}", status_code=status.HTTP_204_NO_CONTENT)
async def end_session_of_person(
    person_id: UUID, session_id: UUID, caller: CallerDep, session: MachineSessionDep
) -> None:
    """End one browser session of an account at once. Admins only."""
    await service.end_session(session, caller, person_id, session_id)


@router.get("/people/{person_id}/api-keys")
async def list_api_keys_of_person(
    person_id: UUID,
    caller: CallerDep,
    session: MachineSessionDep,
    cursor: CursorDep,
    limit: Limit = 50,
) -> Page[ApiKeyOut]:
    """An account's API keys, newest first. Admins only."""
    rows = await service.api_keys(session, caller, person_id, cursor, limit + 1)
    kept, following = page_of(rows, limit, lambda row: Cursor(row.created_at, row.id))
    items = [ApiKeyOut.model_validate(row, from_attributes=True) for row in kept]
    return Page(items=items, next_cursor=following)


@router.delete("/people/{person_id}/api-keys/{key_id}", status_code=status.HTTP_204_NO_CONTENT)
async def revoke_api_key_of_person(
    person_id: UUID, key_id: UUID, caller: CallerDep, session: MachineSessionDep
) -> None:
    """Revoke one API key of an account at once. Admins only."""
    await service.revoke_key(session, caller, person_id, key_id)


@router.delete("/people/{person_id}/sessions", status_code=status.HTTP_204_NO_CONTENT)
async def end_sessions_of_person(
    person_id: UUID, caller: CallerDep, session: MachineSessionDep
) -> None:
    """End all browser sessions of an account. Admins only."""
    await service.end_sessions(session, caller, person_id)


@router.delete("/people/{person_id}/api-keys", status_code=status.HTTP_204_NO_CONTENT)
async def revoke_api_keys_of_person(
    person_id: UUID, caller: CallerDep, session: MachineSessionDep
) -> None:
    """Revoke all API keys of an account. Admins only."""
    await service.revoke_keys(session, caller, person_id)


@router.delete("/people/{person_id}/two-factor", status_code=status.HTTP_204_NO_CONTENT)
async def remove_two_factor_of_person(
    person_id: UUID, caller: CallerDep, session: MachineSessionDep
) -> None:
    """Turn two-factor sign-in off for somebody who has lost the device. Admins only."""
    await service.remove_factor(session, caller, person_id)
