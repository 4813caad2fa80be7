"""Proof that it is really the person, before something that cannot be taken back."""

from datetime import timedelta

import anyio.to_thread

from fabula.accounts import repository, secrets, throttle, two_factor
from fabula.accounts.caller import Caller
from fabula.core.clock import now
from fabula.core.database import Database
from fabula.core.errors import Conflict, Invalid, NotSignedIn
from fabula.models import SignInSession

FRESH_MINUTES = 15
_WRONG_CODE = "That code is not right, or was used already. Take the next one that the app shows."


async def demand(
    database: Database,
    caller: Caller,
    username: str,
    *,
    password: str | None,
    code: str | None,
) -> None:
    """The own user name, and a code where two-factor sign-in is on, else the password, else a
    session that was opened within ``FRESH_MINUTES``. Wrong ones count as tries to sign in, and no
    connection is held while a password is hashed.

    Raises ``Invalid``, ``Conflict`` where the session is not fresh, and ``TooMany``.
    """
    if username.strip().lower() != caller.username:
        raise Invalid("This is not your user name: type your own.", field="username")
    async with database.system() as session:
        account = await repository.account(session, caller.user_id)
        by_code = await two_factor.is_on(session, caller.user_id)
    if account is None:
        raise NotSignedIn("This account is gone. Sign in again.")
    if by_code:
        await _demand_code(database, caller, code)
    elif account.password_hash is not None:
        await _demand_password(database, caller, password, account.password_hash)
    else:
        await _demand_fresh_session(database, caller)


async def _demand_code(database: Database, caller: Caller, code: str | None) -> None:
    await _count_try(database, caller)
    async with database.system() as session:
        right = code is not None and await two_factor.accepts(session, caller.user_id, code)
    if not right:
        raise Invalid(_WRONG_CODE, field="code")


async def _demand_password(
    database: Database, caller: Caller, password: str | None, stored: str
) -> None:
    await _count_try(database, caller)
    if not await anyio.to_thread.run_sync(secrets.password_matches, password or "", stored):
        raise Invalid("The password is not right.", field="password")


async def _demand_fresh_session(database: Database, caller: Caller) -> None:
    async with database.system() as session:
        row = await session.get(SignInSession, caller.session_id) if caller.session_id else None
    if row is None or row.created_at < now() - timedelta(minutes=FRESH_MINUTES):
        raise Conflict(
            "Your account has neither a password nor two-factor sign-in: sign in afresh, by a new "
            f"link, and do this within {FRESH_MINUTES} minutes.",
            code="session_not_fresh",
        )


async def _count_try(database: Database, caller: Caller) -> None:
    async with database.system() as session:
        wait = await throttle.take(session, caller.username, caller.address)
    throttle.refuse_for(wait)
