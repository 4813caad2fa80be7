"""Stable Diffusion XL, and Stable Diffusion 1 and 2, through the library diffusers.

Models lie in MODELS_DIR/sdxl: folders as ``save_pretrained`` writes them, or single
``.safetensors`` files. A single file carries no configuration: it takes that of a folder of its
kind beside it, or diffusers fetches it. LoRAs are ``.safetensors`` files below MODELS_DIR/loras.

Options of the engine:

- ``sdxl_model``: the model of requests that name none; without it the first by name
- ``precision``: ``float32``, ``bfloat16`` or ``float16``; without it what suits the device
- ``offload``: keep on the GPU only the part of the model that works; without it where memory is
  short

Torch and diffusers are imported when a model is loaded, never before.
"""

from __future__ import annotations

import gc
import io
import json
import math
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fabula.engines.base import (
    Availability,
    Cancelled,
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
    Lora,
    Modality,
    Pixels,
    Progress,
    Range,
)
from fabula.engines.cpu import cpu_flags
from fabula.engines.files import weights_of
from fabula.engines.image.weighted_embeddings import WeightedEmbeddings
from fabula.engines.image_checks import refuse_out_of_range, refused

NEEDED = ("torch", "diffusers", "transformers", "accelerate", "peft", "compel", "safetensors")
MODELS, LORAS = "sdxl", "loras"
XL, SD = "StableDiffusionXLPipeline", "StableDiffusionPipeline"
FROM_PICTURE = {XL: "StableDiffusionXLImg2ImgPipeline", SD: "StableDiffusionImg2ImgPipeline"}
NATIVE_SIDE = {XL: 1024, SD: 512}
SCHEDULERS: dict[str, tuple[str, dict[str, Any]]] = {
    "ddim": ("DDIMScheduler", {}),
    "dpmpp_2m": ("DPMSolverMultistepScheduler", {}),
    "dpmpp_2m_karras": ("DPMSolverMultistepScheduler", {"use_karras_sigmas": True}),
    "euler": ("EulerDiscreteScheduler", {}),
    "euler_ancestral": ("EulerAncestralDiscreteScheduler", {}),
    "uni_pc": ("UniPCMultistepScheduler", {}),
}
"""Named in ComfyUI's manner. Only schedulers that call the network once a step."""

PRECISIONS = ("float32", "bfloat16", "float16")
GRID = 8
SMALLEST_SIDE = 64
PREVIEW_SIDE = 192
ROOMY_BYTES = 12 * 2**30
"""GPU memory from which a whole SDXL model in 16 bits is kept there: 7 GB and its workings."""

MOST_HEADER_BYTES = 100_000_000

Pipeline: TypeAlias = Any
Tensor: TypeAlias = Any
Part: TypeAlias = Any
"""Objects of diffusers and torch, which have no types where they are not installed."""

AfterStep = Callable[[Pipeline, int, Any, dict[str, Tensor]], dict[str, Tensor]]
Colours = NDArray[np.float32]
Step = tuple[int, bytes]
"""Number of a finished step, and its preview."""


@dataclass(frozen=True, slots=True)
class ModelPlace:
    """A model on the disk: the class of its pipeline, the side in pixels that it was made for,
    and for a single file the folder that has its configuration."""

    name: str
    path: Path
    kind: str
    side: int
    donor: Path | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """A request that was checked, with what it names on the disk."""

    request: ImageRequest
    model: ModelPlace
    loras: tuple[Lora, ...]


