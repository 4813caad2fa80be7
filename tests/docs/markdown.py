"""Reading Markdown: its blocks, headings and links."""

import re

_FENCE = re.compile(r"^```(?P<kind>\w*)\n(?P<code>.*?)^```$", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def blocks(text: str, kind: str) -> list[str]:
    """The code of every fenced block of a kind."""
    return [found["code"] for found in _FENCE.finditer(text) if found["kind"] == kind]


def without_blocks(text: str) -> str:
    return _FENCE.sub("", text)


def headings(text: str) -> list[str]:
    return _HEADING.findall(without_blocks(text))


def links(text: str) -> list[str]:
    """Where its links and pictures point."""
    return _LINK.findall(without_blocks(text))


def anchors(text: str) -> set[str]:
    """The anchors of its headings: small letters, dashes for spaces, no other signs."""
    plain = (re.sub(r"[`*]", "", heading).strip().lower() for heading in headings(text))
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in plain}
