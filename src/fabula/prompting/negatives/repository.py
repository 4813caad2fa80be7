"""SQL of negative prompts. Sessions are the caller's, under row security."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.models import NegativePrompt

_PRIORITY = func.coalesce(NegativePrompt.priority, 1)


async def listed(
    session: AsyncSession, model_type: str | None, content_mode: str | None
) -> list[NegativePrompt]:
    """All of them by model and mode, the highest priority first, as they are joined."""
    query = select(NegativePrompt)
    if model_type is not None:
        query = query.where(NegativePrompt.model_type == model_type)
    if content_mode is not None:
        query = query.where(NegativePrompt.content_mode == content_mode)
    rows = await session.scalars(
        query.order_by(
            NegativePrompt.model_type,
            NegativePrompt.content_mode,
            _PRIORITY.desc(),
            NegativePrompt.created_at,
            NegativePrompt.id,
        )
    )
    return list(rows)


async def lock(session: AsyncSession, negative_id: UUID) -> NegativePrompt | None:
    row: NegativePrompt | None = await session.scalar(
        select(NegativePrompt).where(NegativePrompt.id == negative_id).with_for_update()
    )
    return row


async def twin(
    session: AsyncSession, model_type: str, content_mode: str, text: str
) -> NegativePrompt | None:
    """The row with this identity, which the inventory keeps unique."""
    row: NegativePrompt | None = await session.scalar(
        select(NegativePrompt).where(
            NegativePrompt.model_type == model_type,
            NegativePrompt.content_mode == content_mode,
            NegativePrompt.negative_prompt == text,
        )
    )
    return row


async def lowest_priority(session: AsyncSession, model_type: str, content_mode: str) -> int | None:
    priority: int | None = await session.scalar(
        select(func.min(_PRIORITY)).where(
            NegativePrompt.model_type == model_type, NegativePrompt.content_mode == content_mode
        )
    )
    return priority


async def order(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """Give rows priorities from their number down to 1."""
    for place, row_id in enumerate(ids):
        await session.execute(
            update(NegativePrompt)
            .where(NegativePrompt.id == row_id)
            .values(priority=len(ids) - place, updated_at=func.now())
        )
