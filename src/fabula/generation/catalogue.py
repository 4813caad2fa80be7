"""What can be made on this machine."""

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.core.database import elevated
from fabula.engine_servers import defaults, directory
from fabula.engines.capabilities import ImageCapabilities, Range, VideoCapabilities
from fabula.engines.registry import EngineEntry, EngineRegistry
from fabula.generation import model_config_repository, repository
from fabula.generation.engine_choice import (
    Capabilities,
    Choice,
    candidates,
    choose,
    inpaints,
    own_settings,
    snapped,
)
from fabula.generation.job_types import JOB_TYPES, JobType, with_config
from fabula.generation.schemas import (
    ClipLimitsOut,
    EngineOptionOut,
    EngineStateOut,
    JobTypeEngineOut,
    JobTypeOut,
    LimitsOut,
    MotionLimitsOut,
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
            family: await model_config_repository.active(session, family)
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
        if entry and isinstance(entry.capabilities, ImageCapabilities | VideoCapabilities)
        else None,
        engines=[
            _option(job_type, Choice(other), choice) for other in candidates(job_type, registry)
        ],
        estimate_seconds=None if seconds is None else round(seconds, 2),
    )


def _option(job_type: JobType, option: Choice, used: Choice) -> EngineOptionOut:
    """An engine that could be chosen; the one in use comes with the model in use."""
    info = option.chosen.info
    mine = used.entry is not None and used.entry.info.id == info.id
    return EngineOptionOut(
        id=info.id,
        name=info.name,
        stand_in=info.stand_in,
        summary=info.summary,
        model=(used.model if mine else "") or option.capabilities.default_model or info.model,
        limits=_limits(own_settings(job_type, option), option.capabilities),
    )


def _limits(job_type: JobType, found: Capabilities) -> LimitsOut:
    picture = found if isinstance(found, ImageCapabilities) else None
    clip = _clip_limits(job_type, found) if isinstance(found, VideoCapabilities) else None
    return LimitsOut(
        width=_range(found.width, job_type.width, whole=True),
        height=_range(found.height, job_type.height, whole=True),
        steps=_range(found.steps, job_type.steps, whole=True),
        guidance_scale=_range(found.guidance_scale, job_type.guidance_scale),
        max_count=found.max_count,
        negative_prompt=found.negative_prompt,
        image_to_image=picture is not None and picture.image_to_image,
        inpainting=inpaints(found),
        reference_required=picture is not None and picture.reference_required,
        reference_strength=picture is None or picture.reference_strength,
        seeds=picture is None or picture.seeds,
        sizes=[SizeOut(width=w, height=h) for w, h in picture.sizes] if picture else [],
        models=list(found.models),
        model_families=dict(found.model_families),
        loras=found.loras and bool(found.lora_files),
        schedulers=list(picture.schedulers) if picture else [],
        clip=clip,
        weights=picture is not None and picture.weights,
    )


def _clip_limits(job_type: JobType, found: VideoCapabilities) -> ClipLimitsOut:
    moves = found.motion
    return ClipLimitsOut(
        seconds=_range(found.seconds, job_type.frames / job_type.fps),
        fps=_range(found.fps, job_type.fps),
        first_frame=found.first_frame,
        last_frame=found.last_frame,
        first_frame_required=found.first_frame_required,
        motion=MotionLimitsOut(
            kinds=list(moves.kinds),
            easings=list(moves.easings),
            strength=_range(moves.strength, moves.strength.default),
            loop=moves.loop,
        )
        if moves
        else None,
    )


def _range(limits: Range, wanted: float, *, whole: bool = False) -> RangeOut:
    default = min(max(wanted, limits.minimum), limits.maximum)
    return RangeOut(
        minimum=limits.minimum,
        maximum=limits.maximum,
        default=snapped(limits, default) if whole else default,
        step=limits.step,
    )
