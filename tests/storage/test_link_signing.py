"""Signed links: what opens a file and what does not."""

from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabula.storage.links import Links
from fabula.storage.signing import Secret, attachment, quantise, sign, verify

NEW = Secret(b"n" * 32)
OLD = Secret(b"o" * 32)
BUCKET, KEY, EXPIRES = "user-library", "ann/1.png", 1_800_000_000
SAVE = attachment("Ein Füchslein.png")


def query(text: str) -> dict[str, str]:
    return dict(parse_qsl(text, keep_blank_values=True))


def signed(**options: str | None) -> dict[str, str]:
    return query(sign(NEW, BUCKET, KEY, EXPIRES, **options))  # type: ignore[arg-type]


def test_what_was_signed_opens() -> None:
    assert verify([NEW], BUCKET, KEY, signed(), now=EXPIRES - 1)
    assert verify([NEW], BUCKET, KEY, signed(disposition=SAVE), now=EXPIRES - 1)
    assert verify([NEW], BUCKET, KEY, signed(method="PUT"), now=EXPIRES - 1, method="PUT")


def test_head_needs_what_get_needs() -> None:
    assert verify([NEW], BUCKET, KEY, signed(), now=0, method="HEAD")
    assert not verify([NEW], BUCKET, KEY, signed(method="PUT"), now=0, method="HEAD")


@pytest.mark.parametrize(
    ("bucket", "key", "method"),
    [
        ("videos", KEY, "GET"),
        (BUCKET, "ann/2.png", "GET"),
        (BUCKET, "bob/1.png", "GET"),
        (BUCKET, "ann/1.png/", "GET"),
        ("user-library/ann", "1.png", "GET"),
        ("user-librarya", "nn/1.png", "GET"),
        (BUCKET, KEY, "PUT"),
        (BUCKET, KEY, "DELETE"),
    ],
)
def test_a_link_opens_nothing_else(bucket: str, key: str, method: str) -> None:
    assert not verify([NEW], bucket, key, signed(), now=0, method=method)


@pytest.mark.parametrize(
    "change",
    [
        {"expires": str(EXPIRES + 1)},
        {"expires": ""},
        {"expires": "soon"},
        {"expires": "-1"},
        {"expires": str(EXPIRES).translate({48 + n: 0x660 + n for n in range(10)})},
        {"expires": f" {EXPIRES}"},
        {"expires": "9" * 5000},
        {"kid": OLD.id},
        {"kid": ""},
        {"disposition": "inline"},
        {"disposition": ""},
        {"signature": ""},
        {"signature": "é" * 43},
        {"signature": "\udcff"},
    ],
)
def test_a_changed_link_opens_nothing(change: dict[str, str]) -> None:
    assert not verify([NEW, OLD], BUCKET, KEY, signed() | change, now=0)


@pytest.mark.parametrize("part", ["expires", "kid", "signature"])
def test_a_link_without_a_part_opens_nothing(part: str) -> None:
    left = {name: value for name, value in signed().items() if name != part}
    assert not verify([NEW], BUCKET, KEY, left, now=0)


def test_a_disposition_cannot_be_taken_away() -> None:
    left = {k: v for k, v in signed(disposition=SAVE).items() if k != "disposition"}
    assert not verify([NEW], BUCKET, KEY, left, now=0)


def test_expiry_is_exclusive() -> None:
    assert verify([NEW], BUCKET, KEY, signed(), now=EXPIRES - 0.001)
    assert not verify([NEW], BUCKET, KEY, signed(), now=EXPIRES)


def test_rotation() -> None:
    old = query(sign(OLD, BUCKET, KEY, EXPIRES))
    assert verify([NEW, OLD], BUCKET, KEY, old, now=0)
    assert not verify([NEW], BUCKET, KEY, old, now=0)
    assert not verify([], BUCKET, KEY, old, now=0)


def test_a_secret_keeps_itself() -> None:
    assert "nnnn" not in repr(NEW)
    assert NEW.id != OLD.id
    with pytest.raises(ValueError, match="at least 16"):
        Secret(b"short")


