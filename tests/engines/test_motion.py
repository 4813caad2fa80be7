"""The engine that moves pictures: what it reads, where its camera goes, what its frames show."""

import io
import re
from dataclasses import replace
from typing import Any

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from fabula.engines.base import (
    CancelToken,
    EngineContext,
    EngineError,
    EngineWarning,
    Motion,
    VideoOutput,
    VideoRequest,
)
from fabula.engines.image.sketchbook.artist import WEIGHTS, Artist, Order, Painting
from fabula.engines.video.motion import camera, nearness, words
from fabula.engines.video.motion.camera import Move
from fabula.engines.video.motion.dissolve import weights_at
from fabula.engines.video.motion.engine import CAPABILITIES, MotionEngine, drawn_size
from fabula.engines.video.motion.plate import Shot, plate_of

Pixels = NDArray[np.uint8]
SIZE = (320, 256)


def picture(width: int = 400, height: int = 320) -> Pixels:
    """Red grows to the right, green downwards, and a white cross marks the middle."""
    y, x = np.mgrid[0:height, 0:width]
    shown = np.stack([x * 200 / width, y * 200 / height, np.zeros_like(x)], -1).astype(np.uint8)
    shown[height // 2 - 4 : height // 2 + 4] = 255
    shown[:, width // 2 - 4 : width // 2 + 4] = 255
    return shown


def request(**change: Any) -> VideoRequest:
    base = VideoRequest(
        prompt="the sea", seed=7, width=SIZE[0], height=SIZE[1], frames=12, fps=12, steps=4,
        guidance_scale=1.6, first_frame=picture(),
    )  # fmt: skip
    return replace(base, **change)


def made(threads: int = 2, **change: Any) -> tuple[VideoOutput, list[str]]:
    """The clip and what was said about it."""
    engine = MotionEngine(EngineContext(models_dir="", threads=threads))
    events = list(engine.run(request(**change), CancelToken()))
    output = events[-1]
    assert isinstance(output, VideoOutput)
    return output, [event.message for event in events if isinstance(event, EngineWarning)]


def frames_of(mp4: bytes) -> list[Pixels]:
    with av.open(io.BytesIO(mp4)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def clip_frames(**change: Any) -> list[Pixels]:
    return frames_of(made(**change)[0].mp4)


def middle_of(frame: Pixels) -> tuple[float, float]:
    """Where the red and the green of a frame are on the whole: right and down, 0-255."""
    dark = frame.min(-1) < 90
    return float(frame[..., 0][dark].mean()), float(frame[..., 1][dark].mean())


@pytest.mark.parametrize(
    ("prompt", "kind", "pace", "loop", "rest"),
    [
        ("slow zoom in on a lighthouse at sunset", "zoom-in", "slow", False,
         "a lighthouse at sunset"),
        ("a lighthouse, slow zoom out", "zoom-out", "slow", False, "a lighthouse"),
        ("pan left across the harbour", "pan-left", "", False, "the harbour"),
        ("the camera slowly pans to the right over a meadow, seamless loop", "pan-right", "slow",
         True, "a meadow"),
        ("Camera tilts down from the sky", "tilt-down", "", False, "the sky"),
        ("a dragon, dolly in fast", "dolly-in", "fast", False, "a dragon"),
        ("orbit around a castle", "orbit", "", False, "a castle"),
        ("a seamless loop of a sailboat, gentle parallax", "parallax", "slow", True, "a sailboat"),
        ("zoom in and pan left on a fox", "zoom-in", "", False, "a fox"),
        ("static shot of a cat", "still", "", False, "a cat"),
        ("tilt up", "tilt-up", "", False, ""),
        ("a red fox in the snow", None, "", False, "a red fox in the snow"),
        ("a man with a frying pan", None, "", False, "a man with a frying pan"),
        ("a camera on a table", None, "", False, "a camera on a table"),
        ("a car moving away at night", None, "", False, "a car moving away at night"),
    ],
)  # fmt: skip
def test_a_prompt_is_read(prompt: str, kind: str, pace: str, loop: bool, rest: str) -> None:
    assert words.read(prompt) == words.Reading(kind, pace, loop, rest)


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("pan left zoom in loop slow,.the camera aé\n"), max_size=200))
def test_any_prompt_is_read_and_nothing_is_made_up(prompt: str) -> None:
    reading = words.read(prompt)
    assert set(re.findall(r"\w+", reading.rest)) <= set(re.findall(r"\w+", prompt))


def test_what_was_understood_is_said() -> None:
    output, said = made(prompt="slow pan left over the sea, in a loop")
    assert said == ["Understood as: slow pan left, in a loop."]
    assert output.effective["camera"] == "slow pan left, in a loop"
    assert output.effective["strength"] == 0.25
    assert made(prompt="the sea")[1] == [
        "The prompt names no camera move, so the camera drifts gently."
    ]
    output, said = made(prompt="pan left", motion=Motion(kind="zoom-out", strength=0.7))
    assert (output.effective["motion"], output.effective["strength"], said) == (
        "zoom-out", 0.7, [],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "right", "down"),
    [("pan-right", 1, 0), ("pan-left", -1, 0), ("tilt-down", 0, 1), ("tilt-up", 0, -1)],
)
def test_pans_go_where_they_say(kind: str, right: int, down: int) -> None:
    frames = clip_frames(motion=Motion(kind=kind, strength=1))
    (x0, y0), (x1, y1) = middle_of(frames[0]), middle_of(frames[-1])
    assert np.sign(round((x1 - x0) / 12)) == right
    assert np.sign(round((y1 - y0) / 12)) == down


