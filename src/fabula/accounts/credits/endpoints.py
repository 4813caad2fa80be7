"""Balance, ledger, usage and quotas of the own account, and grants by admins."""

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query

from fabula.accounts.access import CallerDep, CursorDep, Limit, SessionDep
from fabula.accounts.credits import quotas, service
from fabula.accounts.credits.access import SettingsDep
from fabula.accounts.credits.repository import EntryRow, UsageRow
from fabula.accounts.credits.schemas import (
    BalanceOut,
    CreditsOut,
    EntryOut,
    GrantIn,
    QuotaOut,
    UsageOut,
)
from fabula.core.pagination import Cursor, Page, page_of

router = APIRouter(tags=["credits"])
Days = Annotated[int, Query(ge=1, le=366)]
IdempotencyKeyHeader = Annotated[
    str | None, Header(min_length=1, max_length=200, pattern=r"^[\x20-\x7e]+$")
]


def _page(rows: list[EntryRow], limit: int) -> Page[EntryOut]:
    kept, following = page_of(rows, limit, lambda row: Cursor(row.entry.created_at, row.entry.id))
    return Page(items=[EntryOut.of(row) for row in kept], next_cursor=following)


def _usage(rows: list[UsageRow]) -> Page[UsageOut]:
    items = [UsageOut.model_validate(row, from_attributes=True) for row in rows]
    return Page(items=items, next_cursor=None)


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
    return _page(await service.history(session, caller.user_id, cursor, limit + 1), limit)


@router.get("/me/usage")
async def my_usage(caller: CallerDep, session: SessionDep, days: Days = 30) -> Page[UsageOut]:
    """What the account made in the last days, by day, format and quality."""
    return _usage(await service.usage(session, caller.user_id, days))


@router.get("/people/{person_id}/ledger")
async def ledger_of_person(
    person_id: UUID, caller: CallerDep, session: SessionDep, cursor: CursorDep, limit: Limit = 50
) -> Page[EntryOut]:
    """Every movement of a person's credits, newest first. Admins only."""
    rows = await service.history_of(session, caller, person_id, cursor, limit + 1)
    return _page(rows, limit)


@router.get("/people/{person_id}/usage")
async def usage_of_person(
    person_id: UUID, caller: CallerDep, session: SessionDep, days: Days = 30
) -> Page[UsageOut]:
    """What a person made in the last days, by day, format and quality. Admins only."""
    return _usage(await service.usage_of(session, caller, person_id, days))


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
