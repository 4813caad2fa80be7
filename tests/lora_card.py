"""A reference card that takes models and LoRAs of the models folder, and tells what it wore."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from fabula.engines.base import (
    CancelToken,
    EngineContext,
    ImageCapabilities,
    ImageEvent,
    ImageOutput,
    ImageRequest,
)
from fabula.engines.image.reference_card import ReferenceCard
from fabula.engines.model_files.facts import Kind
from fabula.engines.model_files.families import LoraChoice
from fabula.engines.model_files.shelf import CHECKPOINT_FOLDERS, LORA_FOLDERS, walk_all

PATH = "lora_card:LoraCard"


class LoraCard(ReferenceCard):
    """Draws no model's picture, but knows the files that are there."""

    info = replace(ReferenceCard.info, id="lora-card", name="LoRA card")

    def __init__(self, context: EngineContext) -> None:
        super().__init__(context)
        self._folders = [Path(folder) for folder in context.model_folders]

    def capabilities(self) -> ImageCapabilities:
        found = walk_all(self._folders, CHECKPOINT_FOLDERS)
        models = {n: file for n, file in found.items() if file.facts.kind is Kind.CHECKPOINT}
        loras = walk_all(self._folders, LORA_FOLDERS)
        return replace(
            super().capabilities(),
            models=tuple(models),
            default_model=next(iter(models), ""),
            model_families={name: file.facts.family for name, file in models.items()},
            loras=True,
            lora_files=tuple(
                LoraChoice(name, file.facts.family)
                for name, file in loras.items()
                if file.facts.kind is Kind.LORA
            ),
        )

    def run(self, request: ImageRequest, cancel: CancelToken) -> Iterator[ImageEvent]:
        for event in super().run(replace(request, loras=(), model=None), cancel):
            if isinstance(event, ImageOutput):
                worn = [{"name": lora.path, "weight": lora.weight} for lora in request.loras]
                used = {**event.effective, "model": request.model, "loras": worn}
                yield replace(event, effective=used)
            else:
                yield event
