"""SQL of model configurations."""

from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.core.database import lock_named
from fabula.core.pagination import Cursor
from fabula.models import ModelConfig


async def active(session: AsyncSession, family: str) -> ModelConfig | None:
    return (
        await session.scalars(
            select(ModelConfig).where(
                ModelConfig.model_type == family.upper(), ModelConfig.is_active.is_(True)
            )
        )
    ).one_or_none()


async def listed(
    session: AsyncSession, model_type: str | None, cursor: Cursor | None, limit: int
) -> list[ModelConfig]:
    query = select(ModelConfig)
    if model_type:
        query = query.where(ModelConfig.model_type == model_type)
    if cursor:
        query = query.where(cursor.before(ModelConfig.created_at, ModelConfig.id))
    rows = await session.scalars(
        query.order_by(ModelConfig.created_at.desc(), ModelConfig.id.desc()).limit(limit)
    )
    return list(rows)


async def get(session: AsyncSession, config_id: UUID) -> ModelConfig | None:
    return await session.get(ModelConfig, config_id)


async def add(
    session: AsyncSession,
    *,
    model_type: str,
    config_name: str,
    config_data: dict[str, Any],
    notes: str | None,
    created_by: UUID,
) -> ModelConfig:
    row = ModelConfig(
        model_type=model_type,
        config_name=config_name,
        config_data=config_data,
        notes=notes,
        created_by=created_by,
        is_active=False,
    )
    session.add(row)
    await session.flush()
    await session.refresh(row)
    return row


async def activate(session: AsyncSession, row: ModelConfig) -> None:
    """Make a row the only active one of its model. Two at once wait for one another."""
    await lock_named(session, f"model_config:{row.model_type}")
    await session.execute(
        update(ModelConfig)
        .where(ModelConfig.model_type == row.model_type, ModelConfig.is_active.is_(True))
        .values(is_active=False)
    )
    row.is_active = True
    await session.flush()
