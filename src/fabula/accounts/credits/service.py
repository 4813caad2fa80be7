"""The rules of credits: reserved when a job is accepted, settled by what it delivered.

Every function that moves credits is idempotent by its reference, the job or the grant, and first
locks the person's accounts: available before reserved, and of several people in the order of
their ids. They run as the machine: people write nothing of the ledger.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts import trail
from fabula.accounts.caller import Caller
from fabula.accounts.credits import repository
from fabula.accounts.credits.errors import InsufficientCredits
from fabula.accounts.credits.repository import EntryRow, UsageRow
from fabula.accounts.permissions import Permission
from fabula.accounts.trail import Action
from fabula.core.clock import now
from fabula.core.database import elevated
from fabula.core.errors import Conflict, Invalid, NotFound
from fabula.core.pagination import Cursor

MAX_GRANT = 1_000_000
MAX_BALANCE = 2**31 - 1
_GRANTS = UUID("3f6f1d0e-8a35-4b0c-9a59-2c1f3a2f7b64")
_NOBODY = "There is no such person in this studio."


@dataclass(frozen=True, slots=True)
class Balance:
    """Credits that can be spent, and credits that jobs on their way hold."""

    available: int
    reserved: int


@dataclass(frozen=True, slots=True)
class Usage:
    """What a job that delivered made: ``credits`` is its price, also where nothing is charged."""

    user_id: UUID
    job_id: UUID
    action: str
    format: str
    quality: str
    model_type: str
    batch: int
    delivered: int
    credits: int


async def reserve(session: AsyncSession, user_id: UUID, job_id: UUID, amount: int) -> None:
    """Hold ``amount`` credits for a job; a second call for the same job changes nothing.

    Raises ``InsufficientCredits`` when the person has fewer.
    """
    if amount <= 0:
        return
    held = await _locked(session, user_id)
    if held.available < amount:
        if await repository.posted(session, job_id, "reserve"):
            return
        raise InsufficientCredits(amount, held.available, held.reserved)
    moved = {held.available_id: -amount, held.reserved_id: amount}
    await repository.post(session, "reserve", job_id, moved, once=("reserve",))


async def settle(session: AsyncSession, job_id: UUID, delivered: int) -> None:
    """End a job's reservation: pay ``delivered`` credits to the studio, give the rest back.

    Does nothing for a job that reserved nothing or has ended before. Raises ``ValueError`` when
    more is to be paid than was reserved.
    """
    found = await repository.lock_reservation(session, job_id)
    if found is None:
        return
    if not 0 <= delivered <= found.amount:
        raise ValueError(f"A job that reserved {found.amount} credits cannot pay {delivered}.")
    moved = {found.reserved_id: -found.amount, found.available_id: found.amount - delivered}
    if delivered:
        moved[await repository.studio_account(session, "revenue")] = delivered
    kind = "settle" if delivered else "release"
    await repository.post(session, kind, job_id, moved, once=("settle", "release"))


async def release(session: AsyncSession, job_id: UUID) -> None:
    """Give back all that a job holds."""
    await settle(session, job_id, 0)


async def grant(
    session: AsyncSession,
    user_id: UUID,
    amount: int,
    reason: str,
    by: UUID | None,
    *,
    key: str | None = None,
) -> bool:
    """Give a person credits, or take some with a negative amount; ``by`` is None for the
    machine's own hand. The same key for the same person counts once: False the second time."""
    reference = uuid5(_GRANTS, f"{user_id}:{key}") if key else uuid4()
    return await grant_once(session, user_id, amount, reason, by, reference)


