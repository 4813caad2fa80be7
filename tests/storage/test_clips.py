"""Facts and posters of clips, read from the container."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from storage_samples import clip, encoded

from fabula.storage import clips
from fabula.storage.clips import (
    ClipError,
    ClipFacts,
    clip_facts,
    poster_of,
    preview_of,
    tags_of,
    with_tags,
)

CLIP = clip(17, 16)


@pytest.mark.parametrize(("frames", "fps"), [(17, 16), (1, 16), (81, 16), (48, 24)])
def test_facts(frames: int, fps: int) -> None:
    facts = clip_facts(clip(frames, fps))
    assert facts == ClipFacts(64, 48, frames, fps, facts.duration)
    assert facts.duration == pytest.approx(frames / fps, abs=0.001)


def test_facts_of_a_fragmented_clip() -> None:
    """Its header counts no frames."""
    facts = clip_facts(clip(33, 16, movflags="frag_keyframe+empty_moov"))
    assert facts.frames == 33
    assert facts.fps == pytest.approx(16, rel=0.05)
    assert facts.duration == pytest.approx(33 / 16, rel=0.05)


def test_the_poster_is_the_first_frame() -> None:
    poster = poster_of(CLIP)
    assert poster.shape == (48, 64, 3)
    assert poster.flags.c_contiguous
    assert poster.mean() < 4


def test_tags_go_in_and_come_out_and_the_pictures_stay() -> None:
    said = {"comment": "ein Fuchs\nSteps: 4, Seed: 7", "fabula": '{"a": "é"}'}
    tagged = with_tags(CLIP, said)
    assert said.items() <= tags_of(tagged).items()
    assert clip_facts(tagged) == clip_facts(CLIP)
    assert tagged == with_tags(CLIP, said)
    assert tagged.find(b"moov") < tagged.find(b"mdat")
    again = tags_of(with_tags(tagged, {"fabula": "{}"}))
    assert (again["fabula"], "comment" in again) == ("{}", False)


@pytest.mark.parametrize(("frames", "fps", "shown"), [(48, 24, 24), (16, 8, 23), (240, 24, 60)])
def test_a_preview_is_short_small_and_has_fewer_frames(frames: int, fps: int, shown: int) -> None:
    small = preview_of(clip(frames, fps))
    facts = clip_facts(small)
    assert (facts.frames, facts.fps) == (shown, 12)
    assert facts.duration <= clips.PREVIEW_SECONDS
    assert small == preview_of(clip(frames, fps))


def test_a_preview_is_at_most_so_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clips, "PREVIEW_SIDE", 32)
    facts = clip_facts(preview_of(CLIP))
    assert (facts.width, facts.height) == (32, 24)


@pytest.mark.parametrize("read", [clip_facts, poster_of, preview_of, tags_of])
@pytest.mark.parametrize("data", [b"", b"words", encoded("PNG"), encoded("GIF")])
def test_what_is_no_clip(read: object, data: bytes) -> None:
    with pytest.raises(ClipError, match="not a clip"):
        read(data)  # type: ignore[operator]


@pytest.mark.parametrize("read", [clip_facts, poster_of])
def test_a_cut_clip(read: object) -> None:
    with pytest.raises(ClipError):
        read(CLIP[:200])  # type: ignore[operator]


@pytest.mark.parametrize("read", [clip_facts, poster_of])
def test_a_codec_that_nobody_knows(read: object) -> None:
    head, entry, rest = CLIP.rpartition(b"avc1")
    with pytest.raises(ClipError, match=r"H\.264"):
        read(head + b"xxxx" + rest)  # type: ignore[operator]
    assert entry


@pytest.mark.parametrize("read", [clip_facts, poster_of])
def test_pictures_too_large(read: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clips, "MAX_PIXELS", 64 * 48 - 1)
    with pytest.raises(ClipError, match="64 megapixels"):
        read(CLIP)  # type: ignore[operator]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_clip_is_read_or_refused_politely(draw: st.DataObject) -> None:
    changed = bytearray(CLIP)
    for _ in range(draw.draw(st.integers(1, 6))):
        changed[draw.draw(st.integers(0, len(CLIP) - 1))] = draw.draw(st.integers(0, 255))
    for read in (clip_facts, poster_of):
        try:
            found = read(bytes(changed))
        except ClipError:
            continue
        assert found is not None
