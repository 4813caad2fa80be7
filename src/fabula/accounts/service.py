"""Rules of signing in. Sessions here are the machine's: nobody has signed in yet."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts import repository, secrets, trail
from fabula.accounts.caller import Caller
from fabula.accounts.scopes import SCOPES
from fabula.accounts.trail import Action
from fabula.core.clock import now
from fabula.core.errors import Conflict, Forbidden, Invalid, NotFound, NotSignedIn
from fabula.core.pagination import Cursor
from fabula.core.settings import get_settings
from fabula.models import ROLES, Account, ApiKey, SignInLink, SignInSession
from fabula.moderation.policy import screen
from fabula.moderation.rating import Standing

SESSION_DAYS = 30
LINK_HOURS = 24
PASSWORD_MIN = 10
PASSWORD_MAX = 256
OWNER_NAME = "owner"
_NAME_ROOM = 32
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session: the token goes into the cookie and is stored nowhere."""

    caller: Caller
    token: str


class Suspended(NotSignedIn):
    code = "account_suspended"

    def __init__(self) -> None:
        super().__init__("This account is suspended. Ask an admin of the studio.")


async def identify(
    session: AsyncSession,
    *,
    api_key: str | None,
    session_token: str | None,
    adult_mode: bool = False,
) -> Caller | None:
    """Who stands behind the credentials of a request, or None; ``adult_mode`` is the setting."""
    if api_key:
        found = await repository.by_api_key(session, secrets.token_hash(api_key))
    elif session_token:
        found = await repository.by_session(session, secrets.token_hash(session_token))
    else:
        return None
    if found and found.stale:
        await repository.touch(session, found)
    if found is None:
        return None
    standing = Standing(adult_mode, found.age_verified, found.own)
    return replace(found.caller, mode=standing.mode())


async def create_account(
    session: AsyncSession, username: str, role: str, *, by: Caller | None = None
) -> Account:
    """An account with its profile and one role, with no way to sign in yet; ``by`` is None for
    the machine."""
    if not _USERNAME.fullmatch(username):
        raise Invalid(
            "A user name has 1 to 40 small letters, digits, dots, dashes or underscores, "
            "and starts with a letter or digit.",
            field="username",
        )
    screen([username])
    if role not in ROLES:
        raise Invalid(f"There is no role {role}: use one of {', '.join(ROLES)}.", field="role")
    if await repository.account_named(session, username):
        raise Conflict(
            f"There is already an account named {username}: choose another name.",
            code="username_taken",
        )
    row = await repository.add_account(session, username, [role], get_settings().starting_credits)
    made = {"username": username, "roles": [role]}
    await trail.record(session, by, Action.ACCOUNT_MADE, "account", row.id, after=made)
    return row


async def free_name(session: AsyncSession, wanted: str) -> str:
    """A user name that nobody has: what is wanted as far as it can be one, with a number where it
    is taken."""
    base = re.sub(r"[^a-z0-9._-]+", "-", wanted.lower()).strip("._-")[:_NAME_ROOM] or "person"
    taken = await repository.names_beginning(session, base)
    number = next(n for n in itertools.count(1) if _numbered(base, n) not in taken)
    return _numbered(base, number)


def _numbered(base: str, number: int) -> str:
    return base if number == 1 else f"{base}-{number}"


async def ensure_owner(session: AsyncSession) -> tuple[Account, bool]:
    """The owner's account, made on the first start; and whether nobody has signed in to it."""
    row = await repository.owner(session)
    if row is None:
        row = await create_account(session, OWNER_NAME, "admin")
    waiting = row.password_hash is None and not await repository.has_signed_in(session, row.id)
    return row, waiting


async def new_link(session: AsyncSession, account_id: UUID, *, by: Caller | None = None) -> str:
    """A one-time sign-in token, good for a day; ``by`` is None for the machine."""
    await demand_personal(session, account_id)
    token = secrets.new_token()
    session.add(
        SignInLink(
            token_hash=secrets.token_hash(token),
            account_id=account_id,
            expires_at=now() + timedelta(hours=LINK_HOURS),
        )
    )
    await session.flush()
    await trail.record(session, by, Action.SIGN_IN_LINK_MADE, "account", account_id)
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
    return await open_session(session, account_id, "link", agent=agent, address=address)


