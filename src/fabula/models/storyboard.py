"""Tables owned by `storyboard`. Structure only: no queries, no rules."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, DateTime, ForeignKey, Integer, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from fabula.models.base import Base


class Project(Base):
    __tablename__ = "projects"

    id: Mapped[UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("gen_random_uuid()")
    )
    user_id: Mapped[UUID] = mapped_column(
        Uuid, ForeignKey("profiles.id", name="projects_user_id_fkey", ondelete="CASCADE")
    )
    title: Mapped[str | None] = mapped_column(Text)
    original_prompt: Mapped[str] = mapped_column(Text)
    enhanced_prompt: Mapped[str | None] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    duration: Mapped[int | None] = mapped_column(Integer, server_default=text("0"))
    scene_count: Mapped[int | None] = mapped_column(Integer, server_default=text("1"))
    workflow_step: Mapped[str | None] = mapped_column(
        Text, server_default=text("'configuration'::text")
    )
    character_id: Mapped[UUID | None] = mapped_column(
        Uuid, ForeignKey("characters.id", name="projects_character_id_fkey", ondelete="SET NULL")
    )
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), nullable=True, server_default=text("now()")
    )
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), nullable=True, server_default=text("now()")
    )
    preview_url: Mapped[str | None] = mapped_column(Text)
    reference_image_url: Mapped[str | None] = mapped_column(Text)


class Scene(Base):
    __tablename__ = "scenes"

    id: Mapped[UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("gen_random_uuid()")
    )
    project_id: Mapped[UUID] = mapped_column(
        Uuid, ForeignKey("projects.id", name="scenes_project_id_fkey", ondelete="CASCADE")
    )
    scene_number: Mapped[int] = mapped_column(Integer)
    description: Mapped[str] = mapped_column(Text)
    enhanced_prompt: Mapped[str | None] = mapped_column(Text)
    image_url: Mapped[str | None] = mapped_column(Text)
    approved: Mapped[bool | None] = mapped_column(Boolean, server_default=text("false"))
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), nullable=True, server_default=text("now()")
    )
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), nullable=True, server_default=text("now()")
    )
    final_stitched_url: Mapped[str | None] = mapped_column(Text)