async def grant_once(
    session: AsyncSession, user_id: UUID, amount: int, reason: str, by: UUID | None, reference: UUID
) -> bool:
    """As ``grant``; the reference counts once, whoever it is for."""
    if amount == 0 or abs(amount) > MAX_GRANT:
        raise Invalid(f"Give an amount from 1 to {MAX_GRANT}, or take one.", field="amount")
    held = await _locked(session, user_id)
    kind = "grant" if amount > 0 else "adjustment"
    if await repository.posted(session, reference, "grant", "adjustment"):
        return False
    if held.available + amount < 0:
        raise Conflict(
            f"The account has {held.available} credits that are not reserved: take no more.",
            code="credits_reserved",
        )
    if held.available + held.reserved + amount > MAX_BALANCE:
        raise Conflict(
            f"An account holds at most {MAX_BALANCE} credits: give less.", code="balance_full"
        )
    grants = await repository.studio_account(session, "grants")
    moved = {held.available_id: amount, grants: -amount}
    await repository.post(session, kind, reference, moved, once=(kind,), reason=reason, made_by=by)
    return True


async def grant_as_admin(
    session: AsyncSession,
    caller: Caller,
    user_id: UUID,
    amount: int,
    reason: str,
    *,
    key: str | None = None,
) -> Balance:
    """An admin's grant or adjustment; returns what the person has then."""
    caller.require(Permission.CREDITS)
    async with elevated(session):
        if await grant(session, user_id, amount, reason, caller.user_id, key=key):
            await record_grant(session, caller, user_id, amount, reason)
    return await balance(session, user_id)


async def record_grant(
    session: AsyncSession, actor: Caller | None, user_id: UUID, amount: int, reason: str
) -> None:
    """The trail's entry of a grant; None is the machine's own hand."""
    after = {"amount": amount, "reason": reason}
    await trail.record(session, actor, Action.CREDITS_GRANTED, "account", user_id, after=after)


async def balance(session: AsyncSession, user_id: UUID) -> Balance:
    found = await repository.balances(session, user_id)
    return Balance(found.get("available", 0), found.get("reserved", 0))


async def history(
    session: AsyncSession, user_id: UUID, cursor: Cursor | None, limit: int
) -> list[EntryRow]:
    """Entries on a person's accounts, newest first."""
    return await repository.entries(session, user_id, cursor, limit)


async def history_of(
    session: AsyncSession, caller: Caller, user_id: UUID, cursor: Cursor | None, limit: int
) -> list[EntryRow]:
    """Somebody's ``history``, for who may read everybody's."""
    await _demand_person(session, caller, user_id)
    return await history(session, user_id, cursor, limit)


async def usage_of(
    session: AsyncSession, caller: Caller, user_id: UUID, days: int
) -> list[UsageRow]:
    """Somebody's ``usage``, for who may read everybody's."""
    await _demand_person(session, caller, user_id)
    return await usage(session, user_id, days)


async def record_usage(session: AsyncSession, usage: Usage) -> None:
    """One row of usage for a job, however often it is told."""
    about: dict[str, Any] = {
        "job_id": str(usage.job_id),
        "model_type": usage.model_type,
        "batch": usage.batch,
        "delivered": usage.delivered,
    }
    await repository.add_usage(
        session,
        {
            "user_id": usage.user_id,
            "action": usage.action,
            "credits": usage.credits,
            "format": usage.format,
            "quality": usage.quality,
            "metadata": json.dumps(about),
        },
    )


async def usage(session: AsyncSession, user_id: UUID, days: int) -> list[UsageRow]:
    """Usage of today and the days before (UTC), by day, format and quality."""
    first = now().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days - 1)
    return await repository.usage_by_day(session, user_id, first)


async def lock_people(session: AsyncSession, user_ids: Iterable[UUID]) -> None:
    """Lock the accounts of several people in the one order that cannot deadlock, before a
    transaction that moves credits of all of them."""
    for user_id in sorted(set(user_ids)):
        await repository.lock_person(session, user_id)


async def _demand_person(session: AsyncSession, caller: Caller, user_id: UUID) -> None:
    caller.require(Permission.CREDITS)
    if not await repository.balances(session, user_id):
        raise NotFound(_NOBODY)


async def _locked(session: AsyncSession, user_id: UUID) -> repository.Held:
    held = await repository.lock_person(session, user_id)
    if held is None:
        raise NotFound(_NOBODY)
    return held
