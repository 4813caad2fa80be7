"""What changed between two texts, line by line and word by word within a changed line."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["same", "removed", "added"]
_PIECES = re.compile(r"\s+|\w+|[^\w\s]")
_ALIKE = 0.4


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a line; ``changed`` where the other side has something else."""

    text: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Line:
    """``old`` and ``new`` are line numbers from 1, None on the side where the line is not."""

    kind: Kind
    old: int | None
    new: int | None
    pieces: tuple[Piece, ...]


def diff(old: str, new: str) -> list[Line]:
    """The lines of both texts in order."""
    before, after = old.splitlines(), new.splitlines()
    lines: list[Line] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            pairs = zip(range(i1, i2), range(j1, j2), strict=True)
            lines += [Line("same", i + 1, j + 1, (Piece(before[i], False),)) for i, j in pairs]
        else:
            lines += _changed(before, after, range(i1, i2), range(j1, j2))
    return lines


def _changed(
    before: Sequence[str], after: Sequence[str], gone: range, came: range
) -> Iterator[Line]:
    """Removed lines, then added ones; those at the same place are compared by the word."""
    pieces = [_pieces(before[i], after[j]) for i, j in zip(gone, came, strict=False)]
    for place, i in enumerate(gone):
        mine = pieces[place][0] if place < len(pieces) else (Piece(before[i], True),)
        yield Line("removed", i + 1, None, mine)
    for place, j in enumerate(came):
        mine = pieces[place][1] if place < len(pieces) else (Piece(after[j], True),)
        yield Line("added", None, j + 1, mine)


def _pieces(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both lines in runs; whole where they have too little in common to be compared."""
    left, right = _PIECES.findall(old), _PIECES.findall(new)
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return (Piece(old, True),), (Piece(new, True),)
    mine: list[Piece] = []
    theirs: list[Piece] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        for side, words in ((mine, left[i1:i2]), (theirs, right[j1:j2])):
            if words:
                side.append(Piece("".join(words), tag != "equal"))
    return tuple(mine), tuple(theirs)
