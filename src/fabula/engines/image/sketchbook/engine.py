"""The engine that comes with the studio: a mini model trained by this project.

It is for trying the studio; connect SDXL for real pictures.
"""

from __future__ import annotations

from collections.abc import Iterator

from fabula.engines.base import (
    Availability,
    CancelToken,
    EngineContext,
    EngineError,
    EngineInfo,
    EngineWarning,
    Footprint,
    ImageCapabilities,
    ImageEvent,
    ImageOutput,
    ImageRequest,
    Modality,
    Progress,
    Range,
)
from fabula.engines.files import size_of
from fabula.engines.image.sketchbook.artist import WEIGHTS, Artist, Order, Painting
from fabula.engines.image.sketchbook.prompt import MOST_ACTORS, Reading
from fabula.engines.image_checks import refuse_out_of_range, refused

PREVIEWS = 4
LIBRARIES_BYTES = 200 * 2**20
"""Of onnxruntime, and of what a picture in the making takes."""

NEEDED = ("flow.npz", "drawing.npz", "words.npz", "things.json", "tokenizer.json")
CAPABILITIES = ImageCapabilities(
    width=Range(256, 1536, 1024, 8),
    height=Range(256, 1536, 768, 8),
    steps=Range(1, 60, 20),
    guidance_scale=Range(1, 8, 1.6, 0.1),
    max_count=6,
    negative_prompt=True,
    image_to_image=True,
    previews=True,
)


class Sketchbook:
    """Small flow-matching model for subjects, a scene painter for everything around them."""

    info = EngineInfo(
        id="sketchbook",
        name="Sketchbook",
        modality=Modality.IMAGE,
        version="1.0",
        summary=(
            "Sketchbook, a mini model trained by this project, for trying the studio; "
            "connect SDXL for real pictures"
        ),
        model="Sketchbook flow model, 10 M parameters, with a scene painter",
        licence="Apache-2.0; trained on Fluent Emoji (MIT), Noto Emoji (Apache-2.0), "
        "Twemoji (CC BY 4.0)",
        stand_in=True,
    )

    def __init__(self, context: EngineContext) -> None:
        self._threads = context.threads
        self._artist: Artist | None = None

    def availability(self) -> Availability:
        missing = [name for name in NEEDED if not (WEIGHTS / name).exists()]
        if missing:
            return Availability(
                False, f"Missing weights: {', '.join(missing)}.", "Run make sketchbook."
            )
        return Availability(True)

    def capabilities(self) -> ImageCapabilities:
        return CAPABILITIES

    def footprint(self, model: str | None) -> Footprint:  # noqa: ARG002 - it has one model
        return Footprint(size_of(WEIGHTS) + LIBRARIES_BYTES)

    def load(self) -> None:
        if self._artist is None:
            self._artist = Artist(self._threads)

    def unload(self) -> None:
        self._artist = None

    def run(self, request: ImageRequest, cancel: CancelToken) -> Iterator[ImageEvent]:
        check(request)
        self.load()
        return self._pictures(request, cancel)

    def _pictures(self, request: ImageRequest, cancel: CancelToken) -> Iterator[ImageEvent]:
        artist = self._artist
        if artist is None:
            raise EngineError("Sketchbook was unloaded.", code="unavailable", retryable=True)
        cancel.check()
        reading = artist.read(request.prompt)
        unwanted = artist.read(request.negative_prompt)
        without(reading, unwanted)
        yield from warnings_for(reading)
        previews = preview_steps(request.steps)
        for index in range(request.start_index, request.count):
            seed, done = request.seed + index, 0
            order = Order(
                reading, unwanted, seed, request.width, request.height, request.steps,
                request.guidance_scale, request.reference,
            )  # fmt: skip
            for event in artist.draw(order, previews):
                if isinstance(event, Painting):
                    cancel.check()
                    yield ImageOutput(index, seed, event.pixels, effective(request, reading))
                else:
                    done += 1
                    cancel.check()
                    yield Progress(index, done, request.steps, event)


def check(request: ImageRequest) -> None:
    """Raise ``EngineError`` (``bad_request``) for what Sketchbook cannot do."""
    refuse_out_of_range(request, CAPABILITIES)
    if request.model:
        raise refused("Sketchbook has one model: leave the model out.")


def without(reading: Reading, unwanted: Reading) -> None:
    """Take out of the picture what the negative prompt names."""
    reading.weather = [w for w in reading.weather if w not in unwanted.weather]
    reading.filters = [f for f in reading.filters if f not in unwanted.filters]
    named = {a.thing.label for a in unwanted.actors if not a.colour}
    reading.actors = [a for a in reading.actors if a.thing.label not in named]


def warnings_for(reading: Reading) -> Iterator[EngineWarning]:
    """What the person should know about how the prompt was understood."""
    if reading.unknown:
        listed = ", ".join(f"“{word}”" for word in reading.unknown[:4])
        message = (
            f"Sketchbook cannot draw {listed} and leaves it out. Connect SDXL for real pictures."
        )
        yield EngineWarning("unknown_subject", message)
    if sum(a.count for a in reading.actors) > MOST_ACTORS:
        yield EngineWarning(
            "too_many_subjects", f"Sketchbook draws at most {MOST_ACTORS} subjects."
        )


def preview_steps(steps: int) -> frozenset[int]:
    """The steps after which a preview is drawn."""
    return frozenset(round(steps * (i + 1) / (PREVIEWS + 1)) for i in range(PREVIEWS)) - {0}


def effective(request: ImageRequest, reading: Reading) -> dict[str, object]:
    """The parameters that were really used, for the picture's record."""
    return {
        "width": request.width, "height": request.height, "steps": request.steps,
        "guidance_scale": request.guidance_scale, "negative_prompt": request.negative_prompt,
        "subjects": [" ".join(filter(None, (a.colour, a.thing.label))) for a in reading.actors],
    }  # fmt: skip
