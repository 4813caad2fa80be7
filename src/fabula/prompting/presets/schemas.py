"""What the presets API takes and gives."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from fabula.core.text import no_null_bytes
from fabula.prompting.weights.schemas import Name, Terms

Description = Annotated[str, StringConstraints(max_length=500), AfterValidator(no_null_bytes)]


class RewritingSettings(BaseModel):
    """How the language model writes, as in ``qwen_settings``. What is left out is as usual."""

    model_config = ConfigDict(extra="forbid")

    temperature: float | None = Field(default=None, ge=0, le=2)
    max_tokens: int | None = Field(default=None, ge=8, le=200)


class PresetIn(BaseModel):
    """``enable_qwen`` rewrites the prompt, ``enable_compel`` weighs terms of it; with
    ``auto_enhancement`` a job is rewritten without being asked for."""

    model_config = ConfigDict(extra="forbid")

    preset_name: Name
    preset_description: Description | None = None
    enable_qwen: bool = True
    enable_compel: bool = False
    auto_enhancement: bool = False
    compel_weights: Terms | None = None
    qwen_settings: RewritingSettings | None = None
    is_recommended: bool = False


class PresetChangeIn(BaseModel):
    """What is left out stays."""

    model_config = ConfigDict(extra="forbid")

    preset_name: Name | None = None
    preset_description: Description | None = None
    enable_qwen: bool | None = None
    enable_compel: bool | None = None
    auto_enhancement: bool | None = None
    compel_weights: Terms | None = None
    qwen_settings: RewritingSettings | None = None
    is_recommended: bool | None = None


class PresetOut(BaseModel):
    """``avg_quality`` is the mean rating of the jobs that used it, from 0 to 10."""

    id: UUID
    preset_name: str
    preset_description: str | None
    enable_qwen: bool
    enable_compel: bool
    auto_enhancement: bool
    compel_weights: dict[str, float] | None
    qwen_settings: RewritingSettings | None
    is_recommended: bool
    usage_count: int
    avg_quality: float | None
    created_at: datetime | None
