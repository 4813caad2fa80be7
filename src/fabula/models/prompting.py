"""Tables owned by `prompting`. Structure only: no queries, no rules."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    Numeric,
    String,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from fabula.models.base import Base


class PromptTemplate(Base):
    __tablename__ = "prompt_templates"

    id: Mapped[UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("gen_random_uuid()")
    )
    enhancer_model: Mapped[str] = mapped_column(String)
    use_case: Mapped[str] = mapped_column(String)
    content_mode: Mapped[str] = mapped_column(
        String, server_default=text("'nsfw'::character varying")
    )
    template_name: Mapped[str] = mapped_column(String)
    system_prompt: Mapped[str] = mapped_column(Text)
    token_limit: Mapped[int | None] = mapped_column(Integer, server_default=text("512"))
    is_active: Mapped[bool | None] = mapped_column(Boolean, server_default=text("true"))
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), nullable=True, server_default=text("now()")
    )
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), nullable=True, server_default=text("now()")
    )
    created_by: Mapped[UUID | None] = mapped_column(
        Uuid, ForeignKey("auth.accounts.id", ondelete="SET NULL")
    )
    version: Mapped[int | None] = mapped_column(Integer, server_default=text("1"))
    metadata_: Mapped[dict[str, Any] | None] = mapped_column(
        "metadata", JSONB, server_default=text("'{}'::jsonb")
    )
    job_type: Mapped[str | None] = mapped_column(Text)
    target_model: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    comment: Mapped[str | None] = mapped_column(Text)


class TemplateVersion(Base):
    """One text of a template as it was once written. ``published_at`` is when it was first used."""

    __tablename__ = "template_versions"
    __table_args__ = {"schema": "studio"}

    id: Mapped[UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("gen_random_uuid()")
    )
    template_id: Mapped[UUID] = mapped_column(
        Uuid, ForeignKey("prompt_templates.id", ondelete="CASCADE")
    )
    number: Mapped[int] = mapped_column(Integer)
    system_prompt: Mapped[str] = mapped_column(Text)
    token_limit: Mapped[int | None] = mapped_column(Integer)
    description: Mapped[str | None] = mapped_column(Text)
    comment: Mapped[str | None] = mapped_column(Text)
    message: Mapped[str] = mapped_column(Text)
    author_id: Mapped[UUID | None] = mapped_column(
        Uuid, ForeignKey("auth.accounts.id", ondelete="SET NULL")
    )
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=text("now()")
    )
    published_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class TemplateLabel(Base):
    """A name that points at a version of a template and may move."""

    __tablename__ = "template_labels"
    __table_args__ = {"schema": "studio"}

    template_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    label: Mapped[str] = mapped_column(Text, primary_key=True)
    number: Mapped[int] = mapped_column(Integer)


class NegativePrompt(Base):
    __tablename__ = "negative_prompts"

    id: Mapped[UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("gen_random_uuid()")
    )
    model_type: Mapped[str] = mapped_column(
        String, server_default=text("'sdxl'::character varying")
    )
    content_mode: Mapped[str] = mapped_column(
        String, server_default=text("'nsfw'::character varying")
    )
    negative_prompt: Mapped[str] = mapped_column(Text)
    is_active: Mapped[bool | None] = mapped_column(Boolean, server_default=text("true"))
    priority: Mapped[int | None] = mapped_column(Integer, server_default=text("1"))
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), nullable=True, server_default=text("now()")
    )
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), nullable=True, server_default=text("now()")
    )
    created_by: Mapped[UUID | None] = mapped_column(
        Uuid, ForeignKey("auth.accounts.id", ondelete="SET NULL")
    )
    description: Mapped[str | None] = mapped_column(Text)


class EnhancementPreset(Base):
    __tablename__ = "enhancement_presets"

    id: Mapped[UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("gen_random_uuid()")
    )
    preset_name: Mapped[str] = mapped_column(String)
    preset_description: Mapped[str | None] = mapped_column(Text)
    enable_qwen: Mapped[bool] = mapped_column(Boolean)
    enable_compel: Mapped[bool] = mapped_column(Boolean)
    auto_enhancement: Mapped[bool] = mapped_column(Boolean)
    compel_weights: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    qwen_settings: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    usage_count: Mapped[int | None] = mapped_column(Integer, server_default=text("0"))
    avg_quality_with_preset: Mapped[Decimal | None] = mapped_column(Numeric)
    is_recommended: Mapped[bool | None] = mapped_column(Boolean, server_default=text("false"))
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), nullable=True, server_default=text("now()")
    )
    created_by: Mapped[UUID | None] = mapped_column(
        Uuid, ForeignKey("auth.accounts.id", ondelete="SET NULL")
    )


class CompelConfig(Base):
    __tablename__ = "compel_configs"

    id: Mapped[UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("gen_random_uuid()")
    )
    config_name: Mapped[str] = mapped_column(String)
    weights: Mapped[dict[str, Any]] = mapped_column(JSONB)
    config_hash: Mapped[str] = mapped_column(String)
    total_tests: Mapped[int | None] = mapped_column(Integer, server_default=text("0"))
    avg_quality: Mapped[Decimal | None] = mapped_column(Numeric)
    avg_consistency: Mapped[Decimal | None] = mapped_column(Numeric)
    is_active: Mapped[bool | None] = mapped_column(Boolean, server_default=text("false"))
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), nullable=True, server_default=text("now()")
    )
    created_by: Mapped[UUID | None] = mapped_column(
        Uuid, ForeignKey("auth.accounts.id", ondelete="SET NULL")
    )


class RememberedPrompt(Base):
    """A prompt of a person, once however often it was used."""

    __tablename__ = "prompt_history"
    __table_args__ = {"schema": "studio"}

    id: Mapped[UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("gen_random_uuid()")
    )
    user_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("profiles.id", ondelete="CASCADE"))
    prompt: Mapped[str] = mapped_column(Text)
    negative_prompt: Mapped[str] = mapped_column(Text, server_default=text("''"))
    format: Mapped[str] = mapped_column(Text)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    uses: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    is_favorite: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=text("now()")
    )
    last_used_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=text("now()")
    )


class PromptList(Base):
    """Entries for ``__name__`` in a person's prompts."""

    __tablename__ = "prompt_lists"
    __table_args__ = {"schema": "studio"}

    id: Mapped[UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("gen_random_uuid()")
    )
    user_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("profiles.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    entries: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=text("now()")
    )
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=text("now()")
    )


class PromptSnippet(Base):
    """A piece of text that a person puts into prompts by its name."""

    __tablename__ = "prompt_snippets"
    __table_args__ = {"schema": "studio"}

    id: Mapped[UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("gen_random_uuid()")
    )
    user_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("profiles.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    text_: Mapped[str] = mapped_column("text", Text)
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=text("now()")
    )
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=text("now()")
    )
