"""Clips by WAN 2.1 and 2.2 through the library diffusers: from a prompt, a first frame, or a first
and a last one.

Models lie in MODELS_DIR/wan (``wan_models``), LoRAs are ``.safetensors`` files below
MODELS_DIR/loras. In a pair of networks a LoRA with ``high_noise`` or ``low_noise`` in its name is
for that one, and any other for both.

Options of the engine:

- ``wan_model``: the model of requests that name none, where it can start from what they give;
  without it the first by name that can
- ``precision``: ``float32``, ``bfloat16`` or ``float16``; without it what suits the device
- ``offload``: keep on the GPU only the part of the model that works; without it where the memory
  that is free does not hold the whole model
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, floor

from fabula.engines.base import (
    Availability,
    CancelToken,
    EngineContext,
    EngineInfo,
    Footprint,
    Lora,
    Modality,
    Progress,
    VideoEvent,
    VideoOutput,
    VideoRequest,
)
from fabula.engines.capabilities import Range, VideoCapabilities
from fabula.engines.video.h264 import H264Writer
from fabula.engines.video.wan_models import FRAME_STEP, Start, Training, WanModel, start_of
from fabula.engines.video.wan_pipeline import Frames, Shoot
from fabula.engines.video.wan_stage import WanStage, refuse_off_grid
from fabula.engines.video_checks import refuse_out_of_range

FEWEST_FRAMES = 1 + FRAME_STEP
SHORTEST_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Order:
    """A request that was checked, with what it names on the disk."""

    request: VideoRequest
    model: WanModel
    loras: tuple[Lora, ...]


class DiffusersWan:
    """Makes clips with WAN models of the person's own."""

    info = EngineInfo(
        id="diffusers-wan",
        name="WAN by diffusers",
        modality=Modality.VIDEO,
        version="1.0",
        summary="The video models WAN 2.1 and 2.2, run by diffusers on this machine",
        model="the WAN models in the folder wan of the models",
        licence="that of each model",
    )

    def __init__(self, context: EngineContext) -> None:
        self._stage = WanStage(context)

    def availability(self) -> Availability:
        return self._stage.availability()

    def capabilities(self) -> VideoCapabilities:
        """Size, length and rate are those of the main model."""
        best, starts = self._stage.training(), self._stage.starts()
        width, height = self._stage.sides()
        return VideoCapabilities(
            width=width,
            height=height,
            frames=Range(FEWEST_FRAMES, best.frames, best.frames, FRAME_STEP),
            fps=Range(8, 30, best.fps),
            seconds=lengths_of(best),
            steps=Range(1, 100, 30),
            guidance_scale=Range(0, 20, 5, 0.1),
            negative_prompt=True,
            first_frame=bool(starts & {Start.FIRST, Start.BOTH}),
            last_frame=Start.BOTH in starts,
            first_frame_required=bool(starts) and Start.TEXT not in starts,
            previews=True,
            loras=True,
            models=tuple(self._stage.models()),
            model_families=self._stage.families(),
            lora_files=self._stage.lora_choices(),
        )

    def footprint(self, model: str | None) -> Footprint:
        return self._stage.footprint(model)

    def load(self) -> None:
        self._stage.load()

    def unload(self) -> None:
        self._stage.clear()

    def run(self, request: VideoRequest, cancel: CancelToken) -> Iterator[VideoEvent]:
        able = self.capabilities()
        refuse_out_of_range(request, able)
        refuse_off_grid(request.width, request.height, able.width.step)
        model = self._stage.chosen(request.model, start_of(request))
        return self._clip(Order(request, model, self._stage.loras(request.loras)), cancel)

    def _clip(self, order: Order, cancel: CancelToken) -> Iterator[VideoEvent]:
        cancel.check()
        loaded = self._stage.ready(order.model, order.loras)
        cancel.check()
        shoot = shoot_of(order.request)
        yield from loaded.warnings_for(shoot)
        for event in loaded.film(shoot, cancel):
            if isinstance(event, Progress):
                yield event
            else:
                mp4 = encoded(event, order.request.fps, cancel)
                yield clip_of(order.request, mp4, loaded.effective(shoot))


def lengths_of(best: Training) -> Range:
    """Seconds from about half a one on, in steps from one possible number of frames to the next.
    Limits are rounded away from each other, so that a rounded length is within them."""
    shortest = FRAME_STEP * ceil(SHORTEST_SECONDS * best.fps / FRAME_STEP) + 1
    longest = ceil(best.frames / best.fps * 1000) / 1000
    return Range(floor(shortest / best.fps * 1000) / 1000, longest, longest, FRAME_STEP / best.fps)


def shoot_of(request: VideoRequest) -> Shoot:
    return Shoot(
        prompt=request.prompt,
        negative_prompt=request.negative_prompt,
        seed=request.seed,
        width=request.width,
        height=request.height,
        frames=request.frames,
        steps=request.steps,
        guidance_scale=request.guidance_scale,
        first=request.first_frame,
        last=request.last_frame,
    )


def encoded(film: Frames, fps: float, cancel: CancelToken) -> bytes:
    """The film as an MP4 file."""
    _, height, width, _ = film.shape
    writer = H264Writer(width, height, fps)
    try:
        for frame in film:
            cancel.check()
            writer.write_picture(frame)
        return writer.finish()
    finally:
        writer.close()


def clip_of(request: VideoRequest, mp4: bytes, effective: dict[str, object]) -> VideoOutput:
    record = effective | {"seconds": round(request.frames / request.fps, 3)}
    return VideoOutput(
        0, request.seed, mp4, request.width, request.height, request.frames, request.fps, record
    )
