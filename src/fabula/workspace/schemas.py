"""What the workspace API gives."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, StringConstraints, field_validator

from fabula.core.strict import Strict
from fabula.core.text import no_null_bytes
from fabula.library.schemas import LibraryAssetOut
from fabula.moderation.rating import Mode, rating_of
from fabula.storage.links import Links
from fabula.workspace.repository import SessionRow, StagedRow

SessionName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class SessionOut(BaseModel):
    id: UUID
    name: str
    created_at: datetime


class SessionListed(SessionOut):
    """A session of the list; ``asset_count`` is what of it is still staged."""

    is_active: bool
    asset_count: int


class SessionIn(Strict):
    name: SessionName | None = None

    _clean = field_validator("name")(lambda v: v if v is None else no_null_bytes(v))


class SessionChange(Strict):
    """What to change; a session is made active, never inactive: another one takes its place."""

    name: SessionName | None = None
    active: Literal[True] | None = None

    _clean = field_validator("name")(lambda v: v if v is None else no_null_bytes(v))


class DiscardedOut(BaseModel):
    discarded: int


class KeptOut(BaseModel):
    items: list[LibraryAssetOut]


class WorkspaceOut(BaseModel):
    """The active session, and how many days an output stays."""

    session: SessionOut
    retention_days: int


class WorkspaceAssetOut(BaseModel):
    id: UUID
    asset_type: str
    asset_index: int
    job_id: UUID
    seed: int
    prompt: str
    enhanced_prompt: str | None
    model_used: str
    url: str
    thumbnail_url: str
    preview_url: str | None
    thumbhash: str
    width: int
    height: int
    file_size_bytes: int
    mime_type: str
    duration_seconds: float | None
    created_at: datetime
    expires_at: datetime
    saved: bool
    library_asset_id: UUID | None
    settings: dict[str, Any]
    rating: Mode


def workspace_asset_out(row: StagedRow, links: Links) -> WorkspaceAssetOut:
    asset, file = row.asset, row.file
    settings = asset.generation_settings or {}
    return WorkspaceAssetOut(
        id=asset.id,
        asset_type=asset.asset_type,
        asset_index=asset.asset_index,
        job_id=asset.job_id,
        seed=asset.generation_seed,
        prompt=asset.original_prompt,
        enhanced_prompt=settings.get("prompt_final"),
        model_used=asset.model_used,
        url=links.url(file.bucket, file.key),
        thumbnail_url=links.url(file.bucket, file.thumbnail_key),
        preview_url=links.url(file.bucket, file.preview_key) if file.preview_key else None,
        thumbhash=file.thumbhash,
        width=file.width,
        height=file.height,
        file_size_bytes=asset.file_size_bytes,
        mime_type=asset.mime_type,
        duration_seconds=None if asset.duration_seconds is None else float(asset.duration_seconds),
        created_at=asset.created_at,
        expires_at=asset.expires_at,
        saved=row.library_asset_id is not None,
        library_asset_id=row.library_asset_id,
        settings=settings,
        rating=rating_of(file.rating),
    )


def session_listed(row: SessionRow) -> SessionListed:
    return SessionListed(
        id=row.session.id,
        name=row.session.session_name or "",
        created_at=row.session.created_at,
        is_active=bool(row.session.is_active),
        asset_count=row.asset_count,
    )
