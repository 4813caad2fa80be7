"""What the API of upscaling takes and gives."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, field_validator

from fabula.core.strict import Strict
from fabula.core.text import no_null_bytes
from fabula.generation.schemas import EngineName, EngineOut

Factor = Literal[2, 4]


class UpscaleIn(Strict):
    """A staged, kept or uploaded picture to upscale. ``model`` is a name of
    `GET /api/upscaling`; without one its first is used."""

    asset_id: UUID
    factor: Factor = 2
    model: EngineName | None = None
    destination: Literal["workspace", "library"] = "workspace"

    _clean = field_validator("model")(lambda value: value and no_null_bytes(value))


class UpscalingOut(BaseModel):
    """What upscaling is possible here. A picture may have ``max_side`` pixels a side afterwards,
    and ``max_pixels`` in all; ``credits`` are for one. Without ``available`` the rest is empty,
    and ``reason`` and ``remedy`` say why and what to do."""

    available: bool
    reason: str
    remedy: str
    engine: EngineOut | None
    models: list[str]
    factors: list[int]
    credits: int
    max_side: int
    max_pixels: int
