"""LoRAs in what the jobs API takes and gives."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from fabula.core.text import no_null_bytes

MAX_LORAS = 8
MOST_LORA_WEIGHT = 2.0


class LoraIn(BaseModel):
    """A LoRA by the name that the engine's list has, and how much it counts; 0 is nothing."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    weight: float = Field(
        default=1.0, ge=-MOST_LORA_WEIGHT, le=MOST_LORA_WEIGHT, allow_inf_nan=False
    )

    _clean = field_validator("name")(no_null_bytes)


class LoraUseOut(BaseModel):
    name: str
    weight: float


class LoraOut(BaseModel):
    """A LoRA that an engine has. ``family`` is what it is made for, empty where nobody knows;
    ``triggers`` are words for the prompt that call what it was trained on."""

    name: str
    title: str
    family: str
    family_label: str
    triggers: list[str]
    description: str
    licence: str
    preview_url: str | None
