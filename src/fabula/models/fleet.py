"""Workers that run, and what engines take on their machines."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Float, Integer, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from fabula.models.base import Base

_NOW = text("now()")


class Worker(Base):
    """A process that runs engines, as it last told of itself: a worker, or a server for its text
    engine. ``engines`` are those that have a process there."""

    __tablename__ = "workers"
    __table_args__ = {"schema": "studio"}

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    machine: Mapped[str] = mapped_column(Text)
    version: Mapped[str] = mapped_column(Text)
    lanes: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    slots: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    cores: Mapped[int] = mapped_column(Integer)
    ram_bytes: Mapped[int] = mapped_column(BigInteger)
    ram_free_bytes: Mapped[int] = mapped_column(BigInteger)
    device: Mapped[str] = mapped_column(Text, server_default=text("''"))
    device_bytes: Mapped[int | None] = mapped_column(BigInteger)
    device_free_bytes: Mapped[int | None] = mapped_column(BigInteger)
    engines: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)
    beat_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)


class EngineMeasurement(Base):
    """What an engine with a model took on a machine, in bytes, and how quick it was there. An empty
    ``model`` is the usual one; ``fault`` is the last one."""

    __tablename__ = "engine_measurements"
    __table_args__ = {"schema": "studio"}

    machine: Mapped[str] = mapped_column(Text, primary_key=True)
    engine_id: Mapped[str] = mapped_column(Text, primary_key=True)
    model: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, server_default=text("gen_random_uuid()"))
    ram_bytes: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    device_bytes: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    load_seconds: Mapped[float | None] = mapped_column(Float)
    steps_per_second: Mapped[float | None] = mapped_column(Float)
    tokens_per_second: Mapped[float | None] = mapped_column(Float)
    fault: Mapped[str] = mapped_column(Text, server_default=text("''"))
    fault_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)
    measured_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)
