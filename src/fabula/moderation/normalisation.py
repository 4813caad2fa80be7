"""Undoing the spellings that hide a word: accents, look-alikes, digits for letters, split words."""

import re
import unicodedata
from collections.abc import Iterator

_LOOK_ALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u03b1\u03b5\u03bf\u03c1\u03bd\u03b9\u03ba",
    "aeopcyxijsaeopvik",
)
_LEET = str.maketrans("013457@$!|", "oieastasil")
_LEET_L = str.maketrans("013457@$!|", "oleastasll")
_HAS_LEET = re.compile(r"(?=\S*[^\W\d_])\S*[013457@$!|]\S*")
_INNER_MARK = re.compile(r"(?<=[^\W\d_])[._*~+|/\\'-]+(?=[^\W\d_])")
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W_][\W_]+){2,}[^\W_](?![^\W_])")
_SPACED_WORD = re.compile(r"(?<![^\W_])(?:[^\W_](?:[^\w,;]|_){1,3}){2,}[^\W_](?![^\W_])")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_WORD = re.compile(r"[^\W_]+")


def plain(text: str) -> str:
    """Compatibility forms resolved, small letters, no accents, no invisible characters."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    parts = unicodedata.normalize("NFD", folded)
    kept = (c for c in parts if unicodedata.category(c) not in {"Mn", "Cf", "Me"})
    return "".join(kept).translate(_LOOK_ALIKES)


def words_of(text: str) -> list[str]:
    """The words of a plain text, without marks between them."""
    return _WORD.findall(text)


def readings(text: str) -> Iterator[list[str]]:
    """The words of a text in every way in which it may be meant to be read, the plain one first.

    Each reading is a list of words without marks.
    """
    base = plain(text)
    seen: set[str] = set()
    for variant in _variants(base):
        for shape in (variant, _STRETCHED.sub(r"\1", variant), _STRETCHED.sub(r"\1\1", variant)):
            words = words_of(shape)
            name = " ".join(words)
            if name and name not in seen:
                seen.add(name)
                yield words


def _variants(base: str) -> Iterator[str]:
    """As it stands; with digits and marks for letters; with marks inside words taken out; with
    letters that stand apart joined."""
    for text in (
        base,
        _HAS_LEET.sub(lambda found: found.group().translate(_LEET), base),
        _HAS_LEET.sub(lambda found: found.group().translate(_LEET_L), base),
    ):
        yield text
        joined = _INNER_MARK.sub("", text)
        yield joined
        for spaced in (_SPACED, _SPACED_WORD):
            yield spaced.sub(_together, text)
            yield spaced.sub(_together, joined)


def _together(found: re.Match[str]) -> str:
    """Letters that stand apart as one word; the first or last may be a word of its own."""
    word = re.sub(r"[\W_]+", "", found.group())
    return f"{word} {word[1:]} {word[:-1]}"
