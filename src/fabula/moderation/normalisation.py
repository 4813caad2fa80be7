"""Every way in which a text may be meant to be read, in spite of spellings that hide a word:
accents, look-alikes, digits for letters, stretched and split words.

A text becomes a ``Lattice``: its plain words in a row, and beside them further words for what can
be read otherwise. Phrases are looked up along all of its paths, so that a hidden word counts
together with a plain one.
"""

import re
import unicodedata
from collections.abc import Container, Iterator
from dataclasses import dataclass, field

_LOOK_ALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u04bb\u043a\u043c\u0442"
    "\u03b1\u03b5\u03bf\u03c1\u03bd\u03b9\u03ba\u03c4\u03c5\u0131\u0142\u00f8\u0111\u0261\u0251",
    "aeopcyxijsdhkmtaeopviktuilodga",
)
_LEET = str.maketrans("013457@$!|", "oieastasii")
_LEET_L = str.maketrans("013457@$!|", "oleastasll")
_CHUNK = re.compile(r"\S+")
_WORD = re.compile(r"[^\W_]+")
_LEET_MARK = re.compile(r"[013457@$!|]")
_INNER_MARK = re.compile(r"(?<=[^\W_])[._*~+|/\\'\u2019\u00b7-]+(?=[^\W_])")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_ODD = re.compile(r"[013457@$!|]|[^\W_][^\w\s]+[^\W_]|_|([^\W\d_])\1\1")
_LETTER = re.compile(r"[^\W\d_]")
_SHORTEST_SPACED, _LONGEST_SPACED = 3, 16


def plain(text: str) -> str:
    """Compatibility forms resolved, small letters, no accents, no invisible characters."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", text).casefold()
    parts = unicodedata.normalize("NFD", folded)
    kept = (c for c in parts if unicodedata.category(c) not in {"Mn", "Cf", "Me"})
    return "".join(kept).translate(_LOOK_ALIKES)


def words_of(text: str) -> list[str]:
    """The words of a plain text, without marks between them."""
    return _WORD.findall(text)


@dataclass(slots=True)
class Lattice:
    """``words`` are the plain words; ``edges[n]`` the words that can be read at node n and the node
    behind each. Nodes up to ``len(words)`` stand before a plain word, further ones inside of a
    chunk that is read otherwise; ``spans`` gives the plain words around such a node."""

    words: list[str]
    edges: list[list[tuple[str, int]]]
    spans: dict[int, tuple[int, int]] = field(default_factory=dict)

    def start(self, node: int) -> int:
        """The plain word at or before a node."""
        return self.spans[node][0] if node in self.spans else node

    def stop(self, node: int) -> int:
        """One behind the last plain word that a phrase which ends at a node takes up."""
        return self.spans[node][1] if node in self.spans else node

    def add(self, first: int, last: int, words: list[str]) -> None:
        """Another reading of the plain words from one node to another."""
        if len(words) == last - first:
            for place, word in enumerate(words, first):
                if (word, place + 1) not in self.edges[place]:
                    self.edges[place].append((word, place + 1))
            return
        node = first
        for word in words[:-1]:
            self.edges.append([])
            following = len(self.edges) - 1
            self.spans[following] = (first, last)
            self.edges[node].append((word, following))
            node = following
        self.edges[node].append((words[-1], last))


def lattice(text: str, known: Container[str]) -> Lattice:
    """All readings of a text. Letters that stand apart are joined to ``known`` words only, since a
    run of them can be cut into words in a great many ways."""
    base = plain(text)
    chunks = [(chunk, words_of(chunk)) for chunk in _CHUNK.findall(base)]
    words = [word for _, found in chunks for word in found]
    edges = [[(word, place)] for place, word in enumerate(words, 1)]
    made = Lattice(words, [*edges, []])
    place = 0
    for chunk, found in chunks:
        if found and _ODD.search(chunk):
            for reading in _readings(chunk, found):
                made.add(place, place + len(found), reading)
        place += len(found)
    for first, last in _single_letters(words):
        _join_letters(made, first, last, known)
    return made


def _readings(chunk: str, plainly: list[str]) -> Iterator[list[str]]:
    """Other words of a chunk without spaces: digits and marks as letters, marks inside of words
    taken out, stretched letters once or twice."""
    seen = {tuple(plainly)}
    spelled = {chunk}
    if _LETTER.search(chunk) and _LEET_MARK.search(chunk):
        spelled |= {chunk.translate(_LEET), chunk.translate(_LEET_L)}
    for variant in spelled:
        for joined in {variant, _INNER_MARK.sub("", variant)}:
            for shape in {joined, _STRETCHED.sub(r"\1", joined), _STRETCHED.sub(r"\1\1", joined)}:
                words = words_of(shape)
                if words and tuple(words) not in seen:
                    seen.add(tuple(words))
                    yield words


def _single_letters(words: list[str]) -> Iterator[tuple[int, int]]:
    """Runs of words of one letter or digit, as first and one behind the last."""
    first = 0
    for place, word in enumerate([*words, ""]):
        if len(word) != 1:
            if place - first >= _SHORTEST_SPACED:
                yield first, place
            first = place + 1


def _join_letters(made: Lattice, first: int, last: int, known: Container[str]) -> None:
    """Letters that stand apart, as words: those around them may be words of their own."""
    run = "".join(made.words[first:last])
    for spelled in {run, run.translate(_LEET), run.translate(_LEET_L)}:
        for start in range(len(run) - _SHORTEST_SPACED + 1):
            most = min(len(run), start + _LONGEST_SPACED)
            for stop in range(start + _SHORTEST_SPACED, most + 1):
                if spelled[start:stop] in known:
                    made.edges[first + start].append((spelled[start:stop], first + stop))
