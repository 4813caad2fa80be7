"""Jobs as the API shows them."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.core.database import elevated
from fabula.engines.registry import EngineRegistry
from fabula.generation import repository
from fabula.generation.job_types import JOB_TYPES
from fabula.generation.lora_schemas import LoraUseOut
from fabula.generation.provenance import FrozenReference, Provenance, Rewriting
from fabula.generation.reference_schemas import ExtensionOut, ReferenceOut
from fabula.generation.repository import JobRow, OutputRow
from fabula.generation.schemas import (
    AssetRef,
    ClipParamsOut,
    EngineOut,
    JobErrorOut,
    JobOut,
    JobStatus,
    MotionOut,
    NoteOut,
    ParamsOut,
    PriceOut,
    ProgressOut,
    RewritingOut,
    UpscaleOut,
    UsedPresetOut,
)
from fabula.models import JobRun
from fabula.moderation.rating import rating_of
from fabula.queue import leases
from fabula.storage.links import Links

_STATUSES: dict[str, JobStatus] = {
    "processing": "processing", "completed": "completed", "failed": "failed",
}  # fmt: skip
_NOT_RETRYABLE = {"screened_text", "mode_withdrawn"}


async def show(
    session: AsyncSession, rows: list[JobRow], registry: EngineRegistry, links: Links
) -> list[JobOut]:
    """Full views of jobs that the caller may read, with a fixed number of queries."""
    begun = [row.job.id for row in rows if row.run.attempt]
    outputs: dict[UUID, list[AssetRef]] = {}
    for output in await repository.outputs_of(session, begun):
        outputs.setdefault(output.job_id, []).append(asset_ref(output, links))
    positions, speeds = await _figures(session, rows)
    previews = await repository.preview_steps(
        session, [row.job.id for row in rows if row.run.state == "running"]
    )
    return [
        _job_out(
            row,
            registry,
            outputs.get(row.job.id, []),
            positions.get(row.job.id),
            previews.get(row.job.id),
            speeds.get((row.run.engine_id, row.run.job_type)),
        )
        for row in rows
    ]


async def _figures(
    session: AsyncSession, rows: list[JobRow]
) -> tuple[dict[UUID, int], dict[tuple[str, str], float | None]]:
    """Places in the queue, and seconds an output by engine and job type: figures of the machine
    over everybody's jobs, where one of these is on its way."""
    open_runs = [row.run for row in rows if row.run.state != "done"]
    if not open_runs:
        return {}, {}
    wanted = {(run.engine_id, run.job_type) for run in open_runs}
    async with elevated(session):
        waits = any(run.state == "waiting" for run in open_runs)
        positions = await leases.queue_positions(session) if waits else {}
        speeds = {pair: await repository.seconds_per_output(session, *pair) for pair in wanted}
    return positions, speeds


def asset_ref(row: OutputRow, links: Links) -> AssetRef:
    return AssetRef(
        id=row.id,
        asset_index=row.asset_index,
        seed=row.seed,
        url=links.url(row.bucket, row.key),
        thumbnail_url=links.url(row.bucket, row.thumbnail_key),
        preview_url=links.url(row.bucket, row.preview_key) if row.preview_key else None,
        width=row.width,
        height=row.height,
        mime_type=row.mime_type,
        duration_seconds=None if row.duration is None else float(row.duration),
        thumbhash=row.thumbhash,
        saved=row.library_asset_id is not None,
        library_asset_id=row.library_asset_id,
        rating=rating_of(row.rating),
        expires_at=row.expires_at,
    )


def _job_out(
    row: JobRow,
    registry: EngineRegistry,
    assets: list[AssetRef],
    position: int | None,
    preview: tuple[int, int] | None,
    seconds: float | None,
) -> JobOut:
    job, run = row.job, row.run
    plan = Provenance.model_validate(job.metadata_)
    entry = registry.get(plan.engine_id)
    kind = JOB_TYPES[plan.job_type]
    return JobOut(
        id=job.id,
        status=_STATUSES.get(job.status or "", "queued"),
        job_type=job.job_type,
        format=kind.format,
        quality=kind.quality,
        destination=job.destination or "library",
        attempts=job.attempts or 0,
        max_attempts=job.max_attempts or 0,
        progress=progress_out(run, preview, seconds),
        queue_position=position,
        error=_error_out(row),
        original_prompt=plan.prompt_original,
        enhanced_prompt=job.enhanced_prompt,
        template_name=job.template_name,
        strategy=job.enhancement_strategy,
        rewriting=_rewriting_out(plan.rewriting),
        negative_prompt_used=plan.negative_final,
        count=plan.count,
        price=PriceOut(unit=plan.unit_credits, total=plan.price),
        width=plan.width,
        height=plan.height,
        params=_params(plan),
        engine=EngineOut(id=entry.info.id, name=entry.info.name, stand_in=entry.info.stand_in)
        if entry
        else EngineOut(id=plan.engine_id, name=plan.engine_id, stand_in=False),
        warnings=[NoteOut(**note) for note in plan.warnings],
        retry_of=run.retry_of,
        workspace_session_id=job.workspace_session_id,
        created_at=job.created_at,
        started_at=job.started_at,
        completed_at=job.completed_at,
        dismissed=run.dismissed_at is not None,
        assets=assets,
        rating=rating_of(run.rating),
        quality_rating=None if job.quality_rating is None else round(job.quality_rating),
    )


