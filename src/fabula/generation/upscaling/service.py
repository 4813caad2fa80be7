"""Rules of upscaling: which picture, by which engine, and a job that keeps the picture's words.

An upscale is a job of the picture's own job type with the task ``upscale``: the ten job types are
all that the job table has.
"""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts.caller import Caller
from fabula.engine_servers import directory
from fabula.engines.capabilities import ImageCapabilities
from fabula.engines.registry import EngineRegistry
from fabula.generation import idempotency, source_repository
from fabula.generation.engine_choice import Choice, choose_upscaler
from fabula.generation.errors import NotPossible, SourceNotFound
from fabula.generation.job_types import DEFAULT_JOB_TYPE, JOB_TYPES, UPSCALE_CREDITS
from fabula.generation.provenance import FrozenPicture, Provenance, Rewriting, Upscale
from fabula.generation.schemas import EngineOut
from fabula.generation.source_repository import SourcePicture
from fabula.generation.sources import facts_of
from fabula.generation.submit import Desk, judge, write_job
from fabula.generation.upscaling.schemas import UpscaleIn, UpscalingOut
from fabula.moderation.rating import rating_of

BROUGHT_WORDS = "A picture that was brought along"
"""What an upload is called where pictures have a prompt."""


def possible(registry: EngineRegistry) -> UpscalingOut:
    """What upscaling is possible on this machine."""
    choice = choose_upscaler(registry)
    entry = choice.entry
    able = entry.capabilities if entry else None
    picture = able if isinstance(able, ImageCapabilities) else None
    return UpscalingOut(
        available=entry is not None,
        reason=choice.reason,
        remedy=choice.remedy,
        engine=EngineOut(id=entry.info.id, name=entry.info.name, stand_in=entry.info.stand_in)
        if entry
        else None,
        models=list(picture.models) if picture else [],
        factors=list(picture.factors) if picture else [],
        credits=UPSCALE_CREDITS,
        max_side=int(min(picture.width.maximum, picture.height.maximum)) if picture else 0,
        max_pixels=_most_pixels(picture) if picture else 0,
    )


async def submit(
    session: AsyncSession, caller: Caller, body: UpscaleIn, desk: Desk, *, key: str | None = None
) -> UUID:
    """Accept an upscale. The same idempotency key and body give the same job.

    Raises ``SourceNotFound`` for a picture that is not the caller's, and ``NotPossible`` or
    ``NoEngine`` with what would help.
    """
    known = await idempotency.job_of(session, caller, key, body)
    if known:
        return known
    plan = await _plan(session, caller, body, desk)
    judge(plan)
    job_id = await write_job(session, caller, plan, body.destination, desk)
    await idempotency.remember(session, caller, key, body, job_id)
    return job_id


async def _plan(session: AsyncSession, caller: Caller, body: UpscaleIn, desk: Desk) -> Provenance:
    found = await source_repository.source_picture(
        session, caller.user_id, body.asset_id, caller.mode
    )
    if found is None:
        raise SourceNotFound("asset_id")
    await directory.refresh(session, desk.registry)
    choice = choose_upscaler(desk.registry, body.model)
    _demand_room(found, body.factor, choice)
    before = _source_plan(found)
    drawn = before.upscale
    source = FrozenPicture(**facts_of(found))
    changes: dict[str, Any] = {
        "task": "upscale",
        "upscale": Upscale(
            source=source, factor=body.factor,
            model=drawn.model if drawn else before.model or None,
            sampler=drawn.sampler if drawn else before.effective.get("scheduler"),
        ),
        "prompt_final": before.prompt_final or before.prompt_original,
        "negative_final": before.negative_final or "",
        "seed": found.seed if found.seed is not None else before.seed,
        "count": 1,
        "width": found.width * body.factor,
        "height": found.height * body.factor,
        "reference": None,
        "rewriting": before.rewriting.model_copy(update={"wanted": False}),
        "engine_id": choice.chosen.info.id,
        "engine_version": choice.chosen.info.version,
        "model": choice.model_label,
        "model_name": choice.model or None,
        "model_config_id": None,
        "mode": rating_of(found.rating),
        "unit_credits": UPSCALE_CREDITS,
        "retry_of": None,
        "warnings": [],
        "effective": {},
    }  # fmt: skip
    return before.model_copy(update=changes)


def _source_plan(found: SourcePicture) -> Provenance:
    """What made the picture; of one that was brought along nothing is known."""
    if found.settings is not None:
        return Provenance.model_validate(found.settings)
    usual = JOB_TYPES[DEFAULT_JOB_TYPE]
    return Provenance(
        job_type=usual.name,
        prompt_original=BROUGHT_WORDS,
        seed=0,
        count=1,
        width=found.width,
        height=found.height,
        steps=usual.steps,
        guidance_scale=usual.guidance_scale,
        rewriting=Rewriting(wanted=False),
        engine_id="",
        engine_version="",
        model="",
        unit_credits=UPSCALE_CREDITS,
    )


def _demand_room(found: SourcePicture, factor: int, choice: Choice) -> None:
    """Raise ``NotPossible`` where the picture would be too large, or is too small to begin with."""
    able = choice.capabilities
    width, height = found.width * factor, found.height * factor
    if not isinstance(able, ImageCapabilities) or factor not in able.factors:
        raise NotPossible(
            f"{choice.chosen.info.name} cannot enlarge {factor} times.", field="factor"
        )
    if min(width, height) < min(able.width.minimum, able.height.minimum):
        raise NotPossible(
            f"The picture has {found.width} x {found.height} pixels, which are too few to upscale.",
            field="asset_id",
        )
    most = able.width.maximum, able.height.maximum, _most_pixels(able)
    if width > most[0] or height > most[1] or width * height > most[2]:
        smaller = "Take factor 2." if factor > 2 else "Take a smaller picture."
        raise NotPossible(
            f"It would be {width} x {height} pixels large; possible are {most[0]:g} x {most[1]:g} "
            f"and {most[2] / 1e6:.1f} million in all. {smaller}",
            field="factor",
        )


def _most_pixels(able: ImageCapabilities) -> int:
    return able.max_pixels or int(able.width.maximum * able.height.maximum)
