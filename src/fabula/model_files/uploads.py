"""Sending a model file in parts, so that what was sent is kept when the way breaks.

The part file grows in MODELS_DIR/.uploads, and its length is the only record of how much is there.
It is checked and renamed when it is whole: what is interrupted leaves nothing that looks like a
model, and is swept a day later.
"""

import asyncio
import base64
import fcntl
import hashlib
import hmac
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts import trail
from fabula.accounts.caller import Caller
from fabula.accounts.permissions import Permission
from fabula.accounts.trail import Action
from fabula.core.database import Database, lock_named
from fabula.core.errors import Conflict, Invalid
from fabula.core.settings import Settings
from fabula.engines.model_files.hashing import sums_of
from fabula.engines.model_files.unsafe import HEAD_BYTES, refusal_of
from fabula.model_files import placing, repository, scanning
from fabula.model_files.errors import (
    NotAModel,
    PartTooLarge,
    UploadNotFound,
    UploadsBusy,
    WrongOffset,
)
from fabula.model_files.schemas import ModelUploadIn, ModelUploadOut
from fabula.models import ModelFile, ModelUpload
from fabula.moderation.policy import screen
from fabula.storage.base import StorageFull

PART_BYTES = 16 * 2**20
AT_ONCE = 2
KEPT = timedelta(days=1)
_FOLDER = ".uploads"
_DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/]{43}=):")


async def begin(
    database: Database, settings: Settings, caller: Caller, body: ModelUploadIn
) -> ModelUploadOut:
    """Make room for a file. Raises ``Invalid``, ``UploadsBusy`` and ``StorageFull``."""
    caller.require(Permission.MODEL_FILES)
    screen((Path(body.name).stem,))
    name = placing.checked_name(body.name)
    folder = settings.models_folder
    async with database.system() as session:
        await lock_named(session, "model uploads")
        others = await repository.uploads(session)
        if len(others) >= AT_ONCE:
            names = " and ".join(other.name for other in others)
            raise UploadsBusy(
                f"{names} are being sent already: wait for one of them, or cancel it.",
            )
        missing = [other.size - offset_of(folder, other.id) for other in others]
        await asyncio.to_thread(placing.demand_room, folder, body.size + sum(missing))
        row = ModelUpload(id=uuid4(), name=name, size=body.size, sha256=body.sha256)
        session.add(row)
        await session.flush()
        await session.refresh(row)
        await _record(session, caller, Action.MODEL_UPLOAD_BEGUN, row)
    await asyncio.to_thread(_part(folder, row.id).parent.mkdir, parents=True, exist_ok=True)
    return _out(row, 0)


async def listed(session: AsyncSession, settings: Settings, caller: Caller) -> list[ModelUploadOut]:
    """Uploads that are under way, whoever began them."""
    caller.require(Permission.MODEL_FILES)
    rows = await repository.uploads(session)
    return [_out(row, offset_of(settings.models_folder, row.id)) for row in rows]


async def state(
    session: AsyncSession, settings: Settings, caller: Caller, upload_id: UUID
) -> ModelUploadOut:
    """How much of a file is there."""
    caller.require(Permission.MODEL_FILES)
    row = await _found(session, upload_id)
    return _out(row, offset_of(settings.models_folder, row.id))


async def take(
    database: Database,
    settings: Settings,
    caller: Caller,
    upload_id: UUID,
    offset: int,
    chunks: AsyncIterator[bytes],
    digest: str | None,
) -> ModelUploadOut:
    """Append a part. ``digest`` is its ``Content-Digest`` (RFC 9530). A part that does not arrive
    whole, or does not fit its digest, leaves what was there before it."""
    caller.require(Permission.MODEL_FILES)
    async with database.system() as session:
        row = await _found(session, upload_id)
    wanted = _digest(digest)
    path = _part(settings.models_folder, row.id)
    with _alone(path) as file:
        there = file.seek(0, 2)
        if offset != there:
            raise WrongOffset(f"{there} bytes are there: send the part that begins with {there}.")
        try:
            await _append(file, row, chunks, wanted)
        except BaseException:
            file.truncate(there)
            raise
    async with database.system() as session:
        await repository.touch_upload(session, row.id)
    return _out(row, path.stat().st_size)


async def _append(
    file: BinaryIO, row: ModelUpload, chunks: AsyncIterator[bytes], wanted: bytes | None
) -> None:
    start = place = file.tell()
    sum_ = hashlib.sha256()
    async for chunk in chunks:
        place += len(chunk)
        if place - start > PART_BYTES:
            raise PartTooLarge(f"A part has {PART_BYTES} bytes at most: send smaller ones.")
        if place > row.size:
            raise Invalid("This is more than the file was said to have: begin the upload again.")
        await asyncio.to_thread(_write, file, chunk)
        sum_.update(chunk)
    if place == start:
        raise Invalid("The part is empty: send the bytes of the file as the body.")
    if wanted is not None and not hmac.compare_digest(wanted, sum_.digest()):
        raise Invalid("The part did not arrive as it was sent: send it again.")
    if start == 0:
        file.seek(0)
        if refusal := refusal_of(row.name, file.read(HEAD_BYTES)):
            raise NotAModel(refusal)


