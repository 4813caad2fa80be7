"""Words that a person chooses instead of writing them: framing, angle, format and style.

They join the prompt after rewriting, so that neither the model nor the budget loses them.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from fabula.core.text import no_null_bytes
from fabula.prompting.token_budget import count_tokens

MOST_STYLE_TOKENS = 24


class Shot(StrEnum):
    """How much of the subject is in the picture."""

    WIDE = "wide"
    FULL = "full"
    MEDIUM = "medium"
    CLOSE = "close"
    DETAIL = "detail"


class Angle(StrEnum):
    """Where it is looked at from."""

    EYE_LEVEL = "eye_level"
    LOW = "low_angle"
    HIGH = "high_angle"
    OVERHEAD = "overhead"
    BIRD_EYE = "bird_eye"
    OVER_SHOULDER = "over_shoulder"


class Aspect(StrEnum):
    """What format it is composed for."""

    LANDSCAPE = "landscape"
    SQUARE = "square"
    PORTRAIT = "portrait"
    PANORAMA = "panorama"


WORDS: dict[Shot | Angle | Aspect, str] = {
    Shot.WIDE: "wide shot",
    Shot.FULL: "full shot",
    Shot.MEDIUM: "mid shot",
    Shot.CLOSE: "close-up",
    Shot.DETAIL: "extreme close-up",
    Angle.EYE_LEVEL: "eye-level view",
    Angle.LOW: "low angle view",
    Angle.HIGH: "high angle view",
    Angle.OVERHEAD: "seen from directly above",
    Angle.BIRD_EYE: "aerial view",
    Angle.OVER_SHOULDER: "over-the-shoulder view",
    Aspect.LANDSCAPE: "horizontal composition",
    Aspect.SQUARE: "square-format composition",
    Aspect.PORTRAIT: "vertical composition",
    Aspect.PANORAMA: "panoramic composition",
}
"""What each choice says to a text encoder."""


def _short_enough(style: str) -> str:
    tokens = count_tokens(style)
    if tokens > MOST_STYLE_TOKENS:
        message = (
            f"The style has {tokens} tokens, and {MOST_STYLE_TOKENS} are possible: shorten it."
        )
        raise ValueError(message)
    return style


Style = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=200),
    AfterValidator(no_null_bytes),
    AfterValidator(_short_enough),
]


class Controls(BaseModel):
    """What a person chose; what is left out adds nothing."""

    model_config = ConfigDict(extra="forbid")

    shot: Shot | None = None
    angle: Angle | None = None
    aspect: Aspect | None = None
    style: Style | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """What joins the prompt, in its order."""
        chosen = [WORDS[choice] for choice in (self.shot, self.angle, self.aspect) if choice]
        return (*chosen, self.style) if self.style else tuple(chosen)
