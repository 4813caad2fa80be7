"""The mode of content: for a general audience, or for adults behind the age gate. Pure rules.

What counts is the most restrictive of everything that has a say, so that a missing answer, an old
record or a fallback only ever makes the result milder.
"""

from dataclasses import dataclass
from typing import Literal

Mode = Literal["general", "adult"]
ContentMode = Literal["sfw", "nsfw"]
CONTENT_MODES: dict[Mode, ContentMode] = {"general": "sfw", "adult": "nsfw"}
"""The inventory's words, as in ``prompt_templates.content_mode`` and ``content_rating``."""

StepName = Literal["studio", "age", "own"]
_REASONS: dict[tuple[StepName, Mode], str] = {
    ("studio", "general"): "This studio makes content for a general audience only.",
    ("studio", "adult"): "This studio allows content for adults.",
    ("age", "general"): "Your age is not confirmed.",
    ("age", "adult"): "Your age is confirmed.",
    ("own", "general"): "You chose content for a general audience.",
    ("own", "adult"): "You chose content for adults.",
}


def strictest(*modes: Mode) -> Mode:
    """The most restrictive of some modes; ``general`` of none."""
    return "adult" if modes and all(mode == "adult" for mode in modes) else "general"


def modes_within(mode: Mode) -> tuple[Mode, ...]:
    """The ratings that somebody sees in a mode."""
    return ("general", "adult") if mode == "adult" else ("general",)


def rating_of(stored: str) -> Mode:
    """A stored rating; what is not known to be general is for adults."""
    return "general" if stored == "general" else "adult"


@dataclass(frozen=True, slots=True)
class Step:
    """What one of those that have a say allows, and why as a sentence."""

    name: StepName
    mode: Mode
    reason: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides the mode of an account: the operator's setting, the age, the own choice. Roles
    have no say: admins pass the age gate like everybody else."""

    studio: bool = False
    age_verified: bool = False
    own: Mode = "general"

    def steps(self) -> tuple[Step, ...]:
        said: tuple[tuple[StepName, Mode], ...] = (
            ("studio", "adult" if self.studio else "general"),
            ("age", "adult" if self.age_verified else "general"),
            ("own", self.own),
        )
        return tuple(Step(name, mode, _REASONS[name, mode]) for name, mode in said)

    def mode(self, *narrower: Mode) -> Mode:
        """The effective mode. ``narrower`` are what else has a say in a place: a character's
        rating, the setting of a conversation or project."""
        return strictest(*(step.mode for step in self.steps()), *narrower)
