"""Settings of a model, versioned: saving adds a row, exactly one of a model is active.

An active row overrides the table of job types (``job_types``) for every job that is accepted from
then on; jobs record the row that they used.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts import trail
from fabula.accounts.caller import Caller
from fabula.accounts.trail import Action
from fabula.core.errors import Forbidden, Invalid, NotFound
from fabula.core.pagination import Cursor
from fabula.engines.registry import EngineRegistry
from fabula.generation import model_config_repository as repository
from fabula.generation.schemas import ModelConfigIn, ModelType
from fabula.models import ModelConfig
from fabula.moderation.policy import screen


class ConfigNotFound(NotFound):
    code = "model_config_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such model configuration.")


async def list_configs(
    session: AsyncSession,
    caller: Caller,
    model_type: ModelType | None,
    cursor: Cursor | None,
    limit: int,
) -> list[ModelConfig]:
    """Configurations, newest first."""
    _admins_only(caller)
    return await repository.listed(session, model_type, cursor, limit)


async def add_config(
    session: AsyncSession, caller: Caller, body: ModelConfigIn, registry: EngineRegistry
) -> ModelConfig:
    """Save a configuration, and make it the active one when asked."""
    _admins_only(caller)
    known = {entry.info.id for entry in registry.all()}
    unknown = sorted(set(body.config_data.all_engines()) - known)
    if unknown:
        raise Invalid(
            f"There is no engine {unknown[0]!r} in this studio: use some of "
            f"{', '.join(sorted(known))}.",
            field="config_data.engines",
        )
    screen([body.config_name, body.notes])
    row = await repository.add(
        session,
        model_type=body.model_type,
        config_name=body.config_name,
        config_data=body.config_data.model_dump(exclude_none=True),
        notes=body.notes,
        created_by=caller.user_id,
    )
    before = await repository.active(session, row.model_type)
    if body.activate:
        await repository.activate(session, row)
    after = {"model_type": row.model_type, "name": row.config_name, "active": body.activate}
    await trail.record(
        session, caller, Action.MODEL_CONFIG_SAVED, "model_config", row.id,
        before=_active(before), after=after,
    )  # fmt: skip
    return row


async def activate(session: AsyncSession, caller: Caller, config_id: UUID) -> ModelConfig:
    """Make an older or newer configuration the active one of its model."""
    _admins_only(caller)
    row = await repository.get(session, config_id)
    if row is None:
        raise ConfigNotFound
    before = await repository.active(session, row.model_type)
    await repository.activate(session, row)
    await trail.record(
        session, caller, Action.MODEL_CONFIG_ACTIVATED, "model_config", row.id,
        before=_active(before), after=_active(row),
    )  # fmt: skip
    return row


async def deactivate(session: AsyncSession, caller: Caller, config_id: UUID) -> ModelConfig:
    """Go back to the table of job types for this model."""
    _admins_only(caller)
    row = await repository.get(session, config_id)
    if row is None:
        raise ConfigNotFound
    before = await repository.active(session, row.model_type)
    row.is_active = False
    await session.flush()
    await trail.record(
        session, caller, Action.MODEL_CONFIG_DEACTIVATED, "model_config", row.id,
        before=_active(before), after={"active": None},
    )  # fmt: skip
    return row


def _active(row: ModelConfig | None) -> dict[str, object]:
    return {"active": row.id if row else None, "name": row.config_name if row else None}


def _admins_only(caller: Caller) -> None:
    if not caller.is_admin:
        raise Forbidden("Model configurations are for the admins of this studio: ask one of them.")
