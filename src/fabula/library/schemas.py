"""What the library API takes and gives."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, field_validator

from fabula.core.strict import Strict
from fabula.core.text import no_null_bytes
from fabula.library.repository import ShelvedRow
from fabula.library.saving import MAX_TAGS
from fabula.moderation.rating import Mode, rating_of
from fabula.storage.links import Links

Title = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


def unique_tags(tags: list[str]) -> list[str]:
    """Each tag once, in the order given."""
    return list(dict.fromkeys(no_null_bytes(tag) for tag in tags))


class KeepIn(Strict):
    """How a staged asset is kept; both are optional."""

    title: Title | None = None
    tags: list[Tag] = Field(default=[], max_length=MAX_TAGS)

    _clean = field_validator("title")(lambda v: v if v is None else no_null_bytes(v))
    _clean_tags = field_validator("tags")(unique_tags)


class LibraryAssetChange(Strict):
    """What to change; fields that are not sent stay as they are."""

    title: Title | None = None
    tags: list[Tag] | None = Field(default=None, max_length=MAX_TAGS)
    is_favorite: bool | None = None

    _clean = field_validator("title")(lambda v: v if v is None else no_null_bytes(v))
    _clean_tags = field_validator("tags")(lambda tags: tags if tags is None else unique_tags(tags))

    def changes(self) -> dict[str, Any]:
        """Only what was sent; a title may be taken away with null."""
        sent = self.model_dump(exclude_unset=True)
        return {k: v for k, v in sent.items() if v is not None or k == "title"}


class LibraryAssetOut(BaseModel):
    id: UUID
    asset_type: str
    url: str
    thumbnail_url: str
    preview_url: str | None
    thumbhash: str
    width: int
    height: int
    file_size_bytes: int
    mime_type: str
    duration_seconds: float | None
    prompt: str
    enhanced_prompt: str | None
    model_used: str
    seed: int | None
    title: str | None
    tags: list[str]
    is_favorite: bool
    visibility: str
    created_at: datetime
    job_id: UUID | None
    settings: dict[str, Any]
    rating: Mode


def library_asset_out(row: ShelvedRow, links: Links) -> LibraryAssetOut:
    asset, file = row.asset, row.file
    return LibraryAssetOut(
        id=asset.id,
        asset_type=asset.asset_type,
        url=links.url(file.bucket, file.key),
        thumbnail_url=links.url(file.bucket, file.thumbnail_key),
        preview_url=links.url(file.bucket, file.preview_key) if file.preview_key else None,
        thumbhash=file.thumbhash,
        width=file.width,
        height=file.height,
        file_size_bytes=asset.file_size_bytes,
        mime_type=asset.mime_type,
        duration_seconds=None if asset.duration_seconds is None else float(asset.duration_seconds),
        prompt=asset.original_prompt,
        enhanced_prompt=file.enhanced_prompt,
        model_used=asset.model_used,
        seed=asset.generation_seed,
        title=asset.custom_title,
        tags=asset.tags or [],
        is_favorite=bool(asset.is_favorite),
        visibility=asset.visibility or "private",
        created_at=asset.created_at,
        job_id=file.job_id,
        settings=file.settings,
        rating=rating_of(file.rating),
    )
