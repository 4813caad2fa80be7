"""Roles that follow what a provider says, added and removed at each sign-in."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts import repository as accounts
from fabula.accounts import trail
from fabula.accounts.oidc.provider import Provider
from fabula.accounts.people import repository as people
from fabula.accounts.trail import Action
from fabula.core.logging import get_logger

log = get_logger(__name__)
DEFAULT = "basic_user"


async def follow(
    session: AsyncSession, provider: Provider, account_id: UUID, groups: frozenset[str]
) -> None:
    """Give and take the roles that the map names; the last admin stays one, and everybody has a
    role."""
    role_map = provider.config.role_map
    wanted: set[str] = {role for value, role in role_map.items() if value in groups}
    has = set(await accounts.roles_of(session, account_id))
    gone = (has & set(role_map.values())) - wanted
    if "admin" in gone and not await people.other_admins(session, account_id):
        log.warning("oidc.last_admin_stays", provider=provider.id, account=str(account_id))
        gone.discard("admin")
    new = wanted - has
    if not (has | new) - gone:
        gone.discard(DEFAULT)
        new |= {DEFAULT} - has
    for role in sorted(new):
        await people.add_role(session, account_id, role)
        has = await _record(session, Action.ROLE_GRANTED, provider, account_id, has, {role})
    for role in sorted(gone):
        await people.drop_role(session, account_id, role)
        has = await _record(session, Action.ROLE_REVOKED, provider, account_id, has, {role})


async def _record(
    session: AsyncSession,
    action: Action,
    provider: Provider,
    account_id: UUID,
    before: set[str],
    changed: set[str],
) -> set[str]:
    after = before ^ changed
    await trail.record(
        session, None, action, "account", account_id,
        before={"roles": sorted(before)}, after={"roles": sorted(after), "provider": provider.id},
    )  # fmt: skip
    return after
