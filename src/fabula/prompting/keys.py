"""The five names by which a template is looked up, and where they come from."""

from dataclasses import dataclass
from typing import Literal

from fabula.core.errors import Invalid
from fabula.moderation.rating import CONTENT_MODES, Mode

Family = Literal["sdxl", "wan"]
Format = Literal["image", "video"]
ENHANCERS = ("qwen_instruct", "qwen_base")
DEFAULT_ENHANCER = "qwen_instruct"
DEFAULT_JOB_TYPE = "sdxl_image_fast"
JOB_TYPE_NAMES = (
    "image_fast",
    "image_high",
    "video_fast",
    "video_high",
    "sdxl_image_fast",
    "sdxl_image_high",
    "image7b_fast_enhanced",
    "image7b_high_enhanced",
    "video7b_fast_enhanced",
    "video7b_high_enhanced",
)
"""The values that the check constraint of ``jobs.job_type`` allows."""


@dataclass(frozen=True, slots=True)
class TemplateKey:
    """What a template is wanted for. None for ``target_model`` or ``job_type`` asks for templates
    that are bound to none."""

    target_model: str | None
    enhancer_model: str
    job_type: str | None
    use_case: str
    content_mode: str

    def as_list(self) -> list[str | None]:
        return [
            self.target_model,
            self.enhancer_model,
            self.job_type,
            self.use_case,
            self.content_mode,
        ]


def target_of(job_type: str) -> tuple[Family, Format]:
    """The model family that a job's prompt is written for, and what is made.

    Raises ``Invalid`` for a name that is not a job type.
    """
    if job_type not in JOB_TYPE_NAMES:
        raise Invalid(
            f"There is no job type {job_type!r}: use one of {', '.join(JOB_TYPE_NAMES)}.",
            field="job_type",
        )
    if job_type.startswith("sdxl"):
        return "sdxl", "image"
    return "wan", "video" if job_type.startswith("video") else "image"


def enhancement_key(job_type: str, mode: Mode = "general") -> TemplateKey:
    """The key of the template that rewrites prompts for a job type."""
    family, made = target_of(job_type)
    return TemplateKey(family, DEFAULT_ENHANCER, made, "enhancement", CONTENT_MODES[mode])
