"""Pixels to files and back, and files that people bring."""

import base64
import io
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from storage_samples import SVG, encoded, gradient

from fabula.storage import pictures
from fabula.storage.pictures import (
    PictureError,
    encode_png,
    make_thumbnail,
    read_picture,
    thumbhash_of,
    without_metadata,
)

ORIENTATION = 0x0112
MAKER = 0x010F
# Pillow warns of what these tests feed it; the studio reads on.
CORRUPT_EXIF = pytest.mark.filterwarnings("ignore::UserWarning:PIL")


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def saved(picture: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


@pytest.mark.parametrize("channels", [3, 4])
def test_png_keeps_every_pixel(channels: int) -> None:
    pixels = np.random.default_rng(7).integers(0, 256, (9, 13, channels), dtype=np.uint8)
    assert np.array_equal(np.asarray(opened(encode_png(pixels, {}))), pixels)


def test_equal_input_gives_equal_bytes() -> None:
    texts = {"parameters": "a fox", "fabula": "{}"}
    first = encode_png(gradient(40, 30), texts)
    assert encode_png(gradient(40, 30).copy(), dict(texts)) == first
    assert encode_png(gradient(40, 30), {"parameters": "a cat"}) != first


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((1024, 768), (512, 384)),
        ((768, 1024), (384, 512)),
        ((100, 50), (100, 50)),
        ((1, 1), (1, 1)),
    ],
)
def test_thumbnails(size: tuple[int, int], expected: tuple[int, int]) -> None:
    thumbnail = opened(make_thumbnail(gradient(*size)))
    assert (thumbnail.format, thumbnail.size) == ("WEBP", expected)
    difference = np.asarray(thumbnail.convert("RGB"), dtype=int) - gradient(*expected)
    assert np.abs(difference).mean() < 4


def test_thumbnail_of_a_file() -> None:
    thumbnail = opened(make_thumbnail(encoded("JPEG", 640, 480), max_side=64))
    assert thumbnail.size == (64, 48)
    with pytest.raises(PictureError):
        make_thumbnail(b"words")


def test_thumbnails_carry_no_metadata() -> None:
    thumbnail = opened(make_thumbnail(encoded("JPEG", exif=exif(1))))
    assert not thumbnail.getexif()


def test_thumbhash_is_small_and_knows_the_colour() -> None:
    red = np.zeros((768, 1024, 3), dtype=np.uint8)
    red[..., 0] = 255
    digest = base64.b64decode(thumbhash_of(red))
    assert len(digest) <= 25
    luminance, p, q = digest[0] & 63, (digest[0] >> 6) | ((digest[1] & 15) << 2), digest[1] >> 4
    assert luminance == round(63 / 3)
    assert p > 40
    assert q | ((digest[2] & 3) << 4) > 50
    assert thumbhash_of(gradient(1024, 768)) == thumbhash_of(gradient(1024, 768))


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (2000, 3)])
def test_thumbhash_of_odd_shapes(size: tuple[int, int]) -> None:
    assert base64.b64decode(thumbhash_of(gradient(*size)))


@pytest.mark.parametrize(("form", "off"), [("PNG", 0), ("GIF", 40), ("JPEG", 12), ("WEBP", 12)])
def test_reading(form: str, off: int) -> None:
    decoded = read_picture(encoded(form, 48, 32))
    assert (decoded.width, decoded.height) == (48, 32)
    assert decoded.mime_type == f"image/{form.lower()}"
    assert decoded.pixels.shape == (32, 48, 3)
    assert np.abs(decoded.pixels.astype(int) - gradient(48, 32)).max() <= off


def exif(orientation: int) -> Image.Exif:
    made = Image.Exif()
    made[ORIENTATION] = orientation
    made[MAKER] = "Camera"
    return made


TURNS = {
    1: lambda p: p, 2: np.fliplr, 3: lambda p: np.rot90(p, 2), 4: np.flipud,
    5: lambda p: p.transpose(1, 0, 2), 6: lambda p: np.rot90(p, 1),
    7: lambda p: np.rot90(p.transpose(1, 0, 2), 2), 8: lambda p: np.rot90(p, -1),
}  # fmt: skip


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_are_turned_upright(orientation: int) -> None:
    """What a camera stores when held the other way round comes back as it was seen."""
    stored = Image.fromarray(np.ascontiguousarray(TURNS[orientation](gradient(48, 32))))
    decoded = read_picture(saved(stored, "PNG", exif=exif(orientation)))
    assert np.array_equal(decoded.pixels, gradient(48, 32))


