"""Files that are whole or not there: written to the side, made durable, renamed into place."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedRandom
from pathlib import Path
from tempfile import mkstemp

from fabula.storage.base import StorageError, StorageFull

# Keys start with a letter or digit, so no file of ours can have such a name.
TEMPORARY_PREFIX = ".put-"
_FULL = {errno.ENOSPC, errno.EDQUOT}
_IN_THE_WAY = {errno.EISDIR, errno.ENOTDIR, errno.ENOTEMPTY}
_ATTEMPTS = 20
_MODE = 0o640


@contextmanager
def replacing(path: Path) -> Iterator[BufferedRandom]:
    """A file to write and read that becomes ``path`` at the end of the block.

    It is on the disk then, and so is its name. If anything fails, ``path`` is as it was and
    nothing is left beside it. Raises ``StorageFull``, and ``StorageError`` where a folder is in
    the way.
    """
    temporary: Path | None = None
    try:
        descriptor, temporary = _temporary_beside(path)
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(_MODE)
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise _explained(error) from error
    finally:
        if temporary:
            temporary.unlink(missing_ok=True)


def _temporary_beside(path: Path) -> tuple[int, Path]:
    """Whoever deletes the last file of a folder removes the folder: then it is made again.

    ``mkdir`` meets that as a folder that exists and, looked at again, does not.
    """
    fault: OSError | None = None
    for _ in range(_ATTEMPTS):
        try:
            _make_folder(path.parent)
            descriptor, name = mkstemp(dir=path.parent, prefix=TEMPORARY_PREFIX)
        except (FileNotFoundError, FileExistsError) as error:
            fault = error
        else:
            return descriptor, Path(name)
    raise StorageError("A folder and a file of the store want the same name.") from fault


def _make_folder(folder: Path) -> None:
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for made in missing:
        _sync_folder(made.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _explained(error: OSError) -> Exception:
    if error.errno in _FULL:
        return StorageFull("The disk of the studio is full: free some space and try again.")
    if error.errno in _IN_THE_WAY:
        return StorageError("A folder and a file of the store want the same name.")
    return error


def remove_with_empty_folders(path: Path, root: Path) -> None:
    """Remove a file, and the folders above it that are empty then, up to ``root`` (which stays)."""
    with suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
        path.unlink()
    for folder in path.parents:
        if folder == root:
            return
        try:
            folder.rmdir()
        except OSError:
            return
