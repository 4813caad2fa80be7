"""Facts of making pictures, for the domains above to act on in the same transaction."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal
from uuid import UUID

from fabula.generation.provenance import Provenance


@dataclass(frozen=True, slots=True)
class JobAccepted:
    """A job was written; its outputs are expected."""

    job_id: UUID
    user_id: UUID
    provenance: Provenance
    destination: str


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A finished file as it lies in storage, with facts read from its bytes."""

    bucket: str
    key: str
    thumbnail_key: str
    thumbhash: str
    sha256: str
    size: int
    mime_type: str
    width: int
    height: int
    preview_key: str | None = None
    """The small moving copy of a clip."""
    duration: Decimal | None = None
    """Seconds, of a clip."""

    @property
    def asset_type(self) -> Literal["image", "video"]:
        return "video" if self.mime_type.startswith("video/") else "image"

    @property
    def keys(self) -> tuple[str, ...]:
        """All files of the output in its bucket, the output itself first."""
        return self.key, self.thumbnail_key, *([self.preview_key] if self.preview_key else [])


@dataclass(frozen=True, slots=True)
class OutputReady:
    """An output of a job is stored. May be told twice; what follows must be the same."""

    job_id: UUID
    user_id: UUID
    destination: str
    index: int
    seed: int
    provenance: Provenance
    file: StoredFile


@dataclass(frozen=True, slots=True)
class JobClosed:
    """A job has ended, well or not."""

    job_id: UUID
    user_id: UUID
    succeeded: bool
