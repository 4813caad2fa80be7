"""A ZIP archive (PKWARE APPNOTE, with Zip64) that is sent while it is made; nothing is stored.

Checksums and compression run in a thread of their own, a chunk at a time, so that neither the
event loop nor a thread waits for whoever reads.
"""

import hashlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from zipfile import ZIP_DEFLATED, ZIP_STORED

import anyio.to_thread
from zipstream import ZipStream

from fabula.core.errors import FabulaError


@dataclass(frozen=True, slots=True)
class Written:
    """An entry of the archive: size in bytes and SHA-256 in hex of what is in it, and why it is
    not whole where it is not."""

    path: str
    size: int
    sha256: str
    fault: str | None = None


class _Feed:
    """Hands the archive one chunk at a time; it asks for the next one when there is one."""

    def __init__(self) -> None:
        self.chunk: bytes | None = None

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> bytes:
        if self.chunk is None:
            raise StopIteration
        chunk, self.chunk = self.chunk, None
        return chunk


@dataclass(slots=True)
class ZipArchive:
    """Entries one after another, each by ``add``, then ``end``: what they yield is the file."""

    written: list[Written] = field(default_factory=list)
    _zip: ZipStream = field(default_factory=ZipStream)

    async def add(
        self, path: str, chunks: AsyncIterator[bytes], *, compressed: bool = False
    ) -> AsyncIterator[bytes]:
        """An entry, noted in ``written``. A source that fails ends its entry, not the archive."""
        feed, digest, size, fault = _Feed(), hashlib.sha256(), 0, None
        self._zip.add(feed, path, compress_type=ZIP_DEFLATED if compressed else ZIP_STORED)
        made = self._zip.file()
        yield next(made)

        def packed(chunk: bytes) -> bytes:
            digest.update(chunk)
            feed.chunk = chunk
            piece: bytes = next(made)
            return piece

        try:
            async for chunk in chunks:
                size += len(chunk)
                yield await anyio.to_thread.run_sync(packed, chunk)
        except (FabulaError, OSError) as error:
            fault = str(error) or type(error).__name__
        for rest in made:
            yield rest
        self.written.append(Written(path, size, digest.hexdigest(), fault))

    def end(self) -> Iterator[bytes]:
        """The directory of the archive."""
        yield from self._zip.finalize()


async def one_chunk(data: bytes) -> AsyncIterator[bytes]:
    """A source of a few bytes that are there already."""
    yield data
