"""What the edge itself says: errors, health, live events."""

from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, RootModel


class ErrorOut(BaseModel):
    """An error: ``error`` is a stable code for programs, ``detail`` a sentence for people."""

    error: str
    detail: str
    field: str | None
    """The part of the request that is wrong, as a path with dots, where one is."""


class LiveOut(BaseModel):
    status: Literal["ok"]
    version: str


class ReadyOut(BaseModel):
    """``ready`` is true when the database answers and its structure is current."""

    ready: bool
    database: bool
    structure: bool
    live_events: bool


class JobRefData(BaseModel):
    job_id: UUID
    status: Literal["queued", "processing", "completed", "failed"]


class JobUpdated(BaseModel):
    type: Literal["job.updated"]
    data: JobRefData


class JobProgressData(BaseModel):
    """``step`` of ``steps`` of output ``index``; ``fraction`` is of the whole job, 0 to 1."""

    job_id: UUID
    stage: str
    step: int
    steps: int
    fraction: float
    index: int
    preview_url: str | None
    eta_seconds: float | None


class JobProgressed(BaseModel):
    type: Literal["job.progress"]
    data: JobProgressData


class AssetRefData(BaseModel):
    asset_id: UUID
    job_id: UUID


class AssetCreated(BaseModel):
    type: Literal["asset.created"]
    data: AssetRefData


class AssetRemoved(BaseModel):
    type: Literal["asset.removed"]
    data: AssetRefData


class LibraryRefData(BaseModel):
    asset_id: UUID


class LibraryChanged(BaseModel):
    type: Literal["library.changed"]
    data: LibraryRefData


class QueueMoved(BaseModel):
    """Places in the queue have changed."""

    type: Literal["queue.moved"]
    data: dict[str, Any]


class Resync(BaseModel):
    """Something may have been missed: read everything afresh."""

    type: Literal["resync"]
    data: dict[str, Any]


class StudioLiveEvent(
    RootModel[
        JobUpdated
        | JobProgressed
        | AssetCreated
        | AssetRemoved
        | LibraryChanged
        | QueueMoved
        | Resync
    ]
):
    """What the stream of live events carries: the event's name is ``type``, its text ``data``."""

    root: (
        JobUpdated
        | JobProgressed
        | AssetCreated
        | AssetRemoved
        | LibraryChanged
        | QueueMoved
        | Resync
    ) = Field(discriminator="type")
