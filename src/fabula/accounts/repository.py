"""SQL of accounts."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts.caller import Caller
from fabula.accounts.sign_in_repository import drop_old_buckets
from fabula.core.pagination import Cursor
from fabula.models import (
    Account,
    ApiKey,
    Profile,
    SignInLink,
    SignInSession,
    UserRole,
)
from fabula.moderation.rating import Mode

_BY_SESSION = text("""
SELECT a.id, a.username, a.shared, s.id AS session_id,
       array(SELECT role::text FROM user_roles r WHERE r.user_id = a.id) AS roles,
       s.last_seen_at < now() - interval '5 minutes' AS stale, p.age_verified, c.mode
FROM auth.sessions s JOIN auth.accounts a ON a.id = s.account_id
LEFT JOIN profiles p ON p.id = a.id LEFT JOIN studio.preferences c ON c.user_id = a.id
WHERE s.token_hash = :hash AND s.expires_at > now() AND a.suspended_at IS NULL
""")
_BY_KEY = text("""
SELECT a.id, a.username, k.id AS key_id, k.scopes,
       array(SELECT role::text FROM user_roles r WHERE r.user_id = a.id) AS roles,
       coalesce(k.last_used_at < now() - interval '5 minutes', true) AS stale,
       p.age_verified, c.mode
FROM auth.api_keys k JOIN auth.accounts a ON a.id = k.account_id
LEFT JOIN profiles p ON p.id = a.id LEFT JOIN studio.preferences c ON c.user_id = a.id
WHERE k.key_hash = :hash AND a.suspended_at IS NULL
  AND (k.expires_at IS NULL OR k.expires_at > now())
""")


@dataclass(frozen=True, slots=True)
class Found:
    """A caller, and whether the time of last use is due for an update; the age and the own choice
    of content are what the caller's mode is made of."""

    caller: Caller
    stale: bool
    age_verified: bool
    own: Mode
    key_id: UUID | None = None


async def by_session(session: AsyncSession, token_hash: str) -> Found | None:
    row = (await session.execute(_BY_SESSION, {"hash": token_hash})).first()
    if row is None:
        return None
    caller = Caller(row.id, row.username, frozenset(row.roles), row.session_id, shared=row.shared)
    return Found(caller, row.stale, bool(row.age_verified), row.mode or "general")


async def by_api_key(session: AsyncSession, key_hash: str) -> Found | None:
    row = (await session.execute(_BY_KEY, {"hash": key_hash})).first()
    if row is None:
        return None
    caller = Caller(row.id, row.username, frozenset(row.roles), scopes=frozenset(row.scopes))
    return Found(
        caller, row.stale, bool(row.age_verified), row.mode or "general", key_id=row.key_id
    )


async def touch(session: AsyncSession, found: Found) -> None:
    """Note the last use; at most every five minutes, so that reading does not write."""
    if found.key_id:
        await session.execute(
            update(ApiKey).where(ApiKey.id == found.key_id).values(last_used_at=func.now())
        )
    else:
        await session.execute(
            update(SignInSession)
            .where(SignInSession.id == found.caller.session_id)
            .values(last_seen_at=func.now())
        )


async def account_named(session: AsyncSession, username: str) -> Account | None:
    return (
        await session.scalars(select(Account).where(Account.username == username))
    ).one_or_none()


async def names_beginning(session: AsyncSession, beginning: str) -> set[str]:
    query = select(Account.username).where(Account.username.startswith(beginning, autoescape=True))
    return set(await session.scalars(query))


async def account(session: AsyncSession, account_id: UUID) -> Account | None:
    return await session.get(Account, account_id)


async def shared_account(session: AsyncSession) -> Account | None:
    """The account of the guests, where it was made already."""
    return (await session.scalars(select(Account).where(Account.shared))).one_or_none()


async def owner(session: AsyncSession) -> Account | None:
    """The first admin: the person whose studio this is."""
    return (
        await session.scalars(
            select(Account)
            .join(UserRole, UserRole.user_id == Account.id)
            .where(UserRole.role == "admin")
            .order_by(Account.created_at)
            .limit(1)
        )
    ).one_or_none()


async def add_account(
    session: AsyncSession,
    username: str,
    roles: list[str],
    starting_credits: int,
    *,
    shared: bool = False,
) -> Account:
    """An account with its profile and roles, all or nothing. The balance that a profile is born
    with becomes its first entry in the ledger."""
    row = Account(username=username, shared=shared)
    session.add(row)
    await session.flush()
    session.add(Profile(id=row.id, username=username, token_balance=starting_credits))
    session.add_all(UserRole(user_id=row.id, role=role) for role in roles)
    await session.flush()
    return row