place = st.tuples(st.text(max_size=12), st.text(max_size=12), st.integers(0, 10**11))
mode = st.one_of(st.none(), st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=9))


@given(place, mode, place, mode)
def test_no_two_things_share_a_signature(
    one: tuple[str, str, int], one_mode: str | None, two: tuple[str, str, int], two_mode: str | None
) -> None:
    first = query(sign(NEW, *one, disposition=one_mode))
    second = query(sign(NEW, *two, disposition=two_mode))
    same = (one, one_mode) == (two, two_mode)
    assert (first["signature"] == second["signature"]) == same


def test_disposition_is_one_line() -> None:
    with pytest.raises(ValueError, match="one line"):
        sign(NEW, BUCKET, KEY, EXPIRES, disposition="inline\r\nSet-Cookie: a=b")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("fox.png", "attachment; filename=\"fox.png\"; filename*=UTF-8''fox.png"),
        ('a"b\\c/d', "attachment; filename=\"abcd\"; filename*=UTF-8''a%22b%5Cc%2Fd"),
        ("狐", "attachment; filename=\"file\"; filename*=UTF-8''%E7%8B%90"),
        ("a\r\nb", "attachment; filename=\"ab\"; filename*=UTF-8''a%0D%0Ab"),
        ("\ud800", "attachment; filename=\"file\"; filename*=UTF-8''%3F"),
    ],
)
def test_attachments(name: str, expected: str) -> None:
    assert attachment(name) == expected


@pytest.mark.parametrize(
    ("now", "expected"), [(0, 7200), (3599.9, 7200), (3600, 10800), (7199, 10800), (7200, 14400)]
)
def test_quantise(now: float, expected: int) -> None:
    assert quantise(now, 3600) == expected


@given(st.floats(0, 4e9), st.integers(1, 10**6))
def test_a_link_lives_between_one_and_two_lifetimes(now: float, ttl: int) -> None:
    assert ttl < quantise(now, ttl) - int(now) <= 2 * ttl


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    def set_time(now: float) -> None:
        monkeypatch.setattr("fabula.storage.links.time.time", lambda: now)

    return set_time


def test_links_are_stable_and_expire(at: Callable[[float], None]) -> None:
    links = Links(b"s" * 32)
    at(7200)
    url = links.url(BUCKET, KEY)
    assert urlsplit(url).path == f"/api/files/{BUCKET}/{KEY}"
    at(10_799)
    assert links.url(BUCKET, KEY) == url
    assert links.allows("GET", BUCKET, KEY, query(urlsplit(url).query))
    at(14_400)
    assert links.url(BUCKET, KEY) != url
    assert not links.allows("GET", BUCKET, KEY, query(urlsplit(url).query))


def test_thumbnails_live_for_a_day(at: Callable[[float], None]) -> None:
    at(86_400)
    url = Links(b"s" * 32).url(BUCKET, "ann/1.thumb.webp")
    assert query(urlsplit(url).query)["expires"] == str(3 * 86_400)


def test_links_for_downloads() -> None:
    links = Links(b"s" * 32, older=[b"r" * 32])
    found = query(urlsplit(links.url(BUCKET, KEY, download_as="狐.png")).query)
    assert found["disposition"] == attachment("狐.png")
    assert links.allows("GET", BUCKET, KEY, found)


def test_links_made_before_a_rotation() -> None:
    before = Links(b"r" * 32)
    found = query(urlsplit(before.url(BUCKET, KEY)).query)
    assert Links(b"s" * 32, older=[b"r" * 32]).allows("GET", BUCKET, KEY, found)
    assert not Links(b"s" * 32).allows("GET", BUCKET, KEY, found)


def test_public_files_need_no_signature() -> None:
    links = Links(b"s" * 32)
    assert links.url("avatars", "characters/fox.png") == "/api/files/avatars/characters/fox.png"
    assert links.allows("GET", "avatars", "characters/fox.png", {})
    assert not links.allows("PUT", "avatars", "characters/fox.png", {})
    assert not links.allows("GET", "avatars", "characters/fox.png", {"disposition": "inline"})
    assert not links.allows("GET", BUCKET, KEY, {})
    assert not links.allows("GET", "no-such-bucket", KEY, {})
