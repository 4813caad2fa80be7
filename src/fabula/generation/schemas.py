"""What the jobs API takes and gives."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, field_validator

from fabula.core.strict import Strict
from fabula.core.text import no_null_bytes
from fabula.generation.job_types import DEFAULT_JOB_TYPE
from fabula.generation.lora_schemas import MAX_LORAS, LoraIn, LoraUseOut
from fabula.generation.reference_schemas import ReferenceIn, ReferenceOut
from fabula.moderation.rating import Mode
from fabula.prompting.controls import Controls
from fabula.prompting.weights.schemas import Terms
from fabula.prompting.weights.syntax import DEFAULT_SYNTAX, Syntax

MAX_PROMPT = 4000
MAX_SEED = 2**31 - 1
JobStatus = Literal["queued", "processing", "completed", "failed"]
OptionName = Annotated[str, StringConstraints(max_length=40, pattern=r"^[a-z0-9-]+$")]
PromptText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_PROMPT)]


EngineName = Annotated[str, StringConstraints(min_length=1, max_length=300)]
"""The name of an engine, or of something that an engine has."""


class MotionIn(Strict):
    """A camera move for engines that have some; what is left out is read from the prompt."""

    kind: OptionName | None = None
    strength: float | None = Field(default=None, ge=0.0, le=1.0)
    easing: OptionName | None = None
    loop: bool | None = None


class JobIn(Strict):
    """What to make. Everything but the prompt has a default from the job type.

    ``weights`` are terms with what each counts, from 0.1 to 2; they replace those of the preset,
    and ``enhance`` replaces whether it rewrites. All prompts are written in ``prompt_syntax``.
    ``seconds``, ``fps``, ``first_frame``, ``last_frame`` and ``motion`` are for clips; the frames
    are ids of staged, kept or uploaded pictures. ``engine``, ``model`` and ``scheduler`` are names
    as `GET /api/job-types` lists them, and ``loras`` are as `GET /api/engines/{engine_id}/loras`
    does; in A1111's syntax `<lora:name:weight>` in the prompt is one as well.
    """

    prompt: PromptText = Field(min_length=1)
    job_type: str = DEFAULT_JOB_TYPE
    count: int = Field(default=1, ge=1, le=6, strict=True)
    seed: int | None = Field(default=None, ge=0, le=MAX_SEED, strict=True)
    negative_prompt: PromptText | None = None
    width: int | None = Field(default=None, ge=1, le=8192, strict=True)
    height: int | None = Field(default=None, ge=1, le=8192, strict=True)
    steps: int | None = Field(default=None, ge=1, le=500, strict=True)
    guidance_scale: float | None = Field(default=None, ge=0, le=100, allow_inf_nan=False)
    enhance: bool | None = None
    enhanced_prompt: PromptText | None = None
    prompt_syntax: Syntax = DEFAULT_SYNTAX
    preset_id: UUID | None = None
    weights: Terms | None = None
    controls: Controls | None = None
    destination: Literal["workspace", "library"] = "workspace"
    reference: ReferenceIn | None = None
    seconds: float | None = Field(default=None, gt=0, le=600, allow_inf_nan=False)
    fps: float | None = Field(default=None, gt=0, le=240, allow_inf_nan=False)
    first_frame: UUID | None = None
    last_frame: UUID | None = None
    motion: MotionIn | None = None
    engine: EngineName | None = None
    model: EngineName | None = None
    scheduler: EngineName | None = None
    loras: list[LoraIn] = Field(default=[], max_length=MAX_LORAS)

    _clean = field_validator(
        "prompt", "negative_prompt", "enhanced_prompt", "job_type", "engine", "model", "scheduler"
    )(lambda value: value if value is None else no_null_bytes(value))


class EngineOut(BaseModel):
    id: str
    name: str
    stand_in: bool


class ProgressOut(BaseModel):
    """``step`` of ``steps`` of output ``index``; ``fraction`` is of the whole job, 0 to 1."""

    stage: str
    step: int
    steps: int
    fraction: float
    index: int
    preview_url: str | None
    eta_seconds: float | None


class NoteOut(BaseModel):
    code: str
    message: str


class JobErrorOut(BaseModel):
    code: str
    message: str
    retryable: bool


class AssetRef(BaseModel):
    """An output of a job. A clip has a poster as its thumbnail, a small moving preview and a
    duration. ``expires_at`` is when it leaves the workspace; null in the library."""

    id: UUID
    asset_index: int
    seed: int
    url: str
    thumbnail_url: str
    preview_url: str | None
    width: int
    height: int
    mime_type: str
    duration_seconds: float | None
    thumbhash: str
    saved: bool
    library_asset_id: UUID | None
    rating: Mode
    expires_at: datetime | None


class UsedPresetOut(BaseModel):
    """A preset as it was named when the job was accepted."""

    id: UUID
    name: str


class MotionOut(BaseModel):
    kind: str | None
    strength: float | None
    easing: str | None
    loop: bool | None


class ClipParamsOut(BaseModel):
    """What a clip has beside the parameters of a picture."""

    seconds: float
    fps: float
    frames: int
    first_frame: UUID | None
    last_frame: UUID | None
    motion: MotionOut | None


class UpscaleOut(BaseModel):
    """The picture that was upscaled, and how many times. It may be gone by now."""

    asset_id: UUID
    factor: int


class ParamsOut(BaseModel):
    """The parameters of a job, as they were fixed when it was accepted."""

    seed: int
    steps: int
    guidance_scale: float
    negative_prompt: str
    width: int
    height: int
    count: int
    reference: ReferenceOut | None
    upscale: UpscaleOut | None
    clip: ClipParamsOut | None
    enhance: bool
    prompt_syntax: Syntax
    preset: UsedPresetOut | None
    weights: dict[str, float] | None
    controls: Controls
    model: str | None
    scheduler: str | None
    loras: list[LoraUseOut]


class RewritingOut(BaseModel):
    """How the prompt was rewritten. ``engine`` is the text engine whose words are in it, if any;
    ``cut`` is what the model's budget had no room for."""

    strategy: str | None
    template_name: str | None
    template_version: int | None
    fallback_level: str | None
    engine: str | None
    time_ms: int | None
    tokens: int | None
    token_limit: int | None
    cut: list[str]
    notes: list[NoteOut]


