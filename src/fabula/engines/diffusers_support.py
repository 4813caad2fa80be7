"""What the engines that run diffusers have in common.

Torch and diffusers are imported when a model is loaded, never before.
"""

from __future__ import annotations

import io
import math
import os
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fabula.engines.base import (
    Availability,
    Cancelled,
    CancelToken,
    EngineError,
    EngineWarning,
    Lora,
)
from fabula.engines.capabilities import LoraChoice
from fabula.engines.cpu import cpu_flags
from fabula.engines.image_checks import refused
from fabula.engines.model_files.facts import Kind
from fabula.engines.model_files.shelf import LORA_FOLDERS, Found, walk_all

PRECISIONS = ("float32", "bfloat16", "float16")
PREVIEW_SIDE = 192
Pipeline: TypeAlias = Any
Tensor: TypeAlias = Any
Part: TypeAlias = Any
"""Objects of diffusers and torch, which have no types where they are not installed."""

AfterStep = Callable[[Pipeline, int, Any, dict[str, Tensor]], dict[str, Tensor]]
Colours = NDArray[np.float32]
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Step:
    """A finished step, counted from 1, and its preview."""

    number: int
    preview: bytes


def missing(needed: Iterable[str]) -> Availability | None:
    """What to install, where packages are not there."""
    absent = [name for name in needed if find_spec(name) is None]
    if not absent:
        return None
    reason = f"Not installed: {', '.join(absent)}."
    return Availability(False, reason, "Run `pip install 'fabula[diffusers]'`.")


def libraries() -> tuple[Any, Any]:
    """Torch and diffusers: 430 MB and several seconds, so only where a model is loaded."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    torch, diffusers = import_module("torch"), import_module("diffusers")
    diffusers.utils.logging.set_verbosity_error()
    diffusers.utils.logging.disable_progress_bar()
    transformers = import_module("transformers")
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    return torch, diffusers


def chosen_precision(torch: Part, device: str, options: Mapping[str, Any]) -> str:
    """The option ``precision``, or what suits the device. Raises ``EngineError``."""
    wanted = options.get("precision")
    if wanted is not None:
        if wanted not in PRECISIONS:
            message = f"precision must be one of {', '.join(PRECISIONS)}."
            raise EngineError(message, code="unavailable")
        return str(wanted)
    if device == "cuda":
        return "bfloat16" if torch.cuda.is_bf16_supported() else "float16"
    quick = (cpu_flags() or frozenset()) & {"avx512_bf16", "amx_bf16"}
    return "bfloat16" if quick else "float32"


def in_steps(
    work: Callable[[AfterStep], Made], shown: Callable[[Tensor], bytes], cancel: CancelToken
) -> Generator[Step | Made]:
    """Run a pipeline in a thread: its steps as they are done, then what it made.

    ``work`` gets the pipeline's callback, ``shown`` makes a preview of the latents. Leaving early
    stops the pipeline at its next step. Raises ``Cancelled`` and what the pipeline raises.
    """
    inbox: SimpleQueue[Step | Made | Exception] = SimpleQueue()
    left = threading.Event()

    def after_step(
        _pipeline: Pipeline, step: int, _time: Part, tensors: dict[str, Tensor]
    ) -> dict[str, Tensor]:
        if left.is_set() or cancel.cancelled:
            raise Cancelled
        inbox.put(Step(step + 1, shown(tensors["latents"])))
        return tensors

    def draw() -> None:
        try:
            inbox.put(work(after_step))
        except Exception as error:  # noqa: BLE001 - handed to the thread that asked
            inbox.put(error)

    thread = threading.Thread(target=draw, daemon=True)
    thread.start()
    try:
        while True:
            item = inbox.get()
            cancel.check()
            if isinstance(item, Exception):
                raise understood(item)
            yield item
            if not isinstance(item, Step):
                return
    finally:
        left.set()
        thread.join()


def understood(error: Exception) -> Exception:
    """Torch's own error of memory, by its name since it is not imported here, as one of ours."""
    if type(error).__name__ == "OutOfMemoryError":
        message = "The GPU's memory does not suffice: ask for a smaller size or a shorter clip."
        return EngineError(message, code="out_of_memory", retryable=True)
    return error


