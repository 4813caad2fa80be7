"""What the inventory has no place for, in the schema ``studio``."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, DateTime, Float, ForeignKey, Integer, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from fabula.models.base import Base

_NOW = text("now()")


class Rated:
    """``rating`` is the mode that a thing was made under: ``general`` or ``adult``."""

    rating: Mapped[str] = mapped_column(Text, server_default=text("'general'"))


class JobRun(Rated, Base):
    """How a job is being delivered: one row a job, beside the row in ``jobs``.

    ``state`` is ``waiting``, ``running`` or ``done``; a running row has a worker and a lease.
    ``model`` is empty for the engine's usual one. ``attempt`` fences writes: only the holder of the
    current attempt may change the job.
    """

    __tablename__ = "job_runs"
    __table_args__ = {"schema": "studio"}

    job_id: Mapped[UUID] = mapped_column(
        Uuid, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[UUID] = mapped_column(Uuid)
    lane: Mapped[str] = mapped_column(Text)
    engine_id: Mapped[str] = mapped_column(Text)
    model: Mapped[str] = mapped_column(Text, server_default=text("''"))
    job_type: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default=text("'waiting'"))
    priority: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    run_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)
    attempt: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    worker: Mapped[str | None] = mapped_column(Text)
    lease_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    cancel_requested: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    stage: Mapped[str] = mapped_column(Text, server_default=text("'waiting'"))
    output_index: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    step: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    steps: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    output_count: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    pixels: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    run_seconds: Mapped[float | None] = mapped_column(Float)
    error_code: Mapped[str | None] = mapped_column(Text)
    retry_of: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("jobs.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)
    started_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    dismissed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class JobPreview(Base):
    """The latest preview of an output in the making; an unlogged table."""

    __tablename__ = "job_previews"
    __table_args__ = {"schema": "studio"}

    job_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    output_index: Mapped[int] = mapped_column(Integer, primary_key=True)
    user_id: Mapped[UUID] = mapped_column(Uuid)
    step: Mapped[int] = mapped_column(Integer)
    picture: Mapped[bytes]


class IdempotencyKey(Base):
    """A request that was accepted once; the same key gives the same job for a day."""

    __tablename__ = "idempotency_keys"
    __table_args__ = {"schema": "studio"}

    user_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    request_hash: Mapped[str] = mapped_column(Text)
    job_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("jobs.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)


class FileFacts:
    """What is known of a stored file, read from the file itself."""

    bucket: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    thumbnail_key: Mapped[str] = mapped_column(Text)
    thumbhash: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(Text)
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)


class MediaFacts(FileFacts):
    """Facts of an output: of a clip also its small moving preview, which lies beside it."""

    preview_key: Mapped[str | None] = mapped_column(Text)

    @property
    def keys(self) -> tuple[str, ...]:
        """All files of the output in its bucket, the output itself first."""
        return self.key, self.thumbnail_key, *([self.preview_key] if self.preview_key else [])


class WorkspaceFile(MediaFacts, Rated, Base):
    """The file of a staged asset."""

    __tablename__ = "workspace_files"
    __table_args__ = {"schema": "studio"}

    asset_id: Mapped[UUID] = mapped_column(
        Uuid, ForeignKey("workspace_assets.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[UUID] = mapped_column(Uuid)


class LibraryFile(MediaFacts, Rated, Base):
    """The file of a kept asset, and everything needed to make it again."""

    __tablename__ = "library_files"
    __table_args__ = {"schema": "studio"}

    asset_id: Mapped[UUID] = mapped_column(
        Uuid, ForeignKey("user_library.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[UUID] = mapped_column(Uuid)
    source_asset_id: Mapped[UUID | None] = mapped_column(Uuid)
    job_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("jobs.id", ondelete="SET NULL"))
    asset_index: Mapped[int | None] = mapped_column(Integer)
    enhanced_prompt: Mapped[str | None] = mapped_column(Text)
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))


class Upload(FileFacts, Base):
    """A picture that a person brought along, to be used as a reference."""

    __tablename__ = "uploads"
    __table_args__ = {"schema": "studio"}

    id: Mapped[UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("gen_random_uuid()")
    )
    user_id: Mapped[UUID] = mapped_column(Uuid)
    mime_type: Mapped[str] = mapped_column(Text)
    file_size_bytes: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)


class StudioEvent(Base):
    """A change that people's pages follow; ``id`` is the Last-Event-ID of the stream."""

    __tablename__ = "events"
    __table_args__ = {"schema": "studio"}

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    user_id: Mapped[UUID] = mapped_column(Uuid)
    type: Mapped[str] = mapped_column(Text)
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)


class Preference(Base):
    """What a person chose for their own pages. A closed age check is opened by admins alone."""

    __tablename__ = "preferences"
    __table_args__ = {"schema": "studio"}

    user_id: Mapped[UUID] = mapped_column(
        Uuid, ForeignKey("auth.accounts.id", ondelete="CASCADE"), primary_key=True
    )
    mode: Mapped[str] = mapped_column(Text, server_default=text("'general'"))
    blur: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    age_check_closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class LedgerAccount(Base):
    """Where credits lie. ``kind`` is ``available`` or ``reserved`` of a person, or ``revenue`` or
    ``grants`` of the studio, whose balance is not kept but summed."""

    __tablename__ = "ledger_accounts"
    __table_args__ = {"schema": "studio"}

    id: Mapped[UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("gen_random_uuid()")
    )
    user_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("profiles.id"))
    kind: Mapped[str] = mapped_column(Text)
    balance: Mapped[int | None] = mapped_column(BigInteger)


class LedgerEntry(Base):
    """One side of a transaction. All entries of one ``kind`` and ``reference`` sum to zero; none
    is ever changed. ``balance_after`` is what the account has then; a trigger writes it."""

    __tablename__ = "ledger_entries"
    __table_args__ = {"schema": "studio"}

    id: Mapped[UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("gen_random_uuid()")
    )
    kind: Mapped[str] = mapped_column(Text)
    reference: Mapped[UUID] = mapped_column(Uuid)
    account_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("studio.ledger_accounts.id"))
    amount: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str | None] = mapped_column(Text)
    made_by: Mapped[UUID | None] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=text("clock_timestamp()")
    )
    balance_after: Mapped[int | None] = mapped_column(BigInteger)


class Erasure(Base):
    """Somebody who has left and whose files are still being removed."""

    __tablename__ = "erasures"
    __table_args__ = {"schema": "studio"}

    user_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    requested_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)


class EngineServer(Base):
    """A server that is connected as an engine, and what was found when it was last asked.

    ``sealed_key`` is encrypted and bound to ``id``; ``facts`` is what the server has, ``fault`` why
    it could not be used, empty where it could.
    """

    __tablename__ = "engine_servers"
    __table_args__ = {"schema": "studio"}

    id: Mapped[UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("gen_random_uuid()")
    )
    engine_id: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    sealed_key: Mapped[str | None] = mapped_column(Text)
    model: Mapped[str] = mapped_column(Text, server_default=text("''"))
    workflow: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    enabled: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    fault: Mapped[str] = mapped_column(Text, server_default=text("''"))
    checked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    answer_ms: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)
