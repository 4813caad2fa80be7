"""Putting a file on the shelf: copy, verify, then write the rows."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts.caller import Caller
from fabula.events import live
from fabula.generation.events import OutputReady, StoredFile
from fabula.library import repository
from fabula.library.repository import ShelvedRow
from fabula.models import LibraryAsset, LibraryFile, MediaFacts
from fabula.moderation.policy import screen
from fabula.moderation.rating import Mode
from fabula.storage.base import BlobStore, ObjectRef

LIBRARY_BUCKET = "user-library"
MAX_TAGS = 50


@dataclass(frozen=True, slots=True)
class Source:
    """A staged asset with everything that the library keeps of it."""

    asset_id: UUID
    job_id: UUID
    index: int
    asset_type: str
    mime_type: str
    size: int
    duration: Decimal | None
    seed: int
    prompt: str
    model: str
    settings: dict[str, Any]
    file: MediaFacts
    rating: Mode


async def kept_from(session: AsyncSession, caller: Caller, asset_id: UUID) -> ShelvedRow | None:
    return await repository.kept_from(session, caller.user_id, asset_id, caller.mode)


async def save(
    session: AsyncSession,
    caller: Caller,
    source: Source,
    store: BlobStore,
    *,
    title: str | None,
    tags: list[str],
) -> ShelvedRow:
    """Copy a staged asset to the library, once."""
    screen((title, *tags), mode=source.rating)
    await repository.lock_source(session, source.asset_id)
    known = await repository.kept_from(session, caller.user_id, source.asset_id, caller.mode)
    if known:
        return known
    new_id = uuid4()
    places = await _copied(store, source.file, caller.user_id, new_id)
    asset = LibraryAsset(
        id=new_id,
        user_id=caller.user_id,
        asset_type=source.asset_type,
        storage_path=places.key,
        file_size_bytes=source.size,
        mime_type=source.mime_type,
        duration_seconds=source.duration,
        original_prompt=source.prompt,
        model_used=source.model,
        generation_seed=source.seed,
        custom_title=title,
        tags=tags,
    )
    shelved = _file_row(asset, source.settings, source.rating, source.file, places)
    shelved.source_asset_id = source.asset_id
    shelved.job_id = source.job_id
    shelved.asset_index = source.index
    return await _write(session, asset, shelved)


async def shelve_output(session: AsyncSession, event: OutputReady, store: BlobStore) -> None:
    """An output of a job with the destination ``library`` goes straight to the shelf."""
    if event.destination != "library":
        return
    if await repository.shelved_output(session, event.job_id, event.index):
        return
    new_id = uuid4()
    places = await _copied(store, event.file, event.user_id, new_id)
    asset = LibraryAsset(
        id=new_id,
        user_id=event.user_id,
        asset_type=event.file.asset_type,
        storage_path=places.key,
        file_size_bytes=event.file.size,
        mime_type=event.file.mime_type,
        duration_seconds=event.file.duration,
        original_prompt=event.provenance.prompt_original,
        model_used=event.provenance.model,
        generation_seed=event.seed,
        tags=[],
    )
    plan = event.provenance
    shelved = _file_row(asset, plan.dump(), plan.mode, event.file, places)
    shelved.job_id = event.job_id
    shelved.asset_index = event.index
    await _write(session, asset, shelved)


@dataclass(frozen=True, slots=True)
class Places:
    """Keys of the copies in the library's bucket."""

    key: str
    thumbnail_key: str
    preview_key: str | None


async def _copied(
    store: BlobStore, file: MediaFacts | StoredFile, user_id: UUID, asset_id: UUID
) -> Places:
    """Copy all files of an output; each copy is verified."""
    stem = f"{user_id}/{asset_id}"
    places = Places(
        f"{stem}{PurePosixPath(file.key).suffix}",
        f"{stem}.thumb.webp",
        f"{stem}.preview.mp4" if file.preview_key else None,
    )
    wanted = (places.key, places.thumbnail_key, places.preview_key)
    for source, target in zip(file.keys, filter(None, wanted), strict=True):
        await store.copy(ObjectRef(file.bucket, source), ObjectRef(LIBRARY_BUCKET, target))
    return places


def _file_row(
    asset: LibraryAsset,
    settings: dict[str, Any],
    rating: Mode,
    file: MediaFacts | StoredFile,
    places: Places,
) -> LibraryFile:
    return LibraryFile(
        asset_id=asset.id,
        user_id=asset.user_id,
        enhanced_prompt=settings.get("prompt_final"),
        settings=settings,
        rating=rating,
        bucket=LIBRARY_BUCKET,
        key=places.key,
        thumbnail_key=places.thumbnail_key,
        preview_key=places.preview_key,
        thumbhash=file.thumbhash,
        sha256=file.sha256,
        width=file.width,
        height=file.height,
    )


async def _write(session: AsyncSession, asset: LibraryAsset, file: LibraryFile) -> ShelvedRow:
    session.add(asset)
    await session.flush()
    session.add(file)
    await session.flush()
    await session.refresh(asset)
    await live.publish(session, asset.user_id, "library.changed", {"asset_id": str(asset.id)})
    return ShelvedRow(asset, file)
