"""SQL of the pictures that jobs start from. Every query starts from what is the person's."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, cast, literal, null, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.models import LibraryAsset, LibraryFile, Upload, WorkspaceAsset, WorkspaceFile
from fabula.moderation.rating import Mode, modes_within


@dataclass(frozen=True, slots=True)
class SourcePicture:
    """A picture that can serve as a reference or as a frame of a clip. ``settings`` are those that
    made it, None for one that was brought along."""

    asset_id: UUID
    bucket: str
    key: str
    sha256: str
    mime_type: str
    width: int
    height: int
    rating: str
    settings: dict[str, Any] | None
    seed: int | None


async def source_picture(
    session: AsyncSession, user_id: UUID, asset_id: UUID, mode: Mode
) -> SourcePicture | None:
    """A staged asset, a kept asset or an upload of this person, as far as the mode goes."""
    ratings = modes_within(mode)
    staged = (
        select(
            WorkspaceFile.asset_id,
            WorkspaceFile.bucket,
            WorkspaceFile.key,
            WorkspaceFile.sha256,
            WorkspaceAsset.mime_type,
            WorkspaceFile.width,
            WorkspaceFile.height,
            WorkspaceFile.rating,
            WorkspaceAsset.generation_settings,
            WorkspaceAsset.generation_seed,
        )
        .join(WorkspaceAsset, WorkspaceAsset.id == WorkspaceFile.asset_id)
        .where(
            WorkspaceAsset.id == asset_id,
            WorkspaceAsset.user_id == user_id,
            WorkspaceAsset.asset_type == "image",
            WorkspaceFile.rating.in_(ratings),
        )
    )
    kept = (
        select(
            LibraryFile.asset_id,
            LibraryFile.bucket,
            LibraryFile.key,
            LibraryFile.sha256,
            LibraryAsset.mime_type,
            LibraryFile.width,
            LibraryFile.height,
            LibraryFile.rating,
            LibraryFile.settings,
            LibraryAsset.generation_seed,
        )
        .join(LibraryAsset, LibraryAsset.id == LibraryFile.asset_id)
        .where(
            LibraryAsset.id == asset_id,
            LibraryAsset.user_id == user_id,
            LibraryAsset.asset_type == "image",
            LibraryFile.rating.in_(ratings),
        )
    )
    brought = select(
        Upload.id,
        Upload.bucket,
        Upload.key,
        Upload.sha256,
        Upload.mime_type,
        Upload.width,
        Upload.height,
        literal("general"),
        cast(null(), JSONB),
        cast(null(), BigInteger),
    ).where(Upload.id == asset_id, Upload.user_id == user_id)
    row = (await session.execute(staged.union_all(kept, brought))).first()
    return SourcePicture(*row) if row else None
