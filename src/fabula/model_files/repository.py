"""SQL of model files, uploads and uses. Sessions are the machine's."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, cast, delete, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.core.pagination import Cursor
from fabula.models import Job, JobRun, ModelFile, ModelUpload, ModelUse

SHOWN_NAMES = 12


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file with the sum of its uses. ``has_preview`` stands for the picture itself."""

    file: ModelFile
    has_preview: bool
    uses: int
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; ``search`` is a part of a name, title or trigger word."""

    kind: str | None = None
    family: str | None = None
    search: str = ""
    missing: bool | None = None


async def page(
    session: AsyncSession, filters: Filters, cursor: Cursor | None, limit: int | None
) -> list[FileRow]:
    """Files, newest first."""
    query = _rows()
    if filters.kind is not None:
        query = query.where(ModelFile.kind == filters.kind)
    if filters.family is not None:
        query = query.where(ModelFile.family == filters.family)
    if filters.missing is not None:
        gone = ModelFile.missing_since.is_not(None)
        query = query.where(gone if filters.missing else ~gone)
    if filters.search:
        texts = (ModelFile.name, ModelFile.title, func.array_to_string(ModelFile.triggers, " "))
        query = query.where(
            or_(*(text.icontains(filters.search, autoescape=True) for text in texts))
        )
    if cursor is not None:
        query = query.where(cursor.before(ModelFile.created_at, ModelFile.id))
    query = query.order_by(ModelFile.created_at.desc(), ModelFile.id.desc()).limit(limit)
    rows = await session.execute(query)
    return [FileRow(file, pictured, uses, last) for file, pictured, uses, last in rows]


async def one(session: AsyncSession, file_id: UUID) -> FileRow | None:
    rows = await session.execute(_rows().where(ModelFile.id == file_id))
    return next((FileRow(file, has, uses, last) for file, has, uses, last in rows), None)


def _rows() -> Select[ModelFile, bool, int, datetime]:
    return select(
        ModelFile,
        ModelFile.preview.is_not(None),
        func.coalesce(ModelUse.uses, 0),
        ModelUse.last_used_at,
    ).outerjoin(ModelUse, (ModelUse.kind == ModelFile.kind) & (ModelUse.name == ModelFile.name))


async def locked(session: AsyncSession, file_id: UUID) -> ModelFile | None:
    query = select(ModelFile).where(ModelFile.id == file_id).with_for_update()
    found: ModelFile | None = await session.scalar(query)
    return found


async def by_path(session: AsyncSession, path: str) -> ModelFile | None:
    found: ModelFile | None = await session.scalar(select(ModelFile).where(ModelFile.path == path))
    return found


async def named(session: AsyncSession, name: str) -> list[ModelFile]:
    """Files of a name, title or path, for the command line."""
    same = or_(ModelFile.name == name, ModelFile.title == name, ModelFile.path == name)
    return list(await session.scalars(select(ModelFile).where(same).order_by(ModelFile.path)))


async def preview(session: AsyncSession, file_id: UUID) -> bytes | None:
    found: bytes | None = await session.scalar(
        select(ModelFile.preview).where(ModelFile.id == file_id)
    )
    return found


async def usable(session: AsyncSession, kinds: Collection[str]) -> list[ModelFile]:
    """Files that are there and whole, by name."""
    query = select(ModelFile).where(
        ModelFile.kind.in_(kinds), ModelFile.fault == "", ModelFile.missing_since.is_(None)
    )
    return list(await session.scalars(query.order_by(ModelFile.name, ModelFile.path)))


async def of_names(
    session: AsyncSession, kind: str, names: Collection[str]
) -> dict[str, tuple[ModelFile, bool]]:
    """Files of a kind by name, each with whether it has a preview."""
    query = select(ModelFile, ModelFile.preview.is_not(None)).where(
        ModelFile.kind == kind, ModelFile.name.in_(names), ModelFile.missing_since.is_(None)
    )
    rows = await session.execute(query.order_by(ModelFile.path.desc()))
    return {file.name: (file, has) for file, has in rows}


async def sums(session: AsyncSession, named: Collection[tuple[str, str]]) -> dict[str, str | None]:
    """SHA-256 of files by "kind name", as far as they are known."""
    wanted = [f"{kind} {name}" for kind, name in named]
    key = func.concat(ModelFile.kind, " ", ModelFile.name)
    query = select(key, ModelFile.sha256).where(
        key.in_(wanted), ModelFile.missing_since.is_(None), ModelFile.sha256.is_not(None)
    )
    return {str(name): sum_ for name, sum_ in await session.execute(query)}


async def counts(session: AsyncSession) -> list[tuple[str, str, int]]:
    """How many files there are of each kind and family."""
    query = select(ModelFile.kind, ModelFile.family, func.count()).group_by(
        ModelFile.kind, ModelFile.family
    )
    return [(kind, family, number) for kind, family, number in await session.execute(query)]


async def families(session: AsyncSession, kind: str) -> dict[str, tuple[int, list[str]]]:
    """Of the usable files of a kind: how many each family has, and the first of their names."""
    names = func.array_agg(ModelFile.name.distinct(), type_=ARRAY(Text))
    query = select(ModelFile.family, func.count(), names).where(
        ModelFile.kind == kind, ModelFile.fault == "", ModelFile.missing_since.is_(None)
    )
    rows = await session.execute(query.group_by(ModelFile.family))
    return {family: (number, sorted(found)[:SHOWN_NAMES]) for family, number, found in rows}


async def states(session: AsyncSession) -> dict[str, tuple[int, int, bool]]:
    """Size, time of change and whether it is missing, of every row by path."""
    query = select(
        ModelFile.path, ModelFile.size, ModelFile.modified, ModelFile.missing_since.is_not(None)
    )
    rows = await session.execute(query)
    return {path: (size, modified, gone) for path, size, modified, gone in rows}


async def keep(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add files or replace what is known of them: they are there, and not hashed yet."""
    if not rows:
        return
    fresh = {"sha256": None, "hashed": 0, "hash_agrees": None, "missing_since": None}
    adding = insert(ModelFile).values([{**row, **fresh} for row in rows])
    changes = {name: adding.excluded[name] for name in (*rows[0], *fresh) if name != "path"}
    await session.execute(adding.on_conflict_do_update(index_elements=["path"], set_=changes))


