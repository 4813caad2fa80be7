"""Averages that follow ratings: exact whatever is rated, rated again or taken back, and by how many
at once."""

from decimal import Decimal
from typing import Literal
from uuid import UUID

from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.models import CompelConfig, EnhancementPreset

Subject = Literal["preset", "weights"]

_ADD = text("""
INSERT INTO studio.rating_sums AS s (subject, subject_id, ratings, total)
VALUES (:subject, :id, greatest(CAST(:ratings AS integer), 0), :total)
ON CONFLICT (subject, subject_id) DO UPDATE
SET ratings = greatest(s.ratings + :ratings, 0), total = s.total + :total
RETURNING ratings, CASE WHEN ratings > 0 THEN round(total / ratings, 2) END
""")


async def move(
    session: AsyncSession,
    subject: Subject,
    subject_id: UUID,
    old: Decimal | None,
    new: Decimal | None,
) -> None:
    """Take one rating out of an average and put another one in; None is no rating.

    Sessions are the machine's. The row of the sum is locked until the transaction ends.
    """
    if old == new:
        return
    ratings = (new is not None) - (old is not None)
    total = (new or Decimal(0)) - (old or Decimal(0))
    await add(session, subject, subject_id, ratings, total)


async def add(
    session: AsyncSession, subject: Subject, subject_id: UUID, ratings: int, total: Decimal
) -> None:
    """Put several ratings with this sum into an average at once."""
    if not ratings and not total:
        return
    change = {"subject": subject, "id": subject_id, "ratings": ratings, "total": total}
    done = await session.execute(_ADD, change)
    count, average = done.one()
    if subject == "preset":
        statement = (
            update(EnhancementPreset)
            .where(EnhancementPreset.id == subject_id)
            .values(avg_quality_with_preset=average)
        )
    else:
        statement = (
            update(CompelConfig)
            .where(CompelConfig.id == subject_id)
            .values(avg_quality=average, total_tests=count)
        )
    await session.execute(statement)
