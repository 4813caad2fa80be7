"""Draws one picture: reads the prompt, forms the subjects step by step, paints the scene."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fabula.engines.base import Pixels, Reference
from fabula.engines.image.sketchbook.blend import blended
from fabula.engines.image.sketchbook.decoder import Decoder
from fabula.engines.image.sketchbook.flow import Condition, FlowNet, sample
from fabula.engines.image.sketchbook.plan import Scene, plan
from fabula.engines.image.sketchbook.prompt import Reader, Reading
from fabula.engines.image.sketchbook.scene.canvas import Array, Stage
from fabula.engines.image.sketchbook.scene.filters import FILTERS, finish, to_picture
from fabula.engines.image.sketchbook.scene.light import LIGHTS
from fabula.engines.image.sketchbook.scene.lighthouse import draw_lighthouse
from fabula.engines.image.sketchbook.scene.nearness import ground_nearness, with_role
from fabula.engines.image.sketchbook.scene.places import PLACES
from fabula.engines.image.sketchbook.scene.sky import rainbow
from fabula.engines.image.sketchbook.scene.staging import perform, sprite_side
from fabula.engines.image.sketchbook.scene.water import mist
from fabula.engines.image.sketchbook.scene.weather import WEATHER
from fabula.engines.image.sketchbook.sentences import SentenceEncoder
from fabula.engines.image.sketchbook.vocabulary import Vocabulary

WEIGHTS = Path(__file__).with_name("weights")
PREVIEW_HEIGHT, PREVIEW_BYTES = 240, 24_000
INDOORS = frozenset({"room", "library", "cave", "space", "moon", "underwater"})


@dataclass(frozen=True)
class Painting:
    """A finished picture, and how near its parts are: shape (height, width), 0 far to 1 near."""

    pixels: Pixels
    nearness: Array


@dataclass(frozen=True)
class Order:
    """What one picture is drawn from."""

    reading: Reading
    unwanted: Reading
    seed: int
    width: int
    height: int
    steps: int
    guidance: float
    reference: Reference | None = None


def generator(seed: int, purpose: str) -> np.random.Generator:
    """Independent random numbers for each purpose of one seed."""
    return np.random.default_rng([seed, zlib.crc32(purpose.encode())])


class Artist:
    """The loaded models; ``draw`` may be called again and again."""

    def __init__(self, threads: int = 1, weights: Path = WEIGHTS) -> None:
        self._words = Vocabulary(weights)
        self._net = FlowNet(weights / "flow.npz")
        self._decoder = Decoder(weights / "drawing.npz")
        self._reader = Reader(self._words, SentenceEncoder(threads))

    def read(self, prompt: str) -> Reading:
        """What the prompt says, as far as Sketchbook understands it."""
        return self._reader.read(prompt)

    def draw(self, order: Order, previews: frozenset[int]) -> Iterator[bytes | Painting | None]:
        """Yield once per step (a WebP preview at the steps of ``previews``), then the picture."""
        scene = plan(order.reading, generator(order.seed, "plan"))
        drawn = np.zeros((0, self._net.size), np.float32)
        for step, drawn in enumerate(self._form(order, scene), 1):
            yield self._preview(order, scene, drawn) if step in previews else None
        yield self._paint(order, scene, drawn, order.width, order.height)

    def _form(self, order: Order, scene: Scene) -> Iterator[Array]:
        count = len(scene.cast)
        if not count:
            yield from (np.zeros((0, self._net.size), np.float32) for _ in range(order.steps))
            return
        noise = generator(order.seed, "subject").standard_normal((count, self._net.size))
        given = self._conditions(scene, generator(order.seed, "style"))
        yield from sample(
            self._net, given, self._against(order.unwanted, count), noise.astype(np.float32),
            steps=order.steps, guidance=order.guidance,
        )  # fmt: skip

    def _conditions(self, scene: Scene, rng: np.random.Generator) -> Condition:
        actors = [actor for actor, _ in scene.cast]
        words = np.stack([self._words.vector(a.thing) for a in actors])
        colours = [self._words.colours.index(a.colour or "natural") for a in actors]
        pick = rng.random()
        styles = [a.thing.styles[int(pick * len(a.thing.styles))] for a in actors]
        return Condition(words, np.array(colours), np.array(styles))

    def _against(self, unwanted: Reading, count: int) -> Condition:
        empty = self._net.nothing(count)
        if not unwanted.actors:
            return empty
        actor = unwanted.actors[0]
        colour = self._words.colours.index(actor.colour) if actor.colour else self._net.no_colour
        words = np.repeat(self._words.vector(actor.thing)[None], count, 0)
        return Condition(words, np.full(count, colour), empty.style)

    def _paint(self, order: Order, scene: Scene, drawn: Array, width: int, height: int) -> Painting:
        stage = Stage(width, height, LIGHTS[scene.light], generator(order.seed, "scene"))
        backdrop(stage, scene, order.reading)
        bare = stage.pixels.copy() if order.reference else None
        nearness = ground_nearness(stage)
        faces = generator(order.seed, "faces").random(len(scene.cast)) < 0.5
        for (_, role), components, turned in zip(scene.cast, drawn, faces, strict=True):
            sprite = self._decoder.sprite(components, sprite_side(stage, role))
            before = stage.pixels.copy()
            perform(stage, role, sprite.mirrored() if turned else sprite)
            nearness = with_role(nearness, stage, role, np.abs(stage.pixels - before).max(-1))
        veil(stage, scene, order.reading)
        pixels = finish(stage.pixels, stage.rng)
        for name in order.reading.filters:
            pixels = FILTERS[name](pixels, stage.rng)
        if order.reference and bare is not None:
            pixels = blended(
                order.reference, pixels, np.abs(stage.pixels - bare).max(-1), stage.rng
            )
        return Painting(np.asarray(np.clip(pixels, 0, 1) * 255 + 0.5, np.uint8), nearness)

    def _preview(self, order: Order, scene: Scene, drawn: Array) -> bytes:
        height = min(PREVIEW_HEIGHT, order.height)
        width = max(16, round(order.width * height / order.height))
        return webp(self._paint(order, scene, drawn, width, height).pixels)


def backdrop(stage: Stage, scene: Scene, reading: Reading) -> None:
    """Everything behind the subjects."""
    PLACES[scene.place](stage)
    if "rainbow" in reading.weather and scene.place not in INDOORS:
        rainbow(stage)
    if "lighthouse" in reading.extras and scene.place not in INDOORS:
        draw_lighthouse(stage)
    if (scene.misty or stage.light.fog) and scene.place not in {"room", "library", "space"}:
        mist(stage, 0.85)


def veil(stage: Stage, scene: Scene, reading: Reading) -> None:
    """Everything in front of the subjects."""
    if scene.place in {"room", "library", "space", "moon", "underwater", "cave"}:
        wanted = [w for w in reading.weather if w in {"sparkles", "fireflies"}]
    else:
        wanted = [w for w in reading.weather if w in WEATHER]
        if scene.light == "storm" and "rain" not in wanted and "snowfall" not in wanted:
            wanted.append("rain")
    for name in wanted:
        WEATHER[name](stage)
    if scene.misty or stage.light.fog:
        stage.lay(np.full(stage.pixels.shape[:2], 0.12, np.float32), stage.light.haze)


def webp(pixels: NDArray[np.uint8]) -> bytes:
    """A WebP of at most PREVIEW_BYTES."""
    picture = to_picture(pixels.astype(np.float32) / 255)
    for quality, shrink in ((72, 1), (45, 1), (45, 2), (20, 4)):
        buffer = io.BytesIO()
        small = picture.reduce(shrink) if shrink > 1 else picture
        small.save(buffer, "WEBP", quality=quality, method=0)
        if buffer.tell() <= PREVIEW_BYTES:
            break
    return buffer.getvalue()
