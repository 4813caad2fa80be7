"""What can be made on this machine."""

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.core.database import elevated
from fabula.engine_servers import defaults, directory
from fabula.engines.base import ImageCapabilities, Range
from fabula.engines.registry import EngineEntry, EngineRegistry
from fabula.generation import repository
from fabula.generation.engine_choice import (
    Choice,
    candidates,
    choose,
    own_settings,
    snapped,
    within,
)
from fabula.generation.job_types import JOB_TYPES, JobType, with_config
from fabula.generation.schemas import (
    EngineOptionOut,
    EngineStateOut,
    JobTypeEngineOut,
    JobTypeOut,
    LimitsOut,
    RangeOut,
    SizeOut,
)
from fabula.generation.submit import Desk


def engines(registry: EngineRegistry) -> list[EngineStateOut]:
    return [engine_state(entry) for entry in registry.all()]


def engine_state(entry: EngineEntry) -> EngineStateOut:
    info, here = entry.info, entry.availability
    return EngineStateOut(
        id=info.id,
        name=info.name,
        modality=info.modality.value,
        version=info.version,
        summary=info.summary,
        model=info.model,
        licence=info.licence,
        stand_in=info.stand_in,
        available=here.available,
        reason=here.reason,
        remedy=here.remedy,
    )


async def job_types(session: AsyncSession, desk: Desk) -> list[JobTypeOut]:
    """The job table with the settings that are in force and the measured times."""
    await directory.refresh(session, desk.registry)
    used = await defaults.read(session, desk.config)
    async with elevated(session):
        configs = {
            family: await repository.active_model_config(session, family)
            for family in ("sdxl", "wan")
        }
        items = []
        for row in JOB_TYPES.values():
            config = configs[row.family]
            job_type = with_config(row, config.config_data if config else None)
            choice = choose(job_type, desk.registry, default=used.get(job_type.name))
            seconds = None
            if choice.entry:
                seconds = await repository.seconds_per_output(
                    session, choice.entry.info.id, job_type.name
                )
            items.append(_job_type_out(job_type, choice, seconds, desk.registry))
    return items


def _job_type_out(
    job_type: JobType, choice: Choice, seconds: float | None, registry: EngineRegistry
) -> JobTypeOut:
    entry = choice.entry
    return JobTypeOut(
        job_type=job_type.name,
        format=job_type.format,
        quality=job_type.quality,
        model_type=job_type.family,
        enhanced=job_type.rewritten,
        credits=job_type.credits,
        available=entry is not None,
        reason=choice.reason,
        remedy=choice.remedy,
        engine=JobTypeEngineOut(
            id=entry.info.id,
            name=entry.info.name,
            stand_in=entry.info.stand_in,
            summary=entry.info.summary,
        )
        if entry
        else None,
        limits=_limits(own_settings(job_type, choice), entry.capabilities)
        if entry and isinstance(entry.capabilities, ImageCapabilities)
        else None,
        engines=[
            _option(job_type, Choice(other), other.capabilities, choice)
            for other in candidates(job_type, registry)
            if isinstance(other.capabilities, ImageCapabilities)
        ],
        estimate_seconds=None if seconds is None else round(seconds, 2),
    )


def _option(
    job_type: JobType, option: Choice, able: ImageCapabilities, used: Choice
) -> EngineOptionOut:
    """An engine that could be chosen; the one in use comes with the model in use."""
    info = option.chosen.info
    mine = used.entry is not None and used.entry.info.id == info.id
    return EngineOptionOut(
        id=info.id,
        name=info.name,
        stand_in=info.stand_in,
        summary=info.summary,
        model=(used.model if mine else "") or info.model,
        limits=_limits(own_settings(job_type, option), able),
    )


def _limits(job_type: JobType, found: ImageCapabilities) -> LimitsOut:
    def out(name: str, limits: Range, wanted: float, *, whole: bool) -> RangeOut:
        default = within(name, limits, None, wanted)
        return RangeOut(
            minimum=limits.minimum,
            maximum=limits.maximum,
            default=snapped(limits, default) if whole else default,
            step=limits.step,
        )

    return LimitsOut(
        width=out("width", found.width, job_type.width, whole=True),
        height=out("height", found.height, job_type.height, whole=True),
        steps=out("steps", found.steps, job_type.steps, whole=True),
        guidance_scale=out(
            "guidance_scale", found.guidance_scale, job_type.guidance_scale, whole=False
        ),
        max_count=found.max_count,
        negative_prompt=found.negative_prompt,
        image_to_image=found.image_to_image,
        reference_required=found.reference_required,
        reference_strength=found.reference_strength,
        seeds=found.seeds,
        sizes=[SizeOut(width=width, height=height) for width, height in found.sizes],
        models=list(found.models),
        schedulers=list(found.schedulers),
    )
