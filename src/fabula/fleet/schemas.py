"""What the API tells of workers and measurements. Sizes are in bytes."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel


class WarmEngineOut(BaseModel):
    """An engine that has a process. ``model`` is empty for its usual one; ``loaded`` says whether
    the next job with it begins at once."""

    engine_id: str
    model: str
    loaded: bool
    busy: bool
    ram_bytes: int
    device_bytes: int
    idle_seconds: float


class WorkerJobOut(BaseModel):
    """A job in the hands of a worker."""

    job_id: UUID
    job_type: str
    engine_id: str
    stage: str
    step: int
    steps: int


class WorkerOut(BaseModel):
    """A process that runs engines: a worker, or the server, whose text engine improves prompts.
    ``cores`` and ``ram_bytes`` are what its engines may take together; ``silent`` says that it has
    not been heard for a while."""

    id: UUID
    name: str
    role: Literal["worker", "server"]
    machine: str
    version: str
    lanes: list[str]
    slots: int
    cores: int
    ram_bytes: int
    ram_free_bytes: int
    device: str
    device_bytes: int | None
    device_free_bytes: int | None
    engines: list[WarmEngineOut]
    jobs: list[WorkerJobOut]
    started_at: datetime
    beat_at: datetime
    silent: bool


class EngineMeasurementOut(BaseModel):
    """What an engine with a model took on a machine at most, and how quick it was. ``model`` is
    empty for its usual one; ``fault`` is the last one, empty where there was none."""

    engine_id: str
    model: str
    machine: str
    ram_bytes: int
    device_bytes: int
    load_seconds: float | None
    steps_per_second: float | None
    tokens_per_second: float | None
    fault: str
    fault_at: datetime | None
    measured_at: datetime
