r"""The dialect of the library compel (its ``doc/syntax.md``).

``x+`` is 1.1 times as much, ``x-`` 0.9 times, each further sign again; ``(two words)+`` and
``(two words)1.3`` weigh more than one word; ``("a", "b").and()`` makes chunks and
``("a", "b").blend(1, 0.8)`` mixes; a backslash takes its meaning from a bracket or a quotation
mark. compel refuses brackets that do not match; here they are text.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from fabula.prompting.weights.tree import (
    STRONGER,
    Alternating,
    Clause,
    Joined,
    Part,
    Parts,
    Prompt,
    Rendered,
    Scheduled,
    Span,
    Weighted,
    Words,
    escaped,
    number,
    spans,
    walk,
)

_WEAKER = 0.9
_STRONGEST = 2.0
_MARKS = '()"'
_NUMBER = r"-?(?:\d+\.?\d*|\.\d+)"
_FACTOR = re.compile(rf"\++|-+|{_NUMBER}")
_SIGNS = re.compile(r"(\++|-+)(?=[\s,.()\"]|$)")
_SIGNED_WORD = re.compile(r"(?<=[^\s,.()\"+-])(?=(?:\++|-+)(?:[\s,.()\"]|$))")
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_SEVERAL = re.compile(
    rf"\s*\(\s*({_QUOTED}(?:\s*,\s*{_QUOTED})*)\s*\)\s*\.(and|blend)\(([^()]*)\)\s*"
)

_COMPOSED = "Prompts that steer side by side are read one after the other here."
_CHANGING = "Words that change on the way are fixed here to those that stay longest."
_TOO_STRONG = f"Weights go from 0 to {_STRONGEST:g} here, and one beyond was brought back."
_SIGNED = "A word that ends in + or - would be weighted here, so its signs stand apart."


def parse(text: str) -> Prompt:
    """Read a prompt. Every text is one."""
    several = _SEVERAL.fullmatch(text)
    if several is None:
        return Prompt((Clause(_read(text)),))
    texts = [quoted[1:-1] for quoted in re.findall(_QUOTED, several[1])]
    weights = [float(weight) for weight in re.findall(_NUMBER, several[3])]
    if len(weights) != len(texts):
        weights = [1.0] * len(texts)
    joined: Joined = "blended" if several[2] == "blend" else "chunks"
    clauses = tuple(Clause(_read(said), each) for said, each in zip(texts, weights, strict=True))
    return Prompt(clauses, joined, "no_normalize" not in several[3])


def render(prompt: Prompt) -> Rendered:
    """Write a prompt."""
    said = [spans(clause.parts) for clause in prompt.clauses]
    texts = [_written(listed) for listed in said]
    weights = [clause.weight for clause in prompt.clauses]
    options = [number(weight) for weight in weights] if set(weights) != {1.0} else []
    losses = tuple(_losses(prompt, [span for listed in said for span in listed]))
    if len(texts) == 1 and not options:
        return Rendered(texts[0], losses)
    verb = "blend" if prompt.joined == "blended" else "and"
    if verb == "blend" and not prompt.normalized:
        options.append("no_normalize")
    quoted = ", ".join(f'"{text}"' for text in texts)
    return Rendered(f"({quoted}).{verb}({', '.join(options)})", losses)


def _losses(prompt: Prompt, said: Iterable[Span]) -> Iterator[str]:
    listed = list(said)
    if prompt.joined == "composed":
        yield _COMPOSED
    if any(
        isinstance(part, Scheduled | Alternating)
        for clause in prompt.clauses
        for part in walk(clause.parts)
    ):
        yield _CHANGING
    if any(span.weight != _clamped(span.weight) for span in listed):
        yield _TOO_STRONG
    if any(_SIGNED_WORD.search(span.text) for span in listed):
        yield _SIGNED


def _written(said: Iterable[Span]) -> str:
    written = ""
    for span in said:
        text = escaped(_SIGNED_WORD.sub(" ", span.text), _MARKS)
        if span.weight != 1:
            written += f"({text}){_decimal(_clamped(span.weight))}"
        else:
            runs_on = written and written[-1].isdigit() and text[:1].isdigit()
            written += f" {text}" if runs_on else text
    return written


def _decimal(weight: float) -> str:
    """With a point, so that a full stop after it is none of the number."""
    text = number(weight)
    return text if "." in text else f"{text}.0"


def _clamped(weight: float) -> float:
    return min(max(weight, 0.0), _STRONGEST)


def _read(text: str) -> Parts:
    return _Reader(text).inside("")[0]


@dataclass(slots=True)
class _Row:
    """Parts under construction: text is gathered, and the word at its end may still get signs."""

    parts: list[Part] = field(default_factory=list)
    text: str = ""
    word: int = 0

    def say(self, letter: str, *, ends_word: bool) -> None:
        self.text += letter
        if ends_word:
            self.word = len(self.text)

    def weigh_word(self, signs: str) -> None:
        """Signs without a word before them are text."""
        word = self.text[self.word :]
        if not word:
            self.text += signs
            return
        self.text = self.text[: self.word]
        self.add((Weighted((Words(word),), _power(signs)),))

    def add(self, parts: Parts) -> None:
        self.parts = [*self.done(), *parts]
        self.text, self.word = "", 0

    def done(self) -> Parts:
        return (*self.parts, Words(self.text)) if self.text else tuple(self.parts)


@dataclass(slots=True)
class _Reader:
    """A recursive descent over one prompt."""

    text: str
    place: int = 0

    def inside(self, closing: str) -> tuple[Parts, bool]:
        """Parts up to a closing mark, and whether it was there."""
        row = _Row()
        while self.place < len(self.text):
            letter = self.text[self.place]
            self.place += 1
            if letter == closing:
                return row.done(), True
            if letter == "\\" and self._next() in {*_MARKS, "\\"}:
                row.say(self._next(), ends_word=False)
                self.place += 1
            elif letter in '("':
                self._group(row, ")" if letter == "(" else letter)
            elif signs := _SIGNS.match(self.text, self.place - 1):
                self.place = signs.end()
                row.weigh_word(signs[1])
            else:
                row.say(letter, ends_word=letter.isspace() or letter in ',.()"')
        return row.done(), False

    def _next(self) -> str:
        return self.text[self.place : self.place + 1]

    def _group(self, row: _Row, closing: str) -> None:
        """What stands in brackets or quotation marks, with the weight that follows it."""
        start = self.place
        parts, closed = self.inside(closing)
        if not closed:
            self.place = start
            row.say(self.text[start - 1], ends_word=True)
            return
        factor = _FACTOR.match(self.text, self.place)
        if factor is None:
            row.add(parts)
            return
        self.place = factor.end()
        signs = factor[0][0] in "+-" and not factor[0].strip("+-")
        row.add((Weighted(parts, _power(factor[0]) if signs else float(factor[0])),))


def _power(signs: str) -> float:
    return float((STRONGER if signs[0] == "+" else _WEAKER) ** len(signs))
