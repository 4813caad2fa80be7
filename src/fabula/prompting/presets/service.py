"""Rules of presets."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts import trail
from fabula.accounts.caller import Caller
from fabula.accounts.permissions import Permission
from fabula.accounts.trail import Action
from fabula.core.database import elevated
from fabula.core.errors import Conflict, Invalid, NotFound
from fabula.models import EnhancementPreset
from fabula.moderation.policy import screen
from fabula.prompting.asking import AS_USUAL, Sampling
from fabula.prompting.presets import repository
from fabula.prompting.weights import terms

_KIND = "enhancement_preset"


class PresetNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such preset: it may have been deleted. Choose another one.")


async def find(session: AsyncSession) -> list[EnhancementPreset]:
    """All presets, for everybody who is signed in."""
    async with elevated(session):
        return await repository.listed(session)


async def get(session: AsyncSession, preset_id: UUID) -> EnhancementPreset:
    """A preset for a job. Raises ``PresetNotFound``."""
    async with elevated(session):
        row = await repository.get(session, preset_id)
    if row is None:
        raise PresetNotFound
    return row


async def asked_for(session: AsyncSession, preset_id: UUID | None) -> EnhancementPreset | None:
    """The preset that a request names, if it names one. Raises ``Invalid`` for one that is gone."""
    if preset_id is None:
        return None
    try:
        return await get(session, preset_id)
    except PresetNotFound as error:
        raise Invalid(str(error), field="preset_id") from error


def sampling_of(preset: EnhancementPreset | None) -> Sampling:
    """How the language model writes with it."""
    settings = preset.qwen_settings if preset else None
    return Sampling(**settings) if settings else AS_USUAL


def weights_of(preset: EnhancementPreset | None) -> dict[str, float]:
    """The terms that it weighs, none where it weighs nothing."""
    return (preset.compel_weights or {}) if preset and preset.enable_compel else {}


async def count_use(session: AsyncSession, preset_id: UUID) -> None:
    """Note that a job uses a preset, with the transaction that accepts the job. A preset that was
    deleted since counts nothing."""
    async with elevated(session):
        await repository.count_use(session, preset_id)


async def make(session: AsyncSession, caller: Caller, values: dict[str, Any]) -> EnhancementPreset:
    """A new preset, whose name no other has in any case of its letters."""
    caller.require(Permission.TEMPLATES)
    row = EnhancementPreset(**_checked(values), usage_count=0, created_by=caller.user_id)
    _demand_effect(row)
    await _demand_name(session, row.preset_name, but=None)
    session.add(row)
    await session.flush()
    await session.refresh(row)
    await trail.record(session, caller, Action.PRESET_MADE, _KIND, row.id, after=_facts(row))
    return row


async def change(
    session: AsyncSession, caller: Caller, preset_id: UUID, changes: dict[str, Any]
) -> EnhancementPreset:
    """Change a preset. Jobs that used it keep what they noted of it."""
    caller.require(Permission.TEMPLATES)
    row = await _locked(session, preset_id)
    before = _facts(row)
    if "preset_name" in changes:
        await _demand_name(session, changes["preset_name"], but=row.id)
    for column, value in _checked(changes).items():
        setattr(row, column, value)
    _demand_effect(row)
    if _facts(row) != before:
        await session.flush()
        after = _facts(row)
        await trail.record(session, caller, Action.PRESET_CHANGED, _KIND, row.id, before, after)
    return row


async def delete(session: AsyncSession, caller: Caller, preset_id: UUID) -> None:
    caller.require(Permission.TEMPLATES)
    row = await _locked(session, preset_id)
    before = _facts(row)
    await session.delete(row)
    await session.flush()
    await trail.record(session, caller, Action.PRESET_DELETED, _KIND, preset_id, before)


async def _locked(session: AsyncSession, preset_id: UUID) -> EnhancementPreset:
    row = await repository.lock(session, preset_id)
    if row is None:
        raise PresetNotFound
    return row


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    weights = values.get("compel_weights")
    screen([values.get("preset_name"), values.get("preset_description"), *(weights or ())])
    return {**values, "compel_weights": terms.canonical_terms(weights)} if weights else values


def _demand_effect(row: EnhancementPreset) -> None:
    if not row.enable_qwen and not row.enable_compel:
        raise Invalid(
            "A preset that neither rewrites nor weighs does nothing.", field="enable_qwen"
        )
    if row.enable_compel and not row.compel_weights:
        raise Invalid("A preset that weighs needs weights.", field="compel_weights")


async def _demand_name(session: AsyncSession, name: str, *, but: UUID | None) -> None:
    twin = await repository.named(session, name)
    if twin is not None and twin.id != but:
        raise Conflict(
            f"There is already a preset {twin.preset_name!r}: choose another name.",
            code="preset_name_taken",
        )


def _facts(row: EnhancementPreset) -> dict[str, Any]:
    return {
        "name": row.preset_name,
        "description": row.preset_description,
        "rewrites": row.enable_qwen,
        "weighs": row.enable_compel,
        "auto": row.auto_enhancement,
        "weights": row.compel_weights,
        "settings": row.qwen_settings,
        "recommended": bool(row.is_recommended),
    }
