"""SQL of sets of weights."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.core.pagination import Cursor
from fabula.models import CompelConfig, Job


@dataclass(frozen=True, slots=True)
class Search:
    """``min_tests`` and ``min_quality`` leave out sets that are rated too seldom or too low."""

    words: str | None = None
    active: bool | None = None
    min_tests: int | None = None
    min_quality: float | None = None


async def listed(
    session: AsyncSession, search: Search, cursor: Cursor | None, limit: int
) -> list[CompelConfig]:
    """Sets of weights, newest first."""
    query = select(CompelConfig)
    if search.words:
        query = query.where(CompelConfig.config_name.icontains(search.words, autoescape=True))
    if search.active is not None:
        query = query.where(CompelConfig.is_active.is_(search.active))
    if search.min_tests is not None:
        query = query.where(CompelConfig.total_tests >= search.min_tests)
    if search.min_quality is not None:
        query = query.where(CompelConfig.avg_quality >= search.min_quality)
    if cursor:
        query = query.where(cursor.before(CompelConfig.created_at, CompelConfig.id))
    rows = await session.scalars(
        query.order_by(CompelConfig.created_at.desc(), CompelConfig.id.desc()).limit(limit)
    )
    return list(rows)


async def lock(session: AsyncSession, config_id: UUID) -> CompelConfig | None:
    row: CompelConfig | None = await session.scalar(
        select(CompelConfig).where(CompelConfig.id == config_id).with_for_update()
    )
    return row


async def by_hash(session: AsyncSession, config_hash: str) -> CompelConfig | None:
    row: CompelConfig | None = await session.scalar(
        select(CompelConfig).where(CompelConfig.config_hash == config_hash)
    )
    return row


async def ratings_of_jobs(session: AsyncSession, weights: dict[str, float]) -> tuple[int, Decimal]:
    """How many jobs with these canonical weights are rated, and the sum of their ratings."""
    row = await session.execute(
        select(func.count(), func.sum(Job.quality_rating)).where(
            Job.compel_weights == weights, Job.quality_rating.is_not(None)
        )
    )
    count, total = row.one()
    return int(count), total or Decimal(0)
