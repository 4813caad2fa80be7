"""Cutting a weighted prompt to what a text encoder reads: by its words, never by its notation.

A weighted phrase is kept or dropped as a whole. Only where it is the subject, and too long by
itself, does it end at a word, and keeps its weight.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from fabula.prompting.token_budget import (
    Estimator,
    count_tokens,
    cut_place,
    longest,
    phrases_of,
)
from fabula.prompting.weights.tree import Clause, Prompt, Span, parts_of, plain, spans


@dataclass(frozen=True, slots=True)
class FittedPrompt:
    """A prompt within its budget; ``cut`` lists what was taken out, in the prompt's order."""

    prompt: Prompt
    tokens: int
    limit: int
    cut: list[str]
    estimator: Estimator


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A phrase of one clause, and what stands between it and the next of them."""

    clause: int
    spans: tuple[Span, ...]
    border: str

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)


def count_prompt(prompt: Prompt) -> int:
    """Tokens of CLIP's text encoder. An engine that reads weights counts each span by itself, which
    makes more of a word that is weighted in part; the larger count holds for all."""
    by_span = sum(
        count_tokens(span.text) for clause in prompt.clauses for span in spans(clause.parts)
    )
    return max(count_tokens(plain(prompt)), by_span)


def fit_prompt(prompt: Prompt, limit: int, *, estimator: Estimator = "clip") -> FittedPrompt:
    """Cut a prompt to ``limit`` tokens from its end, phrase by phrase.

    The first phrase, which names the subject, stays. A prompt that fits is returned as it is; of
    one that is cut, words that change on the way are fixed to those that stay longest. Raises
    ``ValueError`` for a limit below one.
    """
    if limit < 1:
        raise ValueError("A token limit is at least one.")
    tokens = count_prompt(prompt)
    if tokens <= limit:
        return FittedPrompt(prompt, tokens, limit, [], estimator)
    phrases = list(_phrases(prompt))
    count = longest(
        range(1, len(phrases) + 1),
        lambda number: count_prompt(_joined(prompt, phrases[:number])) <= limit,
    )
    cut = [phrase.text for phrase in phrases[count:]]
    kept = phrases[:count]
    if not kept:
        subject, rest = _shortened(phrases[0], limit)
        kept, cut[0] = [subject], rest
    fitted = _joined(prompt, kept)
    return FittedPrompt(fitted, count_prompt(fitted), limit, cut, estimator)


def _phrases(prompt: Prompt) -> Iterator[_Phrase]:
    for number, clause in enumerate(prompt.clauses):
        listed = spans(clause.parts)
        text = "".join(span.text for span in listed)
        for phrase in phrases_of(text, whole=_weighted_places(listed)):
            stop = phrase.start + len(phrase.text)
            yield _Phrase(number, _sliced(listed, phrase.start, stop), phrase.border)


def _weighted_places(listed: Sequence[Span]) -> list[range]:
    places, start = [], 0
    for span in listed:
        stop = start + len(span.text)
        if span.weight != 1:
            places.append(range(start, stop))
        start = stop
    return places


def _sliced(listed: Sequence[Span], start: int, stop: int) -> tuple[Span, ...]:
    kept, place = [], 0
    for span in listed:
        text = span.text[max(0, start - place) : max(0, stop - place)]
        place += len(span.text)
        if text:
            kept.append(Span(text, span.weight))
    return tuple(kept)


def _joined(prompt: Prompt, phrases: Sequence[_Phrase]) -> Prompt:
    """The prompt with these phrases only; clauses that have none are gone."""
    clauses = []
    for number, group in groupby(phrases, key=lambda phrase: phrase.clause):
        members = list(group)
        listed = [span for phrase in members[:-1] for span in (*phrase.spans, Span(phrase.border))]
        parts = parts_of((*listed, *members[-1].spans))
        clauses.append(Clause(parts, prompt.clauses[number].weight))
    return replace(prompt, clauses=tuple(clauses))


def _shortened(phrase: _Phrase, limit: int) -> tuple[_Phrase, str]:
    """The beginning of a phrase that fits, and the rest of its text."""

    def until(end: int) -> _Phrase:
        return replace(phrase, spans=_sliced(phrase.spans, 0, end))

    def fits(end: int) -> bool:
        return count_prompt(Prompt((Clause(parts_of(until(end).spans)),))) <= limit

    place = cut_place(phrase.text, fits, _weighted_places(phrase.spans))
    return until(place), phrase.text[place:].strip()
