"""SQL of presets. People may not read the table: the machine does it for them."""

from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.models import EnhancementPreset

_MOST = 500


async def listed(session: AsyncSession) -> list[EnhancementPreset]:
    """All presets: recommended ones first, then by name."""
    rows = await session.scalars(
        select(EnhancementPreset)
        .order_by(
            EnhancementPreset.is_recommended.desc().nulls_last(),
            func.lower(EnhancementPreset.preset_name),
        )
        .limit(_MOST)
    )
    return list(rows)


async def get(session: AsyncSession, preset_id: UUID) -> EnhancementPreset | None:
    return await session.get(EnhancementPreset, preset_id)


async def lock(session: AsyncSession, preset_id: UUID) -> EnhancementPreset | None:
    row: EnhancementPreset | None = await session.scalar(
        select(EnhancementPreset).where(EnhancementPreset.id == preset_id).with_for_update()
    )
    return row


async def named(session: AsyncSession, name: str) -> EnhancementPreset | None:
    row: EnhancementPreset | None = await session.scalar(
        select(EnhancementPreset).where(func.lower(EnhancementPreset.preset_name) == name.lower())
    )
    return row


async def count_use(session: AsyncSession, preset_id: UUID) -> None:
    await session.execute(
        update(EnhancementPreset)
        .where(EnhancementPreset.id == preset_id)
        .values(usage_count=func.coalesce(EnhancementPreset.usage_count, 0) + 1)
    )
