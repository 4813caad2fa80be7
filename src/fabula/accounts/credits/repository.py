"""SQL of the ledger, of usage and of what quotas count."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.core.pagination import Cursor
from fabula.models import Account, LedgerAccount, LedgerEntry, Profile

# The lock is a statement of its own: what is read after it is what the last holder committed.
_LOCK_PERSON = text("""
SELECT id, kind, balance FROM studio.ledger_accounts
WHERE user_id = :user_id ORDER BY kind FOR NO KEY UPDATE
""")
_LOCK_RESERVATION = text("""
SELECT a.id, a.kind, e.amount
FROM studio.ledger_entries e JOIN studio.ledger_accounts a ON a.id = e.account_id
WHERE e.kind = 'reserve' AND e.reference = :job_id AND a.user_id IS NOT NULL
ORDER BY a.kind FOR NO KEY UPDATE OF a
""")
# All entries of a transaction in one statement, or none if it was written before.
_POST = text("""
INSERT INTO studio.ledger_entries (kind, reference, account_id, amount, reason, made_by)
SELECT :kind, :reference, account_id, amount, CAST(:reason AS text), CAST(:made_by AS uuid)
FROM unnest(CAST(:accounts AS uuid[]), CAST(:amounts AS bigint[])) moved (account_id, amount)
WHERE NOT EXISTS (SELECT FROM studio.ledger_entries
                  WHERE reference = :reference AND kind = ANY(CAST(:once AS text[])))
RETURNING id
""")
_POSTED = text("""
SELECT EXISTS (SELECT FROM studio.ledger_entries
               WHERE reference = :reference AND kind = ANY(CAST(:kinds AS text[])))
""")
_STUDIO_ACCOUNT = text("SELECT id FROM studio.ledger_accounts WHERE kind = :kind")

_ADD_USAGE = text("""
INSERT INTO usage_logs (user_id, action, credits_consumed, format, quality, metadata)
VALUES (:user_id, :action, :credits, :format, :quality, CAST(:metadata AS jsonb))
ON CONFLICT ((metadata ->> 'job_id')) WHERE metadata ? 'delivered' DO NOTHING
""")
_USAGE = text("""
SELECT (created_at AT TIME ZONE 'UTC')::date AS day, coalesce(format, '') AS format,
       coalesce(quality, '') AS quality, count(*) AS jobs,
       coalesce(sum((metadata ->> 'delivered')::integer), 0) AS outputs,
       coalesce(sum(credits_consumed), 0) AS credits
FROM usage_logs WHERE user_id = :user_id AND created_at >= :since AND metadata ? 'delivered'
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
""")

_STARTED = text("SELECT count(*) FROM jobs WHERE user_id = :user_id AND created_at >= :since")
# In two parts, one for each of the partial indexes that the claims use.
_OPEN_JOBS = text("""
SELECT (SELECT count(*) FROM studio.job_runs WHERE state = 'running' AND user_id = :user_id)
     + (SELECT count(*) FROM studio.job_runs
        WHERE state = 'waiting' AND lane IN ('image', 'video') AND user_id = :user_id)
""")
_STORED = text("""
SELECT coalesce((SELECT sum(file_size_bytes) FROM workspace_assets WHERE user_id = :user_id), 0)
     + coalesce((SELECT sum(file_size_bytes) FROM user_library WHERE user_id = :user_id), 0)
     + coalesce((SELECT sum(file_size_bytes) FROM studio.uploads WHERE user_id = :user_id), 0)
""")


@dataclass(frozen=True, slots=True)
class Held:
    """The two accounts of a person and what lies on them, in credits."""

    available_id: UUID
    available: int
    reserved_id: UUID
    reserved: int


@dataclass(frozen=True, slots=True)
class Reservation:
    """What a job holds, in credits, and from which accounts."""

    available_id: UUID
    reserved_id: UUID
    amount: int


@dataclass(frozen=True, slots=True)
class EntryRow:
    entry: LedgerEntry
    account: str


@dataclass(frozen=True, slots=True)
class UsageRow:
    """What was made on one day (UTC), of one format and quality."""

    day: date
    format: str
    quality: str
    jobs: int
    outputs: int
    credits: float


async def lock_person(session: AsyncSession, user_id: UUID) -> Held | None:
    """Lock a person's accounts until the transaction ends; None for somebody who is not there."""
    rows = {row.kind: row for row in await session.execute(_LOCK_PERSON, {"user_id": user_id})}
    if not rows:
        return None
    available, reserved = rows["available"], rows["reserved"]
    return Held(available.id, available.balance, reserved.id, reserved.balance)


async def lock_reservation(session: AsyncSession, job_id: UUID) -> Reservation | None:
    """Lock the accounts that a job's reservation is on; None if it reserved nothing, or if the
    person has left."""
    rows = {row.kind: row for row in await session.execute(_LOCK_RESERVATION, {"job_id": job_id})}
    if not rows:
        return None
    return Reservation(rows["available"].id, rows["reserved"].id, rows["reserved"].amount)


