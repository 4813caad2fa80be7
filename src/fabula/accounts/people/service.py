"""What admins do with accounts. Sessions are the machine's; each function asks for the permission.

Every change is one entry of the trail, and one that changes nothing is none. Locks are taken in one
order: admins, the account, the end of the trail.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts import repository as accounts
from fabula.accounts import service, sign_in_repository, trail
from fabula.accounts.caller import Caller
from fabula.accounts.people import repository
from fabula.accounts.people.repository import NO_PLAN, PersonRow, Search
from fabula.accounts.permissions import Permission
from fabula.accounts.trail import Action
from fabula.core.errors import Conflict, Invalid, NotFound
from fabula.core.pagination import Cursor
from fabula.models import ApiKey, SignInSession

PLANS = ("starter", "pro", "creator")
"""The plans that ``profiles.subscription_status`` takes, besides none at all."""


class PersonNotFound(NotFound):
    code = "person_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such account.")


class LastAdmin(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "This is the last admin of the studio: make somebody else an admin first.",
            code="last_admin",
        )


async def find(
    session: AsyncSession, caller: Caller, search: Search, cursor: Cursor | None, limit: int
) -> list[PersonRow]:
    """Accounts, newest first."""
    caller.require(Permission.PEOPLE)
    return await repository.people(session, search, cursor, limit)


async def get(session: AsyncSession, caller: Caller, account_id: UUID) -> PersonRow:
    caller.require(Permission.PEOPLE)
    rows = await repository.people(session, Search(account_id=account_id), None, 1)
    if not rows:
        raise PersonNotFound
    return rows[0]


async def make(
    session: AsyncSession, caller: Caller, username: str, role: str
) -> tuple[PersonRow, str]:
    """An account, and a one-time token to sign in to it."""
    caller.require(Permission.PEOPLE)
    row = await service.create_account(session, username, role, by=caller)
    token = await service.new_link(session, row.id, by=caller)
    return await get(session, caller, row.id), token


async def new_link(session: AsyncSession, caller: Caller, account_id: UUID) -> str:
    """A one-time token for somebody who cannot sign in any more."""
    await _locked(session, caller, account_id)
    return await service.new_link(session, account_id, by=caller)


async def suspend(
    session: AsyncSession, caller: Caller, account_id: UUID, reason: str
) -> PersonRow:
    """Shut an account out at once: its sessions end, and its keys do nothing until it is back."""
    await repository.lock_admins(session)
    person = await _locked(session, caller, account_id)
    if person.suspended_at is None:
        await _demand_another_admin(session, person)
        await repository.set_suspended(session, account_id, reason)
        await accounts.drop_sessions(session, account_id)
        after = {"reason": reason}
        await trail.record(
            session, caller, Action.ACCOUNT_SUSPENDED, "account", account_id, after=after
        )
    return await get(session, caller, account_id)


async def restore(session: AsyncSession, caller: Caller, account_id: UUID) -> PersonRow:
    person = await _locked(session, caller, account_id)
    if person.suspended_at is not None:
        await repository.set_suspended(session, account_id, None)
        before = {"reason": person.suspended_reason}
        await trail.record(
            session, caller, Action.ACCOUNT_RESTORED, "account", account_id, before=before
        )
    return await get(session, caller, account_id)


async def grant(session: AsyncSession, caller: Caller, account_id: UUID, role: str) -> PersonRow:
    person = await _locked(session, caller, account_id)
    await service.demand_personal(session, account_id)
    if await repository.add_role(session, account_id, role):
        await _record_roles(session, caller, Action.ROLE_GRANTED, person)
    return await get(session, caller, account_id)


async def revoke(session: AsyncSession, caller: Caller, account_id: UUID, role: str) -> PersonRow:
    """Take a role away; the last one stays, and the last admin stays one."""
    await repository.lock_admins(session)
    person = await _locked(session, caller, account_id)
    if role in person.roles:
        if role == "admin":
            await _demand_another_admin(session, person)
        if person.roles == [role]:
            raise Conflict(
                "Everybody has a role: give another one before this one goes.", code="last_role"
            )
        await repository.drop_role(session, account_id, role)
        await _record_roles(session, caller, Action.ROLE_REVOKED, person)
    return await get(session, caller, account_id)


async def set_plan(
    session: AsyncSession,
    caller: Caller,
    account_id: UUID,
    plan: str | None,
    known: Collection[str],
) -> PersonRow:
    """Put an account on one of the plans that the studio knows, or on none."""
    caller.require(Permission.CREDITS)
    person = await _locked(session, caller, account_id)
    plan = None if plan == NO_PLAN else plan
    possible = [name for name in PLANS if name in known]
    if plan is not None and plan not in possible:
        raise Invalid(
            f"There is no plan {plan} here: use one of {', '.join(possible)}."
            if possible
            else "This studio has no plans: name some in the setting `plans` first.",
            field="plan",
        )
    if plan != person.plan:
        await repository.set_plan(session, account_id, plan)
        await trail.record(
            session, caller, Action.PLAN_CHANGED, "account", account_id,
            before={"plan": person.plan}, after={"plan": plan},
        )  # fmt: skip
    return await get(session, caller, account_id)


async def sessions(
    session: AsyncSession, caller: Caller, account_id: UUID, cursor: Cursor | None, limit: int
) -> list[SignInSession]:
    """Where an account is signed in, newest first."""
    await get(session, caller, account_id)
    return await accounts.sign_in_sessions(session, account_id, cursor, limit)


async def end_session(
    session: AsyncSession, caller: Caller, account_id: UUID, session_id: UUID
) -> None:
    await _locked(session, caller, account_id)
    if not await accounts.drop_session(session, account_id, session_id):
        raise NotFound("There is no such session: it may have ended already.")
    before = {"account": account_id}
    await trail.record(
        session, caller, Action.SESSION_REVOKED, "session", session_id, before=before
    )


async def api_keys(
    session: AsyncSession, caller: Caller, account_id: UUID, cursor: Cursor | None, limit: int
) -> list[ApiKey]:
    """An account's API keys, newest first."""
    await get(session, caller, account_id)
    return await accounts.api_keys(session, account_id, cursor, limit)


