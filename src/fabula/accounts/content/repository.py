"""SQL of the age gate and of own choices."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.models import Preference, Profile
from fabula.moderation.rating import Mode


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is stored of an account; ``check_closed_at`` is when its own age check was closed."""

    age_verified: bool = False
    mode: Mode = "general"
    blur: bool = True
    check_closed_at: datetime | None = None


async def chosen(session: AsyncSession, user_id: UUID) -> Chosen:
    """What an account chose and may; the mildest of all where nothing is stored."""
    found = (
        await session.execute(
            select(
                Profile.age_verified,
                Preference.mode,
                func.coalesce(Preference.blur, True).label("blur"),
                Preference.age_check_closed_at.label("closed_at"),
            )
            .outerjoin(Preference, Preference.user_id == Profile.id)
            .where(Profile.id == user_id)
        )
    ).one_or_none()
    if found is None:
        return Chosen()
    mode: Mode = "adult" if found.mode == "adult" else "general"
    return Chosen(bool(found.age_verified), mode, found.blur, found.closed_at)


async def choose(session: AsyncSession, user_id: UUID, mode: Mode, *, blur: bool) -> None:
    statement = insert(Preference).values(user_id=user_id, mode=mode, blur=blur)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["user_id"], set_={"mode": mode, "blur": blur}
        )
    )


async def lock_profile(session: AsyncSession, user_id: UUID) -> None:
    """Two changes of an account's age come one after another."""
    await session.execute(select(Profile.id).where(Profile.id == user_id).with_for_update())


async def set_age_verified(session: AsyncSession, user_id: UUID, *, verified: bool) -> None:
    """Written by the machine alone: people have no right to the column."""
    await session.execute(
        update(Profile).where(Profile.id == user_id).values(age_verified=verified)
    )


async def set_check_closed(session: AsyncSession, user_id: UUID, *, closed: bool) -> None:
    """Close or open the account's own age check; a time that stands already is kept."""
    statement = insert(Preference).values(
        user_id=user_id, age_check_closed_at=func.now() if closed else None
    )
    kept = func.coalesce(Preference.age_check_closed_at, func.now()) if closed else None
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["user_id"], set_={"age_check_closed_at": kept}
        )
    )
