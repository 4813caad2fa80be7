"""The age gate and the own choice of content. What comes of both is decided by ``Standing``."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts import trail
from fabula.accounts.caller import Caller
from fabula.accounts.content import repository
from fabula.accounts.content.repository import Chosen
from fabula.accounts.permissions import Permission
from fabula.accounts.trail import Action
from fabula.core.clock import now
from fabula.core.database import Database, elevated
from fabula.core.errors import Conflict, Forbidden, Invalid
from fabula.moderation.rating import Mode, Standing
from fabula.moderation.terms import ADULT_AGE

OLDEST = 130
"""Years; an earlier birth date is a typing mistake."""
AgeCheck = Literal["confirmed", "open", "closed"]


class AdultModeOff(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "This studio makes content for a general audience only: its operator can change that.",
            code="adult_mode_off",
        )


class AgeNotConfirmed(Forbidden):
    code = "age_not_confirmed"

    def __init__(self) -> None:
        super().__init__("This needs your age to be confirmed first.")


class AgeRefused(Forbidden):
    code = "age_refused"

    def __init__(self) -> None:
        super().__init__(
            f"Content for adults is for persons of {ADULT_AGE} years and older. If this was a "
            "mistake, an admin of the studio can confirm your age."
        )


def standing_of(chosen: Chosen, *, adult_mode: bool) -> Standing:
    return Standing(adult_mode, chosen.age_verified, chosen.mode)


def age_check(chosen: Chosen) -> AgeCheck:
    """Whether the person can still confirm their age by themselves."""
    if chosen.age_verified:
        return "confirmed"
    return "closed" if chosen.check_closed_at else "open"


async def mode_of(
    session: AsyncSession, user_id: UUID, *, adult_mode: bool, narrower: tuple[Mode, ...] = ()
) -> Mode:
    """The effective mode of an account as it is now; ``adult_mode`` is the studio's setting."""
    chosen = await repository.chosen(session, user_id)
    return standing_of(chosen, adult_mode=adult_mode).mode(*narrower)


async def chosen_by(session: AsyncSession, caller: Caller) -> Chosen:
    return await repository.chosen(session, caller.user_id)


async def choose(
    session: AsyncSession, caller: Caller, mode: Mode, *, blur: bool, adult_mode: bool
) -> Chosen:
    """Set mode and blur. ``adult`` needs the studio's setting and a confirmed age; to go back to
    ``general`` is always possible."""
    caller.require(Permission.KEEP)
    before = await repository.chosen(session, caller.user_id)
    if mode == "adult" and not adult_mode:
        raise AdultModeOff
    if mode == "adult" and not before.age_verified:
        raise AgeNotConfirmed
    await repository.choose(session, caller.user_id, mode, blur=blur)
    if mode != before.mode:
        await trail.record(
            session, caller, Action.CONTENT_CHOSEN, "account", caller.user_id,
            before={"mode": before.mode}, after={"mode": mode},
        )  # fmt: skip
    return await repository.chosen(session, caller.user_id)


async def confirm_own_age(
    database: Database, caller: Caller, born: date, *, adult_mode: bool
) -> Chosen:
    """Judge a birth date, which is stored nowhere. One below eighteen is refused, and closes the
    check: from then on only an admin can confirm the age of this account."""
    if not adult_mode:
        raise AdultModeOff
    caller.require(Permission.KEEP)
    age = age_on(born, now())
    if age < 0 or age > OLDEST:
        raise Invalid("This is not a birth date: check the year.", field="birth_date")
    async with database.system() as session:
        await repository.lock_profile(session, caller.user_id)
        chosen = await repository.chosen(session, caller.user_id)
        passes = chosen.age_verified or (age >= ADULT_AGE and chosen.check_closed_at is None)
        if not passes:
            await repository.set_check_closed(session, caller.user_id, closed=True)
            await trail.record(session, caller, Action.AGE_REFUSED, "account", caller.user_id)
        elif not chosen.age_verified:
            await _verify(session, caller, caller.user_id, {"way": "own statement"})
    if not passes:
        raise AgeRefused
    async with database.system() as session:
        return await repository.chosen(session, caller.user_id)


async def set_age(
    session: AsyncSession, caller: Caller, user_id: UUID, *, verified: bool, reason: str
) -> None:
    """An admin confirms somebody's age or withdraws it; withdrawn, it is not for the person to
    confirm again. What is so already leaves no entry. The account exists."""
    caller.require(Permission.PEOPLE)
    await repository.lock_profile(session, user_id)
    before = await repository.chosen(session, user_id)
    await repository.set_check_closed(session, user_id, closed=not verified)
    if verified == before.age_verified:
        return
    told = {"way": "admin", "reason": reason}
    if verified:
        await _verify(session, caller, user_id, told)
        return
    await repository.set_age_verified(session, user_id, verified=False)
    await trail.record(
        session, caller, Action.AGE_WITHDRAWN, "account", user_id,
        before={"age_verified": True}, after={"age_verified": False, **told},
    )  # fmt: skip


async def _verify(
    session: AsyncSession, caller: Caller, user_id: UUID, told: dict[str, str]
) -> None:
    async with elevated(session):
        await repository.set_age_verified(session, user_id, verified=True)
    await trail.record(
        session, caller, Action.AGE_VERIFIED, "account", user_id,
        before={"age_verified": False}, after={"age_verified": True, **told},
    )  # fmt: skip


def age_on(born: date, moment: datetime) -> int:
    """Whole years at a moment; somebody born on 29 February is a year older on 1 March."""
    had_birthday = (moment.month, moment.day) >= (born.month, born.day)
    return moment.year - born.year - (not had_birthday)
