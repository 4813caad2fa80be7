"""Signing in, each step in a transaction of its own: a refusal undoes the rest, and yet its try is
counted and its entry stands in the trail."""

from uuid import UUID

import anyio.to_thread
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts import repository, secrets, service, throttle, trail, two_factor
from fabula.accounts.caller import Caller
from fabula.accounts.service import SignedIn
from fabula.accounts.trail import Action
from fabula.core.database import Database
from fabula.core.errors import Conflict, Invalid, NotSignedIn

_WRONG = "That user name and password do not belong together. Try again."
_WRONG_CODE = "That code is not right, or was used already. Take the next one that the app shows."


class SecondFactorNeeded(NotSignedIn):
    """The password was right, and the account has a second factor."""

    code = "second_factor_needed"

    def __init__(self) -> None:
        super().__init__("This account has two-factor sign-in: give a code of the app as well.")


async def by_password(
    database: Database,
    username: str,
    password: str,
    code: str | None,
    *,
    agent: str | None,
    address: str | None,
) -> SignedIn:
    """Sign in by name and password, and by a code where the account asks for one.

    Raises ``TooMany``, ``NotSignedIn`` or ``SecondFactorNeeded``. No connection is held while the
    password is hashed.
    """
    name = username.strip().lower()
    async with database.system() as session:
        wait = await throttle.take(session, name, address)
        row = None if wait else await repository.account_named(session, name)
    throttle.refuse_for(wait)
    stored = row.password_hash if row else None
    matches = await anyio.to_thread.run_sync(secrets.password_matches, password, stored)
    known = row.id if row else None
    async with database.system() as session:
        if row is None or not matches or row.suspended_at:
            await record_failure(session, known, "password", agent, address)
            refusal: NotSignedIn = NotSignedIn(_WRONG)
        elif not await two_factor.is_on(session, row.id):
            return await _entered(session, row.id, name, "password", agent, address)
        elif not code:
            refusal = SecondFactorNeeded()
        elif await two_factor.accepts(session, row.id, code):
            return await _entered(session, row.id, name, "password and code", agent, address)
        else:
            await record_failure(session, known, "code", agent, address)
            refusal = NotSignedIn(_WRONG_CODE)
    raise refusal


async def by_code(
    database: Database,
    account_id: UUID,
    way: str,
    code: str,
    *,
    provider: str,
    agent: str | None,
    address: str | None,
) -> SignedIn:
    """Sign in by the code of an account whose person has proved themselves by a ``provider``
    before.

    Raises ``TooMany`` or ``NotSignedIn``.
    """
    async with database.system() as session:
        row = await repository.account(session, account_id)
        wait = await throttle.take(session, row.username if row else None, address)
    throttle.refuse_for(wait)
    async with database.system() as session:
        if row and await two_factor.accepts(session, row.id, code):
            way = f"{way} and code"
            await throttle.forget(session, row.username)
            return await service.open_session(
                session, row.id, way, provider=provider, agent=agent, address=address
            )
        await record_failure(session, row.id if row else None, "code", agent, address)
    raise NotSignedIn(_WRONG_CODE)


async def by_link(
    database: Database, token: str, *, agent: str | None, address: str | None
) -> SignedIn:
    """Sign in by a one-time link. Raises ``TooMany`` or ``NotSignedIn``."""
    async with database.system() as session:
        wait = await throttle.take(session, None, address)
    throttle.refuse_for(wait)
    try:
        async with database.system() as session:
            return await service.sign_in_by_link(session, token, agent=agent, address=address)
    except NotSignedIn:
        async with database.system() as session:
            await record_failure(session, None, "link", agent, address)
        raise


async def change_password(
    database: Database, caller: Caller, current: str | None, new: str
) -> None:
    """Set or change the caller's password and end the account's other sessions.

    Guessing at the current one counts as trying to sign in. Raises ``TooMany``, ``Invalid``, or
    ``Conflict`` where it was changed meanwhile. No connection is held while passwords are hashed.
    """
    async with database.system() as session:
        wait = await throttle.take(session, caller.username, caller.address)
        was = (await service.own_account(session, caller)).password_hash
    throttle.refuse_for(wait)
    if was is not None and not await anyio.to_thread.run_sync(
        secrets.password_matches, current or "", was
    ):
        raise Invalid("The current password is not right.", field="current_password")
    hashed = await anyio.to_thread.run_sync(secrets.hash_password, new)
    async with database.system() as session:
        if not await repository.replace_password(session, caller.user_id, was, hashed):
            raise Conflict(
                "The password was changed meanwhile. Sign in again with the new one.",
                code="password_changed",
            )
        await repository.drop_sessions(session, caller.user_id, caller.session_id)
        await throttle.forget(session, caller.username)
        await trail.record(session, caller, Action.PASSWORD_CHANGED, "account", caller.user_id)


async def _entered(
    session: AsyncSession,
    account_id: UUID,
    name: str,
    way: str,
    agent: str | None,
    address: str | None,
) -> SignedIn:
    await throttle.forget(session, name)
    return await service.open_session(session, account_id, way, agent=agent, address=address)


async def record_failure(
    session: AsyncSession,
    account_id: UUID | None,
    way: str,
    agent: str | None,
    address: str | None,
    *,
    reason: str | None = None,
) -> None:
    """The name is not kept: where there is no such account, it may be a password."""
    after = {"way": way} | ({"reason": reason} if reason else {})
    await trail.record(
        session, None, Action.SIGN_IN_FAILED, "account", account_id, after=after, address=address,
        agent=agent,
    )  # fmt: skip
