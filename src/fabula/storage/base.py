"""Where bytes live: buckets and keys behind one small interface."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from fabula.core.errors import FabulaError
from fabula.storage.buckets import BUCKETS

_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_MAX_KEY = 500


class StorageError(FabulaError):
    """The store could not do what it was asked; nothing was changed."""

    status = 500
    code = "storage_failed"


class StorageUnavailable(StorageError):
    """The storage server does not answer, or refuses us."""

    status = 503
    code = "storage_unavailable"


class BlobNotFound(FabulaError):
    """There is no file at that place."""

    status = 404
    code = "file_not_found"

    def __init__(self, message: str = "The file is not there any more.") -> None:
        super().__init__(message)


class BadPlace(FabulaError, ValueError):
    """A bucket or key that cannot exist; to the outside, a file that is not there."""

    status = 404
    code = "file_not_found"


class StorageFull(FabulaError):
    """The disk is full; nothing of the file was kept."""

    status = 507
    code = "storage_full"


class NotAllowed(FabulaError):
    """The bucket does not take such a file."""

    status = 422
    code = "file_not_allowed"


@dataclass(frozen=True, slots=True)
class ObjectRef:
    """A place: a bucket of the table in ``buckets`` and a key of plain parts.

    A part starts with a letter or digit, so no part is empty, hidden or a way up. Raises
    ``BadPlace`` (a ``ValueError``) for unknown buckets and other keys.
    """

    bucket: str
    key: str

    def __post_init__(self) -> None:
        if self.bucket not in BUCKETS:
            raise BadPlace(f"There is no bucket {self.bucket!r}.")
        parts = self.key.split("/")
        if len(self.key) > _MAX_KEY or not all(_PART.fullmatch(part) for part in parts):
            raise BadPlace(f"{self.key!r} is not a key.")


@dataclass(frozen=True, slots=True)
class Blob:
    """A stored file: size in bytes, SHA-256 of the content in hex, type read from the content."""

    bucket: str
    key: str
    size: int
    sha256: str
    content_type: str

    @property
    def etag(self) -> str:
        """Changes with the content and with nothing else (no quotes around it)."""
        return self.sha256[:32]


@dataclass(frozen=True, slots=True)
class Listed:
    """A file as a listing knows it, without a look at its content. ``modified`` has a zone."""

    ref: ObjectRef
    size: int
    modified: datetime


def clipped(size: int, start: int | None, end: int | None) -> tuple[int, int]:
    """The bytes that a range means in a file of ``size`` bytes: first, and one behind the last.

    Raises ``ValueError`` for negative and reversed ranges.
    """
    first = 0 if start is None else start
    last = size if end is None else end
    if first < 0 or last < 0 or (start is not None and end is not None and end < start):
        raise ValueError(f"{start}-{end} is not a range.")
    stop = min(last, size)
    return min(first, stop), stop


class BlobStore(Protocol):
    """Files by bucket and key. A put is whole or nothing, and replaces what was there.

    Every method raises ``BadPlace`` for a place that cannot exist and ``StorageError`` where the
    store itself fails.
    """

    async def put(self, bucket: str, key: str, data: bytes, content_type: str) -> Blob:
        """Store a file. ``content_type`` is what the caller believes; the bytes decide.

        Raises ``NotAllowed`` if the bucket does not take the file or the bytes are another type,
        and ``StorageFull``.
        """
        ...

    async def get(self, bucket: str, key: str) -> bytes:
        """The whole file. Raises ``BlobNotFound``."""
        ...

    def open(
        self, bucket: str, key: str, start: int | None = None, end: int | None = None
    ) -> AsyncIterator[bytes]:
        """Bytes ``start`` (from 0) up to ``end`` (exclusive) in chunks, cut at the file's end.

        The first step raises ``BlobNotFound``, or ``ValueError`` for a range that is none.
        """
        ...

    async def stat(self, bucket: str, key: str) -> Blob | None:
        """Facts of a file, or None."""
        ...

    async def delete(self, bucket: str, key: str) -> None:
        """Remove a file; one that is gone already is fine."""
        ...

    async def copy(self, source: ObjectRef, target: ObjectRef) -> Blob:
        """Copy a file whole and verify the copy; the target bucket's rules hold.

        Raises ``BlobNotFound``, ``NotAllowed``, ``StorageFull``, and ``StorageError`` if the copy
        is not the same: then the target is not there.
        """
        ...

    def list(self, bucket: str, prefix: str = "") -> AsyncIterator[Listed]:
        """All files of a bucket whose key starts with ``prefix``, by key in ASCII order."""
        ...
