"""The content policy: what a text may not ask for. Pure rules, without I/O.

Three rules hold in every mode: nothing sexual or suggestive with children, young people or persons
who are presented as young; no sexual violence; nothing sexual with real persons. The fourth holds
for a general audience: nothing sexual at all. Children, families, health, history and art are
everyday subjects and pass.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from fabula.core.errors import FabulaError
from fabula.moderation.rating import Mode
from fabula.moderation.terms import Sign, signs_in

Rule = Literal["minors", "non_consent", "real_person", "sexual"]
_SENTENCES: dict[Rule, str] = {
    "minors": "Sexual or suggestive content with children or young people is never possible. "
    "Describe something else.",
    "non_consent": "Sexual violence, and sexual content without consent, is never possible. "
    "Describe something else.",
    "real_person": "Sexual content with real persons is never possible, and a picture that was "
    "brought along counts as one of a real person. Describe something else.",
    "sexual": "This is for a general audience, and sexual content or nudity is not possible in it. "
    "Describe something else.",
}
_SEXUAL = Sign.EXPLICIT | Sign.SUGGESTIVE | Sign.UNDRESSING
_ANY_HINT = _SEXUAL | Sign.SCANT | Sign.VIOLATION


class ContentRefused(FabulaError):
    """The content policy does not allow a text. The message never repeats it."""

    status = 422
    code = "screened_text"

    def __init__(self, rule: Rule) -> None:
        super().__init__(_SENTENCES[rule])
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Verdict:
    """``rule`` is the one that refuses, None when the text passes."""

    rule: Rule | None

    @property
    def allowed(self) -> bool:
        return self.rule is None


def check_text(text: str, mode: Mode = "general", *, brought: bool = False) -> Verdict:
    """Judge one text. ``brought``: it is about a picture that a person brought along, which may
    show anybody."""
    return Verdict(_rule(signs_in(text), mode, brought=brought))


def check_negative(
    text: str, beside: Iterable[str] = (), mode: Mode = "general", *, brought: bool = False
) -> Verdict:
    """Judge what a picture must not show, beside the texts that say what it shows.

    Sexual words are welcome here. To exclude clothing asks for nudity, and to exclude adults asks
    for young persons.
    """
    signs = signs_in(text)
    asked = Sign.NOTHING
    if signs & Sign.CLOTHING:
        asked |= Sign.EXPLICIT
    if signs & Sign.MATURITY:
        asked |= Sign.YOUNG
    if not asked:
        return Verdict(None)
    shown = signs_in(" ".join(beside))
    return Verdict(_rule(shown | asked, mode, brought=brought))


def screen(
    texts: Iterable[str | None],
    *,
    negative: str | None = None,
    mode: Mode = "general",
    brought: bool = False,
) -> None:
    """Let texts pass that belong together, such as a prompt and its name, or raise
    ``ContentRefused``. They are judged one by one and as a whole, and what a picture must not show
    (``negative``) beside them. ``mode`` is the effective one of the place that the texts are for.
    """
    listed = [texts] if isinstance(texts, str) else [text for text in texts if text]
    for text in [*listed, " ".join(listed)] if len(listed) > 1 else listed:
        _pass(check_text(text, mode, brought=brought))
    if negative:
        _pass(check_negative(negative, listed, mode, brought=brought))


def _pass(verdict: Verdict) -> None:
    if verdict.rule is not None:
        raise ContentRefused(verdict.rule)


def _rule(signs: Sign, mode: Mode, *, brought: bool) -> Rule | None:
    """The first rule that refuses."""
    if signs & Sign.YOUNG and signs & _ANY_HINT:
        return "minors"
    if signs & Sign.VIOLATION or (signs & Sign.COERCION and signs & _SEXUAL):
        return "non_consent"
    if (brought or signs & Sign.REAL_PERSON) and signs & _SEXUAL:
        return "real_person"
    if mode == "general" and signs & (Sign.EXPLICIT | Sign.UNDRESSING):
        return "sexual"
    return None
