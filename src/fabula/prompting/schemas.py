"""What the prompts API takes and gives."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, RootModel, StringConstraints

from fabula.core.text import no_null_bytes
from fabula.prompting.keys import DEFAULT_JOB_TYPE
from fabula.prompting.weights.syntax import DEFAULT_SYNTAX, Syntax

MAX_PROMPT = 4000
MAX_SEED = 2**31 - 1
JobTypeName = Annotated[str, StringConstraints(max_length=60), AfterValidator(no_null_bytes)]


class EnhanceIn(BaseModel):
    """A prompt to rewrite. ``strategy``: ``auto`` asks the text model too, ``rules`` does not. With
    a preset the model writes as freely as it says, and the terms that it weighs have their room:
    they join the prompt of the job that names the preset too."""

    model_config = ConfigDict(extra="forbid")

    prompt: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_PROMPT),
        AfterValidator(no_null_bytes),
    ]
    job_type: JobTypeName = DEFAULT_JOB_TYPE
    seed: int | None = Field(default=None, ge=0, le=MAX_SEED, strict=True)
    strategy: Literal["auto", "rules"] = "auto"
    prompt_syntax: Syntax = DEFAULT_SYNTAX
    preset_id: UUID | None = None


class PromptNoteOut(BaseModel):
    code: str
    message: str


class UsedTemplateOut(BaseModel):
    """The template of a rewriting; ``id`` is null for the built-in text."""

    id: UUID | None
    name: str
    version: int


class TraceStepOut(BaseModel):
    """One step of a lookup and the template that it found."""

    step: Literal["exact", "swap_enhancer", "milder_mode", "built_in"]
    hit: bool
    template: UUID | None
    version: int | None


class TraceOut(BaseModel):
    """How the template was found. ``key`` is target model, enhancer, job type, use case, mode."""

    key: list[str | None]
    steps: list[TraceStepOut]
    source: Literal["cache", "database", "built_in"]
    cache_age_s: float | None


class TextEngineOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    stand_in: bool


class EnhanceOut(BaseModel):
    """A rewritten prompt and why it reads as it does. ``tokens`` are those of the model's text
    encoder, or an estimate where ``token_estimator`` says so; ``engine`` is null without the words
    of a text model."""

    original_prompt: str
    enhanced_prompt: str
    strategy: Literal["rules", "rules+model", "original"]
    template: UsedTemplateOut | None
    fallback_level: Literal["exact", "swap_enhancer", "milder_mode", "built_in"]
    trace: TraceOut
    tokens: int
    token_limit: int
    token_estimator: Literal["clip", "clip_estimate"]
    cut: list[str]
    notes: list[PromptNoteOut]
    expansion_percent: float
    time_ms: int
    engine: TextEngineOut | None


class DeltaOut(BaseModel):
    """A piece of what the model writes, white space included; not all of it gets into the
    prompt."""

    text: str


class EnhanceEvent(RootModel[DeltaOut | EnhanceOut]):
    """The data of an event: of `delta`, and of `done`."""


class ChoiceOut(BaseModel):
    """``words`` is what the choice adds to a prompt."""

    value: str
    words: str


class ControlsOut(BaseModel):
    """The choices of a form; ``style_tokens`` is how long a style of one's own may be."""

    shot: list[ChoiceOut]
    angle: list[ChoiceOut]
    aspect: list[ChoiceOut]
    style_tokens: int


class NegativeOut(BaseModel):
    """The base list of a job type; empty where the model family reads no negative prompt."""

    base_negative_prompt: str
    items: list[str]
    model_type: Literal["sdxl", "wan"]
    content_mode: Literal["sfw", "nsfw"]


class TemplateOut(BaseModel):
    id: UUID
    template_name: str
    enhancer_model: str
    target_model: str | None
    job_type: str | None
    use_case: str
    content_mode: str
    system_prompt: str
    token_limit: int | None
    version: int | None
    is_active: bool | None
    description: str | None
    comment: str | None
    metadata: dict[str, Any] | None
    created_by: UUID | None
    created_at: datetime | None
    updated_at: datetime | None


class CacheCountsOut(BaseModel):
    """What the rebuilt cache holds."""

    templates: int
    negative_prompts: int
    hash: str
    built_at: datetime


class CacheStateOut(BaseModel):
    """The stored cache. ``reason`` says what is wrong when it is not ``valid``; ``current`` tells
    whether the tables would give the same."""

    present: bool
    valid: bool
    stale: bool
    current: bool
    reason: str
    hash: str | None
    built_at: datetime | None
    age_s: float | None
    templates: int
    negative_prompts: int


class AlarmOut(BaseModel):
    """``code`` is stable, ``message`` a sentence."""

    model_config = ConfigDict(from_attributes=True)

    code: Literal["missing", "broken", "stale"]
    message: str


class CacheAlarmOut(BaseModel):
    """``alarm`` is null where nothing is wrong."""

    alarm: AlarmOut | None
