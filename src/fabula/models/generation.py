"""Tables owned by `generation`. Structure only: no queries, no rules."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    DateTime,
    ForeignKey,
    Integer,
    Numeric,
    String,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from fabula.models.base import Base


class Job(Base):
    __tablename__ = "jobs"

    id: Mapped[UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("gen_random_uuid()")
    )
    video_id: Mapped[UUID | None] = mapped_column(
        Uuid,
        ForeignKey("videos.id", name="jobs_video_id_fkey", ondelete="SET NULL", use_alter=True),
    )
    user_id: Mapped[UUID] = mapped_column(
        Uuid, ForeignKey("profiles.id", name="jobs_user_id_fkey", ondelete="CASCADE")
    )
    job_type: Mapped[str] = mapped_column(Text)
    status: Mapped[str | None] = mapped_column(Text, server_default=text("'queued'::text"))
    error_message: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int | None] = mapped_column(Integer, server_default=text("0"))
    max_attempts: Mapped[int | None] = mapped_column(Integer, server_default=text("3"))
    metadata_: Mapped[dict[str, Any] | None] = mapped_column("metadata", JSONB)
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), nullable=True, server_default=text("now()")
    )
    started_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    completed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    project_id: Mapped[UUID | None] = mapped_column(
        Uuid, ForeignKey("projects.id", name="jobs_project_id_fkey", ondelete="SET NULL")
    )
    image_id: Mapped[UUID | None] = mapped_column(
        Uuid,
        ForeignKey("images.id", name="jobs_image_id_fkey", ondelete="SET NULL", use_alter=True),
    )
    format: Mapped[str | None] = mapped_column(Text)
    quality: Mapped[str | None] = mapped_column(Text)
    model_type: Mapped[str | None] = mapped_column(Text)
    prompt_test_id: Mapped[UUID | None] = mapped_column(Uuid)
    test_metadata: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    moderation_status: Mapped[str | None] = mapped_column(
        Text, server_default=text("'pending'::text")
    )
    reviewed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    reviewed_by: Mapped[UUID | None] = mapped_column(
        Uuid, ForeignKey("profiles.id", name="jobs_reviewed_by_fkey", ondelete="SET NULL")
    )
    review_notes: Mapped[str | None] = mapped_column(Text)
    enhancement_strategy: Mapped[str | None] = mapped_column(String)
    original_prompt: Mapped[str | None] = mapped_column(Text)
    enhanced_prompt: Mapped[str | None] = mapped_column(Text)
    enhancement_time_ms: Mapped[int | None] = mapped_column(Integer)
    quality_rating: Mapped[Decimal | None] = mapped_column(Numeric)
    quality_improvement: Mapped[Decimal | None] = mapped_column(Numeric)
    compel_weights: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    qwen_expansion_percentage: Mapped[Decimal | None] = mapped_column(Numeric)
    destination: Mapped[str | None] = mapped_column(Text, server_default=text("'library'::text"))
    workspace_session_id: Mapped[UUID | None] = mapped_column(
        Uuid,
        ForeignKey(
            "workspace_sessions.id", name="jobs_workspace_session_id_fkey", ondelete="SET NULL"
        ),
    )
    template_name: Mapped[str | None] = mapped_column(Text)


class Image(Base):
    __tablename__ = "images"

    id: Mapped[UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("gen_random_uuid()")
    )
    user_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("auth.accounts.id", ondelete="CASCADE"))
    project_id: Mapped[UUID | None] = mapped_column(
        Uuid, ForeignKey("projects.id", name="images_project_id_fkey", ondelete="SET NULL")
    )
    title: Mapped[str | None] = mapped_column(Text)
    prompt: Mapped[str] = mapped_column(Text)
    enhanced_prompt: Mapped[str | None] = mapped_column(Text)
    image_url: Mapped[str | None] = mapped_column(Text)
    thumbnail_url: Mapped[str | None] = mapped_column(Text)
    generation_mode: Mapped[str] = mapped_column(Text, server_default=text("'standalone'::text"))
    status: Mapped[str] = mapped_column(Text, server_default=text("'pending'::text"))
    metadata_: Mapped[dict[str, Any] | None] = mapped_column("metadata", JSONB)
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=text("now()")
    )
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=text("now()")
    )
    format: Mapped[str | None] = mapped_column(Text, server_default=text("'png'::text"))
    quality: Mapped[str | None] = mapped_column(Text, server_default=text("'fast'::text"))
    image_urls: Mapped[list[Any] | None] = mapped_column(JSONB)
    signed_url: Mapped[str | None] = mapped_column(Text)
    signed_url_expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    prompt_test_id: Mapped[UUID | None] = mapped_column(Uuid)
    test_metadata: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    file_size: Mapped[int | None] = mapped_column(BigInteger)
    nsfw_score: Mapped[Decimal | None] = mapped_column(Numeric)
    moderation_status: Mapped[str | None] = mapped_column(
        Text, server_default=text("'pending'::text")
    )
    reviewed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    reviewed_by: Mapped[UUID | None] = mapped_column(
        Uuid, ForeignKey("profiles.id", name="images_reviewed_by_fkey", ondelete="SET NULL")
    )
    review_notes: Mapped[str | None] = mapped_column(Text)
    job_id: Mapped[UUID | None] = mapped_column(
        Uuid, ForeignKey("jobs.id", name="images_job_id_fkey", ondelete="SET NULL")
    )
    image_index: Mapped[int | None] = mapped_column(Integer)
    reference_image_url: Mapped[str | None] = mapped_column(Text)
    reference_strength: Mapped[Decimal | None] = mapped_column(Numeric, server_default=text("0.85"))
    reference_type: Mapped[str | None] = mapped_column(
        Text, server_default=text("'character'::text")
    )
    seed: Mapped[int | None] = mapped_column(BigInteger)
    enhancement_strategy: Mapped[str | None] = mapped_column(String)
    original_prompt: Mapped[str | None] = mapped_column(Text)
    enhancement_time_ms: Mapped[int | None] = mapped_column(Integer)
    quality_rating: Mapped[Decimal | None] = mapped_column(Numeric)
    quality_improvement: Mapped[Decimal | None] = mapped_column(Numeric)
    compel_weights: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    qwen_expansion_percentage: Mapped[Decimal | None] = mapped_column(Numeric)


class Video(Base):
    __tablename__ = "videos"

    id: Mapped[UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("gen_random_uuid()")
    )
    project_id: Mapped[UUID | None] = mapped_column(
        Uuid, ForeignKey("projects.id", name="videos_project_id_fkey", ondelete="SET NULL")
    )
    user_id: Mapped[UUID] = mapped_column(
        Uuid, ForeignKey("profiles.id", name="videos_user_id_fkey", ondelete="CASCADE")
    )
    thumbnail_url: Mapped[str | None] = mapped_column(Text)
    video_url: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str | None] = mapped_column(Text, server_default=text("'draft'::text"))
    duration: Mapped[int | None] = mapped_column(Integer, server_default=text("5"))
    resolution: Mapped[str | None] = mapped_column(Text, server_default=text("'720p'::text"))
    format: Mapped[str | None] = mapped_column(Text, server_default=text("'mp4'::text"))
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), nullable=True, server_default=text("now()")
    )
    completed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), nullable=True, server_default=text("(now() + '30 days'::interval)")
    )
    preview_url: Mapped[str | None] = mapped_column(Text)
    reference_image_url: Mapped[str | None] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), nullable=True, server_default=text("now()")
    )
    error_message: Mapped[str | None] = mapped_column(Text)
    signed_url: Mapped[str | None] = mapped_column(Text)
    signed_url_expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    metadata_: Mapped[dict[str, Any] | None] = mapped_column("metadata", JSONB)
    title: Mapped[str | None] = mapped_column(Text)
    enhancement_strategy: Mapped[str | None] = mapped_column(String)
    original_prompt: Mapped[str | None] = mapped_column(Text)
    enhanced_prompt: Mapped[str | None] = mapped_column(Text)
    enhancement_time_ms: Mapped[int | None] = mapped_column(Integer)
    quality_rating: Mapped[Decimal | None] = mapped_column(Numeric)
    quality_improvement: Mapped[Decimal | None] = mapped_column(Numeric)
    compel_weights: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    qwen_expansion_percentage: Mapped[Decimal | None] = mapped_column(Numeric)


class ModelConfig(Base):
    __tablename__ = "model_config_history"

    id: Mapped[UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("gen_random_uuid()")
    )
    model_type: Mapped[str] = mapped_column(String)
    config_name: Mapped[str] = mapped_column(String)
    config_data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    is_active: Mapped[bool | None] = mapped_column(Boolean, server_default=text("false"))
    created_by: Mapped[UUID | None] = mapped_column(
        Uuid,
        ForeignKey("profiles.id", name="model_config_history_created_by_fkey", ondelete="SET NULL"),
    )
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), nullable=True, server_default=text("now()")
    )
    notes: Mapped[str | None] = mapped_column(Text)
