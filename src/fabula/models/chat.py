"""Tables owned by `chat`. Structure only: no queries, no rules."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from fabula.models.base import Base


class Conversation(Base):
    __tablename__ = "conversations"

    id: Mapped[UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("gen_random_uuid()")
    )
    user_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("auth.accounts.id", ondelete="CASCADE"))
    project_id: Mapped[UUID | None] = mapped_column(
        Uuid, ForeignKey("projects.id", name="conversations_project_id_fkey", ondelete="SET NULL")
    )
    title: Mapped[str] = mapped_column(Text, server_default=text("'New Conversation'::text"))
    conversation_type: Mapped[str] = mapped_column(Text, server_default=text("'general'::text"))
    status: Mapped[str] = mapped_column(Text, server_default=text("'active'::text"))
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=text("now()")
    )
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=text("now()")
    )
    character_id: Mapped[UUID | None] = mapped_column(
        Uuid,
        ForeignKey("characters.id", name="conversations_character_id_fkey", ondelete="SET NULL"),
    )
    user_character_id: Mapped[UUID | None] = mapped_column(
        Uuid,
        ForeignKey(
            "characters.id", name="conversations_user_character_id_fkey", ondelete="SET NULL"
        ),
    )


class Message(Base):
    __tablename__ = "messages"

    id: Mapped[UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("gen_random_uuid()")
    )
    conversation_id: Mapped[UUID] = mapped_column(
        Uuid,
        ForeignKey("conversations.id", name="messages_conversation_id_fkey", ondelete="CASCADE"),
    )
    sender: Mapped[str] = mapped_column(Text)
    content: Mapped[str] = mapped_column(Text)
    message_type: Mapped[str] = mapped_column(Text, server_default=text("'text'::text"))
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=text("now()")
    )


class CharacterScene(Base):
    __tablename__ = "character_scenes"

    id: Mapped[UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("gen_random_uuid()")
    )
    character_id: Mapped[UUID | None] = mapped_column(
        Uuid,
        ForeignKey("characters.id", name="character_scenes_character_id_fkey", ondelete="CASCADE"),
    )
    conversation_id: Mapped[UUID | None] = mapped_column(
        Uuid,
        ForeignKey(
            "conversations.id", name="character_scenes_conversation_id_fkey", ondelete="CASCADE"
        ),
    )
    image_url: Mapped[str | None] = mapped_column(Text)
    scene_prompt: Mapped[str] = mapped_column(Text)
    generation_metadata: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB, server_default=text("'{}'::jsonb")
    )
    job_id: Mapped[UUID | None] = mapped_column(
        Uuid, ForeignKey("jobs.id", name="character_scenes_job_id_fkey", ondelete="SET NULL")
    )
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), nullable=True, server_default=text("now()")
    )
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), nullable=True, server_default=text("now()")
    )
