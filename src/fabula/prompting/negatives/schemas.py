"""What the negative prompts API takes and gives."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from fabula.core.text import no_null_bytes

Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=2000),
    AfterValidator(no_null_bytes),
]
Description = Annotated[str, StringConstraints(max_length=500), AfterValidator(no_null_bytes)]
ModelType = Literal["sdxl"]
Mode = Literal["sfw", "nsfw"]


class NegativePromptIn(BaseModel):
    """A new negative prompt; it comes last in its list."""

    model_config = ConfigDict(extra="forbid")

    model_type: ModelType = "sdxl"
    content_mode: Mode = "sfw"
    negative_prompt: Text
    description: Description | None = None


class NegativePromptChangeIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    negative_prompt: Text | None = None
    description: Description | None = None
    is_active: bool | None = None


class NegativeOrderIn(BaseModel):
    """All negative prompts of a model and mode, the most important first."""

    model_config = ConfigDict(extra="forbid")

    model_type: ModelType = "sdxl"
    content_mode: Mode = "sfw"
    ids: list[UUID] = Field(max_length=200)


class NegativePromptOut(BaseModel):
    """``tokens`` are those of CLIP's text encoder; ``fits`` says whether all before it and it
    itself are within what the encoder reads."""

    id: UUID
    model_type: str
    content_mode: str
    negative_prompt: str
    description: str | None
    is_active: bool
    priority: int
    tokens: int
    fits: bool
    created_at: datetime | None
    updated_at: datetime | None
