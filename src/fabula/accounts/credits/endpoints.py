"""Balance, ledger, usage and quotas of the own account, and grants by admins."""

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query

from fabula.accounts.access import CallerDep, CursorDep, Limit, SessionDep
from fabula.accounts.credits import quotas, service
from fabula.accounts.credits.access import SettingsDep
from fabula.accounts.credits.repository import EntryRow
from fabula.accounts.credits.schemas import (
    JOB_KINDS,
    BalanceOut,
    CreditsOut,
    EntryOut,
    GrantIn,
    QuotaOut,
    UsageOut,
)
from fabula.core.pagination import Cursor, Page, page_of

router = APIRouter(tags=["credits"])
IdempotencyKeyHeader = Annotated[
    str | None, Header(min_length=1, max_length=200, pattern=r"^[\x20-\x7e]+$")
]


def _entry(row: EntryRow) -> EntryOut:
    entry = row.entry
    return EntryOut(
        id=entry.id,
        kind=entry.kind,
        account="available" if row.account == "available" else "reserved",
        amount=entry.amount,
        job_id=entry.reference if entry.kind in JOB_KINDS else None,
        reason=entry.reason,
        created_at=entry.created_at,
    )


@router.get("/me/credits")
async def my_credits(caller: CallerDep, session: SessionDep, settings: SettingsDep) -> CreditsOut:
    """Balance, plan, and quotas with what is used of them."""
    standing = await quotas.standing(session, settings, caller.user_id)
    balance = await service.balance(session, caller.user_id)
    limits, used = asdict(standing.limits), asdict(standing.used)
    return CreditsOut(
        enabled=settings.credits_enabled,
        balance=balance.available,
        reserved=balance.reserved,
        plan=standing.plan,
        quotas=[
            QuotaOut.model_validate({"name": name, "limit": limits[name], "used": used[name]})
            for name in limits
        ],
    )


@router.get("/me/ledger")
async def my_ledger(
    caller: CallerDep, session: SessionDep, cursor: CursorDep, limit: Limit = 50
) -> Page[EntryOut]:
    """Every movement of the account's credits, newest first."""
    rows = await service.history(session, caller.user_id, cursor, limit + 1)
    kept, following = page_of(rows, limit, lambda row: Cursor(row.entry.created_at, row.entry.id))
    return Page(items=[_entry(row) for row in kept], next_cursor=following)


@router.get("/me/usage")
async def my_usage(
    caller: CallerDep, session: SessionDep, days: Annotated[int, Query(ge=1, le=366)] = 30
) -> Page[UsageOut]:
    """What the account made in the last days, by day, format and quality."""
    rows = await service.usage(session, caller.user_id, days)
    items = [UsageOut.model_validate(row, from_attributes=True) for row in rows]
    return Page(items=items, next_cursor=None)


@router.post("/people/{person_id}/credits")
async def give_credits(
    person_id: UUID,
    body: GrantIn,
    caller: CallerDep,
    session: SessionDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> BalanceOut:
    """Give a person credits, or take some. Admins only. With an `Idempotency-Key`, sending it
    twice gives once."""
    after = await service.grant_as_admin(
        session, caller, person_id, body.amount, body.reason, key=idempotency_key
    )
    return BalanceOut(balance=after.available, reserved=after.reserved)
