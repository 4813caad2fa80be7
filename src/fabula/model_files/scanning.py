"""Looking at the folders of models: what is new, changed or gone, and the sums of all of it.

The disk is read in threads; no transaction is open meanwhile. Two looks at once do no harm: both
write what is there.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fabula.core.database import Database
from fabula.core.logging import get_logger
from fabula.engines.model_files.hashing import Sums, sums_of
from fabula.engines.model_files.preview import preview_of
from fabula.engines.model_files.shelf import Found, walk
from fabula.model_files import repository
from fabula.models import ModelFile

log = get_logger(__name__)
_AT_ONCE = 20
_TELL_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Scan:
    """What a look found: files in all, and those that are new or changed, or gone since."""

    found: int
    changed: int
    missing: int


@dataclass(frozen=True, slots=True)
class Placed:
    """Something that lies in a folder of models, which is ``root``."""

    root: Path
    found: Found

    @property
    def name(self) -> str:
        """What requests call it: its path below the folder of its kind."""
        _, below, rest = self.found.name.partition("/")
        return rest if below else self.found.name

    @property
    def path(self) -> str:
        return str(self.found.path)


def placed_in(folders: Sequence[Path]) -> Iterator[Placed]:
    """Everything in the folders; what two of them share counts for the first."""
    seen: set[Path] = set()
    for root in folders:
        for found in walk(root):
            real = found.path.resolve()
            if real not in seen:
                seen.add(real)
                yield Placed(root, found)


async def scan(
    database: Database,
    folders: Sequence[Path],
    tell: Callable[[int, int], None] = lambda _done, _of: None,
) -> Scan:
    """Bring the rows in line with the disk; only what is new or changed is read. ``tell`` gets how
    many of these are done."""
    there = await asyncio.to_thread(lambda: list(placed_in(folders)))
    async with database.system() as session:
        known = await repository.states(session)
    paths = {each.path for each in there}
    fresh = [
        each for each in there
        if known.get(each.path, ())[:2] != (each.found.size, each.found.modified)
    ]  # fmt: skip
    for begin in range(0, len(fresh), _AT_ONCE):
        rows = await asyncio.to_thread(_looked_at, fresh[begin : begin + _AT_ONCE])
        async with database.system() as session:
            await repository.keep(session, rows)
        tell(begin + len(rows), len(fresh))
    changed = {each.path for each in fresh}
    gone = {path for path, state in known.items() if path not in paths and not state[2]}
    back = {path for path, state in known.items() if path in paths - changed and state[2]}
    if gone or back:
        async with database.system() as session:
            await repository.mark_missing(session, gone)
            await repository.mark_found(session, back)
    if fresh or gone:
        log.info("model_files.scanned", found=len(there), changed=len(fresh), missing=len(gone))
    return Scan(len(there), len(fresh), len(gone))


async def look_at(database: Database, folders: Sequence[Path], path: Path) -> None:
    """Bring the row of one file or folder in line with the disk."""

    def looked() -> list[dict[str, Any]]:
        return _looked_at([each for each in placed_in(folders) if each.found.path == path])

    rows = await asyncio.to_thread(looked)
    async with database.system() as session:
        await repository.keep(session, rows)


def _looked_at(placed: Sequence[Placed]) -> list[dict[str, Any]]:
    return [_row(each) for each in placed]


def _row(placed: Placed) -> dict[str, Any]:
    found = placed.found
    facts = found.facts
    return {
        "path": placed.path,
        "root": str(placed.root),
        "name": placed.name,
        "kind": facts.kind.value,
        "family": facts.family,
        "title": facts.title,
        "author": facts.author,
        "licence": facts.licence,
        "description": facts.description,
        "triggers": list(facts.triggers),
        "resolution": facts.resolution,
        "prediction_type": facts.prediction_type,
        "precision": facts.precision,
        "parameters": facts.parameters,
        "folder": found.path.is_dir(),
        "size": found.size,
        "modified": found.modified,
        "fault": facts.fault,
        "preview": None if facts.fault else preview_of(found.path),
        "tensors_at": facts.tensors_at,
        "tensor_sha256": facts.tensor_sha256,
    }


async def hash_some(database: Database, seconds: float) -> int:
    """Find sums of files that have none, the smallest first, until the time is over; the one that
    was begun is ended. Returns how many were found."""
    until, done = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        async with database.system() as session:
            file = await repository.unhashed(session)
        if file is None or not await _hash(database, file):
            return done
        done += 1
    return done


async def _hash(database: Database, file: ModelFile) -> bool:
    """Hash one file; False where it went away or changed meanwhile, which the next scan sees."""
    done = 0

    def tell(read: int) -> None:
        nonlocal done
        done = read
        if stopped:
            raise InterruptedError

    stopped = False
    work = asyncio.create_task(asyncio.to_thread(sums_of, Path(file.path), file.tensors_at, tell))
    try:
        while not (await asyncio.wait({work}, timeout=_TELL_SECONDS))[0]:
            async with database.system() as session:
                await repository.note_hashed(session, file, {"hashed": done})
        sums = work.result()
    except OSError:
        return False
    finally:
        stopped = True
    async with database.system() as session:
        await repository.note_hashed(session, file, _kept(file, sums))
    return True


def _kept(file: ModelFile, sums: Sums) -> dict[str, Any]:
    said = file.tensor_sha256
    return {
        "sha256": sums.sha256,
        "hashed": file.size,
        "hash_agrees": said == sums.tensors if said and sums.tensors else None,
    }
