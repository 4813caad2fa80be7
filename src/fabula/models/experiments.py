"""Tables owned by `experiments`. Structure only: no queries, no rules."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, DateTime, ForeignKey, Integer, Numeric, String, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from fabula.models.base import Base


class PromptAbTest(Base):
    __tablename__ = "prompt_ab_tests"

    id: Mapped[UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("gen_random_uuid()")
    )
    test_name: Mapped[str] = mapped_column(String)
    test_series: Mapped[str] = mapped_column(String)
    baseline_config: Mapped[dict[str, Any]] = mapped_column(JSONB)
    enhanced_config: Mapped[dict[str, Any]] = mapped_column(JSONB)
    total_participants: Mapped[int | None] = mapped_column(Integer, server_default=text("0"))
    baseline_avg_quality: Mapped[Decimal | None] = mapped_column(Numeric)
    enhanced_avg_quality: Mapped[Decimal | None] = mapped_column(Numeric)
    quality_improvement: Mapped[Decimal | None] = mapped_column(Numeric)
    confidence_level: Mapped[Decimal | None] = mapped_column(Numeric)
    is_complete: Mapped[bool | None] = mapped_column(Boolean, server_default=text("false"))
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), nullable=True, server_default=text("now()")
    )
    completed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class ModelTestResult(Base):
    __tablename__ = "model_test_results"

    id: Mapped[UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("gen_random_uuid()")
    )
    user_id: Mapped[UUID | None] = mapped_column(
        Uuid, ForeignKey("auth.accounts.id", ondelete="CASCADE")
    )
    model_type: Mapped[str] = mapped_column(String)
    model_version: Mapped[str | None] = mapped_column(String)
    prompt_text: Mapped[str] = mapped_column(Text)
    success: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    overall_quality: Mapped[int | None] = mapped_column(Integer)
    technical_quality: Mapped[int | None] = mapped_column(Integer)
    content_quality: Mapped[int | None] = mapped_column(Integer)
    consistency: Mapped[int | None] = mapped_column(Integer)
    test_series: Mapped[str] = mapped_column(String)
    test_tier: Mapped[str] = mapped_column(String)
    test_category: Mapped[str | None] = mapped_column(String)
    test_metadata: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    job_id: Mapped[UUID | None] = mapped_column(
        Uuid, ForeignKey("jobs.id", name="model_test_results_job_id_fkey", ondelete="SET NULL")
    )
    image_id: Mapped[UUID | None] = mapped_column(
        Uuid, ForeignKey("images.id", name="model_test_results_image_id_fkey", ondelete="SET NULL")
    )
    video_id: Mapped[UUID | None] = mapped_column(
        Uuid, ForeignKey("videos.id", name="model_test_results_video_id_fkey", ondelete="SET NULL")
    )
    generation_time_ms: Mapped[int | None] = mapped_column(Integer)
    file_size_bytes: Mapped[int | None] = mapped_column(Integer)
    notes: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), nullable=True, server_default=text("now()")
    )
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), nullable=True, server_default=text("now()")
    )
    enhancement_strategy: Mapped[str | None] = mapped_column(String)
    original_prompt: Mapped[str | None] = mapped_column(Text)
    enhanced_prompt: Mapped[str | None] = mapped_column(Text)
    enhancement_time_ms: Mapped[int | None] = mapped_column(Integer)
    quality_improvement: Mapped[Decimal | None] = mapped_column(Numeric)
    compel_weights: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    qwen_expansion_percentage: Mapped[Decimal | None] = mapped_column(Numeric)
    baseline_quality: Mapped[Decimal | None] = mapped_column(Numeric)