async def studio_account(session: AsyncSession, kind: str) -> UUID:
    account: UUID | None = await session.scalar(_STUDIO_ACCOUNT, {"kind": kind})
    if account is None:
        raise LookupError(kind)
    return account


async def post(
    session: AsyncSession,
    kind: str,
    reference: UUID,
    moved: Mapping[UUID, int],
    *,
    once: tuple[str, ...],
    reason: str | None = None,
    made_by: UUID | None = None,
) -> bool:
    """Write a transaction: credits ``moved`` by account, summing to zero.

    Returns False, and writes nothing, if the reference has a transaction of a kind in ``once``.
    The accounts of people must be locked before.
    """
    moved = {account: amount for account, amount in moved.items() if amount}
    written = await session.execute(
        _POST,
        {
            "kind": kind,
            "reference": reference,
            "accounts": list(moved),
            "amounts": list(moved.values()),
            "once": list(once),
            "reason": reason,
            "made_by": made_by,
        },
    )
    return bool(written.all())


async def posted(session: AsyncSession, reference: UUID, *kinds: str) -> bool:
    """Whether a reference has a transaction of one of these kinds."""
    return bool(await session.scalar(_POSTED, {"kinds": list(kinds), "reference": reference}))


async def balances(session: AsyncSession, user_id: UUID) -> dict[str, int]:
    """What a person has, in credits: ``available`` and ``reserved``."""
    rows = await session.execute(
        select(LedgerAccount.kind, LedgerAccount.balance).where(LedgerAccount.user_id == user_id)
    )
    return {kind: balance or 0 for kind, balance in rows}


async def plan_of(session: AsyncSession, user_id: UUID) -> str:
    """The name of a person's plan."""
    name = await session.scalar(select(Profile.subscription_status).where(Profile.id == user_id))
    return name or "inactive"


async def people_on_plans(
    session: AsyncSession, plans: list[str], after: UUID | None, limit: int
) -> list[tuple[UUID, str]]:
    """Who is on one of these plans and not suspended, with the plan, by id."""
    query = (
        select(Profile.id, func.coalesce(Profile.subscription_status, "inactive"))
        .join(Account, Account.id == Profile.id)
        .where(
            func.coalesce(Profile.subscription_status, "inactive").in_(plans),
            Account.suspended_at.is_(None),
        )
    )
    if after:
        query = query.where(Profile.id > after)
    return [
        (person, plan)
        for person, plan in await session.execute(query.order_by(Profile.id).limit(limit))
    ]


async def granted(session: AsyncSession, references: list[UUID]) -> set[UUID]:
    """Which of these references have a grant."""
    query = select(LedgerEntry.reference).where(
        LedgerEntry.kind == "grant", LedgerEntry.reference.in_(references)
    )
    return set(await session.scalars(query))


async def entries(
    session: AsyncSession, user_id: UUID, cursor: Cursor | None, limit: int
) -> list[EntryRow]:
    """Entries on a person's accounts, newest first."""
    query = (
        select(LedgerEntry, LedgerAccount.kind)
        .join(LedgerAccount, LedgerAccount.id == LedgerEntry.account_id)
        .where(LedgerAccount.user_id == user_id)
    )
    if cursor:
        query = query.where(cursor.before(LedgerEntry.created_at, LedgerEntry.id))
    rows = await session.execute(
        query.order_by(LedgerEntry.created_at.desc(), LedgerEntry.id.desc()).limit(limit)
    )
    return [EntryRow(entry, kind) for entry, kind in rows]


async def add_usage(session: AsyncSession, values: dict[str, Any]) -> None:
    """A row of usage; a second one for the same job is left out."""
    await session.execute(_ADD_USAGE, values)


async def usage_by_day(session: AsyncSession, user_id: UUID, since: datetime) -> list[UsageRow]:
    rows = await session.execute(_USAGE, {"user_id": user_id, "since": since})
    return [UsageRow(r.day, r.format, r.quality, r.jobs, r.outputs, float(r.credits)) for r in rows]


async def jobs_started(session: AsyncSession, user_id: UUID, since: datetime) -> int:
    return int(await session.scalar(_STARTED, {"user_id": user_id, "since": since}) or 0)


async def open_jobs(session: AsyncSession, user_id: UUID) -> int:
    """Jobs of a person that wait or run."""
    return int(await session.scalar(_OPEN_JOBS, {"user_id": user_id}) or 0)


async def stored_bytes(session: AsyncSession, user_id: UUID) -> int:
    """Bytes of a person's files in the workspace, the library and among the uploads."""
    return int(await session.scalar(_STORED, {"user_id": user_id}) or 0)
