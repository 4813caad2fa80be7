"""The type of a file from its first bytes; names and headers are never trusted."""

import re

SNIFF_BYTES = 4096
UNKNOWN = "application/octet-stream"

_STARTS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
# ISO/IEC 14496-12 boxes also carry HEIC, AVIF and QuickTime: the major brand tells them apart.
_MP4_BRANDS = frozenset(
    b"isom iso2 iso3 iso4 iso5 iso6 iso7 iso8 iso9 mp41 mp42 avc1 MSNV dash".split()
) | {b"M4V "}
# Possessive, so that a file full of comments costs no more than reading it.
_COMMENTS = rb"(?:<!--(?:(?!-->).)*+-->\s*+)*+"
_SVG = re.compile(
    rb"(?:\xef\xbb\xbf)?+\s*+(?:<\?xml[^>]*+>\s*+)?+"
    + _COMMENTS
    + rb"(?:<!DOCTYPE\s+svg[^>\[]*+>\s*+)?+"
    + _COMMENTS
    + rb"<svg[\s>/]",
    re.DOTALL | re.IGNORECASE,
)


def content_type_of(data: bytes) -> str | None:
    """The media type, or None for what the studio does not store.

    The first ``SNIFF_BYTES`` bytes are enough. SVG with its own entities is not taken.
    """
    for start, kind in _STARTS:
        if data.startswith(start):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp" and data[8:12] in _MP4_BRANDS:
        return "video/mp4"
    if _SVG.match(data[:SNIFF_BYTES]):
        return "image/svg+xml"
    return None
