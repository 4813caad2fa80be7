"""Pictures by WAN: clips of a single frame, by the same models and options as ``diffusers_wan``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fabula.engines.base import (
    Availability,
    CancelToken,
    EngineContext,
    EngineInfo,
    Footprint,
    ImageEvent,
    ImageOutput,
    ImageRequest,
    Lora,
    Modality,
    Progress,
)
from fabula.engines.capabilities import ImageCapabilities, Range
from fabula.engines.image_checks import refuse_out_of_range
from fabula.engines.video.wan_models import Start, WanModel
from fabula.engines.video.wan_pipeline import Shoot
from fabula.engines.video.wan_stage import WanStage, refuse_off_grid


@dataclass(frozen=True, slots=True)
class Order:
    """A request that was checked, with what it names on the disk."""

    request: ImageRequest
    model: WanModel
    loras: tuple[Lora, ...]


class DiffusersWanFrame:
    """Draws single frames with WAN models of the person's own."""

    info = EngineInfo(
        id="diffusers-wan-frame",
        name="WAN frames by diffusers",
        modality=Modality.IMAGE,
        version="1.0",
        summary="Single frames of the video models WAN 2.1 and 2.2, run by diffusers here",
        model="the WAN models in the folder wan of the models",
        licence="that of each model",
    )

    def __init__(self, context: EngineContext) -> None:
        self._stage = WanStage(context, Start.TEXT)

    def availability(self) -> Availability:
        return self._stage.availability()

    def capabilities(self) -> ImageCapabilities:
        width, height = self._stage.sides()
        return ImageCapabilities(
            width=width,
            height=height,
            steps=Range(1, 100, 30),
            guidance_scale=Range(0, 20, 5, 0.1),
            negative_prompt=True,
            previews=True,
            loras=True,
            families=("wan",),
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

    def run(self, request: ImageRequest, cancel: CancelToken) -> Iterator[ImageEvent]:
        able = self.capabilities()
        refuse_out_of_range(request, able)
        refuse_off_grid(request.width, request.height, able.width.step)
        model = self._stage.chosen(request.model, Start.TEXT)
        return self._pictures(Order(request, model, self._stage.loras(request.loras)), cancel)

    def _pictures(self, order: Order, cancel: CancelToken) -> Iterator[ImageEvent]:
        cancel.check()
        loaded = self._stage.ready(order.model, order.loras)
        cancel.check()
        request = order.request
        yield from loaded.warnings_for(shoot_of(request, request.start_index))
        for index in range(request.start_index, request.count):
            shoot = shoot_of(request, index)
            for event in loaded.film(shoot, cancel, index):
                if isinstance(event, Progress):
                    yield event
                else:
                    yield ImageOutput(index, shoot.seed, event[0], loaded.effective(shoot))


def shoot_of(request: ImageRequest, index: int) -> Shoot:
    """Picture ``index`` as a film of one frame."""
    return Shoot(
        prompt=request.prompt,
        negative_prompt=request.negative_prompt,
        seed=request.seed + index,
        width=request.width,
        height=request.height,
        frames=1,
        steps=request.steps,
        guidance_scale=request.guidance_scale,
    )