async def revoke_key(session: AsyncSession, caller: Caller, account_id: UUID, key_id: UUID) -> None:
    await _locked(session, caller, account_id)
    name = await accounts.drop_api_key(session, account_id, key_id)
    if name is None:
        raise NotFound("There is no such API key: it may have been revoked already.")
    before = {"account": account_id, "name": name}
    await trail.record(session, caller, Action.KEY_REVOKED, "api_key", key_id, before=before)


async def end_sessions(session: AsyncSession, caller: Caller, account_id: UUID) -> None:
    await _locked(session, caller, account_id)
    ended = await accounts.drop_sessions(session, account_id)
    await _record(session, caller, Action.SESSIONS_REVOKED, account_id, {"sessions": ended})


async def revoke_keys(session: AsyncSession, caller: Caller, account_id: UUID) -> None:
    await _locked(session, caller, account_id)
    revoked = await accounts.drop_api_keys(session, account_id)
    await _record(session, caller, Action.KEYS_REVOKED, account_id, {"api_keys": revoked})


async def remove_factor(session: AsyncSession, caller: Caller, account_id: UUID) -> None:
    """For somebody who has lost both the app and the recovery codes."""
    await _locked(session, caller, account_id)
    if not await sign_in_repository.remove_factor(session, account_id):
        raise Conflict("This account has no two-factor sign-in.", code="two_factor_off")
    await _record(session, caller, Action.FACTOR_REMOVED, account_id, None)


async def _locked(session: AsyncSession, caller: Caller, account_id: UUID) -> PersonRow:
    caller.require(Permission.PEOPLE)
    await repository.lock_account(session, account_id)
    return await get(session, caller, account_id)


async def _demand_another_admin(session: AsyncSession, person: PersonRow) -> None:
    if "admin" in person.roles and not await repository.other_admins(session, person.id):
        raise LastAdmin


async def _record_roles(
    session: AsyncSession, caller: Caller, action: Action, before: PersonRow
) -> None:
    after = await accounts.roles_of(session, before.id)
    await trail.record(
        session, caller, action, "account", before.id,
        before={"roles": sorted(before.roles)}, after={"roles": sorted(after)},
    )  # fmt: skip


async def _record(
    session: AsyncSession,
    caller: Caller,
    action: Action,
    account_id: UUID,
    after: dict[str, int] | None,
) -> None:
    await trail.record(session, caller, action, "account", account_id, after=after)