def _rewriting_out(story: Rewriting) -> RewritingOut | None:
    if not story.wanted:
        return None
    template = story.template
    return RewritingOut(
        strategy=story.strategy,
        template_name=template.name if template else None,
        template_version=template.version if template else None,
        fallback_level=story.fallback_level,
        engine=story.engine,
        time_ms=story.time_ms,
        tokens=story.tokens,
        token_limit=story.token_limit,
        cut=story.cut,
        notes=[NoteOut(**note) for note in story.notes],
    )


def _params(plan: Provenance) -> ParamsOut:
    upscale = plan.upscale
    return ParamsOut(
        seed=plan.seed,
        steps=plan.steps,
        guidance_scale=plan.guidance_scale,
        negative_prompt=plan.negative_prompt,
        width=plan.width,
        height=plan.height,
        count=plan.count,
        reference=_reference(plan.reference) if plan.reference else None,
        upscale=UpscaleOut(asset_id=upscale.source.asset_id, factor=upscale.factor)
        if upscale
        else None,
        clip=_clip_params(plan) if JOB_TYPES[plan.job_type].format == "video" else None,
        enhance=plan.rewriting.wanted,
        prompt_syntax=plan.prompt_syntax,
        preset=UsedPresetOut(id=plan.preset.id, name=plan.preset.name) if plan.preset else None,
        weights=plan.weights.terms if plan.weights else None,
        controls=plan.controls,
        model=plan.model_name,
        scheduler=plan.scheduler,
        loras=[LoraUseOut(name=lora.name, weight=lora.weight) for lora in plan.loras],
    )


def _reference(reference: FrozenReference) -> ReferenceOut:
    grown = reference.extension
    return ReferenceOut(
        asset_id=reference.asset_id,
        strength=reference.strength,
        mask=reference.mask.asset_id if reference.mask else None,
        extend=ExtensionOut(**grown.model_dump()) if grown else None,
    )


def _clip_params(plan: Provenance) -> ClipParamsOut:
    first, last, motion = plan.first_frame, plan.last_frame, plan.motion
    return ClipParamsOut(
        seconds=round(plan.frames / plan.fps, 3),
        fps=plan.fps,
        frames=plan.frames,
        first_frame=first.asset_id if first else None,
        last_frame=last.asset_id if last else None,
        motion=MotionOut(**motion.model_dump()) if motion else None,
    )


def _error_out(row: JobRow) -> JobErrorOut | None:
    if row.job.status != "failed":
        return None
    code = row.run.error_code or "failed"
    return JobErrorOut(
        code=code,
        message=row.job.error_message or "The job failed.",
        retryable=code not in _NOT_RETRYABLE,
    )


def progress_out(
    run: JobRun, preview: tuple[int, int] | None, seconds: float | None
) -> ProgressOut:
    fraction = fraction_done(run.stage, run.output_index, run.step, run.steps, run.output_count)
    return ProgressOut(
        stage=run.stage,
        step=run.step,
        steps=run.steps,
        fraction=fraction,
        index=run.output_index,
        preview_url=preview_url(run.job_id, *preview) if preview else None,
        eta_seconds=None
        if seconds is None or run.state == "done"
        else round(seconds * run.output_count * (1 - fraction), 1),
    )


def fraction_done(stage: str, index: int, step: int, steps: int, count: int) -> float:
    """How much of the job is done, 0 to 1; an output counts by its steps."""
    if stage == "done":
        return 1.0
    within = step / steps if steps else 0.0
    return round(min((index + within) / max(count, 1), 1.0), 4)


def preview_url(job_id: UUID, index: int, step: int) -> str:
    return f"/api/jobs/{job_id}/preview/{index}?v={step}"
