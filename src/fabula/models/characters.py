"""Tables owned by `characters`. Structure only: no queries, no rules."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, DateTime, ForeignKey, Integer, String, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from fabula.models.base import Base


class Character(Base):
    __tablename__ = "characters"

    id: Mapped[UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("gen_random_uuid()")
    )
    user_id: Mapped[UUID | None] = mapped_column(
        Uuid, ForeignKey("profiles.id", name="characters_user_id_fkey", ondelete="CASCADE")
    )
    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    traits: Mapped[str | None] = mapped_column(Text)
    appearance_tags: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    image_url: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), nullable=True, server_default=text("now()")
    )
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), nullable=True, server_default=text("now()")
    )
    persona: Mapped[str | None] = mapped_column(Text)
    system_prompt: Mapped[str | None] = mapped_column(Text)
    voice_tone: Mapped[str | None] = mapped_column(String)
    mood: Mapped[str | None] = mapped_column(String)
    creator_id: Mapped[UUID | None] = mapped_column(
        Uuid, ForeignKey("profiles.id", name="characters_creator_id_fkey", ondelete="SET NULL")
    )
    likes_count: Mapped[int | None] = mapped_column(Integer, server_default=text("0"))
    interaction_count: Mapped[int | None] = mapped_column(Integer, server_default=text("0"))
    reference_image_url: Mapped[str | None] = mapped_column(Text)
    is_public: Mapped[bool | None] = mapped_column(Boolean, server_default=text("true"))
    gender: Mapped[str | None] = mapped_column(Text, server_default=text("'unspecified'::text"))
    content_rating: Mapped[str] = mapped_column(
        String, server_default=text("'sfw'::character varying")
    )
    role: Mapped[str | None] = mapped_column(Text, server_default=text("'ai'::text"))