@pytest.mark.parametrize(
    ("kind", "closer"),
    [("zoom-in", True), ("dolly-in", True), ("zoom-out", False), ("dolly-out", False)],
)
def test_zooms_and_dollies_come_closer_or_go_back(kind: str, closer: bool) -> None:
    frames = clip_frames(motion=Motion(kind=kind, strength=1))
    cross = [(frame.min(-1) > 200).mean() for frame in (frames[0], frames[-1])]
    assert (cross[1] > cross[0] * 1.08) == closer
    assert (cross[0] > cross[1] * 1.08) == (not closer)


def test_a_still_shows_the_picture_and_does_not_move() -> None:
    frames = clip_frames(motion=Motion(kind="still"))
    whole = np.asarray(Image.fromarray(picture()).resize(SIZE), int)
    assert abs(frames[0].astype(int) - whole).mean() < 4
    assert abs(frames[0].astype(int) - frames[-1]).mean() < 1


@pytest.mark.parametrize("kind", camera.KINDS)
@pytest.mark.parametrize("easing", camera.EASINGS)
def test_a_loop_ends_where_it_begins(kind: str, easing: str) -> None:
    views = camera.views(Move(kind, 1.0, easing, loop=True, heading=1.0), 48)
    for values in (views.zoom, views.push, views.flat, views.deep):
        step = np.abs(np.diff(values, axis=0)).max()
        assert np.abs(values[-1] - values[0]).max() <= step + 1e-9


