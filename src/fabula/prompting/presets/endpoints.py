"""Presets: everybody reads and uses them, admins write them."""

from uuid import UUID

from fastapi import APIRouter, Depends, status

from fabula.accounts.access import CallerDep, SessionDep, signed_in
from fabula.core.pagination import Page
from fabula.models import EnhancementPreset
from fabula.prompting.presets import service
from fabula.prompting.presets.schemas import (
    PresetChangeIn,
    PresetIn,
    PresetOut,
    RewritingSettings,
)

router = APIRouter(prefix="/prompts/presets", tags=["prompts"])


@router.get("", dependencies=[Depends(signed_in)])
async def list_presets(session: SessionDep) -> Page[PresetOut]:
    """All presets: recommended ones first, then by name."""
    rows = await service.find(session)
    return Page(items=[_out(row) for row in rows], next_cursor=None)


@router.post("", status_code=status.HTTP_201_CREATED)
async def make_preset(body: PresetIn, caller: CallerDep, session: SessionDep) -> PresetOut:
    """Make a preset. Admins only."""
    return _out(await service.make(session, caller, body.model_dump()))


@router.patch("/{preset_id}")
async def change_preset(
    preset_id: UUID, body: PresetChangeIn, caller: CallerDep, session: SessionDep
) -> PresetOut:
    """Change a preset; null takes a description, weights or settings away. Admins only."""
    given = body.model_dump(exclude_unset=True)
    optional = {"preset_description", "compel_weights", "qwen_settings"}
    changes = {
        name: value for name, value in given.items() if value is not None or name in optional
    }
    return _out(await service.change(session, caller, preset_id, changes))


@router.delete("/{preset_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_preset(preset_id: UUID, caller: CallerDep, session: SessionDep) -> None:
    """Delete a preset. Admins only."""
    await service.delete(session, caller, preset_id)


def _out(row: EnhancementPreset) -> PresetOut:
    settings = row.qwen_settings
    average = row.avg_quality_with_preset
    return PresetOut(
        id=row.id,
        preset_name=row.preset_name,
        preset_description=row.preset_description,
        enable_qwen=row.enable_qwen,
        enable_compel=row.enable_compel,
        auto_enhancement=row.auto_enhancement,
        compel_weights=row.compel_weights,
        qwen_settings=RewritingSettings.model_validate(settings) if settings else None,
        is_recommended=bool(row.is_recommended),
        usage_count=row.usage_count or 0,
        avg_quality=None if average is None else float(average),
        created_at=row.created_at,
    )
