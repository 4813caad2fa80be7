"""Tables owned by `library`. Structure only: no queries, no rules."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, DateTime, ForeignKey, Integer, Numeric, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from fabula.models.base import Base


class LibraryAsset(Base):
    __tablename__ = "user_library"

    id: Mapped[UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("gen_random_uuid()")
    )
    user_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("auth.accounts.id", ondelete="CASCADE"))
    asset_type: Mapped[str] = mapped_column(Text)
    storage_path: Mapped[str] = mapped_column(Text)
    file_size_bytes: Mapped[int] = mapped_column(BigInteger)
    mime_type: Mapped[str] = mapped_column(Text)
    duration_seconds: Mapped[Decimal | None] = mapped_column(Numeric)
    original_prompt: Mapped[str] = mapped_column(Text)
    model_used: Mapped[str] = mapped_column(Text)
    generation_seed: Mapped[int | None] = mapped_column(BigInteger)
    collection_id: Mapped[UUID | None] = mapped_column(
        Uuid,
        ForeignKey(
            "user_collections.id", name="user_library_collection_id_fkey", ondelete="SET NULL"
        ),
    )
    custom_title: Mapped[str | None] = mapped_column(Text)
    tags: Mapped[list[str] | None] = mapped_column(ARRAY(Text), server_default=text("'{}'::text[]"))
    is_favorite: Mapped[bool | None] = mapped_column(Boolean, server_default=text("false"))
    visibility: Mapped[str | None] = mapped_column(Text, server_default=text("'private'::text"))
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), nullable=True, server_default=text("now()")
    )
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), nullable=True, server_default=text("now()")
    )


class Collection(Base):
    __tablename__ = "user_collections"

    id: Mapped[UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("gen_random_uuid()")
    )
    user_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("auth.accounts.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    asset_count: Mapped[int | None] = mapped_column(Integer, server_default=text("0"))
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), nullable=True, server_default=text("now()")
    )
