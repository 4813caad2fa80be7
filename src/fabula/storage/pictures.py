"""Pictures as bytes and as pixels."""

import base64
import io
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import thumbhash
from numpy.typing import NDArray
from PIL import Image, ImageOps

from fabula.storage.png_texts import with_texts
from fabula.storage.sniff import content_type_of

MAX_PIXELS = 64_000_000
THUMBNAIL_SIDE = 512
# Measured on a painted 1024 x 768 picture: level 6 takes over four times as long for a tenth less.
_PNG_LEVEL = 2
_HASH_SIDE = 48
_FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP", "image/gif": "GIF"}
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
# What Pillow's readers raise for damaged files.
_DAMAGE = (
    OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, OverflowError,
    struct.error, zlib.error,
)  # fmt: skip

Pixels = NDArray[np.uint8]


class PictureError(ValueError):
    """The bytes are not a picture that the studio can read; the message is for the person."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """RGB pixels of shape (height, width, 3), upright, and the type of the file."""

    pixels: Pixels
    width: int
    height: int
    mime_type: str


def encode_png(pixels: Pixels, texts: Mapping[str, str]) -> bytes:
    """A PNG of RGB or RGBA pixels (height, width, 3 or 4) with text chunks in the given order.

    Equal input gives equal bytes, as long as Pillow is the same.
    """
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", compress_level=_PNG_LEVEL)
    return with_texts(out.getvalue(), texts)


def make_thumbnail(source: bytes | Pixels, max_side: int = THUMBNAIL_SIDE) -> bytes:
    """A WebP at most ``max_side`` pixels wide and high, without metadata; never enlarged.

    Raises ``PictureError`` for bytes that are no picture.
    """
    pixels = read_picture(source).pixels if isinstance(source, bytes) else source
    picture = Image.fromarray(pixels)
    picture.thumbnail((max_side, max_side), Image.Resampling.LANCZOS, reducing_gap=3.0)
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=82, method=2)
    return out.getvalue()


def thumbhash_of(pixels: Pixels) -> str:
    """A placeholder of about 25 bytes, in base64 (thumbhash). Its at most seven waves a side need
    no more than a small picture."""
    picture = Image.fromarray(pixels)
    picture.thumbnail((_HASH_SIDE, _HASH_SIDE), Image.Resampling.BOX, reducing_gap=2.0)
    rgba = picture.convert("RGBA")
    values = np.asarray(rgba, dtype=np.uint8).ravel().tolist()
    digest = bytes(thumbhash.rgba_to_thumb_hash(rgba.width, rgba.height, values))
    return base64.b64encode(digest).decode()


def read_picture(data: bytes) -> Decoded:
    """Decode a picture of a person: PNG, JPEG, WebP or GIF, at most 64 megapixels.

    It is turned as its EXIF says, transparency lies on white, of an animation the first picture
    counts. The pixels carry no metadata. Raises ``PictureError``.
    """
    kind = content_type_of(data) or ""
    if kind not in _FORMATS:
        raise PictureError("This is not a picture: use a PNG, JPEG, WebP or GIF file.")
    try:
        upright = _decoded(data, _FORMATS[kind])
    except PictureError:
        raise
    except _BOMBS as error:
        raise _too_large() from error
    except _DAMAGE as error:
        raise PictureError("This picture is damaged: it could not be read to its end.") from error
    pixels = np.asarray(upright, dtype=np.uint8)
    return Decoded(pixels, upright.width, upright.height, kind)


def without_metadata(data: bytes) -> bytes:
    """The same picture in the same format with nothing but its pixels: no place, camera or texts.

    Encoded anew (JPEG and WebP at quality 95) and turned upright; transparency becomes white and
    of an animation the first picture stays. Raises ``PictureError``.
    """
    decoded = read_picture(data)
    if decoded.mime_type == "image/png":
        return encode_png(decoded.pixels, {})
    out = io.BytesIO()
    picture = Image.fromarray(decoded.pixels)
    picture.save(out, _FORMATS[decoded.mime_type], quality=95)
    return out.getvalue()


def _decoded(data: bytes, form: str) -> Image.Image:
    with Image.open(io.BytesIO(data), formats=(form,)) as picture:
        # Only the header is read so far.
        if picture.width * picture.height > MAX_PIXELS:
            raise _too_large()
        picture.load()
        return _as_rgb(_upright(picture))


def _upright(picture: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(picture)
    except _DAMAGE:
        # Damaged EXIF is no reason to refuse a whole picture.
        return picture


def _as_rgb(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I;16"):
        high = np.asarray(picture, dtype=np.uint16) >> 8
        return Image.fromarray(high.astype(np.uint8)).convert("RGB")
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    rgba = picture.convert("RGBA")
    white = Image.new("RGBA", rgba.size, "white")
    return Image.alpha_composite(white, rgba).convert("RGB")


def _too_large() -> PictureError:
    return PictureError("This picture has more than 64 megapixels: make it smaller.")
