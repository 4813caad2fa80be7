"""Looking around without an account of one's own: all guests share one, which only reads.

It holds nothing and has no password, key, link or second factor; a trigger keeps it so.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts import repository, service, throttle, trail
from fabula.accounts.service import SignedIn
from fabula.accounts.trail import Action
from fabula.core.database import Database, lock_named
from fabula.core.errors import Forbidden
from fabula.models import Account

SESSION_HOURS = 12
_NAME = "guest"


class NoGuests(Forbidden):
    code = "no_guests"

    def __init__(self) -> None:
        super().__init__("This studio lets no guests in: ask an admin for an account.")


async def enter(
    database: Database, *, allowed: bool, agent: str | None, address: str | None
) -> SignedIn:
    """A session as a guest. Raises ``NoGuests``, ``TooMany``, or ``NotSignedIn`` where an admin has
    suspended the account."""
    if not allowed:
        raise NoGuests
    async with database.system() as session:
        wait = await throttle.take(session, None, address)
    throttle.refuse_for(wait)
    async with database.system() as session:
        row = await _account(session)
        return await service.open_session(
            session, row.id, "guest", hours=SESSION_HOURS, agent=agent, address=address
        )


async def close(session: AsyncSession) -> None:
    """End the sessions of guests, for a studio that lets none in any more."""
    row = await repository.shared_account(session)
    if row and (ended := await repository.drop_sessions(session, row.id)):
        await trail.record(
            session, None, Action.SESSIONS_REVOKED, "account", row.id, after={"sessions": ended}
        )


async def _account(session: AsyncSession) -> Account:
    """Made for the first guest; two at once make one."""
    await lock_named(session, "guests")
    row = await repository.shared_account(session)
    if row is None:
        name = await service.free_name(session, _NAME)
        row = await repository.add_account(session, name, ["guest"], 0, shared=True)
        made = {"username": name, "roles": ["guest"], "shared": True}
        await trail.record(session, None, Action.ACCOUNT_MADE, "account", row.id, after=made)
    return row
