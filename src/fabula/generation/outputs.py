"""The records of an output that is stored, and the hand-over to whoever shows it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.core.clock import now
from fabula.engines.base import ImageOutput, VideoOutput
from fabula.events.domain import DomainEvents
from fabula.generation import repository
from fabula.generation.events import OutputReady, StoredFile
from fabula.generation.output_files import Output
from fabula.generation.provenance import Provenance
from fabula.models import Job
from fabula.queue.leases import Lease


async def record_output(
    session: AsyncSession,
    events: DomainEvents,
    job: Job,
    plan: Provenance,
    output: Output,
    stored: StoredFile,
    warnings: list[dict[str, str]],
) -> None:
    """The generation record and the hand-over, in the transaction of the lease's holder."""
    plan = plan.model_copy(
        update={
            "effective": {**output.effective, "width": stored.width, "height": stored.height},
            "warnings": _merged(plan.warnings, warnings),
        }
    )
    columns: dict[str, Any] = {"metadata_": plan.dump()}
    if isinstance(output, VideoOutput):
        values = _video_values(job, plan, stored, now())
        columns["video_id"] = await repository.record_video(session, job, values)
    else:
        values = _image_values(job, plan, output, stored)
        image_id = await repository.record_image(session, values)
        if output.index == 0:
            columns["image_id"] = image_id
    await _update_job(session, job.id, columns)
    await events.emit(
        session,
        OutputReady(
            job_id=job.id,
            user_id=job.user_id,
            destination=job.destination or "workspace",
            index=output.index,
            seed=output.seed,
            provenance=plan,
            file=stored,
        ),
    )


def _merged(first: list[dict[str, str]], more: list[dict[str, str]]) -> list[dict[str, str]]:
    """Warnings of a batch, each once."""
    return list({(w["code"], w["message"]): w for w in [*first, *more]}.values())


def _image_values(
    job: Job, plan: Provenance, output: ImageOutput, stored: StoredFile
) -> dict[str, Any]:
    reference = plan.reference
    return {
        "user_id": job.user_id,
        "prompt": plan.prompt_final or plan.prompt_original,
        "original_prompt": plan.prompt_original,
        "enhanced_prompt": plan.prompt_final if plan.prompt_final != plan.prompt_original else None,
        "image_url": f"{stored.bucket}/{stored.key}",
        "thumbnail_url": f"{stored.bucket}/{stored.thumbnail_key}",
        "generation_mode": "standalone",
        "status": "completed",
        "metadata": {"provenance": plan.dump(), "sha256": stored.sha256},
        "format": "png",
        "quality": job.quality,
        "file_size": stored.size,
        "job_id": job.id,
        "image_index": output.index,
        "reference_image_url": f"{reference.bucket}/{reference.key}" if reference else None,
        "reference_strength": 1 - reference.strength if reference else None,
        "seed": output.seed,
        "enhancement_strategy": plan.rewriting.strategy,
        "enhancement_time_ms": plan.rewriting.time_ms,
    }


def _video_values(
    job: Job, plan: Provenance, stored: StoredFile, moment: datetime
) -> dict[str, Any]:
    """The record stays when the file goes, so it does not expire. The column for the duration is
    in whole seconds; the exact one is with the asset."""
    first = plan.first_frame
    return {
        "user_id": job.user_id,
        "original_prompt": plan.prompt_original,
        "enhanced_prompt": plan.prompt_final if plan.prompt_final != plan.prompt_original else None,
        "video_url": f"{stored.bucket}/{stored.key}",
        "thumbnail_url": f"{stored.bucket}/{stored.thumbnail_key}",
        "preview_url": f"{stored.bucket}/{stored.preview_key}",
        "reference_image_url": f"{first.bucket}/{first.key}" if first else None,
        "status": "completed",
        "duration": round(stored.duration or 0),
        "resolution": f"{min(stored.width, stored.height)}p",
        "format": "mp4",
        "completed_at": moment,
        "expires_at": None,
        "metadata_": {"provenance": plan.dump(), "sha256": stored.sha256},
        "enhancement_strategy": plan.rewriting.strategy,
        "enhancement_time_ms": plan.rewriting.time_ms,
    }


async def _update_job(session: AsyncSession, job_id: UUID, values: dict[str, Any]) -> None:
    await session.execute(update(Job).where(Job.id == job_id).values(**values))


async def record_rewriting(session: AsyncSession, lease: Lease, plan: Provenance) -> None:
    """Keep what the engine will read and how it came to be, before the engine sees it."""
    values: dict[str, Any] = {"metadata_": plan.dump()}
    if plan.rewriting.wanted:
        values |= _rewriting_columns(plan)
    await _update_job(session, lease.job_id, values)


def _rewriting_columns(plan: Provenance) -> dict[str, Any]:
    story, old, new = plan.rewriting, len(plan.prompt_original), len(plan.prompt_final or "")
    return {
        "enhanced_prompt": plan.prompt_final,
        "enhancement_strategy": story.strategy,
        "enhancement_time_ms": story.time_ms,
        "template_name": story.template.name if story.template else None,
        "qwen_expansion_percentage": round((new - old) / old * 100, 2),
    }
