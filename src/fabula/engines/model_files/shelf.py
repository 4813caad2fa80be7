"""Which models lie in folders: found by walking, each with a name that requests use for it."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fabula.engines.model_files.facts import FOLDER_INDEX, Facts, facts_of

SUFFIXES = frozenset({".safetensors", ".gguf", ".ckpt", ".pt", ".pth"})
"""What is looked at; pickles among them are listed to say why they are not used."""

CHECKPOINT_FOLDERS = ("sdxl", "checkpoints", "Stable-diffusion")
LORA_FOLDERS = ("loras", "Lora")
"""Where the studio, ComfyUI and A1111 keep such files below their folder of models."""

_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Found:
    """A file or folder with a model in it. ``name`` is its path below the folder that was walked,
    without the suffix; sizes in bytes, ``modified`` in nanoseconds of the newest file."""

    path: Path
    name: str
    size: int
    modified: int

    @property
    def facts(self) -> Facts:
        """What it says of itself; read once for each state of the file."""
        return _remembered(self.path, self.size, self.modified)


def walk(folder: Path) -> Iterator[Found]:
    """What lies below a folder, in order; hidden names and what cannot be read are left out. Links
    are followed, each place once."""
    yield from _below(folder, folder, 0, set())


def walk_all(folders: Iterable[Path], below: Iterable[str]) -> dict[str, Found]:
    """What lies in these folders below each of some, by name; the first of a name counts."""
    found: dict[str, Found] = {}
    parts = tuple(below)
    for folder in folders:
        for part in parts:
            for each in walk(folder / part):
                found.setdefault(each.name, each)
    return found


def _below(top: Path, folder: Path, depth: int, seen: set[tuple[int, int]]) -> Iterator[Found]:
    try:
        stat = folder.stat()
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    if (stat.st_dev, stat.st_ino) in seen or depth > _DEEPEST:
        return
    seen.add((stat.st_dev, stat.st_ino))
    for entry in entries:
        if entry.name.startswith(".") or not _is_text(entry.name):
            continue
        path = Path(entry.path)
        try:
            if entry.is_dir():
                yield from _in_folder(top, path, depth, seen)
            elif path.suffix.lower() in SUFFIXES:
                about = entry.stat()
                yield Found(path, _name(top, path), about.st_size, about.st_mtime_ns)
        except OSError:
            continue


def _in_folder(top: Path, path: Path, depth: int, seen: set[tuple[int, int]]) -> Iterator[Found]:
    if not (path / FOLDER_INDEX).is_file():
        yield from _below(top, path, depth + 1, seen)
        return
    stats = [file.stat() for file in path.rglob("*") if file.is_file()]
    size, newest = sum(each.st_size for each in stats), max(each.st_mtime_ns for each in stats)
    yield Found(path, path.relative_to(top).as_posix(), size, newest)


def _is_text(name: str) -> bool:
    """Whether a name is one that a request can give: file systems take others, too."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _name(top: Path, path: Path) -> str:
    return path.relative_to(top).with_suffix("").as_posix()


@lru_cache(maxsize=8192)
def _remembered(path: Path, _size: int, _modified: int) -> Facts:
    try:
        return facts_of(path)
    except OSError as error:
        return Facts(fault=f"It cannot be read: {error.strerror or error}.")
