"""Text chunks of PNG files (PNG specification, 11.3.3), read and written beside the pixels.

Text that Latin-1 can hold goes into ``tEXt``, which every reader knows, other text into ``iTXt``.
"""

import struct
import zlib
from collections.abc import Iterator, Mapping

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MAX_TEXT = 4 * 1024 * 1024
_MAX_TEXTS = 64
_KINDS = {b"tEXt", b"zTXt", b"iTXt"}


def read_texts(data: bytes) -> dict[str, str]:
    """The texts of a PNG by keyword; none for other files.

    Damaged chunks and those of more than 4 MiB of text are passed over. The first of a keyword
    counts.
    """
    texts: dict[str, str] = {}
    for kind, payload in _chunks(data):
        if kind in _KINDS and len(texts) < _MAX_TEXTS and (found := _decoded(kind, payload)):
            texts.setdefault(*found)
    return texts


def with_texts(data: bytes, texts: Mapping[str, str]) -> bytes:
    """The same PNG with ``texts`` behind its header, in their order, replacing equal keywords.

    A character that PNG text cannot hold (NUL, half a surrogate pair) becomes U+FFFD. Write texts
    before a C2PA signature: it covers them. Raises ``ValueError`` for other files and for keywords
    that are not 1 to 79 printable Latin-1 characters.
    """
    kept = [
        _chunk(kind, payload)
        for kind, payload in _chunks(data)
        if kind not in _KINDS or _keyword(payload) not in texts
    ]
    if not kept:
        raise ValueError("This is not a PNG file.")
    written = [_text_chunk(keyword, text) for keyword, text in texts.items()]
    return b"".join([SIGNATURE, kept[0], *written, *kept[1:]])


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and payload of each whole chunk."""
    position = len(SIGNATURE) if data.startswith(SIGNATURE) else len(data)
    while position + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        end = position + 12 + length
        if end > len(data):
            return
        yield kind, data[position + 8 : end - 4]
        position = end


def _chunk(kind: bytes, payload: bytes) -> bytes:
    checksum = zlib.crc32(payload, zlib.crc32(kind))
    return struct.pack(">I4s", len(payload), kind) + payload + struct.pack(">I", checksum)


def _text_chunk(keyword: str, text: str) -> bytes:
    clean = (
        text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    )
    name = keyword.encode("latin-1", "replace")
    if (
        not 1 <= len(keyword) <= 79
        or not keyword.isprintable()
        or name.decode("latin-1") != keyword
    ):
        raise ValueError(f"{keyword!r} is not a keyword.")
    try:
        return _chunk(b"tEXt", name + b"\0" + clean.encode("latin-1"))
    except UnicodeEncodeError:
        # No compression, no language, no translated keyword.
        return _chunk(b"iTXt", name + b"\0\0\0\0\0" + clean.encode())


def _keyword(payload: bytes) -> str:
    return payload.partition(b"\0")[0].decode("latin-1")


def _decoded(kind: bytes, payload: bytes) -> tuple[str, str] | None:
    keyword, _, rest = payload.partition(b"\0")
    body: bytes | None = rest
    if kind == b"zTXt":
        body = _inflated(rest[1:])
    elif kind == b"iTXt":
        _, _, text = rest[2:].partition(b"\0")
        _, _, text = text.partition(b"\0")
        body = _inflated(text) if rest[:1] == b"\1" else text
    if body is None or len(body) > _MAX_TEXT:
        return None
    encoding = "utf-8" if kind == b"iTXt" else "latin-1"
    return keyword.decode("latin-1"), body.decode(encoding, "replace")


def _inflated(data: bytes) -> bytes | None:
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(data, _MAX_TEXT)
    except zlib.error:
        return None
    return text if inflater.eof else None