def lora_choices(folders: Iterable[Path]) -> tuple[LoraChoice, ...]:
    """The LoRAs that lie in folders of models, for capabilities."""
    return tuple(LoraChoice(name, file.facts.family) for name, file in _loras(folders).items())


def with_files(asked: Iterable[Lora], folders: Iterable[Path]) -> tuple[Lora, ...]:
    """LoRAs that a request names, with the paths of their files, which a request cannot name.

    Raises ``EngineError`` (``bad_request``) for one that is not there.
    """
    wanted = tuple(asked)
    known = _loras(folders) if wanted else {}
    for lora in wanted:
        if lora.path not in known:
            folder = LORA_FOLDERS[0]
            raise refused(
                f"There is no LoRA “{lora.path}”; LoRAs are .safetensors files in {folder}/."
            )
        if not math.isfinite(lora.weight):
            raise refused("The weight of a LoRA must be a number.")
    return tuple(replace(lora, path=str(known[lora.path].path)) for lora in wanted)


def dress(
    pipeline: Pipeline, loras: tuple[Lora, ...], load: Callable[[str, Path], None], model: str
) -> None:
    """Put on these LoRAs and no others; ``load`` puts the file of one on under a name.

    Raises ``EngineError`` where one does not fit the model; then none is worn.
    """
    pipeline.unload_lora_weights()
    names = [f"lora{number}" for number in range(len(loras))]
    try:
        for name, lora in zip(names, loras, strict=True):
            load(name, Path(lora.path))
        if loras:
            pipeline.set_adapters(names, [lora.weight for lora in loras])
    except (ValueError, RuntimeError, KeyError, OSError) as error:
        pipeline.unload_lora_weights()
        listed = ", ".join(Path(lora.path).name for lora in loras)
        raise refused(f"These LoRAs do not fit the model {model}: {listed}.") from error


class Placement:
    """Where the parts that several pipelines share do their work."""

    def __init__(self, device: str, *, offload: bool) -> None:
        self._device = device
        self._offload = offload
        self._placed: Pipeline = None

    def put(self, pipeline: Pipeline) -> None:
        """Put the parts where they work: whole, or by hooks that belong to one pipeline."""
        if self._placed is pipeline:
            return
        if self._offload:
            pipeline.enable_model_cpu_offload()
        elif self._placed is None:
            pipeline.to(self._device)
        self._placed = pipeline

    def clear(self) -> None:
        """Hold no pipeline any more."""
        self._placed = None


def _loras(folders: Iterable[Path]) -> dict[str, Found]:
    found = walk_all(folders, LORA_FOLDERS)
    return {name: file for name, file in found.items() if file.facts.kind is Kind.LORA}


def fitted_colours(latents: Colours, colours: Colours) -> Colours:
    """The linear map from latents to colours with the least squares, shape (channels + 1, 3).

    ``latents`` are (points, channels), ``colours`` (points, 3) as the decoder gives them.
    """
    known = np.concatenate([latents, np.ones((len(latents), 1), np.float32)], axis=1)
    fitted, *_ = np.linalg.lstsq(known, colours, rcond=None)
    return np.asarray(fitted, np.float32)


def preview_of(latents: Colours, colours: Colours) -> bytes:
    """A small JPEG of latents (height, width, channels), brought to the spread that finished ones
    have, by the map of ``fitted_colours``."""
    values = latents / max(1.0, float(latents.std()))
    levels = (values @ colours[:-1] + colours[-1]) * 127.5 + 127.5
    picture = Image.fromarray(np.nan_to_num(levels).clip(0, 255).astype(np.uint8))
    picture.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=70)
    return out.getvalue()


def texts_cut(tokenizer: Part, most: int, texts: Mapping[str, str]) -> Iterator[EngineWarning]:
    """What the model does not read of texts of more than ``most`` tokens, by their names."""
    for name, text in texts.items():
        tokens = len(tokenizer(text, truncation=False, verbose=False).input_ids)
        if tokens > most:
            message = f"The model does not read the last {tokens - most} tokens of the {name}."
            yield EngineWarning("prompt_truncated", message)


def negative_unused(negative_prompt: str, guidance_scale: float) -> Iterator[EngineWarning]:
    """Guidance of 1 or less leaves the negative prompt out."""
    if negative_prompt and guidance_scale <= 1:
        message = "A negative prompt has no effect with a guidance scale of 1 or less."
        yield EngineWarning("negative_prompt_unused", message)
