"""Tables owned by `accounts`. Structure only: no queries, no rules."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, DateTime, ForeignKey, Integer, Numeric, Text, Uuid, text
from sqlalchemy.dialects.postgresql import INET, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from fabula.models.base import AppRole, Base


class Profile(Base):
    __tablename__ = "profiles"

    id: Mapped[UUID] = mapped_column(
        Uuid, ForeignKey("auth.accounts.id", ondelete="CASCADE"), primary_key=True
    )
    username: Mapped[str | None] = mapped_column(Text)
    subscription_status: Mapped[str | None] = mapped_column(
        Text, server_default=text("'inactive'::text")
    )
    token_balance: Mapped[int | None] = mapped_column(Integer, server_default=text("100"))
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), nullable=True, server_default=text("now()")
    )
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), nullable=True, server_default=text("now()")
    )
    age_verified: Mapped[bool | None] = mapped_column(Boolean, server_default=text("false"))


class UserRole(Base):
    __tablename__ = "user_roles"

    id: Mapped[UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("gen_random_uuid()")
    )
    user_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("auth.accounts.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(AppRole)
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), nullable=True, server_default=text("now()")
    )


class UsageLog(Base):
    __tablename__ = "usage_logs"

    id: Mapped[UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("gen_random_uuid()")
    )
    user_id: Mapped[UUID] = mapped_column(
        Uuid, ForeignKey("profiles.id", name="usage_logs_user_id_fkey", ondelete="CASCADE")
    )
    action: Mapped[str] = mapped_column(Text)
    credits_consumed: Mapped[Decimal | None] = mapped_column(Numeric, server_default=text("1.0"))
    metadata_: Mapped[dict[str, Any] | None] = mapped_column("metadata", JSONB)
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), nullable=True, server_default=text("now()")
    )
    format: Mapped[str | None] = mapped_column(Text)
    quality: Mapped[str | None] = mapped_column(Text)


class ActivityLogEntry(Base):
    __tablename__ = "user_activity_log"

    id: Mapped[UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("gen_random_uuid()")
    )
    user_id: Mapped[UUID | None] = mapped_column(
        Uuid, ForeignKey("profiles.id", name="user_activity_log_user_id_fkey", ondelete="SET NULL")
    )
    action: Mapped[str] = mapped_column(Text)
    resource_type: Mapped[str | None] = mapped_column(Text)
    resource_id: Mapped[str | None] = mapped_column(Text)
    metadata_: Mapped[dict[str, Any] | None] = mapped_column(
        "metadata", JSONB, server_default=text("'{}'::jsonb")
    )
    ip_address: Mapped[str | None] = mapped_column(INET)
    user_agent: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), nullable=True, server_default=text("now()")
    )
