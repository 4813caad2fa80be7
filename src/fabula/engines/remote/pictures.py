"""Pictures on their way to and from servers, which are believed nothing."""

import base64
import binascii
import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from PIL import Image

from fabula.engines.base import Pixels
from fabula.engines.remote.client import MAX_FILE_BYTES, Client, ServerError

MAX_PIXELS = 64_000_000
PREVIEW_SIDE = 192
MAX_PREVIEW_BYTES = 64_000
_FORMATS = ("PNG", "JPEG", "WEBP")
# What Pillow's readers raise for damaged files.
_DAMAGE = (
    OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, OverflowError,
    struct.error, zlib.error, Image.DecompressionBombError,
)  # fmt: skip


@contextmanager
def _opened(data: bytes) -> Iterator[Image.Image]:
    """The picture, of which only the head was read. Its size is ours to judge, so that Pillow's
    warning about it is left out."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
            yield picture


def as_png(pixels: Pixels) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", compress_level=1)
    return out.getvalue()


def as_base64_png(pixels: Pixels) -> str:
    return base64.b64encode(as_png(pixels)).decode()


def read_pixels(client: Client, data: bytes) -> Pixels:
    """The RGB pixels of a picture that a server made. Raises ``ServerError``."""
    try:
        with _opened(data) as picture:
            width, height = picture.size
            if width * height > MAX_PIXELS:
                message = f"{client.name} made a picture of {width} x {height} pixels, "
                message += "which is more than the studio takes."
                raise ServerError(message, code="engine_failed", retryable=False)
            return np.asarray(picture.convert("RGB"), np.uint8)
    except _DAMAGE as error:
        raise client.odd("something that is no picture") from error


def read_base64(client: Client, text: object) -> bytes:
    """Bytes in base64, with or without the head of a data address. Raises ``ServerError``."""
    if not isinstance(text, str):
        raise client.odd("no picture")
    body = text.partition(",")[2] if text.startswith("data:") else text
    if len(body) > MAX_FILE_BYTES * 4 // 3 + 4:
        message = f"{client.name} sent a picture that is larger than the studio takes."
        raise ServerError(message, code="engine_failed", retryable=False)
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise client.odd("something that is no picture") from error


def small_preview(data: bytes) -> bytes | None:
    """A preview as pages take it: a JPEG or WebP of few bytes. None for what is no picture."""
    try:
        with _opened(data) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                return None
            small = len(data) <= MAX_PREVIEW_BYTES and max(picture.size) <= 2 * PREVIEW_SIDE
            if small and picture.format in {"JPEG", "WEBP"}:
                picture.verify()
                return data
            shown = picture.convert("RGB")
    except _DAMAGE:
        return None
    shown.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE), Image.Resampling.BILINEAR)
    out = io.BytesIO()
    shown.save(out, "JPEG", quality=70)
    return out.getvalue()
