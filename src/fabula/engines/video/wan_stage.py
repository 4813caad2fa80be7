"""What the engines that run WAN share: the folder of models, and the one that is loaded."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from fabula.engines.base import (
    NO_FOOTPRINT,
    Availability,
    EngineContext,
    EngineError,
    Footprint,
    Lora,
)
from fabula.engines.capabilities import LoraChoice, Range
from fabula.engines.diffusers_support import lora_choices, missing, understood, with_files
from fabula.engines.files import weights_of
from fabula.engines.image_checks import refused
from fabula.engines.model_files.shelf import walk_all
from fabula.engines.video.wan_models import USUAL, Start, Training, WanModel, models_among
from fabula.engines.video.wan_pipeline import LoadedWan

FOLDER, OPTION = "wan", "wan_model"
NEEDED = ("torch", "diffusers", "transformers", "accelerate", "peft", "safetensors", "ftfy")
LONGEST_SIDE = 1280
USUAL_GRID = 16


class WanStage:
    """Models of a folder, of which one is in memory. ``only`` leaves out those that cannot start
    from that."""

    def __init__(self, context: EngineContext, only: Start | None = None) -> None:
        self._folders = tuple(Path(folder) for folder in context.model_folders)
        self._only = only
        self._threads = max(1, context.threads)
        self._options = context.options
        self._loaded: LoadedWan | None = None

    def availability(self) -> Availability:
        if absent := missing(NEEDED):
            return absent
        models, folder, wanted = self.models(), self._folders[0] / FOLDER, self._options.get(OPTION)
        if not models:
            what = f" that makes something of {self._only}" if self._only else ""
            remedy = "Put a WAN model there: a folder as diffusers writes it."
            return Availability(False, f"There is no model{what} in {folder}.", remedy)
        if wanted is not None and wanted not in self._all():
            reason = f"The option {OPTION} names “{wanted}”, which is not in {folder}."
            return Availability(False, reason, f"Choose one of: {', '.join(models)}.")
        return Availability(True)

    def models(self) -> dict[str, WanModel]:
        """By name, in order."""
        found = self._all()
        if self._only is None:
            return found
        return {name: model for name, model in found.items() if self._only in model.starts}

    def families(self) -> dict[str, str]:
        """Of the models, by their names."""
        return {name: model.family for name, model in self.models().items()}

    def starts(self) -> frozenset[Start]:
        return frozenset(start for model in self.models().values() for start in model.starts)

    def training(self) -> Training:
        """That of the main model."""
        main = self._main()
        return main.training if main else USUAL

    def sides(self) -> tuple[Range, Range]:
        """Width and height: the defaults of the main model, in steps that suit all models."""
        best = self.training()
        grid = max((model.grid for model in self.models().values()), default=USUAL_GRID)
        width, height = (
            Range(4 * grid, LONGEST_SIDE, side, grid) for side in (best.width, best.height)
        )
        return width, height

    def chosen(self, wanted: str | None, start: Start) -> WanModel:
        """The model that a request names; else the one of the option where it can start from that,
        or else the first that can. Raises ``EngineError`` (``bad_request``)."""
        models = self.models()
        if wanted is not None:
            model = models.get(wanted)
            if model is None:
                there = ", ".join(models) or "none"
                raise refused(f"There is no model “{wanted}”. There are: {there}.")
            if start not in model.starts:
                raise _cannot(f"The model {wanted}", [model], start)
            return model
        able = {name: model for name, model in models.items() if start in model.starts}
        if not able:
            raise _cannot("No model here", models.values(), start)
        return able.get(str(self._options.get(OPTION))) or next(iter(able.values()))

    def loras(self, asked: Iterable[Lora]) -> tuple[Lora, ...]:
        """With the paths of their files. Raises ``EngineError`` (``bad_request``)."""
        return with_files(asked, self._folders)

    def lora_choices(self) -> tuple[LoraChoice, ...]:
        return lora_choices(self._folders)

    def footprint(self, model: str | None) -> Footprint:
        """Of a model by its name, or of the main one."""
        place = self.models().get(model or "") or self._main()
        return weights_of(place.path) if place else NO_FOOTPRINT

    def load(self) -> None:
        main = self._main()
        if main is None:
            raise EngineError("There is no WAN model.", code="unavailable")
        self.ready(main, ())

    def ready(self, model: WanModel, loras: tuple[Lora, ...]) -> LoadedWan:
        """The model in memory, with these LoRAs and no others. Raises ``EngineError`` where it does
        not fit or is not whole."""
        if self._loaded is None or self._loaded.model != model:
            self.clear()
            try:
                self._loaded = LoadedWan(model, self._threads, self._options)
            except RuntimeError as error:
                raise understood(error) from error
        self._loaded.wear(loras)
        return self._loaded

    def clear(self) -> None:
        loaded, self._loaded = self._loaded, None
        if loaded is not None:
            loaded.close()

    def _all(self) -> dict[str, WanModel]:
        return models_among(walk_all(self._folders, (FOLDER,)).values())

    def _main(self) -> WanModel | None:
        """The model that stands for all in what an engine offers: that of the option, or else the
        first that starts from the prompt alone, or else the first."""
        models = self.models()
        from_text = (model for model in models.values() if Start.TEXT in model.starts)
        first = next(from_text, next(iter(models.values()), None))
        return models.get(str(self._options.get(OPTION)), first)


def refuse_off_grid(width: int, height: int, grid: float) -> None:
    """Raise ``EngineError`` (``bad_request``) for sides between two steps."""
    if width % grid or height % grid:
        raise refused(f"width and height must be multiples of {grid:g}.")


def _cannot(who: str, models: Iterable[WanModel], start: Start) -> EngineError:
    possible = " or ".join(sorted({each for model in models for each in model.starts}))
    return refused(f"{who} makes nothing from {start}; possible: {possible or 'nothing'}.")
