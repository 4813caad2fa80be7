"""How much an account may do: jobs in a day, in a month and at once, and bytes in storage.

Storage is asked for before something new is made or brought, so that what is made is never lost
for want of room: the outputs of the last job that was accepted may go over it.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts.credits import repository
from fabula.accounts.credits.errors import QuotaExceeded
from fabula.core.clock import now
from fabula.core.settings import Settings

GB = 10**9
_TOO_MANY_JOBS = {
    "jobs_at_once": "At most {limit} jobs of yours may wait and run at once: "
    "wait until one has ended, or cancel one.",
    "jobs_per_day": "You have started your {limit} jobs of today: "
    "go on tomorrow (UTC), or ask an admin for a larger quota.",
    "jobs_per_month": "You have started your {limit} jobs of this month: "
    "go on next month (UTC), or ask an admin for a larger quota.",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """Quotas of a plan; None is without limit. Storage is in bytes."""

    jobs_per_day: int | None = None
    jobs_per_month: int | None = None
    jobs_at_once: int | None = None
    storage_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Used:
    """What an account has used of its quotas."""

    jobs_per_day: int
    jobs_per_month: int
    jobs_at_once: int
    storage_bytes: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A plan, its quotas, and what is used of them."""

    plan: str
    limits: Limits
    used: Used


def limits_of(settings: Settings, plan_name: str) -> Limits:
    """The quotas of a plan: its own, and the studio's where it has none."""
    plan = settings.plans.get(plan_name)

    def chosen(name: str) -> float | None:
        own = getattr(plan, name) if plan else None
        found: float | None = getattr(settings, name) if own is None else own
        return found

    def whole(name: str, unit: int = 1) -> int | None:
        value = chosen(name)
        return None if value is None else int(value * unit)

    return Limits(
        jobs_per_day=whole("jobs_per_day"),
        jobs_per_month=whole("jobs_per_month"),
        jobs_at_once=whole("jobs_at_once"),
        storage_bytes=whole("storage_gb", GB),
    )


async def standing(session: AsyncSession, settings: Settings, user_id: UUID) -> Standing:
    plan = await repository.plan_of(session, user_id)
    return Standing(plan, limits_of(settings, plan), await used(session, user_id))


async def used(session: AsyncSession, user_id: UUID) -> Used:
    day, month = _starts(now())
    return Used(
        jobs_per_day=await repository.jobs_started(session, user_id, day),
        jobs_per_month=await repository.jobs_started(session, user_id, month),
        jobs_at_once=await repository.open_jobs(session, user_id),
        storage_bytes=await repository.stored_bytes(session, user_id),
    )


async def check_job(session: AsyncSession, settings: Settings, user_id: UUID) -> None:
    """Raise ``QuotaExceeded`` if the job that this transaction wrote is one too many.

    Of two that are accepted at once, the second waits for the first, so that both are counted.
    """
    limits = await _limits_for(session, settings, user_id)
    if limits == Limits():
        return
    await repository.lock_person(session, user_id)
    found = await used(session, user_id)
    for name, sentence in _TOO_MANY_JOBS.items():
        limit = getattr(limits, name)
        if limit is not None and getattr(found, name) > limit:
            raise QuotaExceeded(sentence.format(limit=limit))
    _check_room(limits, found.storage_bytes, 1)


async def check_upload(session: AsyncSession, settings: Settings, user_id: UUID, size: int) -> None:
    """Raise ``QuotaExceeded`` if a file of ``size`` bytes has no room. Of two files that are
    brought at once, the second waits for the first."""
    limits = await _limits_for(session, settings, user_id)
    if limits.storage_bytes is None:
        return
    await repository.lock_person(session, user_id)
    _check_room(limits, await repository.stored_bytes(session, user_id), size)


async def _limits_for(session: AsyncSession, settings: Settings, user_id: UUID) -> Limits:
    """The quotas of an account; nobody is asked for their plan where no plan differs."""
    plan = await repository.plan_of(session, user_id) if settings.plans else ""
    return limits_of(settings, plan)


def _check_room(limits: Limits, stored: int, size: int) -> None:
    if limits.storage_bytes is not None and stored + size > limits.storage_bytes:
        raise QuotaExceeded(
            f"Your files fill {stored / GB:.2f} of {limits.storage_bytes / GB:.2f} GB: "
            "delete some from the library or the workspace first."
        )


def _starts(moment: datetime) -> tuple[datetime, datetime]:
    """When the day and the month of a moment began (UTC)."""
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return day, day.replace(day=1)
