"""SQL of other people's accounts."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import column, delete, func, select, table, text, update
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
# Only SQL touches it otherwise: it has no model.
_FACTORS = table("second_factors", column("account_id"), column("confirmed_at"), schema="auth")
NO_PLAN = "inactive"


@dataclass(frozen=True, slots=True)
class Search:
    """``name`` is a part of the user name; what is None is not asked for."""

    name: str | None = None
    role: str | None = None
    suspended: bool | None = None
    account_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class PersonRow:
    """``plan`` is None for an account without one; ``balance`` is in credits."""

    id: UUID
    username: str
    roles: list[str]
    created_at: datetime
    suspended_at: datetime | None
    suspended_reason: str | None
    last_seen_at: datetime | None
    sessions: int
    api_keys: int
    balance: int
    plan: str | None
    age_verified: bool
    two_factor: bool


async def people(
    session: AsyncSession, search: Search, cursor: Cursor | None, limit: int
) -> list[PersonRow]:
    """Accounts, newest first."""
    roles = select(func.array_agg(UserRole.role)).where(UserRole.user_id == Account.id)
    own_sessions = SignInSession.account_id == Account.id, SignInSession.expires_at > func.now()
    last_seen = select(func.max(SignInSession.last_seen_at)).where(own_sessions[0])
    sessions = select(func.count()).select_from(SignInSession).where(*own_sessions)
    keys = select(func.count()).select_from(ApiKey).where(ApiKey.account_id == Account.id)
    factor = select(_FACTORS.c.account_id).where(
        _FACTORS.c.account_id == Account.id, _FACTORS.c.confirmed_at.is_not(None)
    )
    query = select(
        Account,
        Profile,
        roles.scalar_subquery().label("roles"),
        last_seen.scalar_subquery().label("last_seen_at"),
        sessions.scalar_subquery().label("sessions"),
        keys.scalar_subquery().label("api_keys"),
        factor.exists().label("two_factor"),
    ).join(Profile, Profile.id == Account.id)
    if search.name:
        query = query.where(Account.username.contains(search.name, autoescape=True))
    if search.role:
        has = UserRole.user_id == Account.id, UserRole.role == search.role
        query = query.where(select(UserRole).where(*has).exists())
    if search.suspended is not None:
        query = query.where(Account.suspended_at.is_not(None) == search.suspended)
    if search.account_id:
        query = query.where(Account.id == search.account_id)
    if cursor:
        query = query.where(cursor.before(Account.created_at, Account.id))
    rows = await session.execute(
        query.order_by(Account.created_at.desc(), Account.id.desc()).limit(limit)
    )
    return [
        PersonRow(
            account.id, account.username, list(roles or ()), account.created_at,
            account.suspended_at, account.suspended_reason, seen, sessions, keys,
            profile.token_balance or 0, _plan(profile), bool(profile.age_verified), two_factor,
        )
        for account, profile, roles, seen, sessions, keys, two_factor in rows
    ]  # fmt: skip


def _plan(profile: Profile) -> str | None:
    return None if profile.subscription_status in {None, NO_PLAN} else profile.subscription_status


async def set_plan(session: AsyncSession, account_id: UUID, plan: str | None) -> None:
    await session.execute(
        update(Profile)
        .where(Profile.id == account_id)
        .values(subscription_status=plan or NO_PLAN)
        .execution_options(synchronize_session="fetch")
    )


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
