"""Model files of the studio's own engines, and uploads of them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, DateTime, LargeBinary, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from fabula.models.base import Base

_NOW = text("now()")
_EMPTY = text("''")
_ZERO = text("0")


class ModelFile(Base):
    """A file, or a folder that is one model, as it was last seen.

    ``name`` is what requests call it; ``modified`` is in nanoseconds; ``hashed`` is how many bytes
    are hashed so far, ``hash_agrees`` whether the file's own word about its tensors' sum is true.
    """

    __tablename__ = "model_files"
    __table_args__ = {"schema": "studio"}

    id: Mapped[UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("gen_random_uuid()")
    )
    path: Mapped[str] = mapped_column(Text)
    root: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    family: Mapped[str] = mapped_column(Text, server_default=_EMPTY)
    title: Mapped[str] = mapped_column(Text, server_default=_EMPTY)
    author: Mapped[str] = mapped_column(Text, server_default=_EMPTY)
    licence: Mapped[str] = mapped_column(Text, server_default=_EMPTY)
    description: Mapped[str] = mapped_column(Text, server_default=_EMPTY)
    triggers: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    resolution: Mapped[str] = mapped_column(Text, server_default=_EMPTY)
    prediction_type: Mapped[str] = mapped_column(Text, server_default=_EMPTY)
    precision: Mapped[str] = mapped_column(Text, server_default=_EMPTY)
    parameters: Mapped[int] = mapped_column(BigInteger, server_default=_ZERO)
    folder: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    size: Mapped[int] = mapped_column(BigInteger)
    modified: Mapped[int] = mapped_column(BigInteger)
    fault: Mapped[str] = mapped_column(Text, server_default=_EMPTY)
    preview: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    tensors_at: Mapped[int] = mapped_column(BigInteger, server_default=_ZERO)
    tensor_sha256: Mapped[str] = mapped_column(Text, server_default=_EMPTY)
    sha256: Mapped[str | None] = mapped_column(Text)
    hashed: Mapped[int] = mapped_column(BigInteger, server_default=_ZERO)
    hash_agrees: Mapped[bool | None] = mapped_column(Boolean)
    missing_since: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)


class ModelUpload(Base):
    """A model file on its way in; ``touched_at`` is when the last part of it came."""

    __tablename__ = "model_uploads"
    __table_args__ = {"schema": "studio"}

    id: Mapped[UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("gen_random_uuid()")
    )
    name: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)
    touched_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)


class ModelUse(Base):
    """How often jobs asked for a model or LoRA by name."""

    __tablename__ = "model_uses"
    __table_args__ = {"schema": "studio"}

    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    uses: Mapped[int] = mapped_column(BigInteger, server_default=text("1"))
    last_used_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)