def _write(file: BinaryIO, chunk: bytes) -> None:
    try:
        file.write(chunk)
        file.flush()
    except OSError as error:
        raise StorageFull("The disk of the models is full: free some space, then go on.") from error


async def finish(
    database: Database, settings: Settings, caller: Caller, upload_id: UUID
) -> ModelFile:
    """Check a file that is whole and put it in its place. Raises ``NotAModel`` where it is none;
    then the upload is over."""
    caller.require(Permission.MODEL_FILES)
    folder = settings.models_folder
    async with database.system() as session:
        row = await _found(session, upload_id)
    path = _part(folder, row.id)
    with _alone(path) as file:
        there = file.seek(0, 2)
        if there != row.size:
            raise WrongOffset(f"{there} of {row.size} bytes are there: send the rest first.")
        try:
            await asyncio.to_thread(_demand_sum, path, row.sha256)
            place = await asyncio.to_thread(placing.settle, path, folder, row.name)
        except NotAModel:
            await _drop(database, folder, row.id)
            raise
    await scanning.look_at(database, settings.all_model_folders, place)
    async with database.system() as session:
        await repository.forget_upload(session, row.id)
        found = await repository.by_path(session, str(place))
        if found is None:
            message = "The file was taken away at once: look at the folder of the models."
            raise Conflict(message, code="model_file_vanished")
        await trail.record(
            session, caller, Action.MODEL_FILE_INSTALLED, "model_file", found.id,
            after={"path": found.path, "size": found.size, "how": "upload"},
        )  # fmt: skip
    return found


async def cancel(database: Database, settings: Settings, caller: Caller, upload_id: UUID) -> None:
    """Forget an upload with what was sent of it."""
    caller.require(Permission.MODEL_FILES)
    async with database.system() as session:
        row = await _found(session, upload_id, lock=True)
        await repository.forget_upload(session, row.id)
        await _record(session, caller, Action.MODEL_UPLOAD_CANCELLED, row)
    await asyncio.to_thread(_part(settings.models_folder, row.id).unlink, missing_ok=True)


async def sweep(database: Database, settings: Settings) -> int:
    """Remove uploads that were left alone, and part files that no row knows."""
    async with database.system() as session:
        await repository.drop_old_uploads(session, KEPT)
        known = {str(row.id) for row in await repository.uploads(session)}

    def remove() -> int:
        folder = settings.models_folder / _FOLDER
        left = [path for path in folder.glob("*") if path.stem not in known]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)

    return await asyncio.to_thread(remove)


def offset_of(models_folder: Path, upload_id: UUID) -> int:
    """How many bytes of an upload are there."""
    try:
        return _part(models_folder, upload_id).stat().st_size
    except FileNotFoundError:
        return 0


async def _drop(database: Database, folder: Path, upload_id: UUID) -> None:
    async with database.system() as session:
        await repository.forget_upload(session, upload_id)
    await asyncio.to_thread(_part(folder, upload_id).unlink, missing_ok=True)


async def _found(session: AsyncSession, upload_id: UUID, *, lock: bool = False) -> ModelUpload:
    row = await repository.upload(session, upload_id, lock=lock)
    if row is None:
        raise UploadNotFound
    return row


@contextmanager
def _alone(path: Path) -> Iterator[BinaryIO]:
    """The part file, for one request at a time in all processes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise WrongOffset("Another part of this file is arriving: wait for it.") from error
        yield file


def _part(models_folder: Path, upload_id: UUID) -> Path:
    return models_folder / _FOLDER / str(upload_id)


def _digest(header: str | None) -> bytes | None:
    if header is None:
        return None
    found = _DIGEST.search(header)
    if not found:
        raise Invalid("Content-Digest must be sha-256=:BASE64:, as RFC 9530 has it.")
    return base64.b64decode(found[1])


def _demand_sum(path: Path, wanted: str | None) -> None:
    if wanted is not None and sums_of(path, 0, lambda _: None).sha256 != wanted:
        raise NotAModel("The file did not arrive as it was sent: begin the upload again.")


def _out(row: ModelUpload, offset: int) -> ModelUploadOut:
    return ModelUploadOut(
        id=row.id,
        name=row.name,
        size=row.size,
        offset=offset,
        part_bytes=PART_BYTES,
        created_at=row.created_at,
    )


async def _record(session: AsyncSession, caller: Caller, action: Action, row: ModelUpload) -> None:
    await trail.record(
        session, caller, action, "model_upload", row.id, after={"name": row.name, "size": row.size}
    )
