"""SQL of ``system_config``: one row, read by key and patched by key."""

from typing import Any

from sqlalchemy import ARRAY, Text, bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.models import SystemConfig

_ROW = 1
# Changes with every write of the row, whoever writes it, and is read without the json value.
_VERSION = text("SELECT xmin::text || ':' || ctid::text FROM system_config WHERE id = 1")


async def ensure(session: AsyncSession) -> None:
    await session.execute(insert(SystemConfig).values(id=_ROW).on_conflict_do_nothing())


async def version(session: AsyncSession) -> str | None:
    """A mark of the row's present state; None where the row is missing."""
    mark: str | None = await session.scalar(_VERSION)
    return mark


async def read(session: AsyncSession) -> dict[str, Any] | None:
    """The whole of the configuration."""
    found: dict[str, Any] | None = await session.scalar(
        select(SystemConfig.config).where(SystemConfig.id == _ROW)
    )
    return found


async def value(session: AsyncSession, *path: str) -> Any:  # noqa: ANN401 - any JSON value
    """The value under a path of keys; None where there is none."""
    place = bindparam("path", list(path), type_=ARRAY(Text))
    return await session.scalar(
        select(SystemConfig.config.op("#>", return_type=JSONB())(place)).where(
            SystemConfig.id == _ROW
        )
    )


async def patch(session: AsyncSession, key: str, new: object) -> bool:
    """Set one key in one statement, so that writers of other keys lose nothing.

    Returns False where the row is missing.
    """
    changed = await session.scalar(
        update(SystemConfig)
        .where(SystemConfig.id == _ROW)
        .values(
            config=SystemConfig.config.op("||")(
                func.jsonb_build_object(key, bindparam("new", new, type_=JSONB()))
            )
        )
        .returning(SystemConfig.id)
        .execution_options(synchronize_session=False)
    )
    return changed is not None


async def drop(session: AsyncSession, key: str) -> bool:
    """Take one key out; False where the row is missing."""
    changed = await session.scalar(
        update(SystemConfig)
        .where(SystemConfig.id == _ROW)
        .values(config=SystemConfig.config.op("-")(bindparam("key", key, type_=Text())))
        .returning(SystemConfig.id)
        .execution_options(synchronize_session=False)
    )
    return changed is not None
