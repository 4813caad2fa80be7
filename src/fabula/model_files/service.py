"""Rules of model files: what is shown, what is wrong, what may be removed."""

import asyncio
from collections.abc import Callable, Collection
from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts import trail
from fabula.accounts.caller import Caller
from fabula.accounts.permissions import Permission
from fabula.accounts.trail import Action
from fabula.core.database import Database
from fabula.core.pagination import Cursor
from fabula.core.settings import Settings
from fabula.engine_servers import defaults
from fabula.engines.capabilities import ImageCapabilities, VideoCapabilities
from fabula.engines.model_files.facts import Kind
from fabula.engines.model_files.families import fits, label_of
from fabula.engines.registry import EngineRegistry
from fabula.model_files import placing, repository, scanning
from fabula.model_files.errors import InUse, ModelFileNotFound, NotOurs
from fabula.model_files.repository import FileRow, Filters
from fabula.model_files.scanning import Scan
from fabula.model_files.schemas import (
    ModelCountOut,
    ModelFileOut,
    ModelFolderOut,
    ModelProblemOut,
    ModelShelfOut,
)
from fabula.model_files.views import Families, file_out, is_ours, partners_of
from fabula.models import ModelFile
from fabula.runtime_config.service import RuntimeConfig

_NAMED = 3


async def find(
    session: AsyncSession,
    settings: Settings,
    caller: Caller,
    filters: Filters,
    cursor: Cursor | None,
    limit: int,
) -> list[tuple[FileRow, ModelFileOut]]:
    """Files, newest first."""
    caller.require(Permission.MODEL_FILES)
    rows = await repository.page(session, filters, cursor, limit)
    return [(row, shown) for row, shown in await _shown(session, settings, rows)]


async def get(
    session: AsyncSession, settings: Settings, caller: Caller | None, file_id: UUID
) -> ModelFileOut:
    """One file. ``caller`` is None for the command line."""
    _may(caller)
    row = await repository.one(session, file_id)
    if row is None:
        raise ModelFileNotFound
    ((_, shown),) = await _shown(session, settings, [row])
    return shown


async def _shown(
    session: AsyncSession, settings: Settings, rows: list[FileRow]
) -> list[tuple[FileRow, ModelFileOut]]:
    others: dict[str | None, Families] = {None: {}}
    for partner in {partners_of(row.file.kind) for row in rows} - {None}:
        others[partner] = await repository.families(session, str(partner))
    return [
        (row, file_out(row, others[partners_of(row.file.kind)], settings.models_folder))
        for row in rows
    ]


async def preview(session: AsyncSession, file_id: UUID) -> bytes:
    """A small picture of what a model makes, as WebP."""
    found = await repository.preview(session, file_id)
    if found is None:
        raise ModelFileNotFound
    return found


async def rescan(
    database: Database,
    settings: Settings,
    caller: Caller | None,
    tell: Callable[[int, int], None] = lambda _done, _of: None,
) -> Scan:
    """Look at the folders now. ``caller`` is None for the command line."""
    _may(caller)
    found = await scanning.scan(database, settings.all_model_folders, tell)
    async with database.system() as session:
        after = {"found": found.found, "changed": found.changed, "missing": found.missing}
        await trail.record(
            session, caller, Action.MODEL_FOLDERS_SCANNED, "model_folders", after=after,
            agent=None if caller else trail.COMMAND_LINE,
        )  # fmt: skip
    return found


async def install(database: Database, settings: Settings, source: Path, *, link: bool) -> ModelFile:
    """Copy or link a file or folder of this machine; for the command line alone, since whoever
    names paths of the machine can ask what lies there."""
    place = await asyncio.to_thread(placing.install, source, settings.models_folder, link=link)
    await scanning.look_at(database, settings.all_model_folders, place)
    async with database.system() as session:
        found = await repository.by_path(session, str(place))
        if found is None:
            raise ModelFileNotFound
        await trail.record(
            session, None, Action.MODEL_FILE_INSTALLED, "model_file", found.id,
            after={"path": found.path, "size": found.size, "how": "link" if link else "copy"},
            agent=trail.COMMAND_LINE,
        )  # fmt: skip
    return found


async def remove(
    database: Database,
    settings: Settings,
    registry: EngineRegistry,
    caller: Caller | None,
    file_id: UUID,
    *,
    force: bool = False,
) -> None:
    """Remove a file from the disk. Raises ``InUse``, unless forced, and ``NotOurs``."""
    _may(caller)
    async with database.system() as session:
        file = await repository.locked(session, file_id)
        if file is None:
            raise ModelFileNotFound
        if not is_ours(file, settings.models_folder):
            raise NotOurs(
                f"{file.path} lies in a folder that the studio only reads: remove it there."
            )
        uses = [] if force or file.missing_since else await _needed_by(session, registry, file)
        if uses:
            raise InUse(f"{' '.join(uses)} Remove it anyway by force.")
        if file.missing_since is None:
            await asyncio.to_thread(placing.remove, Path(file.path))
        await repository.forget(session, file.id)
        await trail.record(
            session, caller, Action.MODEL_FILE_REMOVED, "model_file", file.id,
            before={"path": file.path, "size": file.size, "sha256": file.sha256},
            after={"force": force}, agent=None if caller else trail.COMMAND_LINE,
        )  # fmt: skip


