"""Model files as the API and the command line show them."""

from pathlib import Path

from fabula.engines.model_files.facts import Kind
from fabula.engines.model_files.families import FAMILIES, fits, label_of
from fabula.model_files.repository import SHOWN_NAMES, FileRow
from fabula.model_files.schemas import ModelFileOut
from fabula.models import ModelFile

Families = dict[str, tuple[int, list[str]]]
"""How many usable files each family has, and the first of their names."""


def file_out(row: FileRow, others: Families, models_folder: Path) -> ModelFileOut:
    """``others`` are the models where this is a LoRA, and the LoRAs where it is a model."""
    file = row.file
    fitting = _fitting(file, others)
    known = FAMILIES.get(file.family)
    return ModelFileOut(
        id=file.id,
        name=file.name,
        place=file.path,
        kind=file.kind,
        family=file.family,
        family_label=label_of(file.family),
        runs=known.runs if known else True,
        title=file.title,
        author=file.author,
        licence=file.licence,
        description=file.description,
        triggers=file.triggers,
        resolution=file.resolution,
        prediction_type=file.prediction_type,
        precision=file.precision,
        parameters=file.parameters,
        folder=file.folder,
        size=file.size,
        sha256=file.sha256,
        hashed=1.0 if file.sha256 else min(0.99, file.hashed / max(file.size, 1)),
        hash_agrees=file.hash_agrees,
        fault=file.fault,
        preview_url=preview_url(file) if row.has_preview else None,
        fits=[name for family in fitting for name in others[family][1]][:SHOWN_NAMES],
        fitting=sum(others[family][0] for family in fitting),
        uses=row.uses,
        last_used_at=row.last_used_at,
        removable=is_ours(file, models_folder),
        missing_since=file.missing_since,
        created_at=file.created_at,
    )


def preview_url(file: ModelFile) -> str:
    """Changes with the file, so that browsers may keep the picture."""
    return f"/api/model-files/{file.id}/preview?v={file.modified}"


def is_ours(file: ModelFile, models_folder: Path) -> bool:
    """Whether the studio may remove it: further folders belong to other programs. Of a file that
    is gone, only the row is removed."""
    return file.root == str(models_folder) or file.missing_since is not None


def partners_of(kind: str) -> str | None:
    """The kind of files that a file of a kind works with."""
    return {Kind.LORA: Kind.CHECKPOINT, Kind.CHECKPOINT: Kind.LORA}.get(Kind(kind))


def _fitting(file: ModelFile, others: Families) -> list[str]:
    """Families of the other kind that are known to fit."""
    if not file.family or file.fault:
        return []
    lora = file.kind == Kind.LORA
    return [
        family for family in sorted(others)
        if family and (fits(file.family, family) if lora else fits(family, file.family))
    ]  # fmt: skip
