"""The line of ``Key: value`` pairs that ends an infotext of the A1111 web UI.

The form is that of its ``modules/infotext_utils.py`` and ``create_infotext`` of
``modules/processing.py``.
"""

import json
import re
from collections.abc import Iterator, Mapping

_PAIR = re.compile(r'\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)')
_KEY = re.compile(r"\w[\w \-/]+")
# Where no pair begins, none begins within the same run of key characters either: skipping all of
# it keeps reading a hostile line linear, with the same pairs as ``findall``.
_NO_PAIR = re.compile(r"\s++|\w[\w \-/]*+|.", re.DOTALL)
MIN_PAIRS = 3

_FIRST = (
    "Steps", "Sampler", "Schedule type", "CFG scale", "Image CFG scale", "Seed",
    "Face restoration", "Size", "Model hash", "Model", "VAE hash", "VAE", "Variation seed",
    "Variation seed strength", "Seed resize from", "Denoising strength",
    "Conditional mask weight", "Clip skip", "ENSD", "Token merging ratio",
    "Token merging ratio hr", "Init image hash", "RNG", "NGMS", "Tiling",
)  # fmt: skip
_LAST = ("Version", "User")


def write_line(pairs: Mapping[str, str]) -> str:
    """The pairs in A1111's order, those it does not know before the version.

    A value equal to its key is written bare. Raises ``ValueError`` for keys that cannot be read
    again, and for fewer than three pairs: every reader takes such a line for prompt.
    """
    for key in pairs:
        if not _KEY.fullmatch(key) or key != key.strip():
            raise ValueError(f"{key!r} is not a key of an infotext.")
    line = ", ".join(_written(key, pairs[key]) for key in _in_order(pairs))
    if len(list(_matches(line))) < MIN_PAIRS:
        raise ValueError("An infotext needs at least three values.")
    return line


def read_line(line: str) -> dict[str, str] | None:
    """The pairs, or None if the line belongs to the prompt. Bare words count as their own value."""
    found = list(_matches(line))
    if len(found) < MIN_PAIRS:
        return None
    pairs: dict[str, str] = {}
    end = 0
    for match in found:
        pairs.update(_bare(line[end : match.start()]))
        pairs[match[1].strip()] = _unquoted(match[2].strip())
        end = match.end()
    pairs.update(_bare(line[end:]))
    return pairs


def _in_order(pairs: Mapping[str, str]) -> list[str]:
    others = [key for key in pairs if key not in _FIRST and key not in _LAST]
    return [key for key in (*_FIRST, *others, *_LAST) if key in pairs]


def _written(key: str, value: str) -> str:
    return key if key == value else f"{key}: {_quoted(value)}"


def _quoted(value: str) -> str:
    """A1111 quotes for comma, colon and line break. A quotation mark or a space at an end would
    not come back either, and its reader takes any JSON text."""
    if any(mark in value for mark in ',:\n"') or value != value.strip():
        return json.dumps(value, ensure_ascii=False)
    return value


def _unquoted(text: str) -> str:
    if len(text) < 2 or text[0] != '"' or text[-1] != '"':
        return text
    try:
        return str(json.loads(text))
    except ValueError:
        return text


def _matches(line: str) -> Iterator[re.Match[str]]:
    position = 0
    while position < len(line):
        if match := _PAIR.match(line, position):
            yield match
        step = match or _NO_PAIR.match(line, position)
        position = step.end() if step else len(line)


def _bare(gap: str) -> dict[str, str]:
    words = (word.strip() for word in gap.split(","))
    return {word: word for word in words if _KEY.fullmatch(word)}
