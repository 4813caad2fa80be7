"""Everything that the studio knows of a person, as one ZIP that is sent while it is made.

Each page of rows is read in a transaction of its own and none is open while bytes are sent. What
cannot be read is named in the manifest, and the rest comes all the same.
"""

from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts.export.files import OwnFile, files_of
from fabula.accounts.export.repository import PersonalTable, personal_tables
from fabula.core.clock import now
from fabula.core.database import Database
from fabula.core.errors import FabulaError
from fabula.storage.base import BlobStore
from fabula.storage.zip_stream import ZipArchive, one_chunk

ROWS = 500
_README = """\
Everything that this studio keeps of the account {username}, as of {made:%Y-%m-%d %H:%M} UTC.

data/       one file for each table of the database with rows of yours. A line is a row, as JSON.
            Passwords, keys and other secrets are stored as hashes only and left out.
files/      your pictures and clips: library, workspace, uploads, and others that no row tells of.
manifest.json
            every file of this archive with its size in bytes and its SHA-256. What could not be
            read, or is not what was stored, is named there with the reason ("fault").

Rows were read one page after another while the archive was made. What changed meanwhile may be in
it in its old or its new form.
"""


@dataclass(slots=True)
class Archive:
    """The archive of one person; ``chunks`` are its bytes."""

    database: Database
    store: BlobStore
    person: UUID
    username: str
    made: datetime = field(default_factory=now)
    _zip: ZipArchive = field(default_factory=ZipArchive)
    _faults: list[dict[str, str]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"fabula-{self.username}-{self.made:%Y-%m-%d}.zip"

    async def chunks(self) -> AsyncIterator[bytes]:
        readme = _README.format(username=self.username, made=self.made).encode()
        async for chunk in self._zip.add("README.txt", one_chunk(readme), compressed=True):
            yield chunk
        for table in personal_tables():
            async for chunk in self._table(table):
                yield chunk
        async for chunk in self._files():
            yield chunk
        manifest = one_chunk(self._manifest())
        async for chunk in self._zip.add("manifest.json", manifest, compressed=True):
            yield chunk
        for chunk in self._zip.end():
            yield chunk

    async def _table(self, table: PersonalTable) -> AsyncIterator[bytes]:
        lines = self._lines(table)
        first = await anext(lines, None)
        if first is None:
            return
        path = f"data/{table.name}.jsonl"
        async for chunk in self._zip.add(path, _again(first, lines), compressed=True):
            yield chunk

    async def _lines(self, table: PersonalTable) -> AsyncIterator[bytes]:
        after = None
        while True:
            rows = await self._page(table, after)
            if rows:
                yield b"".join(orjson.dumps(row, default=str) + b"\n" for row in rows)
            if len(rows) < ROWS:
                return
            after = table.key_of(rows[-1])

    async def _page(self, table: PersonalTable, after: list[object] | None) -> list[dict[str, Any]]:
        async def read(session: AsyncSession) -> list[dict[str, Any]]:
            return await table.rows(session, self.person, after, ROWS)

        if table.readable_by_requests:
            async with self.database.request(self.person) as session:
                return await read(session)
        async with self.database.system() as session:
            return await read(session)

    async def _files(self) -> AsyncIterator[bytes]:
        try:
            async for file in files_of(self.database, self.store, self.person):
                async for chunk in self._file(file):
                    yield chunk
        except (FabulaError, OSError) as error:
            self._faults.append({"path": "files/", "fault": _reason(error)})

    async def _file(self, file: OwnFile) -> AsyncIterator[bytes]:
        """A file that cannot even be begun is no empty entry, but a line of the manifest."""
        source = self.store.open(file.bucket, file.key)
        try:
            first = await anext(source, b"")
        except (FabulaError, OSError) as error:
            self._faults.append({"path": file.path, "fault": _reason(error)})
            return
        async for chunk in self._zip.add(file.path, _again(first, source)):
            yield chunk
        told = self._zip.written[-1]
        if told.fault is None and file.sha256 and told.sha256 != file.sha256:
            fault = "The file is not the one that was stored: its SHA-256 differs."
            self._faults.append({"path": file.path, "fault": fault})

    def _manifest(self) -> bytes:
        files = [{k: v for k, v in asdict(w).items() if v is not None} for w in self._zip.written]
        manifest = {
            "account": {"id": self.person, "username": self.username},
            "made_at": self.made,
            "files": files,
            "faults": self._faults,
        }
        return orjson.dumps(manifest, option=orjson.OPT_INDENT_2)


async def _again(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """A source whose first chunk was taken already."""
    yield first
    async for chunk in rest:
        yield chunk


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, FabulaError) else type(error).__name__
