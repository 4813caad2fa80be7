"""Rules of signing in. Sessions here are the machine's: nobody has signed in yet."""

import re
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import anyio.to_thread
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts import repository, secrets
from fabula.accounts.caller import Caller
from fabula.core.clock import now
from fabula.core.errors import Conflict, Invalid, NotFound, NotSignedIn
from fabula.core.pagination import Cursor
from fabula.core.settings import get_settings
from fabula.models import ROLES, Account, ApiKey, SignInLink, SignInSession

SESSION_DAYS = 30
LINK_HOURS = 24
PASSWORD_MIN = 10
PASSWORD_MAX = 256
OWNER_NAME = "owner"
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session: the token goes into the cookie and is stored nowhere."""

    caller: Caller
    token: str


async def identify(
    session: AsyncSession, *, api_key: str | None, session_token: str | None
) -> Caller | None:
    """Who stands behind the credentials of a request, or None."""
    if api_key:
        found = await repository.by_api_key(session, secrets.token_hash(api_key))
    elif session_token:
        found = await repository.by_session(session, secrets.token_hash(session_token))
    else:
        return None
    if found and found.stale:
        await repository.touch(session, found)
    return found.caller if found else None


async def create_account(session: AsyncSession, username: str, role: str) -> Account:
    """An account with its profile and one role, with no way to sign in yet."""
    if not _USERNAME.fullmatch(username):
        raise Invalid(
            "A user name has 1 to 40 small letters, digits, dots, dashes or underscores, "
            "and starts with a letter or digit.",
            field="username",
        )
    if role not in ROLES:
        raise Invalid(f"There is no role {role}: use one of {', '.join(ROLES)}.", field="role")
    if await repository.account_named(session, username):
        raise Conflict(f"There is already an account named {username}: choose another name.")
    return await repository.add_account(session, username, [role], get_settings().starting_credits)


async def ensure_owner(session: AsyncSession) -> tuple[Account, bool]:
    """The owner's account, made on the first start; and whether nobody has signed in to it."""
    row = await repository.owner(session)
    if row is None:
        row = await create_account(session, OWNER_NAME, "admin")
    waiting = row.password_hash is None and not await repository.has_signed_in(session, row.id)
    return row, waiting


async def new_link(session: AsyncSession, account_id: UUID) -> str:
    """A one-time sign-in token, good for a day."""
    token = secrets.new_token()
    session.add(
        SignInLink(
            token_hash=secrets.token_hash(token),
            account_id=account_id,
            expires_at=now() + timedelta(hours=LINK_HOURS),
        )
    )
    await session.flush()
    return token


async def sign_in_by_link(
    session: AsyncSession, token: str, *, agent: str | None, address: str | None
) -> SignedIn:
    account_id = await repository.take_link(session, secrets.token_hash(token))
    if account_id is None:
        raise NotSignedIn(
            "This sign-in link was used already or is too old. "
            "Run `fabula user link` on the studio's machine for a new one."
        )
    return await _open_session(session, account_id, agent, address)


async def sign_in_by_password(
    session: AsyncSession,
    username: str,
    password: str,
    *,
    agent: str | None,
    address: str | None,
) -> SignedIn:
    row = await repository.account_named(session, username.strip().lower())
    stored = row.password_hash if row else None
    matches = await anyio.to_thread.run_sync(secrets.password_matches, password, stored)
    if row is None or not matches or row.suspended_at:
        raise NotSignedIn("That user name and password do not belong together. Try again.")
    return await _open_session(session, row.id, agent, address)


async def _open_session(
    session: AsyncSession, account_id: UUID, agent: str | None, address: str | None
) -> SignedIn:
    token = secrets.new_token()
    session.add(
        SignInSession(
            account_id=account_id,
            token_hash=secrets.token_hash(token),
            user_agent=(agent or "")[:300] or None,
            ip_address=address,
            expires_at=now() + timedelta(days=SESSION_DAYS),
        )
    )
    await session.flush()
    found = await repository.by_session(session, secrets.token_hash(token))
    if found is None:
        raise NotSignedIn("This account is suspended. Ask an admin of the studio.")
    return SignedIn(found.caller, token)


async def sign_out(session: AsyncSession, caller: Caller) -> None:
    if caller.session_id:
        await repository.drop_session(session, caller.session_id)


async def set_password(
    session: AsyncSession, caller: Caller, current: str | None, new: str
) -> None:
    """Change the password and end the account's other sessions."""
    row = await _own_account(session, caller)
    if row.password_hash is not None and not await anyio.to_thread.run_sync(
        secrets.password_matches, current or "", row.password_hash
    ):
        raise Invalid("The current password is not right.", field="current_password")
    row.password_hash = await anyio.to_thread.run_sync(secrets.hash_password, new)
    await repository.drop_other_sessions(session, row.id, caller.session_id)


async def has_password(session: AsyncSession, caller: Caller) -> bool:
    return (await _own_account(session, caller)).password_hash is not None


async def create_api_key(session: AsyncSession, account_id: UUID, name: str) -> tuple[ApiKey, str]:
    """A key and its text, which is shown once and stored only as a hash."""
    key = secrets.new_api_key()
    row = ApiKey(
        account_id=account_id, name=name, prefix=key[:12], key_hash=secrets.token_hash(key)
    )
    session.add(row)
    await session.flush()
    await session.refresh(row)
    return row, key


async def list_api_keys(
    session: AsyncSession, caller: Caller, cursor: Cursor | None, limit: int
) -> list[ApiKey]:
    return await repository.api_keys(session, caller.user_id, cursor, limit)


async def revoke_api_key(session: AsyncSession, caller: Caller, key_id: UUID) -> None:
    if not await repository.drop_api_key(session, caller.user_id, key_id):
        raise NotFound("There is no such API key: it may have been revoked already.")


async def _own_account(session: AsyncSession, caller: Caller) -> Account:
    row = await repository.account(session, caller.user_id)
    if row is None:
        raise NotSignedIn("This account is gone. Sign in again.")
    return row
