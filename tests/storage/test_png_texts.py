"""Text chunks, checked against what Pillow reads and writes."""

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin
from storage_samples import encoded, gradient

from fabula.storage.png_texts import SIGNATURE, read_texts, with_texts

PNG = encoded("PNG")
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


def by_pillow(data: bytes) -> dict[str, str]:
    with Image.open(io.BytesIO(data)) as picture:
        picture.load()
        return {name: str(text) for name, text in getattr(picture, "text", {}).items()}


def kinds(data: bytes) -> list[bytes]:
    found, position = [], 8
    while position < len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        found.append(kind)
        position += length + 12
    return found


def chunk(kind: bytes, payload: bytes) -> bytes:
    body = kind + payload
    return struct.pack(">I", len(payload)) + body + struct.pack(">I", zlib.crc32(body))


def holding(kind: bytes, payload: bytes) -> bytes:
    return PNG[:33] + chunk(kind, payload) + PNG[33:]


@given(texts, texts)
def test_written_texts_are_read_by_both(first: str, second: str) -> None:
    data = with_texts(PNG, {"parameters": first, "fabula": second})
    assert read_texts(data) == {"parameters": first, "fabula": second}
    assert by_pillow(data) == {"parameters": first, "fabula": second}


def test_the_pixels_stay() -> None:
    data = with_texts(PNG, {"parameters": "a fox"})
    with Image.open(io.BytesIO(data)) as picture:
        assert np.array_equal(np.asarray(picture), gradient(24, 16))
    assert kinds(data) == [b"IHDR", b"tEXt", b"IDAT", b"IEND"]


def test_latin_text_is_what_every_reader_knows() -> None:
    assert kinds(with_texts(PNG, {"a": "Füchse\nund Bären", "b": "狐"}))[1:3] == [b"tEXt", b"iTXt"]


def test_equal_keywords_are_replaced_and_others_stay() -> None:
    data = with_texts(
        with_texts(PNG, {"parameters": "old", "Author": "Ann"}), {"parameters": "new"}
    )
    assert read_texts(data) == {"parameters": "new", "Author": "Ann"}
    assert kinds(data).count(b"tEXt") == 2


@pytest.mark.parametrize(
    ("text", "kept"), [("a\0b", "a\ufffdb"), ("a\ud800b", "a\ufffdb"), ("\ud83e\udd8a", "🦊")]
)
def test_what_png_cannot_hold(text: str, kept: str) -> None:
    assert read_texts(with_texts(PNG, {"parameters": text})) == {"parameters": kept}


@pytest.mark.parametrize("keyword", ["", "x" * 80, "a\0b", "狐", "a\nb"])
def test_what_is_no_keyword(keyword: str) -> None:
    with pytest.raises(ValueError, match="keyword"):
        with_texts(PNG, {keyword: "text"})


@pytest.mark.parametrize("data", [b"", b"words", SIGNATURE, encoded("JPEG")])
def test_what_is_no_png(data: bytes) -> None:
    assert read_texts(data) == {}
    with pytest.raises(ValueError, match="not a PNG"):
        with_texts(data, {"a": "b"})


@pytest.mark.parametrize("compressed", [False, True])
def test_texts_written_by_pillow(compressed: bool) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("plain", "a fox", zip=compressed)
    info.add_itxt("wide", "狐", zip=compressed, lang="ja", tkey="広い")
    assert read_texts(encoded("PNG", pnginfo=info)) == {"plain": "a fox", "wide": "狐"}


def test_texts_behind_the_pixels() -> None:
    data = PNG[:-12] + chunk(b"tEXt", b"late\0words") + PNG[-12:]
    assert read_texts(data) == {"late": "words"}


def test_a_text_that_unpacks_to_a_mountain_is_passed_over() -> None:
    packed = zlib.compress(bytes(50_000_000))
    assert read_texts(holding(b"zTXt", b"bomb\0\0" + packed)) == {}
    assert read_texts(holding(b"iTXt", b"bomb\0\1\0\0\0" + packed)) == {}
    assert read_texts(holding(b"tEXt", b"large\0" + bytes(5_000_000))) == {}


@pytest.mark.parametrize(
    "data",
    [
        holding(b"zTXt", b"key\0\0not zlib"),
        holding(b"zTXt", b"key\0\0" + zlib.compress(b"words")[:-3]),
        PNG[:33] + b"\xff\xff\xff\xfftEXtkey\0words",
        PNG[:33] + b"\0\0\0\x09tEXtkey\0wor",
    ],
)
def test_damaged_texts_are_passed_over(data: bytes) -> None:
    assert read_texts(data) == {}


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_a_fault(data: bytes) -> None:
    assert isinstance(read_texts(SIGNATURE + data), dict)
    for kind in (b"tEXt", b"zTXt", b"iTXt"):
        assert len(read_texts(holding(kind, data))) <= 1
