"""What a picture should not show: the person's own words first, then the studio's base list."""

from collections.abc import Iterable

from fabula.prompting.lexicon import words_of
from fabula.prompting.token_budget import Fitted, Phrase, fit_phrases, phrases_of

FAMILIES = frozenset({"sdxl"})
"""Model families that read a negative prompt; Wan has none."""

_OWN, _BASE = 2.0, 1.0


def base_text(rows: Iterable[str]) -> str:
    """The base list as it is shown beside the person's own words."""
    return ", ".join(phrase.text for phrase in _unique(_phrases(rows)))


def compose(rows: Iterable[str], own: str, limit: int) -> Fitted:
    """One negative prompt within ``limit`` tokens.

    ``rows`` are the base texts, the highest priority first; what is said twice is said once, and
    what does not fit is cut from the end of the base list before the person's own words.
    """
    phrases = [*phrases_of(own, priority=_OWN), *_phrases(rows)]
    return fit_phrases(_unique(phrases), limit)


def _phrases(rows: Iterable[str]) -> list[Phrase]:
    listed = list(rows)
    return [
        phrase
        for place, text in enumerate(listed)
        for phrase in phrases_of(text, priority=_BASE - place)
    ]


def _unique(phrases: Iterable[Phrase]) -> list[Phrase]:
    """Each phrase once, whatever its letters' case; all joined by commas."""
    kept: dict[str, Phrase] = {}
    for phrase in phrases:
        name = " ".join(words_of(phrase.text)) or phrase.text
        kept.setdefault(name, Phrase(phrase.text, phrase.priority))
    return list(kept.values())
