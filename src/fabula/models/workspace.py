"""Tables owned by `workspace`. Structure only: no queries, no rules."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, DateTime, ForeignKey, Integer, Numeric, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from fabula.models.base import Base


class WorkspaceSession(Base):
    __tablename__ = "workspace_sessions"

    id: Mapped[UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("gen_random_uuid()")
    )
    user_id: Mapped[UUID] = mapped_column(
        Uuid, ForeignKey("profiles.id", name="workspace_sessions_user_id_fkey", ondelete="CASCADE")
    )
    session_name: Mapped[str | None] = mapped_column(
        Text, server_default=text("'Workspace Session'::text")
    )
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), nullable=True, server_default=text("now()")
    )
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), nullable=True, server_default=text("now()")
    )
    is_active: Mapped[bool | None] = mapped_column(Boolean, server_default=text("true"))
    metadata_: Mapped[dict[str, Any] | None] = mapped_column(
        "metadata", JSONB, server_default=text("'{}'::jsonb")
    )


class WorkspaceItem(Base):
    __tablename__ = "workspace_items"

    id: Mapped[UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("gen_random_uuid()")
    )
    session_id: Mapped[UUID] = mapped_column(
        Uuid,
        ForeignKey(
            "workspace_sessions.id", name="workspace_items_session_id_fkey", ondelete="CASCADE"
        ),
    )
    job_id: Mapped[UUID | None] = mapped_column(
        Uuid, ForeignKey("jobs.id", name="workspace_items_job_id_fkey", ondelete="SET NULL")
    )
    user_id: Mapped[UUID] = mapped_column(
        Uuid, ForeignKey("profiles.id", name="workspace_items_user_id_fkey", ondelete="CASCADE")
    )
    prompt: Mapped[str] = mapped_column(Text)
    enhanced_prompt: Mapped[str | None] = mapped_column(Text)
    content_type: Mapped[str] = mapped_column(Text)
    model_type: Mapped[str | None] = mapped_column(Text)
    quality: Mapped[str | None] = mapped_column(Text)
    storage_path: Mapped[str | None] = mapped_column(Text)
    bucket_name: Mapped[str | None] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    thumbnail_url: Mapped[str | None] = mapped_column(Text)
    generation_params: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB, server_default=text("'{}'::jsonb")
    )
    seed: Mapped[int | None] = mapped_column(Integer)
    reference_image_url: Mapped[str | None] = mapped_column(Text)
    reference_strength: Mapped[Decimal | None] = mapped_column(Numeric)
    status: Mapped[str | None] = mapped_column(Text, server_default=text("'generated'::text"))
    metadata_: Mapped[dict[str, Any] | None] = mapped_column(
        "metadata", JSONB, server_default=text("'{}'::jsonb")
    )
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), nullable=True, server_default=text("now()")
    )
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), nullable=True, server_default=text("now()")
    )


class WorkspaceAsset(Base):
    __tablename__ = "workspace_assets"

    id: Mapped[UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("gen_random_uuid()")
    )
    user_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("auth.accounts.id", ondelete="CASCADE"))
    asset_type: Mapped[str] = mapped_column(Text)
    temp_storage_path: Mapped[str] = mapped_column(Text)
    file_size_bytes: Mapped[int] = mapped_column(BigInteger)
    mime_type: Mapped[str] = mapped_column(Text)
    duration_seconds: Mapped[Decimal | None] = mapped_column(Numeric)
    job_id: Mapped[UUID] = mapped_column(Uuid)
    asset_index: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    generation_seed: Mapped[int] = mapped_column(BigInteger)
    original_prompt: Mapped[str] = mapped_column(Text)
    model_used: Mapped[str] = mapped_column(Text)
    generation_settings: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB, server_default=text("'{}'::jsonb")
    )
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), nullable=True, server_default=text("now()")
    )
    expires_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), nullable=True, server_default=text("(now() + '7 days'::interval)")
    )
