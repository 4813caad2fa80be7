"""The forms that a prompt may be written in, and reading and writing by their names."""

from typing import Literal

from fabula.prompting.weights import a1111, compel
from fabula.prompting.weights.tree import Clause, Prompt, Words, canonical, plain

Syntax = Literal["a1111", "compel", "plain"]
"""A dialect, or ``plain``: brackets and signs are text."""

DEFAULT_SYNTAX: Syntax = "a1111"


def read(text: str, syntax: Syntax) -> Prompt:
    """What a text says. Every text is a prompt."""
    match syntax:
        case "a1111":
            return a1111.parse(text)
        case "compel":
            return compel.parse(text)
        case "plain":
            return Prompt((Clause((Words(text),)),))


def write(prompt: Prompt, syntax: Syntax, *, near: str = "") -> str:
    """A text that says the same: ``near``, or the words alone, where that is so; else the dialect's
    own spelling. ``plain`` has no weights to write, so they are lost in it."""
    meant = canonical(prompt)
    for text in (near, plain(prompt)):
        if text and canonical(read(text, syntax)) == meant:
            return text
    match syntax:
        case "a1111":
            return a1111.render(prompt).text
        case "compel":
            return compel.render(prompt).text
        case "plain":
            return plain(prompt)


def able_to_weigh(syntax: Syntax) -> Syntax:
    """The syntax itself, or for ``plain`` the one that its words are written in once some of them
    weigh more."""
    return DEFAULT_SYNTAX if syntax == "plain" else syntax


def readings(text: str, syntax: Syntax) -> tuple[str, ...]:
    """The text and, where they differ, its words alone: notation may stand inside a word and hide
    it from whoever looks at the text only."""
    return tuple(dict.fromkeys((text, plain(read(text, syntax)))))
