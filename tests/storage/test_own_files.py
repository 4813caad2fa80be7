"""A person's files in every kind of store: into their archive, and away with their account."""

import io
import json
import os
import zipfile
from collections.abc import Awaitable, Callable
from uuid import UUID

from sqlalchemy import text
from storage_samples import encoded

from fabula.accounts.caller import Caller
from fabula.accounts.export.archive import Archive
from fabula.accounts.leaving import erasure
from fabula.accounts.leaving import service as leaving
from fabula.core.database import Database
from fabula.storage.base import BlobStore

PNG = encoded("PNG")
MakeCaller = Callable[..., Awaitable[Caller]]
LARGE = 9 * 1024 * 1024
_UPLOAD = text("""
INSERT INTO studio.uploads (user_id, mime_type, file_size_bytes, bucket, key, thumbnail_key,
                            thumbhash, sha256, width, height)
VALUES (:user, 'image/png', :size, 'reference_images', :key, :thumbnail, '', :sha256, 1, 1)
""")


async def bring(database: Database, store: BlobStore, user: UUID, data: bytes) -> str:
    """An upload with its thumbnail, as a row and as files."""
    key, thumbnail = f"{user}/a.png", f"{user}/a.thumb.webp"
    blob = await store.put("reference_images", key, data, "image/png")
    await store.put("reference_images", thumbnail, PNG, "image/png")
    values = {"user": user, "size": blob.size, "key": key, "thumbnail": thumbnail}
    async with database.system() as session:
        await session.execute(_UPLOAD, {**values, "sha256": blob.sha256})
    return blob.sha256


async def left(store: BlobStore, user: UUID) -> int:
    return len([item async for item in store.list("reference_images", f"{user}/")])


async def test_they_are_in_the_archive_and_gone_with_the_account(
    database: Database, store: BlobStore, make_caller: MakeCaller
) -> None:
    ada, bea = await make_caller("ada"), await make_caller("bea")
    large = PNG + os.urandom(LARGE)
    digest = await bring(database, store, ada.user_id, large)
    await bring(database, store, bea.user_id, PNG)

    sizes, whole = [], io.BytesIO()
    async for chunk in Archive(database, store, ada.user_id, "ada").chunks():
        sizes.append(len(chunk))
        whole.write(chunk)
    read = zipfile.ZipFile(whole)
    assert read.testzip() is None
    (name,) = (name for name in read.namelist() if name.startswith("files/"))
    assert read.read(name) == large
    told = {entry["path"]: entry for entry in json.loads(read.read("manifest.json"))["files"]}
    assert told[name] == {"path": name, "size": len(large), "sha256": digest}

    await leaving.delete_account(database, ada.user_id, by=None, reason=None)
    assert await erasure.erase_files(database, store) == 2
    assert (await left(store, ada.user_id), await left(store, bea.user_id)) == (0, 2)
