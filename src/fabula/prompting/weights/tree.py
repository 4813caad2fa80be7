"""What a weighted prompt says, whatever dialect it was written in.

A prompt is one or more clauses; a clause is a row of parts. Weights multiply with the parts around
them. ``spans`` is what a text encoder reads in the end.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

STRONGER = 1.1
"""What one bracket or plus sign multiplies a weight by."""

MARKS_AT_THE_END = re.compile(r"[\s,;:.]+$")
"""What is dropped where more words follow."""

_DECIMALS = 4

Joined = Literal["chunks", "composed", "blended"]
"""How clauses come together: ``chunks`` are encoded one by one and read one after the other,
``composed`` ones steer the picture side by side, ``blended`` ones are mixed into one meaning."""


@dataclass(frozen=True, slots=True)
class Words:
    """Plain text, white space included."""

    text: str


@dataclass(frozen=True, slots=True)
class Weighted:
    """Parts that count ``weight`` times as much; 1.0 is neutral."""

    parts: "Parts"
    weight: float


@dataclass(frozen=True, slots=True)
class Scheduled:
    """``before`` until a step, ``after`` from it on. ``at`` is a share of the steps below 1, and a
    count of steps from 1 on."""

    before: "Parts"
    after: "Parts"
    at: float


@dataclass(frozen=True, slots=True)
class Alternating:
    """Another option at each step, in turn."""

    options: tuple["Parts", ...]


Part = Words | Weighted | Scheduled | Alternating
Parts = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    parts: Parts
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Prompt:
    """A whole prompt. ``normalized``: whether the weights of blended clauses are brought to a sum
    of one."""

    clauses: tuple[Clause, ...]
    joined: Joined = "chunks"
    normalized: bool = True


@dataclass(frozen=True, slots=True)
class Span:
    """Text that counts ``weight`` times."""

    text: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Rendered:
    """A prompt in one dialect. ``losses`` are sentences on what that dialect cannot say."""

    text: str
    losses: tuple[str, ...] = ()


def spans(parts: Parts) -> tuple[Span, ...]:
    """The text of parts with its weights multiplied out; neighbours of one weight are one span.

    Of words that change on the way, those that stay longest are taken (of a count of steps, the
    later), and the first of alternating ones.
    """
    return _merged(_flat(parts, 1.0))


def plain(prompt: Prompt) -> str:
    """The words alone, for an engine that knows no weights; clauses are joined by commas."""
    texts = ("".join(span.text for span in spans(clause.parts)) for clause in prompt.clauses)
    return ", ".join(text.strip() for text in texts if text.strip())


def canonical(prompt: Prompt) -> Prompt:
    """The same prompt with nothing nested: two prompts that mean the same to an encoder are
    equal. Weights have four decimals."""
    return replace(
        prompt,
        clauses=tuple(
            Clause(parts_of(spans(clause.parts)), _rounded(clause.weight))
            for clause in prompt.clauses
        ),
    )


def parts_of(listed: Iterable[Span]) -> Parts:
    """The parts that say the same as spans."""
    return tuple(
        Words(span.text) if span.weight == 1 else Weighted((Words(span.text),), span.weight)
        for span in listed
    )


def continued(prompt: Prompt, more: str) -> Prompt:
    """The prompt with words after its last one, where the marks and white space at its end go."""
    kept = [clause for clause in prompt.clauses if plain(Prompt((clause,)))]
    if not kept:
        return Prompt((Clause((Words(more),)),))
    last = kept[-1]
    kept[-1] = replace(last, parts=(*_without_marks(last.parts), Words(more)))
    return replace(prompt, clauses=tuple(kept))


def is_weighted(prompt: Prompt) -> bool:
    """Whether anything in it counts more or less than the rest, or changes on the way."""
    return len(prompt.clauses) > 1 or any(
        not isinstance(part, Words) for clause in prompt.clauses for part in clause.parts
    )


def lasting(part: Scheduled) -> Parts:
    """The side of a schedule that holds for more of the steps."""
    return part.before if 0.5 < part.at < 1 else part.after


def walk(parts: Parts) -> Iterator[Part]:
    """All parts, each before those inside it."""
    for part in parts:
        yield part
        match part:
            case Weighted(inner):
                yield from walk(inner)
            case Scheduled(before, after):
                yield from walk(before)
                yield from walk(after)
            case Alternating(options):
                for option in options:
                    yield from walk(option)
            case Words():
                pass


def number(value: float) -> str:
    """A weight as people write it: up to four decimals, none that say nothing."""
    return f"{_rounded(value):.{_DECIMALS}f}".rstrip("0").rstrip(".")


def escaped(text: str, marks: str) -> str:
    """The text with a backslash before each of ``marks`` and before backslashes."""
    return "".join(
        f"\\{letter}" if letter in marks or letter == "\\" else letter for letter in text
    )


def _flat(parts: Parts, weight: float) -> Iterator[Span]:
    for part in parts:
        match part:
            case Words(text):
                yield Span(text, weight)
            case Weighted(inner, factor):
                yield from _flat(inner, weight * factor)
            case Scheduled():
                yield from _flat(lasting(part), weight)
            case Alternating(options):
                yield from _flat(options[0] if options else (), weight)


def _merged(found: Iterable[Span]) -> tuple[Span, ...]:
    """White space becomes no token, so it has no weight: between two spans of one weight it joins
    them, and at the ends of a weighted span it is neutral."""
    kept: list[Span] = []
    for span in _bodies(found):
        if kept and kept[-1].weight == span.weight:
            kept[-1] = Span(kept[-1].text + span.text, span.weight)
        elif _bridges(kept, span.weight):
            gap = kept.pop().text
            kept[-1] = Span(kept[-1].text + gap + span.text, span.weight)
        else:
            kept.append(span)
    return tuple(kept)


def _bodies(found: Iterable[Span]) -> Iterator[Span]:
    """Each span with the white space at its ends as neutral spans of their own."""
    for span in found:
        body = span.text.strip()
        weight = _rounded(span.weight)
        if weight == 1 or not body:
            pieces = [Span(span.text)]
        else:
            start = span.text.index(body)
            rest = span.text[start + len(body) :]
            pieces = [Span(span.text[:start]), Span(body, weight), Span(rest)]
        yield from (piece for piece in pieces if piece.text)


def _bridges(kept: list[Span], weight: float) -> bool:
    return (
        len(kept) > 1
        and not kept[-1].text.strip()
        and kept[-1].weight == 1
        and kept[-2].weight == weight
    )


def _without_marks(parts: Parts) -> Parts:
    """The parts without the marks and white space at their end."""
    kept = list(parts)
    while kept:
        match kept.pop():
            case Words(text):
                if text := MARKS_AT_THE_END.sub("", text):
                    return (*kept, Words(text))
            case Weighted(inner, weight):
                if inner := _without_marks(inner):
                    return (*kept, Weighted(inner, weight))
            case changing:
                return (*kept, changing)
    return ()


def _rounded(weight: float) -> float:
    return round(weight, _DECIMALS)
