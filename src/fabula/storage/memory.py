"""Files in memory, for tests and for trying things out; gone with the process."""

import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from fabula.storage.base import Blob, BlobNotFound, Listed, ObjectRef, clipped
from fabula.storage.checks import allowed, checked, checked_prefix
from fabula.storage.sniff import UNKNOWN, content_type_of


class MemoryStore:
    """A dictionary that keeps the rules of a ``BlobStore``."""

    def __init__(self) -> None:
        self._files: dict[ObjectRef, tuple[bytes, datetime]] = {}

    def _data(self, ref: ObjectRef) -> bytes:
        if ref not in self._files:
            raise BlobNotFound
        return self._files[ref][0]

    def _facts(self, ref: ObjectRef) -> Blob:
        data = self._data(ref)
        kind = content_type_of(data) or UNKNOWN
        return Blob(ref.bucket, ref.key, len(data), hashlib.sha256(data).hexdigest(), kind)

    def _keep(self, ref: ObjectRef, data: bytes) -> Blob:
        self._files[ref] = (bytes(data), datetime.now(UTC))
        return self._facts(ref)

    async def put(self, bucket: str, key: str, data: bytes, content_type: str) -> Blob:
        ref, _ = checked(bucket, key, data, content_type)
        return self._keep(ref, data)

    async def get(self, bucket: str, key: str) -> bytes:
        return self._data(ObjectRef(bucket, key))

    async def open(
        self, bucket: str, key: str, start: int | None = None, end: int | None = None
    ) -> AsyncIterator[bytes]:
        data = self._data(ObjectRef(bucket, key))
        first, stop = clipped(len(data), start, end)
        if stop > first:
            yield data[first:stop]

    async def stat(self, bucket: str, key: str) -> Blob | None:
        ref = ObjectRef(bucket, key)
        return self._facts(ref) if ref in self._files else None

    async def delete(self, bucket: str, key: str) -> None:
        self._files.pop(ObjectRef(bucket, key), None)

    async def copy(self, source: ObjectRef, target: ObjectRef) -> Blob:
        data = self._data(source)
        allowed(target.bucket, len(data), content_type_of(data))
        return self._keep(target, data)

    async def list(self, bucket: str, prefix: str = "") -> AsyncIterator[Listed]:
        checked_prefix(bucket, prefix)
        for ref in sorted(self._files, key=lambda ref: ref.key):
            if ref.bucket == bucket and ref.key.startswith(prefix):
                data, modified = self._files[ref]
                yield Listed(ref, len(data), modified)
