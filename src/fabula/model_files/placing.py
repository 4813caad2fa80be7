"""Putting model files into the studio's folder, and taking them out. All of it blocks."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from fabula.core.errors import Conflict, Invalid
from fabula.engines.model_files import families
from fabula.engines.model_files.facts import FOLDER_INDEX, Facts, Kind, facts_of
from fabula.engines.model_files.shelf import SUFFIXES
from fabula.model_files.errors import NameTaken, NotAModel
from fabula.storage.base import StorageFull

RESERVE_BYTES = 512 * 2**20
"""What stays free on the disk of the models: the database and the files may lie on it, too."""

_FOLDERS = {
    Kind.LORA: "loras", Kind.VAE: "vae", Kind.TEXT_ENCODER: "text_encoders",
    Kind.CONTROLNET: "controlnet", Kind.UPSCALER: "upscalers", Kind.EMBEDDING: "embeddings",
    Kind.NETWORK: "diffusion_models", Kind.LANGUAGE_MODEL: "", Kind.OTHER: "other",
}  # fmt: skip
_WAN = "wan"
_NAME = re.compile(r"[\w][\w .()+,@-]*\Z")
_MOST_NAME = 150


def checked_name(given: str) -> str:
    """The name of a file to be, from whatever a client calls it. Raises ``Invalid``."""
    name = Path(given.replace("\\", "/")).name.strip()
    stem, suffix = Path(name).stem, Path(name).suffix.lower()
    if suffix not in {".safetensors", ".gguf"}:
        why = (
            "Pickles run code when they are opened: take the model's .safetensors file."
            if suffix in SUFFIXES
            else "Only .safetensors and .gguf files can be installed."
        )
        raise Invalid(why, field="name")
    if not _NAME.match(stem) or len(name.encode()) > _MOST_NAME:
        raise Invalid(
            "Rename the file: letters, digits, spaces and the signs _ . ( ) + , @ - are taken, "
            f"{_MOST_NAME} bytes at most.",
            field="name",
        )
    return stem + suffix


def demand_room(folder: Path, size: int) -> None:
    """Raise ``StorageFull`` where a file of this size would fill the disk."""
    free = free_bytes(folder)
    if free is not None and size + RESERVE_BYTES > free:
        raise StorageFull(
            f"The disk of the models has {free / 1e9:.1f} GB free and this needs "
            f"{(size + RESERVE_BYTES) / 1e9:.1f} GB: remove a model, or free some space."
        )


def free_bytes(folder: Path) -> int | None:
    """The room on the disk of a folder, which need not be there yet; None where nobody knows."""
    for place in (folder, *folder.parents):
        with suppress(OSError):
            return shutil.disk_usage(place).free
    return None


def place_for(models_folder: Path, name: str, facts: Facts) -> Path:
    """Where a file or folder of this kind lies. Raises ``NotAModel`` for what is none."""
    if facts.fault:
        raise NotAModel(facts.fault)
    if facts.kind is Kind.CHECKPOINT:
        below = _WAN if facts.family.startswith(_WAN) else families.SDXL
    else:
        below = _FOLDERS[facts.kind]
    return models_folder / below / name


def settle(part: Path, models_folder: Path, name: str) -> Path:
    """Move a file that is whole to its place, on the disk for good. Raises ``NotAModel`` and
    ``NameTaken``; then nothing has changed."""
    facts = facts_of_named(part, name)
    place = place_for(models_folder, name, facts)
    with _explained():
        with part.open("rb") as file:
            os.fsync(file.fileno())
        place.parent.mkdir(parents=True, exist_ok=True)
        _take_free(part, place)
        sync_folder(place.parent)
    return place


def facts_of_named(part: Path, name: str) -> Facts:
    """What a part file is, which has no suffix of its own."""
    named = part.with_name(f"{part.name}{Path(name).suffix}")
    with _explained():
        named.unlink(missing_ok=True)
        os.link(part, named)
    try:
        return facts_of(named)
    finally:
        named.unlink(missing_ok=True)


def install(source: Path, models_folder: Path, *, link: bool) -> Path:
    """Copy a file or folder of this machine to its place, or put a link to it there. Raises
    ``Invalid``, ``NotAModel``, ``NameTaken`` and ``StorageFull``; then nothing has changed."""
    source = source.expanduser().resolve()
    if not source.exists() or (source.is_dir() and not (source / FOLDER_INDEX).is_file()):
        raise Invalid(
            f"{source} is no model: name a .safetensors or .gguf file, or a folder with a "
            f"{FOLDER_INDEX}.",
            field="path",
        )
    name = source.name if source.is_dir() else checked_name(source.name)
    place = place_for(models_folder, name, facts_of(source))
    if place.exists() or place.is_symlink():
        raise _taken(place)
    place.parent.mkdir(parents=True, exist_ok=True)
    if link:
        with _explained():
            place.symlink_to(source, target_is_directory=source.is_dir())
        return place
    files = source.rglob("*") if source.is_dir() else (source,)
    demand_room(models_folder, sum(file.stat().st_size for file in files if file.is_file()))
    _copy(source, place)
    return place


def remove(place: Path) -> None:
    """Take a model away; of a link, the link alone. What is gone already is fine. Raises
    ``Conflict`` where the machine does not allow it."""
    try:
        if place.is_symlink() or not place.is_dir():
            place.unlink(missing_ok=True)
        else:
            shutil.rmtree(place)
        sync_folder(place.parent)
    except OSError as error:
        message = f"{place} cannot be removed: {error.strerror or error}."
        raise Conflict(message, code="model_file_stuck") from error


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _copy(source: Path, place: Path) -> None:
    part = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        with _explained():
            if source.is_dir():
                shutil.copytree(source, part)
            else:
                shutil.copyfile(source, part)
            for file in part.rglob("*") if part.is_dir() else (part,):
                if file.is_file():
                    with file.open("rb") as copied:
                        os.fsync(copied.fileno())
            if part.is_dir():
                part.rename(place)
            else:
                _take_free(part, place)
            sync_folder(place.parent)
    finally:
        if part.is_dir():
            shutil.rmtree(part, ignore_errors=True)
        else:
            part.unlink(missing_ok=True)


def _take_free(part: Path, place: Path) -> None:
    """Rename without replacing: a link fails where the name is taken, even at the same moment."""
    try:
        os.link(part, place)
    except FileExistsError as error:
        raise _taken(place) from error
    part.unlink()


def _taken(place: Path) -> NameTaken:
    return NameTaken(
        f"There is a model at {place} already: remove it first, or give this one another name."
    )


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageFull(
            f"The model could not be stored: {error.strerror or error}. Nothing of it was kept."
        ) from error
