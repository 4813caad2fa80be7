"""The content policy: what a text may not ask for. Pure rules, without I/O.

This version serves a general audience only. It refuses sexual content, and always, whatever a
later version may allow, anything that puts children or persons who are presented as young near
sexual or suggestive content. Children, families, health, history and art are everyday subjects and
pass.
"""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Literal

from fabula.core.errors import FabulaError
from fabula.moderation.normalisation import plain, readings, words_of

Kind = Literal["prompt", "negative"]
"""``negative``: a list of what a picture must not show. Sexual words are welcome in it; words of
clothing are not, since to exclude them asks for nudity."""

Rule = Literal["minors", "sexual"]
_ADULT_AGE = 18
_LONGEST = 5
_GAP = ""
_SENTENCES: dict[Rule, str] = {
    "minors": "Sexual or suggestive content with children or young people is never possible. "
    "Describe something else.",
    "sexual": "This studio makes content for a general audience, and sexual content or nudity is "
    "not possible in it. Describe something else.",
}


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


@dataclass(frozen=True, slots=True)
class _Terms:
    """Phrases as tuples of words."""

    sexual: frozenset[tuple[str, ...]]
    suggestive: frozenset[tuple[str, ...]]
    young: frozenset[tuple[str, ...]]
    innocent: frozenset[tuple[str, ...]]
    clothing: frozenset[tuple[str, ...]]
    young_age: re.Pattern[str]


def check_text(text: str, kind: Kind = "prompt") -> Verdict:
    """Judge one text.

    Every way of reading it is tried (``normalisation``), and young persons in one reading count
    together with sexual words in another.
    """
    terms = _terms()
    if kind == "negative":
        undressing = any(_holds(words, terms.clothing) for words in readings(text))
        return Verdict("sexual" if undressing else None)
    young = bool(terms.young_age.search(plain(text)))
    sexual = suggestive = False
    for words in readings(text):
        left = _without(words, terms.innocent)
        sexual = sexual or _holds(left, terms.sexual)
        suggestive = suggestive or _holds(left, terms.suggestive)
        young = young or _holds(left, terms.young) or _is_young(words, terms)
    if young and (sexual or suggestive):
        return Verdict("minors")
    return Verdict("sexual" if sexual else None)


def screen(texts: Iterable[str], *, negative: str | None = None) -> None:
    """Let texts pass that belong together, such as a prompt and its name, or raise
    ``ContentRefused``. They are judged one by one and as a whole; ``negative``, which says what a
    picture must not show, by itself."""
    if negative and (rule := check_text(negative, "negative").rule):
        raise ContentRefused(rule)
    listed = [texts] if isinstance(texts, str) else [text for text in texts if text]
    for text in [*listed, " ".join(listed)] if len(listed) > 1 else listed:
        verdict = check_text(text)
        if verdict.rule is not None:
            raise ContentRefused(verdict.rule)


@lru_cache
def _terms() -> _Terms:
    file = resources.files("fabula.moderation").joinpath("terms.toml")
    raw = tomllib.loads(file.read_text(encoding="utf-8"))
    age = rf"(?:0?\d|1[0-{_ADULT_AGE - 11}]|{'|'.join(raw['ages'])})"
    ages = rf"(?<![\w.]){age}[\s-]*(?:(?:years?|yrs?|y)[\s./-]*(?:olds?|o)|yo)\b"
    ages += rf"|\b(?:aged?|age of)[\s:]*{age}(?!\w)"
    return _Terms(
        sexual=_phrases(raw["sexual"]),
        suggestive=_phrases(raw["suggestive"]),
        young=_phrases(raw["young"]),
        innocent=_phrases(raw["innocent"]),
        clothing=_phrases(raw["clothing"]),
        young_age=re.compile(ages),
    )


def _phrases(listed: Sequence[str]) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(words_of(plain(phrase))) for phrase in listed)


def _is_young(words: Sequence[str], terms: _Terms) -> bool:
    return bool(terms.young_age.search(" ".join(words)))


def _holds(words: Sequence[str], phrases: frozenset[tuple[str, ...]]) -> bool:
    return any(_found(words, place, phrases) for place in range(len(words)))


def _found(words: Sequence[str], place: int, phrases: frozenset[tuple[str, ...]]) -> int:
    """The length of the longest phrase that begins at a word, 0 without one."""
    for length in range(min(_LONGEST, len(words) - place), 0, -1):
        run = tuple(words[place : place + length])
        if run in phrases or (*run[:-1], run[-1].removesuffix("s")) in phrases:
            return length
    return 0


def _without(words: Sequence[str], phrases: frozenset[tuple[str, ...]]) -> list[str]:
    """The words with innocent phrases taken out; what is left does not grow together."""
    left: list[str] = []
    place = 0
    while place < len(words):
        length = _found(words, place, phrases)
        left.extend([_GAP] if length else [words[place]])
        place += length or 1
    return left
