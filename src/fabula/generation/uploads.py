"""Pictures that people bring along."""

import asyncio
import hashlib
from pathlib import PurePath
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts.caller import Caller
from fabula.accounts.credits.quotas import check_upload
from fabula.core.database import elevated
from fabula.core.errors import FabulaError, Invalid
from fabula.core.settings import Settings
from fabula.generation.schemas import UploadOut
from fabula.models import Upload
from fabula.moderation.policy import screen
from fabula.storage.base import BlobStore
from fabula.storage.links import Links
from fabula.storage.pictures import (
    Decoded,
    PictureError,
    make_thumbnail,
    read_picture,
    thumbhash_of,
)

BUCKET = "reference_images"
_SUFFIX = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif"}


class TooLarge(FabulaError):
    status = 413
    code = "too_large"


def upload_limit(settings: Settings) -> int:
    """The size limit of an upload in bytes."""
    return settings.max_upload_mb * 2**20


def check_name(name: str | None) -> None:
    """The name of a file is not kept, but it can say what the picture is for."""
    screen([PurePath(name or "").stem])


async def bring(
    session: AsyncSession,
    caller: Caller,
    store: BlobStore,
    links: Links,
    data: bytes,
    settings: Settings,
) -> UploadOut:
    """Check, store and record an uploaded picture; its type comes from its bytes."""
    limit = upload_limit(settings)
    if len(data) > limit:
        raise TooLarge(
            f"The picture is larger than {limit // 2**20} MB: make it smaller and try again."
        )
    decoded, thumbnail, thumbhash = await asyncio.to_thread(_look, data)
    async with elevated(session):
        await check_upload(session, settings, caller.user_id, len(data))
    upload_id = uuid4()
    key = f"{caller.user_id}/{upload_id}.{_SUFFIX[decoded.mime_type]}"
    thumbnail_key = f"{caller.user_id}/{upload_id}.thumb.webp"
    await store.put(BUCKET, key, data, decoded.mime_type)
    await store.put(BUCKET, thumbnail_key, thumbnail, "image/webp")
    session.add(
        Upload(
            id=upload_id,
            user_id=caller.user_id,
            mime_type=decoded.mime_type,
            file_size_bytes=len(data),
            bucket=BUCKET,
            key=key,
            thumbnail_key=thumbnail_key,
            thumbhash=thumbhash,
            sha256=hashlib.sha256(data).hexdigest(),
            width=decoded.width,
            height=decoded.height,
        )
    )
    await session.flush()
    return UploadOut(
        id=upload_id,
        url=links.url(BUCKET, key),
        thumbnail_url=links.url(BUCKET, thumbnail_key),
        width=decoded.width,
        height=decoded.height,
        mime_type=decoded.mime_type,
        thumbhash=thumbhash,
    )


def _look(data: bytes) -> tuple[Decoded, bytes, str]:
    try:
        decoded = read_picture(data)
    except PictureError as error:
        raise Invalid(str(error), field="file") from error
    if decoded.mime_type not in _SUFFIX:
        raise Invalid("Use a PNG, JPEG, WebP or GIF picture.", field="file")
    return decoded, make_thumbnail(decoded.pixels), thumbhash_of(decoded.pixels)
