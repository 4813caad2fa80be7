"""The words of ``lexicon.toml``, ready to be searched for and to be added."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

_WORD = re.compile(r"[\w']+")
_LONGEST = 4


@dataclass(frozen=True, slots=True)
class Addition:
    """Words for a slot, with the groups that it needs, excludes and brings."""

    slot: str
    words: str
    sentence: str
    needs: frozenset[str]
    never: frozenset[str]
    gives: frozenset[str]

    def suits(self, context: frozenset[str]) -> bool:
        return not (self.never & context) and (not self.needs or bool(self.needs & context))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """``said`` gives (slot, group) by phrase; ``rivals`` the groups that a group excludes."""

    said: Mapping[str, tuple[tuple[str, str], ...]]
    implied: Mapping[str, frozenset[str]]
    rivals: Mapping[str, frozenset[str]]
    additions: tuple[Addition, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says: its filled slots, its context of groups, implied ones included, and the
    words by which it says so."""

    slots: frozenset[str]
    groups: frozenset[str]
    context: frozenset[str]
    words: frozenset[str]

    def contradicts(self, other: "Reading") -> bool:
        """Whether the other text says something that excludes what this one says."""
        rivals = lexicon().rivals
        return any(rivals.get(group, frozenset()) & other.context for group in self.context)


@lru_cache
def lexicon() -> Lexicon:
    """The lexicon, read once a process."""
    file = resources.files("fabula.prompting").joinpath("lexicon.toml")
    raw = tomllib.loads(file.read_text(encoding="utf-8"))
    said: dict[str, list[tuple[str, str]]] = {}
    for slot, groups in raw["said"].items():
        for group, phrases in groups.items():
            for phrase in phrases:
                said.setdefault(" ".join(words_of(phrase)), []).append((slot, group))
    rivals: dict[str, frozenset[str]] = {}
    for groups in raw["exclusive"].values():
        for group in groups:
            rivals[group] = frozenset(groups) - {group}
    return Lexicon(
        said={phrase: tuple(dict.fromkeys(places)) for phrase, places in said.items()},
        implied={group: frozenset(more) for group, more in raw["implied"].items()},
        rivals=rivals,
        additions=tuple(_addition(entry) for entry in raw["addition"]),
    )


def _addition(entry: dict[str, object]) -> Addition:
    words = str(entry["words"])
    groups = {name: entry.get(name, []) for name in ("needs", "never", "gives")}
    sets = {name: frozenset(map(str, g)) for name, g in groups.items() if isinstance(g, list)}
    return Addition(str(entry["slot"]), words, str(entry.get("sentence", words)), **sets)


def words_of(text: str) -> list[str]:
    """The words of a text in small letters; hyphens split them, apostrophes do not."""
    lowered = text.lower().replace("\u2019", "'").replace("-", " ")
    return _WORD.findall(lowered)


def read(text: str) -> Reading:
    """Find what a text says. Longer phrases are looked for first, and a word counts once."""
    known = lexicon()
    words = words_of(text)
    found: set[tuple[str, str]] = set()
    used: set[str] = set()
    place = 0
    while place < len(words):
        for length in range(min(_LONGEST, len(words) - place), 0, -1):
            hits = known.said.get(" ".join(words[place : place + length]))
            if hits:
                found.update(hits)
                used.update(words[place : place + length])
                place += length
                break
        else:
            place += 1
    groups = frozenset(group for _, group in found)
    slots = frozenset(slot for slot, _ in found)
    return Reading(slots, groups, with_implied(groups), frozenset(used))


def with_implied(groups: frozenset[str]) -> frozenset[str]:
    """Groups with those that follow from them."""
    implied = lexicon().implied
    return groups.union(*(implied.get(group, frozenset()) for group in groups))
