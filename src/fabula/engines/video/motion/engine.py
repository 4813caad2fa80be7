"""The engine that moves still pictures: clips without a video model.

It is for trying the studio; nothing in its clips happens but the camera's move.
"""

from __future__ import annotations

import io
import math
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fabula.engines.base import (
    Availability,
    CancelToken,
    EngineContext,
    EngineInfo,
    EngineWarning,
    Footprint,
    Modality,
    Motion,
    MotionCapabilities,
    Pixels,
    Progress,
    Range,
    VideoCapabilities,
    VideoEvent,
    VideoOutput,
    VideoRequest,
)
from fabula.engines.image.sketchbook.artist import Artist, Order, Painting
from fabula.engines.image.sketchbook.engine import CAPABILITIES as DRAWING
from fabula.engines.image.sketchbook.engine import Sketchbook, warnings_for, without
from fabula.engines.image_checks import refused
from fabula.engines.video.h264 import H264Writer
from fabula.engines.video.motion import camera, nearness, words
from fabula.engines.video.motion.camera import Move
from fabula.engines.video.motion.dissolve import Dissolve
from fabula.engines.video.motion.nearness import Nearness
from fabula.engines.video.motion.plate import Planes, Plate, Shot, plate_of
from fabula.engines.video_checks import refuse_out_of_range

CAPABILITIES = VideoCapabilities(
    width=Range(256, 1920, 1280, 8),
    height=Range(256, 1920, 720, 8),
    frames=Range(8, 900, 120, 1),
    fps=Range(8, 60, 24),
    seconds=Range(1, 15, 5, 0.5),
    steps=DRAWING.steps,
    guidance_scale=DRAWING.guidance_scale,
    negative_prompt=True,
    first_frame=True,
    last_frame=True,
    previews=True,
    motion=MotionCapabilities(
        kinds=camera.KINDS, easings=camera.EASINGS, strength=Range(0, 1, 0.5, 0.05), loop=True
    ),
)
STRENGTH_OF_PACE = {"slow": 0.25, "": 0.5, "fast": 0.85}
PREVIEW_SIDE = 240
_AHEAD = 2
"""Frames that each thread may be ahead of the encoder."""


@dataclass(frozen=True, slots=True)
class Still:
    """A picture to move, and where its nearness comes from: ``drawn`` or ``guessed``."""

    pixels: Pixels
    nearness: Nearness
    depth: str
    subjects: tuple[str, ...] = ()


class MotionEngine:
    """Moves a camera over a picture: one that is given, or one that Sketchbook draws."""

    info = EngineInfo(
        id="motion",
        name="Motion",
        modality=Modality.VIDEO,
        version="1.0",
        summary=(
            "Motion moves a camera over a still picture and is no video model: nothing in the "
            "picture moves by itself. For trying the studio; connect WAN for real clips"
        ),
        model="none; first frames by the Sketchbook flow model",
        licence="Apache-2.0",
        stand_in=True,
    )

    def __init__(self, context: EngineContext) -> None:
        self._context = context
        self._artist: Artist | None = None

    def availability(self) -> Availability:
        return Sketchbook(self._context).availability()

    def capabilities(self) -> VideoCapabilities:
        return CAPABILITIES

    def footprint(self, model: str | None) -> Footprint:
        return Sketchbook(self._context).footprint(model)

    def load(self) -> None:
        """Nothing: Sketchbook is loaded when the first prompt without a picture comes."""

    def unload(self) -> None:
        self._artist = None

    def run(self, request: VideoRequest, cancel: CancelToken) -> Iterator[VideoEvent]:
        check(request)
        return self._clip(request, cancel)

    def _clip(self, request: VideoRequest, cancel: CancelToken) -> Iterator[VideoEvent]:
        cancel.check()
        reading = words.read(request.prompt)
        move = decided(request.motion or Motion(), reading, request.seed)
        yield from said(request, reading, move)
        drawing = request.steps if request.first_frame is None else 0
        total = drawing + request.frames
        if request.first_frame is None:
            first = yield from self._drawn(request, reading.rest, total, cancel)
        else:
            first = given(request.first_frame)
        last = given(request.last_frame) if request.last_frame is not None else None
        film = film_of(first, last, move, request)
        writer = H264Writer(request.width, request.height, request.fps)
        try:
            frames = in_order(film, request.frames, self._context.threads)
            for number, frame in enumerate(frames, 1):
                cancel.check()
                writer.write(frame)
                preview = small(first.pixels) if number == 1 else None
                yield Progress(0, drawing + number, total, preview)
            cancel.check()
            mp4 = writer.finish()
        finally:
            writer.close()
        yield VideoOutput(
            0, request.seed, mp4, request.width, request.height, request.frames, request.fps,
            effective(request, move, first),
        )  # fmt: skip

    def _drawn(
        self, request: VideoRequest, prompt: str, total: int, cancel: CancelToken
    ) -> Generator[VideoEvent, None, Still]:
        """Draw the first frame, and return it."""
        artist = self._artist = self._artist or Artist(self._context.threads)
        reading = artist.read(prompt)
        unwanted = artist.read(request.negative_prompt)
        without(reading, unwanted)
        yield from warnings_for(reading)
        width, height = drawn_size(request.width, request.height)
        order = Order(
            reading, unwanted, request.seed, width, height, request.steps, request.guidance_scale
        )
        steps = artist.draw(order, frozenset())
        for number in range(1, request.steps + 1):
            next(steps)
            cancel.check()
            yield Progress(0, number, total)
        painting = next(step for step in steps if isinstance(step, Painting))
        near = nearness.smooth(np.asarray(painting.nearness, np.float32))
        names = (" ".join(filter(None, (a.colour, a.thing.label))) for a in reading.actors)
        return Still(painting.pixels, near, "drawn", tuple(names))


