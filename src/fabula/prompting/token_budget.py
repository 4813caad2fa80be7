"""How long a prompt may be for its text encoder, and what is cut when it is longer.

SDXL's encoders take 77 tokens with start and end, so 75 are usable; Wan's limit is 100 (section 4.4
of the behaviour notes). Wan reads through a tokenizer of its own that is not shipped here, so its
count by CLIP's tokenizer is an estimate, and is called one.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from fabula.prompting.clip_tokenizer import clip_tokenizer

Estimator = Literal["clip", "clip_estimate"]
LIMITS = {"sdxl": 75, "wan": 100}
_BORDERS = frozenset(",;\n\uff0c\u3001\uff1b\u060c")
"""Commas and semicolons, those of Chinese, Japanese and Arabic among them."""

_OPENING = frozenset("([{<")
_CLOSING = frozenset(")]}>")
_JOINER = "\u200d"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A part of a prompt. ``priority``: the lower, the sooner it is cut; ``border`` is what
    stands between it and the next phrase, white space included; ``start`` is its place in the
    prompt."""

    text: str
    priority: float
    border: str = ", "
    start: int = 0


@dataclass(frozen=True, slots=True)
class Fitted:
    """A prompt within its budget; ``cut`` lists what was taken out, in the prompt's order."""

    text: str
    tokens: int
    limit: int
    cut: list[str]
    estimator: Estimator


def count_tokens(text: str) -> int:
    """Tokens of CLIP's text encoder, without start and end."""
    return len(clip_tokenizer().encode(text, add_special_tokens=False).ids)


def limit_of(family: str, template_limit: int | None = None) -> int:
    """The usable tokens of a family's encoder, or fewer where the template asks for fewer."""
    encoder = LIMITS[family]
    return min(encoder, max(1, template_limit)) if template_limit is not None else encoder


def estimator_of(family: str) -> Estimator:
    return "clip" if family == "sdxl" else "clip_estimate"


def phrases_of(prompt: str, *, priority: float = 0.0, whole: Sequence[range] = ()) -> list[Phrase]:
    """Cut a prompt at its commas, semicolons and lines; brackets and the places in ``whole`` stay
    whole.

    Each phrase is a little less important than the one before it.
    """
    held = frozenset(place for places in whole for place in places)
    pieces: list[tuple[int, int, str]] = []
    depth = start = 0
    for place, letter in enumerate(prompt):
        if letter in _OPENING:
            depth += 1
        elif letter in _CLOSING:
            depth = max(0, depth - 1)
        elif letter in _BORDERS and depth == 0 and place not in held:
            pieces.append((start, place, letter))
            start = place + 1
    pieces.append((start, len(prompt), ""))
    return _trimmed(prompt, pieces, priority)


def _trimmed(prompt: str, pieces: list[tuple[int, int, str]], priority: float) -> list[Phrase]:
    """Move white space from the phrases to their borders and drop empty ones."""
    kept: list[Phrase] = []
    for start, stop, mark in pieces:
        text = prompt[start:stop]
        body = text.strip()
        if not body:
            continue
        rank = priority - len(kept) / (len(pieces) + 1)
        after = mark if mark == "\n" else mark + " "
        kept.append(Phrase(body, rank, after, start + text.index(body)))
    return kept


def fit(prompt: str, limit: int, *, estimator: Estimator = "clip") -> Fitted:
    """Cut a prompt to ``limit`` tokens from its end, phrase by phrase.

    The first phrase, which names the subject, stays; where it alone is too long, it is cut at
    words. A prompt that fits is returned as it is, without outer white space. Raises ``ValueError``
    for a limit below one.
    """
    whole = prompt.strip()
    tokens = count_tokens(whole)
    if limit >= 1 and tokens <= limit:
        return Fitted(whole, tokens, limit, [], estimator)
    return fit_phrases(phrases_of(whole), limit, estimator=estimator)


def fit_phrases(phrases: Sequence[Phrase], limit: int, *, estimator: Estimator = "clip") -> Fitted:
    """Join phrases, leaving out those of the lowest priority until the rest fits.

    At least the phrase of the highest priority stays, cut at words where it must be.
    """
    if limit < 1:
        raise ValueError("A token limit is at least one.")
    order = sorted(range(len(phrases)), key=lambda place: -phrases[place].priority)
    kept = _affordable(phrases, order, limit)
    while len(kept) > 1 and count_tokens(_joined(phrases, kept)) > limit:
        kept.remove(order[len(kept) - 1])
    text, cut = (
        _joined(phrases, kept),
        [phrase.text for place, phrase in enumerate(phrases) if place not in kept],
    )
    if count_tokens(text) > limit:
        text, rest = _at_words(text, limit)
        cut.insert(0, rest)
    return Fitted(text, count_tokens(text), limit, cut, estimator)


def _affordable(phrases: Sequence[Phrase], order: list[int], limit: int) -> set[int]:
    """How many of the best phrases fit by the sum of their tokens; a close first guess."""
    kept: set[int] = set()
    spent = 0
    for place in order:
        spent += count_tokens(phrases[place].text)
        if kept and spent > limit:
            break
        kept.add(place)
    return kept


def _joined(phrases: Sequence[Phrase], kept: set[int]) -> str:
    places = sorted(kept)
    parts = [phrases[place].text + phrases[place].border for place in places[:-1]]
    return "".join(parts) + (phrases[places[-1]].text if places else "")


def _at_words(text: str, limit: int) -> tuple[str, str]:
    """The longest beginning of whole words that fits, and the rest. Text without spaces between
    its words, or one very long word, is cut between characters."""
    place = cut_place(text, lambda end: count_tokens(text[:end]) <= limit)
    return text[:place].rstrip(), text[place:].strip()


def cut_place(text: str, fits: Callable[[int], bool], whole: Sequence[range] = ()) -> int:
    """Where to end a text that is too long, 0 for nowhere: at the last word that ``fits``, outside
    of ``whole`` where that is possible, or else at a character of its first word."""
    words = [match.end() for match in re.finditer(r"\S+", text)]
    outside = [end for end in words if not any(end in p and end != p.start for p in whole)]
    letters = [end for end in range(1, words[0] + 1) if _may_cut(text, end)] if words else []
    for ends in (outside, words, letters):
        if count := longest(ends, fits):
            return ends[count - 1]
    return 0


def longest(ends: Sequence[int], fits: Callable[[int], bool]) -> int:
    """How many of the ends fit, each fitting only if those before it do."""
    count = bisect_right(ends, False, key=lambda end: not fits(end))
    while count and not fits(ends[count - 1]):
        count -= 1
    return count


def _may_cut(text: str, end: int) -> bool:
    """Not before a combining mark or a joiner, which belong to the character before."""
    if end >= len(text):
        return True
    follows = text[end]
    return unicodedata.category(follows)[0] != "M" and follows != _JOINER
