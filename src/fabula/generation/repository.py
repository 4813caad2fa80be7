"""SQL of jobs and their outputs. Every query of a person starts from what is theirs."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    func,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from fabula.core.database import lock_named
from fabula.core.pagination import Cursor
from fabula.models import (
    Base,
    IdempotencyKey,
    Image,
    Job,
    JobPreview,
    JobRun,
    LibraryAsset,
    LibraryFile,
    Video,
    WorkspaceAsset,
    WorkspaceFile,
)
from fabula.moderation.rating import Mode, modes_within

_IMAGES = Base.metadata.tables["images"]
_SECONDS = text("""
SELECT sum(run_seconds) / nullif(sum(output_count), 0) FROM (
    SELECT run_seconds, output_count FROM studio.job_runs
    WHERE engine_id = :engine_id AND job_type = :job_type AND run_seconds IS NOT NULL
    ORDER BY finished_at DESC LIMIT 20) recent
""")


@dataclass(frozen=True, slots=True)
class JobRow:
    job: Job
    run: JobRun


@dataclass(frozen=True, slots=True)
class OutputRow:
    """An output of a job as it lies in the workspace or the library."""

    id: UUID
    job_id: UUID
    asset_index: int
    seed: int
    bucket: str
    key: str
    thumbnail_key: str
    preview_key: str | None
    thumbhash: str
    width: int
    height: int
    mime_type: str
    duration: Decimal | None
    library_asset_id: UUID | None
    rating: str
    expires_at: datetime | None = None


def _jobs(user_id: UUID, mode: Mode) -> Select[Job, JobRun]:
    return (
        select(Job, JobRun)
        .join(JobRun, JobRun.job_id == Job.id)
        .where(Job.user_id == user_id, JobRun.rating.in_(modes_within(mode)))
    )


async def get_job(session: AsyncSession, user_id: UUID, job_id: UUID, mode: Mode) -> JobRow | None:
    row = (await session.execute(_jobs(user_id, mode).where(Job.id == job_id))).one_or_none()
    return JobRow(row[0], row[1]) if row else None


async def lock_job(session: AsyncSession, user_id: UUID, job_id: UUID) -> Job | None:
    """A job of this person as it is now, locked until the transaction ends."""
    row: Job | None = await session.scalar(
        select(Job)
        .where(Job.id == job_id, Job.user_id == user_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return row


async def list_jobs(
    session: AsyncSession,
    user_id: UUID,
    mode: Mode,
    *,
    cursor: Cursor | None,
    limit: int,
    status: str | None,
    destination: str | None,
    dismissed: bool | None = None,
) -> list[JobRow]:
    query = _jobs(user_id, mode)
    if cursor:
        query = query.where(cursor.before(Job.created_at, Job.id))
    if status:
        query = query.where(Job.status == status)
    if destination:
        query = query.where(Job.destination == destination)
    if dismissed is not None:
        query = query.where(JobRun.dismissed_at.is_not(None) == dismissed)
    rows = await session.execute(query.order_by(Job.created_at.desc(), Job.id.desc()).limit(limit))
    return [JobRow(row[0], row[1]) for row in rows]


async def dismiss(session: AsyncSession, user_id: UUID, job_id: UUID) -> None:
    await session.execute(
        update(JobRun)
        .where(JobRun.job_id == job_id, JobRun.user_id == user_id)
        .values(dismissed_at=func.coalesce(JobRun.dismissed_at, func.now()))
    )


async def job_for_worker(session: AsyncSession, job_id: UUID) -> JobRow | None:
    row = (
        await session.execute(
            select(Job, JobRun).join(JobRun, JobRun.job_id == Job.id).where(Job.id == job_id)
        )
    ).one_or_none()
    return JobRow(row[0], row[1]) if row else None


async def outputs_of(session: AsyncSession, job_ids: list[UUID]) -> list[OutputRow]:
    """Outputs in the workspace, and outputs in the library that are not staged any more."""
    if not job_ids:
        return []
    kept = (
        select(LibraryFile.source_asset_id, LibraryFile.asset_id)
        .where(LibraryFile.source_asset_id.is_not(None))
        .subquery()
    )
    staged = await session.execute(
        select(WorkspaceAsset, WorkspaceFile, kept.c.asset_id)
        .join(WorkspaceFile, WorkspaceFile.asset_id == WorkspaceAsset.id)
        .outerjoin(kept, kept.c.source_asset_id == WorkspaceAsset.id)
        .where(WorkspaceAsset.job_id.in_(job_ids))
        .order_by(WorkspaceAsset.asset_index)
    )
    found = [_staged_output(asset, file, library_id) for asset, file, library_id in staged]
    seen = {(row.job_id, row.asset_index) for row in found}
    shelved = await session.execute(
        select(LibraryAsset, LibraryFile)
        .join(LibraryFile, LibraryFile.asset_id == LibraryAsset.id)
        .join(Job, Job.id == LibraryFile.job_id)
        .where(LibraryFile.job_id.in_(job_ids), Job.destination == "library")
        .order_by(LibraryFile.asset_index)
    )
    found += [
        _shelved_output(asset, file)
        for asset, file in shelved
        if (file.job_id, file.asset_index) not in seen
    ]
    return found


def _staged_output(
    asset: WorkspaceAsset, file: WorkspaceFile, library_id: UUID | None
) -> OutputRow:
    return OutputRow(
        asset.id,
        asset.job_id,
        asset.asset_index,
        asset.generation_seed,
        file.bucket,
        file.key,
        file.thumbnail_key,
        file.preview_key,
        file.thumbhash,
        file.width,
        file.height,
        asset.mime_type,
        asset.duration_seconds,
        library_id,
        file.rating,
        asset.expires_at,
    )


def _shelved_output(asset: LibraryAsset, file: LibraryFile) -> OutputRow:
    job_id = file.job_id
    if job_id is None:  # the query joins on it
        raise TypeError(asset.id)
    return OutputRow(
        asset.id,
        job_id,
        file.asset_index or 0,
        asset.generation_seed or 0,
        file.bucket,
        file.key,
        file.thumbnail_key,
        file.preview_key,
        file.thumbhash,
        file.width,
        file.height,
        asset.mime_type,
        asset.duration_seconds,
        asset.id,
        file.rating,
    )


async def delivered_indexes(session: AsyncSession, job_id: UUID) -> set[int]:
    """Outputs that an earlier attempt has delivered, wherever they are now."""
    pictures = select(Image.image_index).where(
        Image.job_id == job_id, Image.status == "completed", Image.image_index.is_not(None)
    )
    return set(await session.scalars(pictures.union_all(_clips(literal(0), job_id))))


async def plan_and_delivered(
    session: AsyncSession, job_id: UUID
) -> tuple[dict[str, Any], int] | None:
    """What was asked for, as it is stored, and how many outputs have been delivered."""
    pictures = (
        select(func.count())
        .select_from(Image)
        .where(Image.job_id == job_id, Image.status == "completed")
        .scalar_subquery()
    )
    clips = _clips(func.count(), job_id).scalar_subquery()
    row = (
        await session.execute(select(Job.metadata_, pictures + clips).where(Job.id == job_id))
    ).first()
    return (row[0], row[1]) if row else None


def _clips(column: ColumnElement[int], job_id: UUID) -> Select[int]:
    """About the clip of a job, which knows its record: it makes one at most."""
    made = aliased(Job)
    return (
        select(column)
        .select_from(Video)
        .join(made, made.video_id == Video.id)
        .where(made.id == job_id, Video.status == "completed")
    )


async def lock_key(session: AsyncSession, user_id: UUID, key: str) -> None:
    """Two requests with one idempotency key wait for one another."""
    await lock_named(session, f"idempotency:{user_id}:{key}")


async def idempotent_job(session: AsyncSession, user_id: UUID, key: str) -> IdempotencyKey | None:
    return await session.get(IdempotencyKey, (user_id, key))


async def seconds_per_output(session: AsyncSession, engine_id: str, job_type: str) -> float | None:
    """Measured over the last twenty jobs; None before the first."""
    value: float | None = await session.scalar(
        _SECONDS, {"engine_id": engine_id, "job_type": job_type}
    )
    return value


async def preview(session: AsyncSession, user_id: UUID, job_id: UUID, index: int) -> bytes | None:
    found: bytes | None = await session.scalar(
        select(JobPreview.picture).where(
            JobPreview.job_id == job_id,
            JobPreview.output_index == index,
            JobPreview.user_id == user_id,
        )
    )
    return found


async def preview_steps(session: AsyncSession, job_ids: list[UUID]) -> dict[UUID, tuple[int, int]]:
    """The newest preview of each running job: output index and step."""
    if not job_ids:
        return {}
    rows = await session.execute(
        select(JobPreview.job_id, JobPreview.output_index, JobPreview.step)
        .where(JobPreview.job_id.in_(job_ids))
        .order_by(JobPreview.output_index)
    )
    return {row.job_id: (row.output_index, row.step) for row in rows}


async def save_preview(
    session: AsyncSession, job_id: UUID, user_id: UUID, index: int, step: int, picture: bytes
) -> None:
    statement = insert(JobPreview).values(
        job_id=job_id, output_index=index, user_id=user_id, step=step, picture=picture
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["job_id", "output_index"], set_={"step": step, "picture": picture}
        )
    )


async def drop_previews(session: AsyncSession, job_id: UUID) -> None:
    await session.execute(
        text("DELETE FROM studio.job_previews WHERE job_id = :job_id"), {"job_id": job_id}
    )


async def record_image(session: AsyncSession, values: dict[str, Any]) -> UUID:
    """Write the generation record of an output; a second delivery only renews it.

    ``values`` are named by column.
    """
    statement = insert(_IMAGES).values(values)
    renewed = ("image_url", "thumbnail_url", "status", "seed", "metadata", "file_size")
    image_id: UUID | None = await session.scalar(
        statement.on_conflict_do_update(
            index_elements=["job_id", "image_index"],
            index_where=text("job_id IS NOT NULL"),
            set_={name: statement.excluded[name] for name in renewed},
        ).returning(_IMAGES.c.id)
    )
    if image_id is None:
        raise LookupError(values["job_id"])
    return image_id


async def record_video(session: AsyncSession, job: Job, values: dict[str, Any]) -> UUID:
    """Write the generation record of a job's clip; a second delivery only renews it.

    ``values`` are named by attribute of ``Video``. The caller holds the job's lease, so that two
    deliveries never meet here.
    """
    known = await session.scalar(select(Job.video_id).where(Job.id == job.id))
    if known is not None:
        await session.execute(update(Video).where(Video.id == known).values(values))
        return known
    video_id: UUID | None = await session.scalar(insert(Video).values(values).returning(Video.id))
    if video_id is None:
        raise LookupError(job.id)
    return video_id


async def set_status(
    session: AsyncSession,
    job_id: UUID,
    status: str,
    *,
    error_message: str | None = None,
    completed_at: datetime | None = None,
) -> None:
    await session.execute(
        update(Job)
        .where(Job.id == job_id)
        .values(status=status, error_message=error_message, completed_at=completed_at)
    )


async def fail_open_images(session: AsyncSession, job_id: UUID) -> None:
    await session.execute(
        update(Image)
        .where(Image.job_id == job_id, Image.status != "completed")
        .values(status="failed")
    )
