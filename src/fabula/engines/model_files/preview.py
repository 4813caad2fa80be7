"""Small pictures of what a model makes: from its own header, or a file of its name beside it."""

import base64
import binascii
import io
import re
from contextlib import suppress
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from fabula.engines.model_files.header import DamagedFile, read_header

SIDE = 384
"""The longest side in pixels."""

_MOST_BYTES = 8 * 2**20
_MOST_PIXELS = 4096 * 4096
_FORMATS = ("PNG", "JPEG", "WEBP")
_DATA_URL = re.compile(r"data:image/(?:png|jpeg|webp);base64,")
_BESIDE = (".preview.png", ".png", ".preview.jpg", ".jpg", ".jpeg", ".webp", ".preview.webp")


def preview_of(path: Path) -> bytes | None:
    """A WebP, or None where there is no picture or none that can be trusted."""
    if path.suffix == ".safetensors":
        with suppress(DamagedFile, OSError):
            url = read_header(path).metadata.get("modelspec.thumbnail", "")
            if data := _from_url(url):
                return data
    for ending in _BESIDE:
        beside = path.with_name(path.stem + ending) if path.is_file() else path / f"preview{ending}"
        with suppress(OSError):
            if beside.is_file() and beside.stat().st_size <= _MOST_BYTES:
                return small_picture(beside.read_bytes())
    return None


def small_picture(data: bytes) -> bytes | None:
    """The picture at no more than ``SIDE`` pixels as WebP, without what else its file holds. None
    where it is no PNG, JPEG or WebP, or too large to be decoded for its purpose."""
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                return None
            small = picture.convert("RGB")
    except (OSError, ValueError, SyntaxError, UnidentifiedImageError,
            Image.DecompressionBombError, Image.DecompressionBombWarning):  # fmt: skip
        return None
    small.thumbnail((SIDE, SIDE))
    out = io.BytesIO()
    small.save(out, "WEBP", quality=80)
    return out.getvalue()


def _from_url(url: str) -> bytes | None:
    found = _DATA_URL.match(url)
    if not found or len(url) > _MOST_BYTES:
        return None
    try:
        return small_picture(base64.b64decode(url[found.end() :], validate=True))
    except (binascii.Error, ValueError):
        return None