async def _needed_by(session: AsyncSession, registry: EngineRegistry, file: ModelFile) -> list[str]:
    """What would miss the file, as sentences."""
    found = []
    if file.kind == Kind.CHECKPOINT:
        for use, default in (await defaults.read(session, RuntimeConfig())).items():
            entry = registry.get(default.engine)
            if default.model == file.name and not (entry and entry.connected):
                found.append(f"It is this studio's model for {use}.")
    if file.kind in {Kind.CHECKPOINT, Kind.LORA}:
        waiting = await repository.open_jobs_with(session, file.kind, file.name)
        if waiting:
            jobs = "1 job waits" if waiting == 1 else f"{waiting} jobs wait"
            found.append(f"{jobs} for it.")
    if file.folder and file.family:
        models = await repository.usable(session, [Kind.CHECKPOINT])
        same = [other for other in models if other.family == file.family and other.id != file.id]
        single = [other.name for other in same if not other.folder]
        if single and not any(other.folder for other in same):
            found.append(f"It is the configuration of {_names(single)}.")
    return found


async def shelf(
    session: AsyncSession, settings: Settings, registry: EngineRegistry, caller: Caller
) -> ModelShelfOut:
    """The model files in sum, and what is wrong with them."""
    caller.require(Permission.MODEL_FILES)
    folders = settings.all_model_folders
    free = await asyncio.to_thread(lambda: [placing.free_bytes(folder) for folder in folders])
    counts = await repository.counts(session)
    return ModelShelfOut(
        folders=[
            ModelFolderOut(path=str(folder), writable=at == 0, free=room)
            for at, (folder, room) in enumerate(zip(folders, free, strict=True))
        ],
        counts=[
            ModelCountOut(kind=kind, family=family, family_label=label_of(family), count=number)
            for kind, family, number in sorted(counts)
        ],
        problems=await problems(session, registry),
    )


async def problems(session: AsyncSession, registry: EngineRegistry) -> list[ModelProblemOut]:
    """What does not work as it stands: defaults without their model, single files without a
    configuration, LoRAs without a model."""
    files = await repository.usable(session, [Kind.CHECKPOINT, Kind.LORA])
    models = [file for file in files if file.kind == Kind.CHECKPOINT]
    return [
        *await _gone_defaults(session, registry),
        *_without_configuration(models),
        *_without_model([file for file in files if file.kind == Kind.LORA], models),
    ]


async def _gone_defaults(session: AsyncSession, registry: EngineRegistry) -> list[ModelProblemOut]:
    found = []
    for use, default in (await defaults.read(session, RuntimeConfig())).items():
        entry = registry.get(default.engine)
        able = entry.capabilities if entry and not entry.connected else None
        known = able.models if isinstance(able, ImageCapabilities | VideoCapabilities) else None
        if default.model and known is not None and default.model not in known:
            message = f"{default.model}, this studio's model for {use}, is gone: put it back, "
            message += "or choose another one under Engines."
            found.append(ModelProblemOut(code="default_gone", message=message))
    return found


def _without_configuration(models: list[ModelFile]) -> list[ModelProblemOut]:
    folders = {model.family for model in models if model.folder}
    found = []
    for family in sorted({m.family for m in models if not m.folder and m.family} - folders):
        names = _names([m.name for m in models if m.family == family and not m.folder])
        message = f"{names} may not load: a single file has no configuration. Put a folder of "
        message += f"{label_of(family)}, as diffusers writes it, beside it, or let the machine "
        message += "reach the model hub once."
        found.append(ModelProblemOut(code="no_configuration", message=message))
    return found


def _without_model(loras: list[ModelFile], models: list[ModelFile]) -> list[ModelProblemOut]:
    there = {model.family for model in models if model.family}
    found = []
    for family in sorted({lora.family for lora in loras if lora.family}):
        if not any(fits(family, model) for model in there):
            names = _names([lora.name for lora in loras if lora.family == family])
            message = f"{names} cannot be used: there is no model of {label_of(family)} here."
            found.append(ModelProblemOut(code="no_model_for_lora", message=message))
    return found


def _names(names: list[str]) -> str:
    shown = ", ".join(names[:_NAMED])
    more = len(names) - _NAMED
    return f"{shown} and {more} more" if more > 0 else shown


async def sums(
    session: AsyncSession, named: Collection[tuple[str, str]]
) -> dict[tuple[str, str], str]:
    """SHA-256 of files by kind and name, as far as they are known."""
    if not named:
        return {}
    found = await repository.sums(session, named)
    return {each: sum_ for each in named if (sum_ := found.get(f"{each[0]} {each[1]}"))}


async def note_uses(session: AsyncSession, named: Collection[tuple[str, str]]) -> None:
    """Count a job for each model and LoRA that it names, by kind and name."""
    if named:
        await repository.note_uses(session, named)


def _may(caller: Caller | None) -> None:
    if caller is not None:
        caller.require(Permission.MODEL_FILES)