async def open_session(
    session: AsyncSession,
    account_id: UUID,
    way: str,
    *,
    hours: int = SESSION_DAYS * 24,
    provider: str | None = None,
    agent: str | None,
    address: str | None,
) -> SignedIn:
    """A new session of an account that has proved itself in some way, such as ``password``;
    ``provider`` is the OpenID provider that gave its word, by its id."""
    token = secrets.new_token()
    session.add(
        SignInSession(
            account_id=account_id,
            token_hash=secrets.token_hash(token),
            user_agent=(agent or "")[:300] or None,
            ip_address=address,
            expires_at=now() + timedelta(hours=hours),
            provider=provider,
        )
    )
    await session.flush()
    found = await repository.by_session(session, secrets.token_hash(token))
    if found is None:
        raise Suspended
    caller = replace(found.caller, agent=agent, address=address)
    await trail.record(
        session, caller, Action.SIGNED_IN, "session", caller.session_id, after={"way": way}
    )
    return SignedIn(caller, token)


async def sign_out(session: AsyncSession, caller: Caller) -> str | None:
    """End the session that the request came with; a key has none. The id of the OpenID provider by
    whose word it was opened, if any."""
    if caller.session_id is None:
        return None
    row = await session.get(SignInSession, caller.session_id)
    if await repository.drop_session(session, caller.user_id, caller.session_id):
        await trail.record(session, caller, Action.SIGNED_OUT, "session", caller.session_id)
    return row.provider if row else None


async def list_sessions(
    session: AsyncSession, caller: Caller, cursor: Cursor | None, limit: int
) -> list[SignInSession]:
    return await repository.sign_in_sessions(session, caller.user_id, cursor, limit)


async def revoke_session(session: AsyncSession, caller: Caller, session_id: UUID) -> None:
    if not await repository.drop_session(session, caller.user_id, session_id):
        raise NotFound("There is no such session: it may have ended already.")
    await trail.record(session, caller, Action.SESSION_REVOKED, "session", session_id)


async def sign_out_everywhere(session: AsyncSession, caller: Caller) -> int:
    """End all sessions of the caller, this one too; how many there were."""
    ended = await repository.drop_sessions(session, caller.user_id)
    await trail.record(
        session, caller, Action.SESSIONS_REVOKED, "account", caller.user_id,
        after={"sessions": ended},
    )  # fmt: skip
    return ended


async def has_password(session: AsyncSession, caller: Caller) -> bool:
    return (await own_account(session, caller)).password_hash is not None


async def member_since(session: AsyncSession, caller: Caller) -> datetime:
    return (await own_account(session, caller)).created_at


async def create_api_key(
    session: AsyncSession,
    account_id: UUID,
    name: str,
    *,
    scopes: Sequence[str] = SCOPES,
    expires_at: datetime | None = None,
    by: Caller | None = None,
) -> tuple[ApiKey, str]:
    """A key and its text, which is shown once and stored only as a hash; ``by`` is None for the
    machine. A key never makes one that may do more than itself."""
    if by and by.scopes is not None and not by.scopes.issuperset(scopes):
        raise Forbidden("An API key cannot make a key that may do more: sign in for that.")
    if expires_at and expires_at <= now():
        raise Invalid("A key that has expired already is of no use.", field="expires_at")
    screen([name])
    await demand_personal(session, account_id)
    key = secrets.new_api_key()
    row = ApiKey(
        account_id=account_id,
        name=name,
        prefix=key[:12],
        key_hash=secrets.token_hash(key),
        scopes=[scope for scope in SCOPES if scope in scopes],
        expires_at=expires_at,
    )
    session.add(row)
    await session.flush()
    await session.refresh(row)
    made = {"name": name, "scopes": row.scopes, "expires_at": expires_at, "account": account_id}
    await trail.record(session, by, Action.KEY_MADE, "api_key", row.id, after=made)
    return row, key


async def list_api_keys(
    session: AsyncSession, caller: Caller, cursor: Cursor | None, limit: int
) -> list[ApiKey]:
    return await repository.api_keys(session, caller.user_id, cursor, limit)


async def revoke_api_key(session: AsyncSession, caller: Caller, key_id: UUID) -> None:
    name = await repository.drop_api_key(session, caller.user_id, key_id)
    if name is None:
        raise NotFound("There is no such API key: it may have been revoked already.")
    await trail.record(
        session, caller, Action.KEY_REVOKED, "api_key", key_id, before={"name": name}
    )


async def anybody_has_password(session: AsyncSession) -> bool:
    return await repository.anybody_has_password(session)


async def demand_personal(session: AsyncSession, account_id: UUID) -> None:
    """Raises ``Conflict`` for the account that all guests share."""
    row = await repository.account(session, account_id)
    if row and row.shared:
        raise Conflict(
            "This is the account that all guests share: it takes no sign-in link, no key and no "
            "other role. Make an account of their own for somebody who needs more.",
            code="account_shared",
        )


async def own_account(session: AsyncSession, caller: Caller) -> Account:
    row = await repository.account(session, caller.user_id)
    if row is None:
        raise NotSignedIn("This account is gone. Sign in again.")
    return row
