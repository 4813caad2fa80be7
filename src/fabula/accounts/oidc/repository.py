"""SQL of identities."""

from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts.oidc.tokens import Person
from fabula.core.pagination import Cursor
from fabula.models import Account, Identity, SignInSession


async def find(session: AsyncSession, person: Person) -> Identity | None:
    query = select(Identity).where(
        Identity.issuer == person.issuer, Identity.subject == person.subject
    )
    return (await session.scalars(query)).one_or_none()


async def add(session: AsyncSession, account_id: UUID, person: Person) -> Identity:
    row = Identity(
        account_id=account_id,
        issuer=person.issuer,
        subject=person.subject,
        email=person.email,
        email_verified=person.email_verified,
    )
    session.add(row)
    await session.flush()
    return row


async def touch(session: AsyncSession, identity_id: UUID, person: Person) -> None:
    """Note the last use, and the address as it is by now."""
    await session.execute(
        update(Identity)
        .where(Identity.id == identity_id)
        .values(email=person.email, email_verified=person.email_verified, last_used_at=func.now())
    )


async def with_address(session: AsyncSession, email: str, issuers: list[str]) -> list[UUID]:
    """Accounts with an identity at one of the issuers that has this verified address."""
    query = (
        select(Identity.account_id)
        .where(
            func.lower(Identity.email) == email.lower(),
            Identity.email_verified,
            Identity.issuer.in_(issuers),
        )
        .distinct()
    )
    return list(await session.scalars(query))


async def of_account(
    session: AsyncSession, account_id: UUID, cursor: Cursor | None, limit: int
) -> list[Identity]:
    """An account's identities, newest first."""
    query = select(Identity).where(Identity.account_id == account_id)
    if cursor:
        query = query.where(cursor.before(Identity.created_at, Identity.id))
    rows = await session.scalars(
        query.order_by(Identity.created_at.desc(), Identity.id.desc()).limit(limit)
    )
    return list(rows)


async def own(session: AsyncSession, account_id: UUID, identity_id: UUID) -> Identity | None:
    query = select(Identity).where(Identity.id == identity_id, Identity.account_id == account_id)
    return (await session.scalars(query)).one_or_none()


async def others(
    session: AsyncSession, account_id: UUID, identity_id: UUID, issuers: list[str]
) -> int:
    """How many identities at these issuers an account has besides one."""
    query = select(func.count()).where(
        Identity.account_id == account_id, Identity.id != identity_id, Identity.issuer.in_(issuers)
    )
    return int(await session.scalar(query) or 0)


async def remove(session: AsyncSession, identity_id: UUID) -> None:
    await session.execute(delete(Identity).where(Identity.id == identity_id))


async def session_lives(session: AsyncSession, account_id: UUID, session_id: UUID) -> bool:
    query = (
        select(SignInSession.id)
        .join(Account, Account.id == SignInSession.account_id)
        .where(
            SignInSession.id == session_id,
            SignInSession.account_id == account_id,
            SignInSession.expires_at > func.now(),
            Account.suspended_at.is_(None),
        )
    )
    return await session.scalar(query) is not None