async def anybody_has_password(session: AsyncSession) -> bool:
    query = select(Account.id).where(Account.password_hash.is_not(None))
    return bool(await session.scalar(select(query.exists())))


async def replace_password(
    session: AsyncSession, account_id: UUID, was: str | None, new: str
) -> bool:
    """Store a hash in place of the one that was seen; False where it has changed meanwhile."""
    changed = await session.scalar(
        update(Account)
        .where(Account.id == account_id, Account.password_hash.is_not_distinct_from(was))
        .values(password_hash=new)
        .returning(Account.id)
    )
    return changed is not None


async def take_link(session: AsyncSession, token_hash: str) -> UUID | None:
    """Use a one-time link up; the account, or None when it is unknown, used or too old."""
    account_id: UUID | None = await session.scalar(
        update(SignInLink)
        .where(
            SignInLink.token_hash == token_hash,
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > func.now(),
        )
        .values(used_at=func.now())
        .returning(SignInLink.account_id)
    )
    return account_id


async def has_signed_in(session: AsyncSession, account_id: UUID) -> bool:
    used = select(SignInLink).where(
        SignInLink.account_id == account_id, SignInLink.used_at.is_not(None)
    )
    return bool(await session.scalar(select(used.exists())))


async def drop_session(session: AsyncSession, account_id: UUID, session_id: UUID) -> bool:
    gone = await session.scalar(
        delete(SignInSession)
        .where(SignInSession.id == session_id, SignInSession.account_id == account_id)
        .returning(SignInSession.id)
    )
    return gone is not None


async def drop_sessions(session: AsyncSession, account_id: UUID, kept: UUID | None = None) -> int:
    """End an account's sessions, but for one; how many there were."""
    gone = await session.scalars(
        delete(SignInSession)
        .where(SignInSession.account_id == account_id, SignInSession.id.is_distinct_from(kept))
        .returning(SignInSession.id)
    )
    return len(gone.all())


async def sign_in_sessions(
    session: AsyncSession, account_id: UUID, cursor: Cursor | None, limit: int
) -> list[SignInSession]:
    """The account's sessions that are not over, newest first."""
    query = select(SignInSession).where(
        SignInSession.account_id == account_id, SignInSession.expires_at > func.now()
    )
    if cursor:
        query = query.where(cursor.before(SignInSession.created_at, SignInSession.id))
    rows = await session.scalars(
        query.order_by(SignInSession.created_at.desc(), SignInSession.id.desc()).limit(limit)
    )
    return list(rows)


async def api_keys(
    session: AsyncSession, account_id: UUID, cursor: Cursor | None, limit: int
) -> list[ApiKey]:
    query = select(ApiKey).where(ApiKey.account_id == account_id)
    if cursor:
        query = query.where(cursor.before(ApiKey.created_at, ApiKey.id))
    rows = await session.scalars(
        query.order_by(ApiKey.created_at.desc(), ApiKey.id.desc()).limit(limit)
    )
    return list(rows)


async def drop_api_key(session: AsyncSession, account_id: UUID, key_id: UUID) -> str | None:
    """Revoke a key; its name, or None where there is no such key."""
    name: str | None = await session.scalar(
        delete(ApiKey)
        .where(ApiKey.id == key_id, ApiKey.account_id == account_id)
        .returning(ApiKey.name)
    )
    return name


async def drop_api_keys(session: AsyncSession, account_id: UUID) -> int:
    """Revoke an account's keys; how many there were."""
    gone = await session.scalars(
        delete(ApiKey).where(ApiKey.account_id == account_id).returning(ApiKey.id)
    )
    return len(gone.all())


async def drop_expired(session: AsyncSession) -> None:
    await drop_old_buckets(session)
    await session.execute(delete(SignInSession).where(SignInSession.expires_at < func.now()))
    await session.execute(
        delete(SignInLink).where(SignInLink.expires_at < func.now(), SignInLink.used_at.is_(None))
    )


async def names_and_roles(session: AsyncSession) -> list[tuple[str, list[str]]]:
    """Every account by name, with its roles."""
    rows = await session.execute(
        select(Account.username, func.array_agg(UserRole.role))
        .outerjoin(UserRole, UserRole.user_id == Account.id)
        .group_by(Account.username)
        .order_by(Account.username)
    )
    return [(name, sorted(filter(None, roles))) for name, roles in rows]


async def roles_of(session: AsyncSession, account_id: UUID) -> list[str]:
    return list(await session.scalars(select(UserRole.role).where(UserRole.user_id == account_id)))
