"""Places and what the first bytes say of a file."""

import pytest
from storage_samples import SVG, clip, encoded

from fabula.storage.base import BadPlace, ObjectRef
from fabula.storage.buckets import BUCKETS
from fabula.storage.sniff import SNIFF_BYTES, content_type_of


@pytest.mark.parametrize("key", ["a", "ann/job/0.png", "ann/0.thumb.webp", "A-1_b.c", "x" * 200])
def test_keys(key: str) -> None:
    assert ObjectRef("workspace-temp", key).key == key


@pytest.mark.parametrize(
    "key",
    [
        "", "/", "/a", "a/", "a//b", ".", "..", "a/..", "../a", ".a", "a/.b", "-a", "_a", "a b",
        "a\\b", "a\nb", "a\n", "a\0", "é", "a%2e", "c:a", "a?b", "x" * 201, "a/" * 250 + "a",
    ],
)  # fmt: skip
def test_what_is_no_key(key: str) -> None:
    with pytest.raises(BadPlace):
        ObjectRef("workspace-temp", key)


@pytest.mark.parametrize("bucket", ["", "workspace-temp/", "..", "Workspace-temp", "other"])
def test_what_is_no_bucket(bucket: str) -> None:
    with pytest.raises(ValueError, match="no bucket"):
        ObjectRef(bucket, "a")


def test_the_table_of_buckets() -> None:
    assert {name for name, bucket in BUCKETS.items() if bucket.public} == {
        "avatars",
        "system_assets",
    }
    assert set(BUCKETS) == {
        "workspace-temp", "user-library", "reference_images", "avatars", "system_assets", "videos",
    }  # fmt: skip
    scripts = {name for name, bucket in BUCKETS.items() if "image/svg+xml" in bucket.types}
    assert scripts == {"system_assets"}


def brand(name: bytes) -> bytes:
    return b"\0\0\0\x18ftyp" + name + b"\0\0\2\0isommp42"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (encoded("PNG"), "image/png"),
        (encoded("JPEG"), "image/jpeg"),
        (encoded("WEBP"), "image/webp"),
        (encoded("GIF"), "image/gif"),
        (clip(2), "video/mp4"),
        (SVG, "image/svg+xml"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- a -->\n<!-- b -->\n' + SVG, "image/svg+xml"),
        (b"<?xml version='1.0'?><!DOCTYPE svg PUBLIC 'x' 'y'>" + SVG, "image/svg+xml"),
        (b"<!DOCTYPE svg [<!ENTITY a 'b'>]>" + SVG, None),
        (b"<html>" + SVG, None),
        (b"<!-- " + SVG, None),
        (b"<svgish/>", None),
        (encoded("BMP"), None),
        (encoded("TIFF"), None),
        (brand(b"isom"), "video/mp4"),
        (brand(b"heic"), None),
        (brand(b"avif"), None),
        (brand(b"qt  "), None),
        (b"RIFF\0\0\0\0WAVE", None),
        (b"", None),
        (b"%PDF-1.7", None),
    ],
)
def test_types_from_bytes(data: bytes, expected: str | None) -> None:
    assert content_type_of(data) == expected
    assert content_type_of(data[:SNIFF_BYTES]) == expected


@pytest.mark.parametrize("part", [b"<!---->", b"<!--", b" ", b"<?xml >", b"<!DOCTYPE svg>"])
def test_a_hostile_start_is_read_and_refused(part: bytes) -> None:
    assert content_type_of(part * SNIFF_BYTES) is None
