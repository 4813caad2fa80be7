r"""Weighted text in the syntaxes of servers.

Words that only happen to hold brackets are escaped, so that no server reads weights into them.
"""

import re
from collections.abc import Callable

from fabula.engines.base import WeightedSpan, WeightedText

_KEYWORD = re.compile(r"\b(?:AND|BREAK)\b")


def a1111_text(words: str, weighted: WeightedText | None) -> str:
    r"""For A1111's ``prompt_parser``: ``(x:1.2)``, with ``\(``, ``\[`` and ``\\`` for signs that
    are meant as such. ``BREAK`` begins a chunk, ``AND`` composes texts that are to be mixed; in
    the words these are written small."""
    if weighted is None:
        return _a1111_words(words)
    texts = [_written(chunk.spans, _a1111_words) for chunk in weighted.chunks]
    if not weighted.blended:
        return " BREAK ".join(texts)
    shares = (_number(chunk.weight) for chunk in weighted.chunks)
    return " AND ".join(f"{text} :{share}" for text, share in zip(texts, shares, strict=True))


def comfyui_text(words: str, weighted: WeightedText | None) -> str:
    r"""For ComfyUI's text encoders: ``(x:1.2)``, with ``\(`` for brackets that are meant as such.
    It has no sign for chunks, so that they follow one another after a comma."""
    if weighted is None:
        return _comfyui_words(words)
    texts = (_written(chunk.spans, _comfyui_words) for chunk in weighted.chunks)
    return ", ".join(text.strip() for text in texts)


def _written(spans: tuple[WeightedSpan, ...], escaped: Callable[[str], str]) -> str:
    text = ""
    for span in spans:
        neutral = span.weight == 1 or not span.text.strip()
        # A backslash at the end of the words before would take the bracket's meaning.
        gap = " " if text.endswith("\\") and not neutral else ""
        words = escaped(span.text)
        text += words if neutral else f"{gap}({words}:{_number(span.weight)})"
    return text


def _a1111_words(words: str) -> str:
    small = _KEYWORD.sub(lambda word: word[0].lower(), words)
    return re.sub(r"[\\()\[\]]", r"\\\g<0>", small)


def _comfyui_words(words: str) -> str:
    return re.sub(r"[()]", r"\\\g<0>", words)


def _number(weight: float) -> str:
    """Up to four decimals, none that say nothing."""
    return f"{weight:.4f}".rstrip("0").rstrip(".")
