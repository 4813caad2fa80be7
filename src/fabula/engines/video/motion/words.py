"""Reads camera moves out of a prompt, and what is left to be drawn."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PACES = {
    "slow": ("slow", "slowly", "gentle", "gently", "subtle", "subtly", "soft", "softly", "slight"),
    "fast": ("fast", "quick", "quickly", "rapid", "rapidly", "dramatic", "strong", "sudden"),
}
_PACE = "|".join(word for words in _PACES.values() for word in words)
_SIDE = r"(?:to the |to |towards the |towards )?"
_SWEEP = rf"(?:pan|track|sweep|truck)(?:s|ning|ing)? ?{_SIDE}"
_RISE = r"(?:tilt|pan|crane|boom|rise)(?:s|ning|ing)?"
_MOVES = (
    ("zoom-in", r"zoom(?:s|ing)?[ -]?in|ken burns(?: effect)?"),
    ("zoom-out", r"zoom(?:s|ing)?[ -]?out"),
    ("dolly-in", r"doll(?:y|ies|ying)[ -]?(?:in|forward)"),
    ("dolly-in", r"push(?:es|ing)?[ -]?in|mov(?:e|es|ing) (?:in|closer)|fly(?:ing)?[ -]through"),
    ("dolly-out", r"doll(?:y|ies|ying)[ -]?(?:out|back(?:wards?)?)"),
    ("dolly-out", r"pull(?:s|ing)?[ -]?(?:out|back(?:wards?)?)"),
    ("pan-left", rf"{_SWEEP}left"),
    ("pan-right", rf"{_SWEEP}right|panning|pan(?:s)?(?= (?:across|along|over)\b)"),
    ("tilt-up", rf"{_RISE} ?up(?:wards?)?"),
    ("tilt-down", rf"{_RISE} ?down(?:wards?)?"),
    ("orbit", r"orbit(?:s|ing)?|circl(?:e|es|ing) around|arc shot"),
    ("parallax", r"parallax|(?:slide|sway)(?:s|ing)? sideways"),
    ("drift", r"drifting camera|floating camera"),
    ("still", r"static (?:shot|camera)|no (?:camera )?(?:motion|movement)|fixed camera"),
)
_CAMERA = r"(?:\b(?:the |a )?(?:camera|shot|view)(?: is)?\s+)?"
_NOUN = r"(?:\s+(?:shot|effect|camera|motion|movement)\b)?"
_PREPOSITION = r"(?:\s+(?:on|of|over|across|along|around|past|from|towards?|into|at|through)\b)?"
_PATTERNS = [
    (
        kind,
        re.compile(
            rf"{_CAMERA}(?:\b(?:a |the )?(?P<before>{_PACE})\s+)?{_CAMERA}\b(?:a )?"
            rf"(?P<move>{move})\b(?:\s+(?P<after>{_PACE})\b)?{_NOUN}{_PREPOSITION}",
            re.IGNORECASE,
        ),
    )
    for kind, move in _MOVES
]
_LOOP = re.compile(
    r"\b(?:in )?(?:a )?(?:seamless(?:ly)?\s+)?loop(?:s|ed|ing)?\b(?: of\b)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a prompt says of the camera. ``kind`` is None where it says nothing; ``pace`` is
    ``slow``, ``fast`` or empty; ``rest`` is the prompt without the camera's words."""

    kind: str | None
    pace: str
    loop: bool
    rest: str


def read(prompt: str) -> Reading:
    """Find the camera moves that a prompt names; the first one counts."""
    rest, found = prompt, _first(prompt)
    kind, pace = (found[0], _pace_of(found[1])) if found else (None, "")
    while found:
        rest = _without(rest, found[1])
        found = _first(rest)
    loop = _LOOP.search(rest)
    if loop:
        rest = _without(rest, loop)
    return Reading(kind, pace, loop is not None, prompt if rest == prompt else _tidy(rest))


def _first(text: str) -> tuple[str, re.Match[str]] | None:
    matches = ((kind, pattern.search(text)) for kind, pattern in _PATTERNS)
    found = [(kind, match) for kind, match in matches if match]
    return min(found, key=lambda each: each[1].start("move"), default=None)


def _pace_of(match: re.Match[str]) -> str:
    word = (match["before"] or match["after"] or "").lower()
    return next((pace for pace, words in _PACES.items() if word in words), "")


def _without(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()]} {text[match.end() :]}"


def _tidy(text: str) -> str:
    """What is left, without the commas and small words that stood around what is gone."""
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r"(?:\s*[,;:])+\s*(?=[,;:.]|$)", "", text)
    text = re.sub(r"^(?:[,;:.\s]|(?:and|then)\b)+", "", text)
    return re.sub(r"(?:[,;:\s]|\b(?:with|in|and|as)\b)+$", "", text)
