"""Files on the local disk. All work that can block runs in threads."""

import hashlib
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from io import BufferedIOBase
from pathlib import Path

import anyio
import anyio.to_thread

from fabula.storage.base import Blob, BlobNotFound, Listed, ObjectRef, StorageError, clipped
from fabula.storage.checks import allowed, checked, checked_prefix
from fabula.storage.digests import Digests
from fabula.storage.durable import TEMPORARY_PREFIX, remove_with_empty_folders, replacing
from fabula.storage.sniff import SNIFF_BYTES, UNKNOWN, content_type_of

_CHUNK = 256 * 1024
_MISSING = (FileNotFoundError, NotADirectoryError, IsADirectoryError)


class FilesystemStore:
    """A ``BlobStore`` in a folder: ``root/bucket/key``."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._digests = Digests()

    def _path(self, ref: ObjectRef) -> Path:
        return self._root / ref.bucket / ref.key

    def path_of(self, bucket: str, key: str) -> Path:
        """Where a file lies, for people who look for it on the disk."""
        return self._path(ObjectRef(bucket, key))

    async def put(self, bucket: str, key: str, data: bytes, content_type: str) -> Blob:
        return await anyio.to_thread.run_sync(self._put, bucket, key, data, content_type)

    def _put(self, bucket: str, key: str, data: bytes, content_type: str) -> Blob:
        ref, kind = checked(bucket, key, data, content_type)
        with replacing(self._path(ref)) as file:
            file.write(data)
        return Blob(bucket, key, len(data), hashlib.sha256(data).hexdigest(), kind)

    async def get(self, bucket: str, key: str) -> bytes:
        return await anyio.to_thread.run_sync(self._get, ObjectRef(bucket, key))

    def _get(self, ref: ObjectRef) -> bytes:
        with _existing(self._path(ref)) as file:
            return file.read()

    async def open(
        self, bucket: str, key: str, start: int | None = None, end: int | None = None
    ) -> AsyncIterator[bytes]:
        path = self._path(ObjectRef(bucket, key))
        try:
            file = await anyio.open_file(path, "rb")
        except _MISSING as error:
            raise BlobNotFound from error
        async with file:
            position, stop = clipped(os.fstat(file.wrapped.fileno()).st_size, start, end)
            await file.seek(position)
            while chunk := await file.read(min(_CHUNK, stop - position)):
                position += len(chunk)
                yield chunk

    async def stat(self, bucket: str, key: str) -> Blob | None:
        return await anyio.to_thread.run_sync(self._stat, ObjectRef(bucket, key))

    def _stat(self, ref: ObjectRef) -> Blob | None:
        with suppress(BlobNotFound), _existing(self._path(ref)) as file:
            kind = content_type_of(file.read(SNIFF_BYTES)) or UNKNOWN
            size = os.fstat(file.fileno()).st_size
            return Blob(ref.bucket, ref.key, size, self._digests.of(file), kind)
        return None

    async def delete(self, bucket: str, key: str) -> None:
        ref = ObjectRef(bucket, key)
        await anyio.to_thread.run_sync(
            remove_with_empty_folders, self._path(ref), self._root / bucket
        )

    async def copy(self, source: ObjectRef, target: ObjectRef) -> Blob:
        return await anyio.to_thread.run_sync(self._copy, source, target)

    def _copy(self, source: ObjectRef, target: ObjectRef) -> Blob:
        with _existing(self._path(source)) as original:
            size = os.fstat(original.fileno()).st_size
            kind = allowed(target.bucket, size, content_type_of(original.read(SNIFF_BYTES)))
            digest = self._digests.of(original)
            original.seek(0)
            with replacing(self._path(target)) as file:
                shutil.copyfileobj(original, file, _CHUNK)
                _verify(file, digest)
        return Blob(target.bucket, target.key, size, digest, kind)

    async def list(self, bucket: str, prefix: str = "") -> AsyncIterator[Listed]:
        folder = self._root / bucket / checked_prefix(bucket, prefix)
        found = await anyio.to_thread.run_sync(_files_under, folder, self._root / bucket)
        for key, status in found:
            if key.startswith(prefix):
                modified = datetime.fromtimestamp(status.st_mtime, UTC)
                yield Listed(ObjectRef(bucket, key), status.st_size, modified)

    async def remove_leftovers(self, before: datetime) -> int:
        """Remove what killed processes left half written before that time; says how many."""
        return await anyio.to_thread.run_sync(self._remove_leftovers, before.timestamp())

    def _remove_leftovers(self, before: float) -> int:
        removed = 0
        for path in _walked(self._root):
            with suppress(FileNotFoundError):
                if path.name.startswith(TEMPORARY_PREFIX) and path.stat().st_mtime < before:
                    path.unlink()
                    removed += 1
        return removed


@contextmanager
def _existing(path: Path) -> Iterator[BufferedIOBase]:
    try:
        file = path.open("rb")
    except _MISSING as error:
        raise BlobNotFound from error
    with file:
        yield file


def _verify(file: BufferedIOBase, digest: str) -> None:
    file.seek(0)
    if hashlib.file_digest(file, "sha256").hexdigest() != digest:
        raise StorageError("The copy is not the same as the file: nothing was kept, try again.")


def _files_under(folder: Path, bucket: Path) -> list[tuple[str, os.stat_result]]:
    found = []
    for path in _walked(folder):
        with suppress(FileNotFoundError):
            if not path.name.startswith(TEMPORARY_PREFIX):
                found.append((path.relative_to(bucket).as_posix(), path.stat()))
    return sorted(found, key=lambda entry: entry[0])


def _walked(folder: Path) -> Iterator[Path]:
    """All files; folders that are removed meanwhile are passed over."""
    for place, _, names in os.walk(folder):
        yield from (Path(place, name) for name in names)