class PriceOut(BaseModel):
    """In credits: of one output, and of all that were asked for."""

    unit: int
    total: int


class JobOut(BaseModel):
    id: UUID
    status: JobStatus
    job_type: str
    format: str
    quality: str
    destination: str
    attempts: int
    max_attempts: int
    progress: ProgressOut
    queue_position: int | None
    error: JobErrorOut | None
    original_prompt: str
    enhanced_prompt: str | None
    template_name: str | None
    strategy: str | None
    rewriting: RewritingOut | None
    negative_prompt_used: str | None
    count: int
    price: PriceOut
    width: int
    height: int
    params: ParamsOut
    engine: EngineOut | None
    warnings: list[NoteOut]
    retry_of: UUID | None
    workspace_session_id: UUID | None
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    dismissed: bool
    assets: list[AssetRef]
    rating: Mode
    quality_rating: int | None


class JobRatingIn(Strict):
    """How good the outputs are, from 0 to 10; null takes a rating back."""

    quality: int | None = Field(ge=0, le=10, strict=True)


class RangeOut(BaseModel):
    minimum: float
    maximum: float
    default: float
    step: float


class MotionLimitsOut(BaseModel):
    """Camera moves that the engine knows by name."""

    kinds: list[str]
    easings: list[str]
    strength: RangeOut
    loop: bool


class ClipLimitsOut(BaseModel):
    seconds: RangeOut
    fps: RangeOut
    first_frame: bool
    last_frame: bool
    first_frame_required: bool
    motion: MotionLimitsOut | None


class SizeOut(BaseModel):
    width: int
    height: int


class LimitsOut(BaseModel):
    """What an engine takes for a job type. ``inpainting``: whether a reference may have a mask and
    may grow. ``sizes`` are the only ones where there are any; without
    ``seeds`` the same seed gives another picture; without ``reference_strength`` a reference has no
    strength. Where a range has one value there is nothing to choose."""

    width: RangeOut
    height: RangeOut
    steps: RangeOut
    guidance_scale: RangeOut
    max_count: int
    negative_prompt: bool
    image_to_image: bool
    inpainting: bool
    weights: bool
    reference_required: bool
    reference_strength: bool
    seeds: bool
    sizes: list[SizeOut]
    models: list[str]
    model_families: dict[str, str]
    loras: bool
    schedulers: list[str]
    clip: ClipLimitsOut | None


class JobTypeEngineOut(EngineOut):
    summary: str


class EngineOptionOut(JobTypeEngineOut):
    """An engine that can do a job type here; ``model`` is the one it uses when none is named."""

    model: str
    limits: LimitsOut


class JobTypeOut(BaseModel):
    job_type: str
    format: str
    quality: str
    model_type: str
    enhanced: bool
    credits: int
    available: bool
    reason: str
    remedy: str
    engine: JobTypeEngineOut | None
    limits: LimitsOut | None
    engines: list[EngineOptionOut]
    estimate_seconds: float | None


class EngineStateOut(BaseModel):
    """An engine of this studio and whether it can run here."""

    id: str
    name: str
    modality: str
    version: str
    summary: str
    model: str
    licence: str
    stand_in: bool
    available: bool
    reason: str
    remedy: str


class UploadOut(BaseModel):
    id: UUID
    url: str
    thumbnail_url: str
    width: int
    height: int
    mime_type: str
    thumbhash: str


ModelType = Literal["SDXL", "WAN"]
ShortText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class ModelSettings(Strict):
    """Settings that a configuration overrides; what is left out stays as in the job table."""

    steps: int | None = Field(default=None, ge=1, le=500, strict=True)
    guidance_scale: float | None = Field(default=None, ge=0, le=100, allow_inf_nan=False)
    width: int | None = Field(default=None, ge=16, le=8192, strict=True)
    height: int | None = Field(default=None, ge=16, le=8192, strict=True)
    frames: int | None = Field(default=None, ge=1, le=10_000, strict=True)
    fps: float | None = Field(default=None, gt=0, le=240, allow_inf_nan=False)
    engines: list[ShortText] | None = Field(default=None, min_length=1, max_length=20)


class ModelConfigData(ModelSettings):
    """Settings for the whole model, and for one quality alone."""

    fast: ModelSettings | None = None
    high: ModelSettings | None = None

    def all_engines(self) -> list[str]:
        parts = (self, self.fast, self.high)
        return [name for part in parts if part for name in part.engines or ()]


class ModelConfigIn(Strict):
    model_type: ModelType
    config_name: ShortText
    config_data: ModelConfigData
    notes: PromptText | None = None
    activate: bool = True

    _clean = field_validator("config_name", "notes")(
        lambda value: value if value is None else no_null_bytes(value)
    )


class ModelConfigOut(BaseModel):
    id: UUID
    model_type: str
    config_name: str
    config_data: dict[str, Any]
    is_active: bool
    created_by: UUID | None
    created_at: datetime
    notes: str | None