class DiffusersSdxl:
    """Draws with Stable Diffusion models of the person's own."""

    info = EngineInfo(
        id="diffusers-sdxl",
        name="SDXL by diffusers",
        modality=Modality.IMAGE,
        version="1.0",
        summary="Stable Diffusion XL and its relatives, run by diffusers on this machine",
        model="the Stable Diffusion models in the folder sdxl of the models",
        licence="that of each model",
    )

    def __init__(self, context: EngineContext) -> None:
        self._models = Path(context.models_dir, MODELS)
        self._loras = Path(context.models_dir, LORAS)
        self._threads = max(1, context.threads)
        self._options = context.options
        self._loaded: LoadedModel | None = None

    def availability(self) -> Availability:
        absent = [name for name in NEEDED if find_spec(name) is None]
        if absent:
            reason = f"Not installed: {', '.join(absent)}."
            return Availability(False, reason, "Run `pip install 'fabula[diffusers]'`.")
        models = models_in(self._models)
        if not models:
            remedy = (
                "Put an SDXL model there: a folder as diffusers writes it, or a .safetensors file."
            )
            return Availability(False, f"There is no model in {self._models}.", remedy)
        wanted = self._options.get("sdxl_model")
        if wanted is not None and wanted not in models:
            reason = f"The option sdxl_model names “{wanted}”, which is not in {self._models}."
            return Availability(False, reason, f"Choose one of: {', '.join(models)}.")
        return Availability(True)

    def capabilities(self) -> ImageCapabilities:
        """Sizes are those of the default model."""
        models = models_in(self._models)
        side = self._chosen(models, None).side if models else NATIVE_SIDE[XL]
        sides = Range(max(SMALLEST_SIDE, side // 4), side * 2, side, GRID)
        return ImageCapabilities(
            width=sides,
            height=sides,
            steps=Range(1, 100, 30),
            guidance_scale=Range(0, 20, 5, 0.1),
            negative_prompt=True,
            image_to_image=True,
            previews=True,
            schedulers=tuple(SCHEDULERS),
            loras=True,
            weights=True,
        )

    def footprint(self, model: str | None) -> Footprint:
        place = self._chosen(models_in(self._models), model)
        return weights_of(place.path)

    def load(self) -> None:
        self._ready(self._chosen(models_in(self._models), None))

    def unload(self) -> None:
        loaded, self._loaded = self._loaded, None
        if loaded is not None:
            loaded.close()

    def run(self, request: ImageRequest, cancel: CancelToken) -> Iterator[ImageEvent]:
        check(request, self.capabilities())
        model = self._chosen(models_in(self._models), request.model)
        loras = tuple(Lora(str(self._lora(item)), item.weight) for item in request.loras)
        return self._pictures(Order(request, model, loras), cancel)

    def _pictures(self, order: Order, cancel: CancelToken) -> Iterator[ImageEvent]:
        cancel.check()
        loaded = self._ready(order.model)
        cancel.check()
        loaded.wear(order.loras)
        yield from warnings_for(order.request)
        yield from loaded.warnings_for(order.request)
        for index in range(order.request.start_index, order.request.count):
            yield from loaded.draw(order, index, cancel)

    def _ready(self, model: ModelPlace) -> LoadedModel:
        if self._loaded is None or self._loaded.model != model:
            self.unload()
            try:
                self._loaded = LoadedModel(model, self._threads, self._options)
            except RuntimeError as error:
                raise understood(error) from error
        return self._loaded

    def _chosen(self, models: Mapping[str, ModelPlace], wanted: str | None) -> ModelPlace:
        name = wanted or self._options.get("sdxl_model") or next(iter(models), None)
        model = models.get(str(name))
        if model is None:
            raise refused(f"There is no model “{name}”. There are: {', '.join(models) or 'none'}.")
        return model

    def _lora(self, lora: Lora) -> Path:
        """The file of a LoRA. A request must not reach files outside the folder of LoRAs."""
        path = (self._loras / lora.path).resolve()
        inside = path.is_relative_to(self._loras.resolve())
        if not (inside and path.suffix == ".safetensors" and path.is_file()):
            raise refused(
                f"There is no LoRA “{lora.path}”; LoRAs are .safetensors files in {LORAS}/."
            )
        if not math.isfinite(lora.weight):
            raise refused("The weight of a LoRA must be a number.")
        return path


class LoadedModel:
    """One pipeline that starts from text and one that starts from a picture, of the same parts."""

    def __init__(self, model: ModelPlace, threads: int, options: Mapping[str, Any]) -> None:
        self.model = model
        self._torch, self._diffusers = libraries()
        self._torch.set_num_threads(threads)
        self._device = "cuda" if self._torch.cuda.is_available() else "cpu"
        self._precision = self._chosen_precision(options.get("precision"))
        self._from_text = self._opened()
        self._from_picture = self._sibling()
        self._scheduler = self._from_text.scheduler
        self._offload = self._device == "cuda" and options.get("offload", self._is_tight())
        self._placed: Any = None
        self._worn: tuple[Lora, ...] = ()
        self._place(self._from_text)
        self._preview = self._preview_map()

    def close(self) -> None:
        self._from_text = self._from_picture = self._placed = None
        gc.collect()
        if self._device == "cuda":
            self._torch.cuda.empty_cache()

    def wear(self, loras: tuple[Lora, ...]) -> None:
        """Put on these LoRAs and no others. Raises ``EngineError`` where one does not fit."""
        if loras == self._worn:
            return
        self._from_text.unload_lora_weights()
        self._worn = ()
        names = [f"lora{number}" for number in range(len(loras))]
        try:
            for name, lora in zip(names, loras, strict=True):
                path = Path(lora.path)
                self._from_text.load_lora_weights(
                    str(path.parent),
                    weight_name=path.name,
                    adapter_name=name,
                    local_files_only=True,
                )
            if loras:
                self._from_text.set_adapters(names, [lora.weight for lora in loras])
        except (ValueError, RuntimeError, KeyError, OSError) as error:
            self._from_text.unload_lora_weights()
            listed = ", ".join(Path(lora.path).name for lora in loras)
            raise refused(
                f"These LoRAs do not fit the model {self.model.name}: {listed}."
            ) from error
        self._worn = loras

    def warnings_for(self, request: ImageRequest) -> Iterator[EngineWarning]:
        """What the model's own tokenizer says about the prompts."""
        tokenizer = self._from_text.tokenizer
        for name, text in (
            ("prompt", request.prompt),
            ("negative prompt", request.negative_prompt),
        ):
            tokens = len(tokenizer(text, truncation=False, verbose=False).input_ids)
            if tokens > tokenizer.model_max_length:
                spare = tokens - tokenizer.model_max_length
                message = f"The model does not read the last {spare} tokens of the {name}."
                yield EngineWarning("prompt_truncated", message)

    def draw(self, order: Order, index: int, cancel: CancelToken) -> Iterator[ImageEvent]:
        """One picture, drawn in a thread. Leaving early stops it at its next step."""
        request, seed = order.request, order.request.seed + index
        steps = steps_run(request)
        inbox: SimpleQueue[Step | Pixels | Exception] = SimpleQueue()
        left = threading.Event()

        def after_step(
            _pipeline: Pipeline, step: int, _time: Part, tensors: dict[str, Tensor]
        ) -> dict[str, Tensor]:
            if left.is_set() or cancel.cancelled:
                raise Cancelled
            inbox.put((step + 1, self._shown(tensors["latents"])))
            return tensors

        def work() -> None:
            try:
                inbox.put(self._picture(request, seed, after_step))
            except Exception as error:  # noqa: BLE001 - handed to the thread that asked
                inbox.put(error)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        try:
            while True:
                item = inbox.get()
                cancel.check()
                match item:
                    case (int() as step, bytes() as preview):
                        yield Progress(index, step, steps, preview)
                    case np.ndarray():
                        yield ImageOutput(index, seed, item, self._effective(order, steps))
                        return
                    case Exception():
                        raise understood(item)
        finally:
            left.set()
            thread.join()

    def _picture(self, request: ImageRequest, seed: int, after_step: AfterStep) -> Pixels:
        pipeline = self._from_text if request.reference is None else self._from_picture
        self._place(pipeline)
        pipeline.scheduler = self._scheduler_for(request.scheduler)
        made = pipeline(
            **self._texts(request, pipeline),
            num_inference_steps=request.steps,
            guidance_scale=request.guidance_scale,
            generator=self._torch.Generator("cpu").manual_seed(seed),
            callback_on_step_end=after_step,
            **canvas_of(request),
        )
        if any(getattr(made, "nsfw_content_detected", None) or ()):
            raise EngineError("The model's own safety checker withheld the picture.")
        return np.asarray(made.images[0].convert("RGB"), np.uint8)

    def _texts(self, request: ImageRequest, pipeline: Pipeline) -> dict[str, Any]:
        """The prompts as the pipeline takes them: as they are, or as embeddings with weights."""
        if request.weighted_prompt is None and request.weighted_negative is None:
            return {"prompt": request.prompt, "negative_prompt": request.negative_prompt}
        return WeightedEmbeddings(pipeline).arguments_for(request)

    def _effective(self, order: Order, steps: int) -> dict[str, Any]:
        request = order.request
        record: dict[str, Any] = {
            "width": request.width, "height": request.height, "steps": request.steps,
            "steps_run": steps, "guidance_scale": request.guidance_scale,
            "negative_prompt": request.negative_prompt, "model": order.model.name,
            "scheduler": request.scheduler or type(self._scheduler).__name__,
            "precision": self._precision, "device": self._device,
            "loras": [{"name": Path(x.path).stem, "weight": x.weight} for x in order.loras],
        }  # fmt: skip
        if request.reference is not None:
            record["strength"] = request.reference.strength
        return record

    def _opened(self) -> Pipeline:
        """The pipeline from the disk. Raises ``EngineError`` where the files are not whole."""
        path, donor = self.model.path, self.model.donor
        kind = getattr(self._diffusers, self.model.kind)
        options: dict[str, Any] = {"dtype": getattr(self._torch, self._precision)}
        if self.model.kind == XL:
            options["add_watermarker"] = False
        try:
            if path.is_dir():
                options |= {"use_safetensors": True, "variant": variant_of(path)}
                pipeline = kind.from_pretrained(path, local_files_only=True, **options)
            elif donor is not None:
                options |= {"config": str(donor), "local_files_only": True}
                pipeline = kind.from_single_file(str(path), **options)
            else:
                pipeline = kind.from_single_file(str(path), **options)
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            message = f"The model {self.model.name} could not be loaded."
            if path.is_file() and donor is None:
                message += (
                    " A single file has no configuration: put a folder of the same kind, as "
                    f"diffusers writes it, into {path.parent}."
                )
            raise EngineError(message, code="unavailable") from error
        pipeline.set_progress_bar_config(disable=True)
        return pipeline

    def _sibling(self) -> Pipeline:
        """The pipeline that starts from a picture, made of the parts of the other."""
        kind = getattr(self._diffusers, FROM_PICTURE[self.model.kind])
        config = self._from_text.config
        extra: dict[str, Any] = {"requires_safety_checker": config.get("requires_safety_checker")}
        if self.model.kind == XL:
            zeros = config.get("force_zeros_for_empty_prompt", True)
            extra = {"force_zeros_for_empty_prompt": zeros, "add_watermarker": False}
        pipeline = kind(**self._from_text.components, **extra)
        pipeline.set_progress_bar_config(disable=True)
        return pipeline

    def _place(self, pipeline: Pipeline) -> None:
        """Put the parts where they work: whole, or by hooks that belong to one pipeline."""
        if self._placed is pipeline:
            return
        if self._offload:
            pipeline.enable_model_cpu_offload()
        elif self._placed is None:
            pipeline.to(self._device)
        self._placed = pipeline

    def _scheduler_for(self, name: str | None) -> Part:
        """A fresh one for each picture, since schedulers remember the last steps."""
        config = self._scheduler.config
        if name is None:
            return type(self._scheduler).from_config(config)
        kind, changes = SCHEDULERS[name]
        return getattr(self._diffusers, kind).from_config(config, **changes)

    def _chosen_precision(self, wanted: object) -> str:
        if wanted is not None:
            if wanted not in PRECISIONS:
                message = f"precision must be one of {', '.join(PRECISIONS)}."
                raise EngineError(message, code="unavailable")
            return str(wanted)
        if self._device == "cuda":
            return "bfloat16" if self._torch.cuda.is_bf16_supported() else "float16"
        quick = (cpu_flags() or frozenset()) & {"avx512_bf16", "amx_bf16"}
        return "bfloat16" if quick else "float32"

    def _is_tight(self) -> bool:
        return bool(self._torch.cuda.mem_get_info()[1] < ROOMY_BYTES)

    def _preview_map(self) -> Colours:
        """A linear map from latents to colours, shape (channels + 1, 3), fitted to this model's
        decoder by least squares over patches of one random latent each."""
        torch, vae = self._torch, self._from_text.vae
        draw = torch.Generator("cpu").manual_seed(0)
        patches = torch.randn(1, vae.config.latent_channels, 8, 8, generator=draw)
        latents = torch.nn.functional.interpolate(patches, scale_factor=4)
        widened = vae.dtype is torch.float16
        if widened:
            vae.to(torch.float32)
        with torch.no_grad():
            scaled = latents / vae.config.scaling_factor
            decoded = vae.decode(scaled.to(self._device, vae.dtype)).sample.float()
            colours = torch.nn.functional.adaptive_avg_pool2d(decoded, latents.shape[-2:]).cpu()
        if widened:
            vae.to(torch.float16)
        flat = latents[0].flatten(1).T.numpy()
        known = np.concatenate([flat, np.ones((len(flat), 1), np.float32)], axis=1)
        fitted, *_ = np.linalg.lstsq(known, colours[0].flatten(1).T.numpy(), rcond=None)
        return np.asarray(fitted, np.float32)

    def _shown(self, latents: Tensor) -> bytes:
        """A small JPEG of the latents, brought to the spread that finished ones have."""
        values = latents[0].float().cpu().numpy().transpose(1, 2, 0)
        values = values / max(1.0, float(values.std()))
        colours = (values @ self._preview[:-1] + self._preview[-1]) * 127.5 + 127.5
        picture = Image.fromarray(np.nan_to_num(colours).clip(0, 255).astype(np.uint8))
        picture.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=70)
        return out.getvalue()


def libraries() -> tuple[Any, Any]:
    """Torch and diffusers: 430 MB and several seconds, so only where a model is loaded."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    torch, diffusers = import_module("torch"), import_module("diffusers")
    diffusers.utils.logging.set_verbosity_error()
    diffusers.utils.logging.disable_progress_bar()
    import_module("transformers").utils.logging.disable_progress_bar()
    return torch, diffusers


def models_in(folder: Path) -> dict[str, ModelPlace]:
    """The models of a folder by name, in order. Only small files and headers are read."""
    found: dict[str, ModelPlace] = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if place := looked_at(path):
            found.setdefault(place.name, place)
    return {name: configured(place, found.values()) for name, place in found.items()}


def configured(place: ModelPlace, others: Iterable[ModelPlace]) -> ModelPlace:
    """A single file with the configuration of the first folder of its kind, if there is one."""
    if place.path.is_dir():
        return place
    lenders = (other for other in others if other.path.is_dir() and other.kind == place.kind)
    donor = next(lenders, None)
    return replace(place, side=donor.side, donor=donor.path) if donor else place


def looked_at(path: Path) -> ModelPlace | None:
    """The model that lies there, if one does."""
    try:
        if path.is_dir():
            index = json.loads((path / "model_index.json").read_text(encoding="utf-8"))
            kind = index["_class_name"]
            known = kind in FROM_PICTURE
            return ModelPlace(path.name, path, kind, side_of(path)) if known else None
        stat = path.stat()
        kind = kind_of_file(path, stat.st_mtime_ns, stat.st_size)
        return ModelPlace(path.stem, path, kind, NATIVE_SIDE[kind]) if kind else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def side_of(folder: Path) -> int:
    """The side in pixels that the model was trained for, by its configuration."""
    unet = json.loads((folder / "unet" / "config.json").read_text(encoding="utf-8"))
    vae = json.loads((folder / "vae" / "config.json").read_text(encoding="utf-8"))
    shrinks = 2 ** (len(vae["block_out_channels"]) - 1)
    return int(unet["sample_size"] * shrinks) // GRID * GRID


@lru_cache(maxsize=256)
def kind_of_file(path: Path, _changed: int, _size: int) -> str | None:
    """What a checkpoint in one file is, by the names in its header, which is JSON behind its
    length in eight bytes. Remembered as long as the file is the same."""
    if path.suffix != ".safetensors":
        return None
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        names = json.loads(file.read(length)) if length <= MOST_HEADER_BYTES else ()
    if any(name.startswith("conditioner.embedders.1.") for name in names):
        return XL
    return SD if any(name.startswith("cond_stage_model.") for name in names) else None


def variant_of(folder: Path) -> str | None:
    """``fp16`` where the folder has its weights only in half precision."""
    whole = folder / "unet" / "diffusion_pytorch_model.safetensors"
    half = folder / "unet" / "diffusion_pytorch_model.fp16.safetensors"
    return "fp16" if half.exists() and not whole.exists() else None


def steps_run(request: ImageRequest) -> int:
    """Steps that are really run: from a picture the share ``strength``, but never none."""
    if request.reference is None:
        return request.steps
    return max(1, math.floor(request.steps * request.reference.strength + 1e-9))


def canvas_of(request: ImageRequest) -> dict[str, Any]:
    """The size, or the picture to start from."""
    reference = request.reference
    if reference is None:
        return {"width": request.width, "height": request.height}
    size = (request.width, request.height)
    picture = Image.fromarray(reference.pixels).resize(size, Image.Resampling.LANCZOS)
    # The pipeline rounds steps times strength down: half a step more makes ours exact.
    strength = min(1.0, (steps_run(request) + 0.5) / request.steps)
    return {"image": picture, "strength": strength}


def warnings_for(request: ImageRequest) -> Iterator[EngineWarning]:
    """What the person should know before the picture comes."""
    reference = request.reference
    if reference is not None and request.steps * reference.strength < 1:
        message = "The strength asks for less than one step: one step was run."
        yield EngineWarning("strength_raised", message)
    if request.negative_prompt and request.guidance_scale <= 1:
        message = "A negative prompt has no effect with a guidance scale of 1 or less."
        yield EngineWarning("negative_prompt_unused", message)


def check(request: ImageRequest, able: ImageCapabilities) -> None:
    """Raise ``EngineError`` (``bad_request``) for what cannot be drawn."""
    refuse_out_of_range(request, able)
    if request.width % GRID or request.height % GRID:
        raise refused(f"width and height must be multiples of {GRID}.")


def understood(error: Exception) -> Exception:
    """Torch's own error of memory, by its name since it is not imported here, as one of ours."""
    if type(error).__name__ == "OutOfMemoryError":
        message = "The GPU's memory does not suffice: ask for a smaller picture."
        return EngineError(message, code="out_of_memory", retryable=True)
    return error
