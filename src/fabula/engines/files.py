"""Sizes of model files."""

from pathlib import Path

from fabula.engines.base import Footprint


def size_of(*places: Path) -> int:
    """Bytes of files, and of all files in folders. What is not there has none."""
    files = [f for p in places for f in (p.rglob("*") if p.is_dir() else (p,))]
    return sum(file.stat().st_size for file in files if file.is_file())


def weights_of(*places: Path) -> Footprint:
    """What weights take that are loaded whole: as much on a graphics card as on the disk, and as
    much in main memory, through which they come."""
    size = size_of(*places)
    return Footprint(size, size)