async def mark_missing(session: AsyncSession, paths: Collection[str]) -> None:
    await session.execute(
        update(ModelFile)
        .where(ModelFile.path.in_(paths), ModelFile.missing_since.is_(None))
        .values(missing_since=func.now())
    )


async def mark_found(session: AsyncSession, paths: Collection[str]) -> None:
    await session.execute(
        update(ModelFile).where(ModelFile.path.in_(paths)).values(missing_since=None)
    )


async def unhashed(session: AsyncSession) -> ModelFile | None:
    """The smallest file whose sum is unknown."""
    query = select(ModelFile).where(
        ModelFile.sha256.is_(None), ModelFile.missing_since.is_(None), ModelFile.fault == ""
    )
    found: ModelFile | None = await session.scalar(query.order_by(ModelFile.size).limit(1))
    return found


async def note_hashed(session: AsyncSession, file: ModelFile, found: Mapping[str, Any]) -> None:
    """Keep a sum, or how far it is, unless the file is another one by now."""
    await session.execute(
        update(ModelFile)
        .where(
            ModelFile.id == file.id, ModelFile.size == file.size,
            ModelFile.modified == file.modified,
        )
        .values(**found)
    )  # fmt: skip


async def forget(session: AsyncSession, file_id: UUID) -> None:
    await session.execute(delete(ModelFile).where(ModelFile.id == file_id))


async def open_jobs_with(session: AsyncSession, kind: str, name: str) -> int:
    """Jobs that wait or run and name a model or LoRA."""
    query = select(func.count()).select_from(Job).join(JobRun, JobRun.job_id == Job.id)
    if kind == "lora":
        names = cast(literal([{"name": name}], JSONB), JSONB)
        query = query.where(Job.metadata_["loras"].op("@>")(names))
    else:
        query = query.where(Job.metadata_["model_name"].astext == name)
    return int(await session.scalar(query.where(JobRun.state != "done")) or 0)


async def note_uses(session: AsyncSession, named: Collection[tuple[str, str]]) -> None:
    """Count one job for each model or LoRA, which are kinds and names. In a fixed order, so that
    two jobs that name the same ones never wait for one another."""
    rows = [{"kind": kind, "name": name} for kind, name in sorted(named)]
    adding = insert(ModelUse).values(rows)
    await session.execute(
        adding.on_conflict_do_update(
            index_elements=["kind", "name"],
            set_={"uses": ModelUse.uses + 1, "last_used_at": func.now()},
        )
    )


async def uploads(session: AsyncSession) -> list[ModelUpload]:
    """Uploads that are under way, oldest first."""
    return list(await session.scalars(select(ModelUpload).order_by(ModelUpload.created_at)))


async def upload(
    session: AsyncSession, upload_id: UUID, *, lock: bool = False
) -> ModelUpload | None:
    query = select(ModelUpload).where(ModelUpload.id == upload_id)
    found: ModelUpload | None = await session.scalar(query.with_for_update() if lock else query)
    return found


async def touch_upload(session: AsyncSession, upload_id: UUID) -> None:
    await session.execute(
        update(ModelUpload).where(ModelUpload.id == upload_id).values(touched_at=func.now())
    )


async def forget_upload(session: AsyncSession, upload_id: UUID) -> None:
    await session.execute(delete(ModelUpload).where(ModelUpload.id == upload_id))


async def drop_old_uploads(session: AsyncSession, age: timedelta) -> None:
    """Forget uploads of which nothing came for so long."""
    await session.execute(
        delete(ModelUpload).where(ModelUpload.touched_at < func.now() - literal(age))
    )
