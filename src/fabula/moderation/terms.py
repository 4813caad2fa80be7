"""The vocabulary of the content policy, and finding it in a text."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Flag, auto
from functools import lru_cache
from importlib import resources
from itertools import product

from fabula.moderation.normalisation import Lattice, lattice, plain, words_of

ADULT_AGE = 18
_CHOICE = re.compile(r"\{([^}]*)\}")


class Sign(Flag):
    """What a text holds; ``terms.toml`` says which words show it."""

    NOTHING = 0
    EXPLICIT = auto()
    SUGGESTIVE = auto()
    SCANT = auto()
    UNDRESSING = auto()
    YOUNG = auto()
    REAL_PERSON = auto()
    VIOLATION = auto()
    COERCION = auto()
    CLOTHING = auto()
    MATURITY = auto()
    INNOCENT = auto()


@dataclass(slots=True)
class _Branch:
    """Phrases by their next word; ``sign`` is what the phrase that ends here shows."""

    sign: Sign = Sign.NOTHING
    further: dict[str, "_Branch"] = field(default_factory=dict)


def signs_in(text: str) -> Sign:
    """What a text holds, however it is spelled."""
    phrases, known, young_age = _vocabulary()
    read = lattice(text, known)
    found = Sign.NOTHING
    places: list[tuple[int, int, Sign]] = []
    excused: set[int] = set()
    for node, edges in enumerate(read.edges):
        for word, following in edges:
            branch = phrases.further.get(word)
            if branch is None:
                continue
            for end, sign in _ends(read, following, branch):
                place = read.start(node), read.stop(end)
                if sign is Sign.INNOCENT:
                    excused.update(range(*place))
                else:
                    places.append((*place, sign))
    for first, last, sign in places:
        if not excused.issuperset(range(first, last)):
            found |= sign
    if young_age.search(plain(text)) or young_age.search(" ".join(read.words)):
        found |= Sign.YOUNG
    return found


def _ends(read: Lattice, node: int, branch: _Branch) -> Iterator[tuple[int, Sign]]:
    """The nodes behind the phrases that go on with a branch, along every path that reads them."""
    for single in branch.sign:
        yield node, single
    if branch.further:
        for word, following in read.edges[node]:
            if word in branch.further:
                yield from _ends(read, following, branch.further[word])


@lru_cache
def _vocabulary() -> tuple[_Branch, frozenset[str], re.Pattern[str]]:
    """All phrases, all words in them, and the pattern of ages."""
    file = resources.files("fabula.moderation").joinpath("terms.toml")
    raw = tomllib.loads(file.read_text(encoding="utf-8"))
    root, known = _Branch(), set[str]()
    for name, listed in raw["terms"].items():
        for phrase in _phrases(listed):
            for last in (phrase[-1], f"{phrase[-1]}s"):
                _grow(root, (*phrase[:-1], last), Sign[name.upper()])
                known.update((*phrase, last))
    return root, frozenset(known), _young_ages(raw["ages"])


def _grow(root: _Branch, phrase: tuple[str, ...], sign: Sign) -> None:
    branch = root
    for word in phrase:
        branch = branch.further.setdefault(word, _Branch())
    branch.sign |= sign


def _phrases(listed: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """``{a|b}`` in a phrase stands for either."""
    for pattern in listed:
        parts = _CHOICE.split(pattern)
        for chosen in product(*(part.split("|") for part in parts)):
            yield tuple(words_of(plain("".join(chosen))))


def _young_ages(names: Iterable[str]) -> re.Pattern[str]:
    """Ages below eighteen, in numbers and in words."""
    age = rf"(?:0?\d|1[0-{ADULT_AGE - 11}]|{'|'.join(names)})"
    years = r"(?:(?:years?|yrs?|y)[\s./-]*(?:olds?|o|young)|yo)\b"
    stated = r"\b(?:aged?|age of|turn(?:s|ed|ing)|only|just)[\s:]*"
    no_count = (
        r"(?![\w%]|[.,:]\d)(?![\s-]*(?:people|persons?|adults?|of|x|minutes?|hours?|days?|weeks?|"
        r"cm|mm|km|m|kg|percent)\b)"
    )
    below = rf"\b(?:under|below|almost|nearly|not yet|younger than|less than)[\s:]*(?:{ADULT_AGE}|"
    below += r"eighteen)\b(?!\s*(?:cm|mm|km|kg|m|percent|degrees|minutes|hours)\b)"
    forms = (
        rf"(?<![\w.]){age}[\s-]*{years}",
        rf"{stated}{age}{no_count}",
        rf"(?<![\w.]){age}[fm]\b",
        below,
    )
    return re.compile("|".join(forms))
