"""SQL of oversight: everybody's ledger, the trail as a list, and the rules of the database."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from fabula.core.pagination import Cursor
from fabula.models import ActivityLogEntry, LedgerAccount, LedgerEntry, Profile

_PERSONAL = ("available", "reserved")
_GATE = text("SELECT pg_try_advisory_xact_lock(hashtextextended('trail.verify', 0))")
_TABLES = text("""
SELECT n.nspname AS schema, c.relname AS name,
       has_table_privilege('fabula_app', c.oid, 'SELECT') AS may_read,
       has_any_column_privilege('fabula_app', c.oid, 'INSERT') AS may_create,
       has_table_privilege('fabula_app', c.oid, 'UPDATE') AS may_update,
       has_any_column_privilege('fabula_app', c.oid, 'UPDATE') AS may_update_some,
       has_table_privilege('fabula_app', c.oid, 'DELETE') AS may_delete
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ('public', 'studio') AND c.relkind IN ('r', 'p')
ORDER BY n.nspname, c.relname
""")
_POLICIES = text("""
SELECT schemaname AS schema, tablename AS name, permissive = 'RESTRICTIVE' AS restrictive,
       cmd AS verb, coalesce(CASE WHEN cmd = 'INSERT' THEN with_check ELSE qual END, with_check, '')
       AS condition
FROM pg_policies WHERE schemaname IN ('public', 'studio')
""")


@dataclass(frozen=True, slots=True)
class LedgerSearch:
    """``since`` is included, ``until`` is not; what is None is not asked for."""

    person_id: UUID | None = None
    kind: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """An entry, the account that it is on, whose that is, and who wrote it."""

    entry: LedgerEntry
    account: LedgerAccount
    username: str | None
    made_by_name: str | None


@dataclass(frozen=True, slots=True)
class ActivitySearch:
    """``resource`` is a type such as ``account``, or one thing as ``account:ID``."""

    user_id: UUID | None = None
    action: str | None = None
    resource: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ActivityRow:
    entry: ActivityLogEntry
    username: str | None


@dataclass(frozen=True, slots=True)
class TableRow:
    """What the role of requests may do in a table before any policy is asked."""

    schema: str
    name: str
    may_read: bool
    may_create: bool
    may_update: bool
    may_update_some: bool
    may_delete: bool


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """A policy; ``verb`` is SELECT, INSERT, UPDATE, DELETE or ALL, ``condition`` as PostgreSQL
    writes it."""

    schema: str
    name: str
    restrictive: bool
    verb: str
    condition: str


async def ledger(
    session: AsyncSession, search: LedgerSearch, cursor: Cursor | None, limit: int
) -> list[LedgerRow]:
    """Entries on people's accounts that the caller may read, newest first."""
    author = aliased(Profile)
    query = (
        select(LedgerEntry, LedgerAccount, Profile.username, author.username)
        .join(LedgerAccount, LedgerAccount.id == LedgerEntry.account_id)
        .outerjoin(Profile, Profile.id == LedgerAccount.user_id)
        .outerjoin(author, author.id == LedgerEntry.made_by)
        .where(LedgerAccount.kind.in_(_PERSONAL))
    )
    if search.person_id:
        query = query.where(LedgerAccount.user_id == search.person_id)
    if search.kind:
        query = query.where(LedgerEntry.kind == search.kind)
    if search.since:
        query = query.where(LedgerEntry.created_at >= search.since)
    if search.until:
        query = query.where(LedgerEntry.created_at < search.until)
    if cursor:
        query = query.where(cursor.before(LedgerEntry.created_at, LedgerEntry.id))
    rows = await session.execute(
        query.order_by(LedgerEntry.created_at.desc(), LedgerEntry.id.desc()).limit(limit)
    )
    return [LedgerRow(*row) for row in rows]


async def activity(
    session: AsyncSession, search: ActivitySearch, cursor: Cursor | None, limit: int
) -> list[ActivityRow]:
    """Entries of the trail that the caller may read, newest first."""
    rows = await session.execute(activity_query(search, cursor, limit))
    return [ActivityRow(entry, username) for entry, username in rows]


def activity_query(
    search: ActivitySearch, cursor: Cursor | None, limit: int
) -> Select[ActivityLogEntry, str | None]:
    entry = ActivityLogEntry
    query = select(entry, Profile.username).outerjoin(Profile, Profile.id == entry.user_id)
    if search.user_id:
        query = query.where(entry.user_id == search.user_id)
    if search.action:
        query = query.where(entry.action == search.action)
    if search.resource:
        kind, _, resource_id = search.resource.partition(":")
        query = query.where(entry.resource_type == kind)
        if resource_id:
            query = query.where(entry.resource_id == resource_id)
    if search.since:
        query = query.where(entry.created_at >= search.since)
    if search.until:
        query = query.where(entry.created_at < search.until)
    if cursor:
        query = query.where(cursor.before(entry.created_at, entry.id))
    return query.order_by(entry.created_at.desc(), entry.id.desc()).limit(limit)


async def enter_check(session: AsyncSession) -> bool:
    """Whether nobody else is checking the trail; held until the transaction ends."""
    return bool(await session.scalar(_GATE))


async def tables(session: AsyncSession) -> list[TableRow]:
    return [TableRow(**row) for row in (await session.execute(_TABLES)).mappings()]


async def policies(session: AsyncSession) -> list[PolicyRow]:
    return [PolicyRow(**row) for row in (await session.execute(_POLICIES)).mappings()]
