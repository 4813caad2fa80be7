"""Everything that is needed to make an output again, frozen when the job is accepted.

Kept in ``jobs.metadata``; the runner adds what was really used under ``effective``.
"""

from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from fabula.moderation.rating import Mode
from fabula.prompting.asking import AS_USUAL, Sampling
from fabula.prompting.controls import Controls
from fabula.prompting.finishing import Finish
from fabula.prompting.weights.syntax import DEFAULT_SYNTAX, Syntax


class FrozenPicture(BaseModel):
    """A source picture by place and by content: ``sha256`` tells whether it is the same."""

    asset_id: UUID
    bucket: str
    key: str
    sha256: str
    brought: bool = True
    """Whether the picture, or one that it was made from, was brought along by a person: it may then
    show anybody. So it is taken where nothing is known."""


class FrozenExtension(BaseModel):
    """Pixels that a picture grows by at each side, as the engine's sizes allow."""

    left: int = 0
    right: int = 0
    top: int = 0
    bottom: int = 0

    @property
    def grows(self) -> bool:
        return any((self.left, self.right, self.top, self.bottom))


class FrozenReference(FrozenPicture):
    """``strength`` is the denoise strength: 0 keeps the picture, 1 ignores it. What is white in
    ``mask`` is drawn anew, as is the picture's ``extension``."""

    strength: float
    mask: FrozenPicture | None = None
    extension: FrozenExtension | None = None

    @property
    def in_part(self) -> bool:
        """Whether only a part of the result is drawn anew."""
        return self.mask is not None or self.extension is not None


class Upscale(BaseModel):
    """The picture that is upscaled, and how many times. ``model`` and ``sampler`` are those that
    drew it, where they are known."""

    source: FrozenPicture
    factor: int
    model: str | None = None
    sampler: str | None = None


class FrozenLora(BaseModel):
    """``family`` is what it is made for, ``sha256`` the sum of its file, as far as they are
    known."""

    name: str
    weight: float
    family: str = ""
    sha256: str | None = None


class FrozenMotion(BaseModel):
    """The camera move as it was asked for; what is None was left to the prompt and the engine."""

    kind: str | None = None
    strength: float | None = None
    easing: str | None = None
    loop: bool | None = None


class FrozenTemplate(BaseModel):
    id: UUID | None
    name: str
    version: int


class FrozenPreset(BaseModel):
    id: UUID
    name: str


class FrozenWeights(BaseModel):
    """Canonical terms, and the hash by which a stored set has the same ones."""

    hash: str
    terms: dict[str, float]


class Rewriting(BaseModel):
    """How the prompt became what the engine read. ``wanted`` is False when it was left alone."""

    wanted: bool
    sampling: Sampling = AS_USUAL
    strategy: str | None = None
    template: FrozenTemplate | None = None
    fallback_level: str | None = None
    engine: str | None = None
    time_ms: int | None = None
    tokens: int | None = None
    token_limit: int | None = None
    cut: list[str] = []
    notes: list[dict[str, str]] = []


class Provenance(BaseModel):
    """Version 1 of the record."""

    model_config = ConfigDict(extra="ignore")

    schema_version: Literal[1] = 1
    job_type: str
    task: Literal["make", "upscale"] = "make"
    upscale: Upscale | None = None
    """With the task ``upscale``, whose words and numbers are those of its source."""
    prompt_original: str
    prompt_final: str | None = None
    negative_prompt: str = ""
    negative_final: str | None = None
    """What the engine read: the person's words and the studio's; None until it is known."""
    prompt_syntax: Syntax = DEFAULT_SYNTAX
    """What the person's prompts are written in."""
    reads_weights: bool = False
    """Whether the engine gets weights; otherwise it gets the words alone."""
    preset: FrozenPreset | None = None
    weights: FrozenWeights | None = None
    controls: Controls = Controls()
    seed: int
    count: int
    width: int
    height: int
    steps: int
    guidance_scale: float
    frames: int = 1
    fps: float = 16.0
    reference: FrozenReference | None = None
    first_frame: FrozenPicture | None = None
    last_frame: FrozenPicture | None = None
    motion: FrozenMotion | None = None
    rewriting: Rewriting
    engine_id: str
    engine_version: str
    model: str
    model_name: str | None = None
    """The engine's model by the name that a request gives it; None for the engine's own."""
    model_sha256: str | None = None
    """The sum of the model's file, where it is the studio's and known."""
    loras: list[FrozenLora] = []
    scheduler: str | None = None
    model_config_id: UUID | None = None
    mode: Mode = "general"
    """What it is made under, and so the rating of its outputs."""
    unit_credits: int
    retry_of: UUID | None = None
    warnings: list[dict[str, str]] = []
    effective: dict[str, Any] = {}

    @property
    def brought(self) -> bool:
        """Whether a picture that a person brought along is behind this."""
        source = self.upscale.source if self.upscale else None
        pictures = (self.reference, self.first_frame, self.last_frame, source)
        return any(each.brought for each in pictures if each)

    @property
    def finish(self) -> Finish:
        """What joins the prompt after rewriting."""
        terms = self.weights.terms if self.weights else {}
        return Finish(terms, self.controls.words)

    @property
    def final_syntax(self) -> Syntax:
        """What ``prompt_final`` is written in."""
        return self.finish.syntax(self.prompt_syntax)

    @property
    def price(self) -> int:
        """Credits for all outputs."""
        return self.unit_credits * self.count

    def dump(self) -> dict[str, Any]:
        """As stored: plain JSON values."""
        return self.model_dump(mode="json")
