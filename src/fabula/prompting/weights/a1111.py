r"""The dialect of A1111's web interface and of those that follow it.

``(x)`` is 1.1 times as much, ``[x]`` that much less, ``(x:1.3)`` exactly so; ``[a:b:0.25]`` changes
on the way, ``[a|b]`` alternates; ``BREAK`` starts a chunk, ``a AND b:0.5`` composes; a backslash
takes its meaning from a bracket. As there, a bracket that is never closed counts to the end, and
one that was never opened is text. Inside a composed prompt ``BREAK`` is read as a comma.
"""

import re
from dataclasses import dataclass

from fabula.prompting.weights.tree import (
    STRONGER,
    Alternating,
    Clause,
    Part,
    Parts,
    Prompt,
    Rendered,
    Scheduled,
    Weighted,
    Words,
    escaped,
    number,
    walk,
)

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)"
_EXACT = re.compile(rf"\s*({_NUMBER})\s*\)")
_WHEN = re.compile(rf"\s*({_NUMBER})\s*")
_AND = re.compile(r"\s*\bAND\b\s*")
_BREAK = re.compile(r"\s*\bBREAK\b\s*")
_KEYWORD = re.compile(r"\b(?:AND|BREAK)\b")
_CLAUSE_WEIGHT = re.compile(rf"\s*:\s*({_NUMBER})\s*$")
_BRACKETS = "()[]"

_BLENDED = "Prompts that are mixed into one meaning steer the picture side by side here."
_KEYWORDS = "The words AND and BREAK have a meaning of their own here, so they are small letters."


def parse(text: str) -> Prompt:
    """Read a prompt. Every text is one."""
    composed = _AND.split(text)
    if len(composed) > 1:
        return Prompt(tuple(_clause(part) for part in composed), "composed")
    return Prompt(tuple(Clause(_read(chunk)) for chunk in _BREAK.split(text)))


def render(prompt: Prompt) -> Rendered:
    """Write a prompt."""
    losses = []
    if prompt.joined == "blended":
        losses.append(_BLENDED)
    if any(_says_keyword(clause.parts) for clause in prompt.clauses):
        losses.append(_KEYWORDS)
    if prompt.joined == "chunks":
        text = " BREAK ".join(_written(clause.parts) for clause in prompt.clauses)
    else:
        text = " AND ".join(_composed(clause) for clause in prompt.clauses)
    return Rendered(text, tuple(losses))


def _clause(text: str) -> Clause:
    found = _CLAUSE_WEIGHT.search(text)
    body = text[: found.start()] if found else text
    return Clause(_read(_BREAK.sub(", ", body)), float(found[1]) if found else 1.0)


def _read(text: str) -> Parts:
    return _Reader(text).inside("").joined()


@dataclass(frozen=True, slots=True)
class _Inside:
    """What stands in a pair of brackets: fields, the marks between them, how it ended."""

    fields: tuple[Parts, ...]
    marks: tuple[str, ...] = ()
    closed: bool = False
    weight: float | None = None

    def joined(self) -> Parts:
        """All of it, the marks taken as text."""
        parts = list(self.fields[0])
        for mark, field in zip(self.marks, self.fields[1:], strict=True):
            parts += [Words(mark), *field]
        return tuple(parts)

    def options(self) -> tuple[Parts, ...]:
        """The fields between bars; colons are text."""
        groups: list[list[Part]] = [list(self.fields[0])]
        for mark, field in zip(self.marks, self.fields[1:], strict=True):
            if mark == "|":
                groups.append(list(field))
            else:
                groups[-1] += [Words(mark), *field]
        return tuple(tuple(group) for group in groups)


@dataclass(slots=True)
class _Reader:
    """A recursive descent over one clause."""

    text: str
    place: int = 0

    def inside(self, closing: str) -> _Inside:
        """Everything up to a closing bracket or, where it is missing, to the end."""
        fields: list[list[Part]] = [[]]
        marks: list[str] = []
        while self.place < len(self.text):
            letter = self.text[self.place]
            self.place += 1
            if letter == closing:
                return _Inside(_fixed(fields), tuple(marks), closed=True)
            if closing == ")" and letter == ":" and (exact := self._match(_EXACT)):
                return _Inside(_fixed(fields), closed=True, weight=float(exact[1]))
            if closing == "]" and letter in ":|":
                marks.append(letter)
                fields.append([])
            elif letter == "(":
                fields[-1].append(self._round())
            elif letter == "[":
                fields[-1].append(self._square())
            else:
                fields[-1].append(Words(self._literal(letter)))
        return _Inside(_fixed(fields), tuple(marks))

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.place)
        if found:
            self.place = found.end()
        return found

    def _literal(self, letter: str) -> str:
        following = self.text[self.place : self.place + 1]
        if letter == "\\" and following and following in _BRACKETS + "\\":
            self.place += 1
            return following
        return letter

    def _round(self) -> Part:
        found = self.inside(")")
        return Weighted(found.joined(), STRONGER if found.weight is None else found.weight)

    def _square(self) -> Part:
        found = self.inside("]")
        if found.closed and "|" in found.marks:
            return Alternating(found.options())
        if found.closed and len(found.marks) in {1, 2} and (when := _when(found.fields[-1])):
            before, after = ((), *found.fields[:-1])[-2:]
            return Scheduled(before, after, when)
        return Weighted(found.joined(), 1 / STRONGER)


def _when(parts: Parts) -> float | None:
    """The step at which a schedule changes."""
    text = "".join(part.text for part in parts if isinstance(part, Words))
    found = _WHEN.fullmatch(text)
    return float(found[1]) if found and all(isinstance(part, Words) for part in parts) else None


def _fixed(fields: list[list[Part]]) -> tuple[Parts, ...]:
    """The fields, neighbouring words as one."""
    return tuple(_run_together(field) for field in fields)


def _run_together(parts: list[Part]) -> Parts:
    kept: list[Part] = []
    for part in parts:
        if kept and isinstance(part, Words) and isinstance(kept[-1], Words):
            kept[-1] = Words(kept[-1].text + part.text)
        else:
            kept.append(part)
    return tuple(kept)


def _written(parts: Parts) -> str:
    return "".join(_part(part) for part in parts)


def _part(part: Part) -> str:
    match part:
        case Words(text):
            return escaped(_KEYWORD.sub(lambda word: word[0].lower(), text), _BRACKETS)
        case Weighted((Weighted(parts, own),), weight):
            return _part(Weighted(parts, own * weight))
        case Weighted(parts, weight):
            return f"({_written(parts)}:{number(weight)})"
        case Scheduled(before, after, at):
            return f"[{_written(before)}:{_written(after)}:{number(at)}]"
        case Alternating(options):
            return f"[{'|'.join(_written(option) for option in options)}]"


def _composed(clause: Clause) -> str:
    text = _written(clause.parts)
    return text if clause.weight == 1 else f"{text} :{number(clause.weight)}"


def _says_keyword(parts: Parts) -> bool:
    return any(isinstance(part, Words) and _KEYWORD.search(part.text) for part in walk(parts))