def check(request: VideoRequest) -> None:
    """Raise ``EngineError`` (``bad_request``) for a clip that cannot be made."""
    refuse_out_of_range(request, CAPABILITIES)
    if request.width % 2 or request.height % 2:
        raise refused("width and height must be even numbers of pixels.")
    if request.model:
        raise refused("Motion has no models: leave the model out.")


def decided(asked: Motion, reading: words.Reading, seed: int) -> Move:
    """What was asked for by name counts, then the prompt's words, then a gentle drift."""
    kind = asked.kind or reading.kind or camera.DEFAULT_KIND
    strength = STRENGTH_OF_PACE[reading.pace] if asked.strength is None else asked.strength
    loop = reading.loop if asked.loop is None else asked.loop
    heading = float(np.random.default_rng([seed, 1]).uniform(0, 2 * math.pi))
    return Move(kind, strength, asked.easing or camera.EASINGS[0], loop, heading)


def said(request: VideoRequest, reading: words.Reading, move: Move) -> Iterator[EngineWarning]:
    """How the prompt was understood, for the person to see."""
    if request.motion is not None and request.motion.kind is not None:
        return
    if reading.kind is None:
        text = "The prompt names no camera move, so the camera drifts gently."
    else:
        text = f"Understood as: {in_words(move)}."
    yield EngineWarning("motion_read", text)


def in_words(move: Move) -> str:
    """A move as a person would say it: ``slow zoom in, in a loop``."""
    pace = "slow " if move.strength < 0.4 else "strong " if move.strength > 0.7 else ""
    loop = ", in a loop" if move.loop else ""
    return f"{pace}{move.kind.replace('-', ' ')}{loop}"


def given(pixels: Pixels) -> Still:
    return Still(pixels, nearness.guessed(pixels), "guessed")


def drawn_size(width: int, height: int) -> tuple[int, int]:
    """The size in which Sketchbook draws a frame: as large as it can, in its steps."""
    limits = DRAWING.width
    scale = min(1.0, limits.maximum / max(width, height))
    sides = (math.ceil(side * scale / limits.step) * limits.step for side in (width, height))
    across, down = (int(min(max(side, limits.minimum), limits.maximum)) for side in sides)
    return across, down


def film_of(
    first: Still, last: Still | None, move: Move, request: VideoRequest
) -> Callable[[int], Planes]:
    """The clip as a function from the number of a frame to its planes."""
    width, height = request.width, request.height
    views = camera.views(move, request.frames)
    begins = plate_of(first.pixels, first.nearness, width, height)
    if last is None:
        return Shot(begins, views, width, height).frame
    ends: Plate = plate_of(last.pixels, last.nearness, width, height)
    way = camera.progress(move, request.frames)
    away = Shot(begins, camera.to_rest(views, int(way.argmin())), width, height)
    home = Shot(ends, camera.to_rest(views, int(way.argmax())), width, height)
    dissolve = Dissolve(first.nearness, width, height)
    return lambda i: dissolve.mix(away.frame(i), home.frame(i), float(way[i]))


def in_order(
    film: Callable[[int], Planes], frames: int, threads: int
) -> Iterator[NDArray[np.uint8]]:
    """All frames as arrays, computed by threads a little ahead of whoever takes them."""

    def planes(index: int) -> NDArray[np.uint8]:
        y, u, v = film(index)
        flat = b"".join(plane.tobytes() for plane in (y, u, v))
        return np.frombuffer(flat, np.uint8).reshape(y.height * 3 // 2, y.width)

    waiting: deque[Future[NDArray[np.uint8]]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="motion") as pool:
        for index in range(frames):
            waiting.append(pool.submit(planes, index))
            if len(waiting) > threads * _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def small(pixels: Pixels) -> bytes:
    picture = Image.fromarray(pixels)
    picture.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE), reducing_gap=2.0)
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=72, method=0)
    return out.getvalue()


def effective(request: VideoRequest, move: Move, first: Still) -> dict[str, object]:
    """What was really used, for the clip's record."""
    made: dict[str, object] = {
        "camera": in_words(move),
        "motion": move.kind,
        "strength": move.strength,
        "easing": move.easing,
        "loop": move.loop,
        "seconds": round(request.frames / request.fps, 3),
        "depth": "none" if move.kind in camera.FLAT else first.depth,
    }
    if request.first_frame is None:
        made |= {"steps": request.steps, "guidance_scale": request.guidance_scale}
        made |= {"subjects": list(first.subjects)}
    return made
