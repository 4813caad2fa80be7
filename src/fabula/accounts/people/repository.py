"""SQL of other people's accounts."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.core.pagination import Cursor
from fabula.models import Account, ApiKey, Profile, SignInSession, UserRole

# The lock of the trigger `keep_an_admin`, taken before the count so that two wait for one another.
_LOCK_ADMINS = text("SELECT pg_advisory_xact_lock(7020)")
_OTHER_ADMINS = text("""
SELECT count(*) FROM user_roles r JOIN auth.accounts a ON a.id = r.user_id
WHERE r.role = 'admin' AND a.suspended_at IS NULL AND a.id <> :account
""")


@dataclass(frozen=True, slots=True)
class PersonRow:
    id: UUID
    username: str
    roles: list[str]
    created_at: datetime
    suspended_at: datetime | None
    suspended_reason: str | None
    last_seen_at: datetime | None
    sessions: int
    api_keys: int
    age_verified: bool


async def people(
    session: AsyncSession,
    *,
    name: str | None,
    role: str | None,
    suspended: bool | None,
    account_id: UUID | None = None,
    cursor: Cursor | None,
    limit: int,
) -> list[PersonRow]:
    """Accounts, newest first; ``name`` is a part of the user name."""
    roles = select(func.array_agg(UserRole.role)).where(UserRole.user_id == Account.id)
    own_sessions = SignInSession.account_id == Account.id, SignInSession.expires_at > func.now()
    last_seen = select(func.max(SignInSession.last_seen_at)).where(own_sessions[0])
    sessions = select(func.count()).select_from(SignInSession).where(*own_sessions)
    keys = select(func.count()).select_from(ApiKey).where(ApiKey.account_id == Account.id)
    verified = select(func.coalesce(Profile.age_verified, False)).where(Profile.id == Account.id)
    query = select(
        Account,
        roles.scalar_subquery().label("roles"),
        last_seen.scalar_subquery().label("last_seen_at"),
        sessions.scalar_subquery().label("sessions"),
        keys.scalar_subquery().label("api_keys"),
        verified.scalar_subquery().label("age_verified"),
    )
    if name:
        query = query.where(Account.username.contains(name, autoescape=True))
    if role:
        query = query.where(
            select(UserRole).where(UserRole.user_id == Account.id, UserRole.role == role).exists()
        )
    if suspended is not None:
        query = query.where(Account.suspended_at.is_not(None) == suspended)
    if account_id:
        query = query.where(Account.id == account_id)
    if cursor:
        query = query.where(cursor.before(Account.created_at, Account.id))
    rows = await session.execute(
        query.order_by(Account.created_at.desc(), Account.id.desc()).limit(limit)
    )
    return [
        PersonRow(
            account.id, account.username, list(roles or ()), account.created_at,
            account.suspended_at, account.suspended_reason, seen, sessions, keys, bool(verified),
        )
        for account, roles, seen, sessions, keys, verified in rows
    ]  # fmt: skip


async def lock_account(session: AsyncSession, account_id: UUID) -> Account | None:
    """The account, held so that two changes of it come one after another."""
    return (
        await session.scalars(select(Account).where(Account.id == account_id).with_for_update())
    ).one_or_none()


async def lock_admins(session: AsyncSession) -> None:
    await session.execute(_LOCK_ADMINS)


async def other_admins(session: AsyncSession, account_id: UUID) -> int:
    """How many admins there are that are not suspended, besides one account."""
    return int(await session.scalar(_OTHER_ADMINS, {"account": account_id}) or 0)


async def set_suspended(session: AsyncSession, account_id: UUID, reason: str | None) -> None:
    """Suspend for a reason, or restore without one."""
    await session.execute(
        update(Account)
        .where(Account.id == account_id)
        .values(suspended_at=func.now() if reason else None, suspended_reason=reason)
    )


async def add_role(session: AsyncSession, account_id: UUID, role: str) -> bool:
    added = await session.scalar(
        insert(UserRole)
        .values(user_id=account_id, role=role)
        .on_conflict_do_nothing(index_elements=["user_id", "role"])
        .returning(UserRole.id)
    )
    return added is not None


async def drop_role(session: AsyncSession, account_id: UUID, role: str) -> bool:
    gone = await session.scalar(
        delete(UserRole)
        .where(UserRole.user_id == account_id, UserRole.role == role)
        .returning(UserRole.id)
    )
    return gone is not None