@pytest.mark.parametrize("easing", camera.EASINGS)
def test_easing_goes_from_the_start_to_the_end_and_never_back(easing: str) -> None:
    way = camera.progress(Move("zoom-in", 1, easing, loop=False), 25)
    assert (way[0], way[-1]) == (0, 1)
    assert (np.diff(way) >= 0).all()


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(camera.KINDS), strength=st.floats(0, 1), loop=st.booleans(),
    heading=st.floats(0, 7), shape=st.sampled_from([(400, 300), (300, 400), (640, 64), (64, 640)]),
    seed=st.integers(0, 9),
)  # fmt: skip
def test_the_camera_never_leaves_the_picture(
    kind: str, strength: float, loop: bool, heading: float, shape: tuple[int, int], seed: int
) -> None:
    """Where it did, black edges would come into sight."""
    near = np.random.default_rng(seed).random((24, 32), np.float32)
    plate = plate_of(np.full((shape[1], shape[0], 3), 255, np.uint8), near, *SIZE)
    shot = Shot(plate, camera.views(Move(kind, strength, "linear", loop, heading), 9), *SIZE)
    for index in (0, 4, 8):
        y, u, v = (np.asarray(plane) for plane in shot.frame(index))
        assert y.shape == (SIZE[1], SIZE[0])
        assert y.min() > 225
        assert u.shape == v.shape == (SIZE[1] // 2, SIZE[0] // 2)
        assert 126 <= min(u.min(), v.min()) <= max(u.max(), v.max()) <= 130


def test_equal_requests_give_equal_bytes_with_any_number_of_threads() -> None:
    asked = {"motion": Motion(kind="orbit")}
    assert made(1, **asked)[0].mp4 == made(4, **asked)[0].mp4


def test_the_seed_chooses_where_a_drift_goes() -> None:
    assert made(seed=1)[0].mp4 != made(seed=2)[0].mp4


def test_near_things_move_more_when_the_camera_moves() -> None:
    near = np.zeros((32, 40), np.float32)
    near[:, 20:] = 1
    plate = plate_of(picture(), near, *SIZE)
    shot = Shot(plate, camera.views(Move("parallax", 1, "linear", loop=False), 2), *SIZE)
    first, last = (np.asarray(shot.frame(i)[0], int) for i in (0, 1))
    moved = np.abs(last - first)[: SIZE[1] // 3]
    assert moved[:, 220:].mean() > 1.3 * moved[:, 40:100].mean()


def test_sketchbook_knows_what_is_near() -> None:
    artist = Artist(1, WEIGHTS)
    reading = artist.read("a red fox in a meadow")
    order = Order(reading, artist.read(""), 3, 320, 256, 2, 1.6)
    painting = list(artist.draw(order, frozenset()))[-1]
    assert isinstance(painting, Painting)
    assert painting.nearness.shape == (256, 320)
    rows = painting.nearness.mean(1)
    assert rows[5] < 0.1
    assert rows[-1] > 0.8
    red = (painting.pixels[..., 0] > 150) & (painting.pixels[..., 1] < 90)
    across = painting.nearness[int(256 * 0.6)]
    assert red.any()
    assert across.max() > across.min() + 0.1, "the fox is nearer than the ground behind it"


def test_a_guess_is_nearer_at_the_bottom_and_smooth() -> None:
    found = nearness.guessed(picture())
    assert max(found.shape) <= nearness.SIDE
    assert found[-1].mean() > found[0].mean() + 0.3
    assert np.abs(np.diff(found, axis=0)).max() < 0.1


def test_the_depth_is_named_for_what_it_is() -> None:
    assert made(motion=Motion(kind="dolly-in"))[0].effective["depth"] == "guessed"
    assert made(motion=Motion(kind="zoom-in"))[0].effective["depth"] == "none"
    drawn, _ = made(prompt="orbit around a red fox in a meadow", first_frame=None)
    assert drawn.effective["depth"] == "drawn"
    assert drawn.effective["subjects"] == ["red fox"]


def test_what_sketchbook_cannot_draw_is_said() -> None:
    _, said = made(prompt="zoom in on a quokka", first_frame=None)
    assert any("cannot draw" in message for message in said)


@pytest.mark.parametrize(
    ("size", "drawn"),
    [((1280, 720), (1280, 720)), ((1920, 1080), (1536, 864)), ((256, 1920), (256, 1536))],
)
def test_first_frames_are_drawn_as_large_as_sketchbook_can(
    size: tuple[int, int], drawn: tuple[int, int]
) -> None:
    assert drawn_size(*size) == drawn


def test_a_dissolve_changes_far_things_first_and_all_in_the_end() -> None:
    assert weights_at(0).max() == 0
    assert weights_at(1).min() == 255
    half = weights_at(0.5)
    assert half[0] > half[255]
    before = weights_at(0)
    for way in np.linspace(0, 1, 21):
        now = weights_at(float(way))
        assert (now >= before).all()
        before = now


@pytest.mark.parametrize("seconds", [0.4, 16.5])
def test_the_length_has_limits(seconds: float) -> None:
    with pytest.raises(EngineError, match=r"seconds|frames"):
        made(frames=round(seconds * 12))
    assert CAPABILITIES.seconds.maximum == 15


def test_the_decoder_agrees_with_the_plan() -> None:
    """Sizes and counts are in the contract; here what tells a player how to show the colours."""
    output, _ = made(frames=36, fps=24)
    with av.open(io.BytesIO(output.mp4)) as container:
        track = container.streams.video[0]
        context = track.codec_context
        assert (context.name, context.pix_fmt) == ("h264", "yuv420p")
        assert (context.colorspace, context.color_range) == (Colorspace.ITU709, ColorRange.MPEG)
        assert track.average_rate == 24
        assert float(track.duration * track.time_base) == pytest.approx(1.5)
        keys = [packet.pts for packet in container.demux(track) if packet.is_keyframe]
    assert len(keys) == 2, "a player can jump to every second"