@CORRUPT_EXIF
def test_damaged_exif_is_no_reason_to_refuse() -> None:
    data = encoded("JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff broken")
    assert read_picture(data).width == 24


def test_transparency_lies_on_white() -> None:
    clear = Image.new("RGBA", (2, 1), (0, 0, 0, 0))
    clear.putpixel((1, 0), (10, 20, 30, 255))
    assert read_picture(saved(clear, "PNG")).pixels.tolist() == [[[255] * 3, [10, 20, 30]]]
    palette = clear.quantize(4)
    assert read_picture(saved(palette, "PNG")).pixels[0, 0].tolist() == [255] * 3


def test_sixteen_bits_are_scaled() -> None:
    deep = Image.fromarray(np.array([[0, 0x8000, 0xFFFF]], dtype=np.uint16))
    assert read_picture(saved(deep, "PNG")).pixels[0, :, 0].tolist() == [0, 0x80, 0xFF]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_other_kinds_of_png(mode: str) -> None:
    picture = Image.new(mode, (5, 4))
    assert read_picture(saved(picture, "PNG")).pixels.shape == (4, 5, 3)


def test_a_cmyk_jpeg() -> None:
    assert read_picture(saved(Image.new("CMYK", (5, 4)), "JPEG")).pixels.mean() > 250


def test_of_an_animation_the_first_picture() -> None:
    frames = [Image.new("RGB", (6, 4), colour) for colour in ("red", "blue")]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert read_picture(data).pixels[0, 0].tolist() == [255, 0, 0]


@pytest.mark.parametrize(
    "data", [b"", b"words", SVG, encoded("BMP"), encoded("TIFF"), b"\0\0\0\x18ftypisom"]
)
def test_what_is_no_picture(data: bytes) -> None:
    with pytest.raises(PictureError, match="not a picture"):
        read_picture(data)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_cut_file(form: str) -> None:
    data = encoded(form, 200, 200)
    with pytest.raises(PictureError, match="damaged"):
        read_picture(data[: len(data) // 2])


def bomb(width: int, height: int) -> bytes:
    """A PNG whose header promises far more than its bytes hold."""
    small = encoded("PNG", 1, 1)
    header = width.to_bytes(4) + height.to_bytes(4) + small[24:29]
    return small[:16] + header + crc32(b"IHDR" + header).to_bytes(4) + small[33:]


@pytest.mark.parametrize("size", [(8001, 8000), (10_000, 9_000), (60_000, 60_000)])
def test_bombs_are_refused_by_their_header(size: tuple[int, int]) -> None:
    with pytest.raises(PictureError, match="64 megapixels"):
        read_picture(bomb(*size))


def test_the_limit_itself_is_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MAX_PIXELS", 24 * 16)
    assert read_picture(encoded("PNG", 24, 16)).width == 24
    with pytest.raises(PictureError, match="64 megapixels"):
        read_picture(encoded("PNG", 25, 16))


FILES = [encoded(form, 20, 12) for form in ("PNG", "JPEG", "WEBP", "GIF")] + [
    encoded("JPEG", exif=exif(6)),
    encoded("PNG", exif=exif(6)),
]


@CORRUPT_EXIF
@settings(max_examples=400, deadline=None)
@given(st.sampled_from(FILES), st.data())
def test_a_damaged_file_is_read_or_refused_politely(data: bytes, draw: st.DataObject) -> None:
    changed = bytearray(data)
    for _ in range(draw.draw(st.integers(1, 6))):
        changed[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    try:
        decoded = read_picture(bytes(changed))
    except PictureError:
        return
    assert decoded.pixels.shape == (decoded.height, decoded.width, 3)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_without_metadata(form: str) -> None:
    data = encoded(form, exif=exif(6))
    assert opened(data).getexif()[MAKER] == "Camera"
    bare = without_metadata(data)
    assert not opened(bare).getexif()
    assert b"Camera" not in bare
    decoded = read_picture(bare)
    assert decoded.mime_type == f"image/{form.lower()}"
    assert (decoded.width, decoded.height) == (16, 24)
    assert np.abs(decoded.pixels.astype(int) - read_picture(data).pixels).mean() < 3
