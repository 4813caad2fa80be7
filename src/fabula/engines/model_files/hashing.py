"""The SHA-256 of models, with a word about how far it is."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

BLOCK_BYTES = 8 * 2**20

Tell = Callable[[int], None]
"""Gets the bytes that are read so far; what it raises ends the work."""


@dataclass(frozen=True, slots=True)
class Sums:
    """In hexadecimal: of the whole, and of what lies behind the header of a safetensors file."""

    sha256: str
    tensors: str


def sums_of(path: Path, tensors_at: int, tell: Tell) -> Sums:
    """Read a file once. Of a folder, the sum is over the sums of its files with their names."""
    if path.is_dir():
        return Sums(_of_folder(path, tell), "")
    whole, behind, done = hashlib.sha256(), hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            whole.update(block)
            behind.update(block[max(0, tensors_at - done) :])
            done += len(block)
            tell(done)
    return Sums(whole.hexdigest(), behind.hexdigest())


def _of_folder(folder: Path, tell: Tell) -> str:
    listed, done = hashlib.sha256(), 0
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        part = hashlib.sha256()
        with path.open("rb") as file:
            while block := file.read(BLOCK_BYTES):
                part.update(block)
                done += len(block)
                tell(done)
        listed.update(f"{part.hexdigest()}  {path.relative_to(folder).as_posix()}\n".encode())
    return listed.hexdigest()
