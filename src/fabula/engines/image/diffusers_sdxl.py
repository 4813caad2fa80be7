"""Stable Diffusion XL, and Stable Diffusion 1 and 2, through the library diffusers.

Models lie in MODELS_DIR/sdxl: folders as ``save_pretrained`` writes them, or single
``.safetensors`` files. A single file carries no configuration: it takes that of a folder of its
kind beside it, or diffusers fetches it. LoRAs are ``.safetensors`` files below MODELS_DIR/loras.
The folders that ComfyUI and A1111 have for both are read as well, here and in further folders of
models; a name is a path below such a folder, without the suffix.

A part of a picture is drawn anew by any of them: their noise is kept to what is white in the mask
at every step, and the result is laid over the source, so that what is black stays to the pixel.
Checkpoints made for inpainting see picture and mask in five more channels; they draw everything
through those, text to image as a mask that is white all over.

Options of the engine:

- ``sdxl_model``: the model of requests that name none; without it the first by name
- ``precision``: ``float32``, ``bfloat16`` or ``float16``; without it what suits the device
- ``offload``: keep on the GPU only the part of the model that works; without it where memory is
  short

Torch and diffusers are imported when a model is loaded, never before.
"""

from __future__ import annotations

import gc
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from fabula.engines.base import (
    Availability,
    CancelToken,
    EngineContext,
    EngineError,
    EngineInfo,
    EngineWarning,
    Footprint,
    ImageEvent,
    ImageOutput,
    ImageRequest,
    Lora,
    Modality,
    Pixels,
    Progress,
)
from fabula.engines.capabilities import ImageCapabilities, Range
from fabula.engines.diffusers_support import (
    AfterStep,
    Colours,
    Part,
    Pipeline,
    Placement,
    Step,
    Tensor,
    chosen_precision,
    dress,
    fitted_colours,
    in_steps,
    libraries,
    lora_choices,
    missing,
    negative_unused,
    preview_of,
    texts_cut,
    understood,
    with_files,
)
from fabula.engines.files import weights_of
from fabula.engines.image.weighted_embeddings import WeightedEmbeddings
from fabula.engines.image_checks import refuse_out_of_range, refused
from fabula.engines.image_masks import mask_channel, masked, source_at
from fabula.engines.model_files import families
from fabula.engines.model_files.facts import Kind
from fabula.engines.model_files.header import DamagedFile, read_header
from fabula.engines.model_files.shelf import CHECKPOINT_FOLDERS, Found, walk, walk_all

NEEDED = ("torch", "diffusers", "transformers", "accelerate", "peft", "compel", "safetensors")
XL, SD = "StableDiffusionXLPipeline", "StableDiffusionPipeline"
FROM_PICTURE = {XL: "StableDiffusionXLImg2ImgPipeline", SD: "StableDiffusionImg2ImgPipeline"}
INPAINTING = {XL: "StableDiffusionXLInpaintPipeline", SD: "StableDiffusionInpaintPipeline"}
FOLDER_KINDS = {kind: kind for kind in INPAINTING} | {own: kind for kind, own in INPAINTING.items()}
"""What the class in a folder's index says of its kind."""
PLAIN_CHANNELS, INPAINTING_CHANNELS = 4, 9
"""Channels that a network takes: a latent, or also a picture's with its mask."""
NATIVE_SIDE = {XL: 1024, SD: 512}
KINDS = {families.SDXL: XL, families.SD15: SD, families.SD2: SD}
SCHEDULERS: dict[str, tuple[str, dict[str, Any]]] = {
    "ddim": ("DDIMScheduler", {}),
    "dpmpp_2m": ("DPMSolverMultistepScheduler", {}),
    "dpmpp_2m_karras": ("DPMSolverMultistepScheduler", {"use_karras_sigmas": True}),
    "euler": ("EulerDiscreteScheduler", {}),
    "euler_ancestral": ("EulerAncestralDiscreteScheduler", {}),
    "uni_pc": ("UniPCMultistepScheduler", {}),
}
"""Named in ComfyUI's manner. Only schedulers that call the network once a step."""

GRID = 8
SMALLEST_SIDE = 64
ROOMY_BYTES = 12 * 2**30
"""GPU memory from which a whole SDXL model in 16 bits is kept there: 7 GB and its workings."""

FIRST_LAYER = "model.diffusion_model.input_blocks.0.0.weight"
"""Of a network in a single file: shape (to, from, 3, 3)."""


@dataclass(frozen=True, slots=True)
class ModelPlace:
    """A model on the disk: the class of its pipeline, the side in pixels that it was made for,
    the channels that it takes, and for a single file the folder that has its configuration."""

    name: str
    path: Path
    kind: str
    side: int
    family: str = ""
    channels: int = PLAIN_CHANNELS
    donor: Path | None = None

    @property
    def inpaints_only(self) -> bool:
        """Whether it takes nothing but a picture with a mask."""
        return self.channels == INPAINTING_CHANNELS


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
        self._folders = tuple(Path(folder) for folder in context.model_folders)
        self._models = Path(context.models_dir, CHECKPOINT_FOLDERS[0])
        self._threads = max(1, context.threads)
        self._options = context.options
        self._loaded: LoadedModel | None = None

    def availability(self) -> Availability:
        if absent := missing(NEEDED):
            return absent
        models = self._all_models()
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
        models = self._all_models()
        chosen = self._chosen(models, None) if models else None
        return replace(
            self._limits(chosen),
            models=tuple(models),
            default_model=chosen.name if chosen else "",
            model_families={model.name: model.family for model in models.values()},
            lora_files=lora_choices(self._folders),
        )

    def _limits(self, model: ModelPlace | None) -> ImageCapabilities:
        side = model.side if model else NATIVE_SIDE[XL]
        sides = Range(max(SMALLEST_SIDE, side // 4), side * 2, side, GRID)
        return ImageCapabilities(
            width=sides,
            height=sides,
            steps=Range(1, 100, 30),
            guidance_scale=Range(0, 20, 5, 0.1),
            negative_prompt=True,
            image_to_image=True,
            inpainting=True,
            previews=True,
            schedulers=tuple(SCHEDULERS),
            loras=True,
            weights=True,
        )

    def footprint(self, model: str | None) -> Footprint:
        place = self._chosen(self._all_models(), model)
        return weights_of(place.path)

    def load(self) -> None:
        self._ready(self._chosen(self._all_models(), None))

    def unload(self) -> None:
        loaded, self._loaded = self._loaded, None
        if loaded is not None:
            loaded.close()

    def run(self, request: ImageRequest, cancel: CancelToken) -> Iterator[ImageEvent]:
        models = self._all_models()
        check(request, self._limits(self._chosen(models, None) if models else None))
        model = self._chosen(models, request.model)
        loras = with_files(request.loras, self._folders)
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

    def _all_models(self) -> dict[str, ModelPlace]:
        return models_among(walk_all(self._folders, CHECKPOINT_FOLDERS).values())


class LoadedModel:
    """Pipelines that start from text, from a picture and from a part of one, of the same parts."""

    def __init__(self, model: ModelPlace, threads: int, options: Mapping[str, Any]) -> None:
        self.model = model
        self._torch, self._diffusers = libraries()
        self._torch.set_num_threads(threads)
        self._device = "cuda" if self._torch.cuda.is_available() else "cpu"
        self._precision = chosen_precision(self._torch, self._device, options)
        self._from_text = self._opened()
        self._from_picture = self._sibling(FROM_PICTURE)
        self._from_part = self._sibling(INPAINTING)
        self._scheduler = self._from_text.scheduler
        offload = self._device == "cuda" and options.get("offload", self._is_tight())
        self._place = Placement(self._device, offload=offload)
        self._worn: tuple[Lora, ...] = ()
        self._place.put(self._from_text)
        self._preview = self._preview_map()

    def close(self) -> None:
        self._from_text = self._from_picture = self._from_part = None
        self._place.clear()
        gc.collect()
        if self._device == "cuda":
            self._torch.cuda.empty_cache()

    def wear(self, loras: tuple[Lora, ...]) -> None:
        """Put on these LoRAs and no others. Raises ``EngineError`` where one does not fit."""
        if loras == self._worn:
            return
        self._worn = ()
        dress(self._from_text, loras, self._put_on, self.model.name)
        self._worn = loras

    def _put_on(self, name: str, path: Path) -> None:
        self._from_text.load_lora_weights(
            str(path.parent), weight_name=path.name, adapter_name=name, local_files_only=True
        )

    def warnings_for(self, request: ImageRequest) -> Iterator[EngineWarning]:
        """What the model's own tokenizer says about the prompts."""
        tokenizer = self._from_text.tokenizer
        texts = {"prompt": request.prompt, "negative prompt": request.negative_prompt}
        return texts_cut(tokenizer, tokenizer.model_max_length, texts)

    def draw(self, order: Order, index: int, cancel: CancelToken) -> Iterator[ImageEvent]:
        """One picture, drawn in a thread. Leaving early stops it at its next step."""
        request, seed = order.request, order.request.seed + index
        steps = steps_run(request)
        work = partial(self._picture, request, seed)
        with closing(in_steps(work, self._shown, cancel)) as items:
            for item in items:
                if isinstance(item, Step):
                    yield Progress(index, item.number, steps, item.preview)
                else:
                    yield ImageOutput(index, seed, item, self._effective(order, steps))

    def _picture(self, request: ImageRequest, seed: int, after_step: AfterStep) -> Pixels:
        pipeline = self._pipeline_for(request)
        self._place.put(pipeline)
        pipeline.scheduler = self._scheduler_for(request.scheduler)
        made = pipeline(
            **self._texts(request, pipeline),
            num_inference_steps=request.steps,
            guidance_scale=request.guidance_scale,
            generator=self._torch.Generator("cpu").manual_seed(seed),
            callback_on_step_end=after_step,
            **canvas_of(request, inpaints_only=self.model.inpaints_only),
        )
        if any(getattr(made, "nsfw_content_detected", None) or ()):
            raise EngineError("The model's own safety checker withheld the picture.")
        return masked(request, np.asarray(made.images[0].convert("RGB"), np.uint8))

    def _pipeline_for(self, request: ImageRequest) -> Pipeline:
        reference = request.reference
        if self.model.inpaints_only or (reference is not None and reference.mask is not None):
            return self._from_part
        return self._from_text if reference is None else self._from_picture

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

    def _sibling(self, classes: Mapping[str, str]) -> Pipeline:
        """Another pipeline for the model's kind, made of the parts of the first."""
        kind = getattr(self._diffusers, classes[self.model.kind])
        config = self._from_text.config
        extra: dict[str, Any] = {"requires_safety_checker": config.get("requires_safety_checker")}
        if self.model.kind == XL:
            zeros = config.get("force_zeros_for_empty_prompt", True)
            extra = {"force_zeros_for_empty_prompt": zeros, "add_watermarker": False}
        pipeline = kind(**self._from_text.components, **extra)
        pipeline.set_progress_bar_config(disable=True)
        return pipeline

    def _scheduler_for(self, name: str | None) -> Part:
        """A fresh one for each picture, since schedulers remember the last steps."""
        config = self._scheduler.config
        if name is None:
            return type(self._scheduler).from_config(config)
        kind, changes = SCHEDULERS[name]
        return getattr(self._diffusers, kind).from_config(config, **changes)

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
        flat = (part[0].flatten(1).T.numpy() for part in (latents, colours))
        return fitted_colours(*flat)

    def _shown(self, latents: Tensor) -> bytes:
        return preview_of(latents[0].float().cpu().numpy().transpose(1, 2, 0), self._preview)


def models_in(folder: Path) -> dict[str, ModelPlace]:
    """The models of a folder by name, in order. Only small files and headers are read."""
    return models_among(walk(folder))


def models_among(found: Iterable[Found]) -> dict[str, ModelPlace]:
    """Those of the files and folders that are models of ours, by name."""
    places = {each.name: place for each in found if (place := looked_at(each))}
    return {name: configured(place, places.values()) for name, place in places.items()}


def configured(place: ModelPlace, others: Iterable[ModelPlace]) -> ModelPlace:
    """A single file with the configuration of the first folder of its kind, if there is one."""
    if place.path.is_dir():
        return place
    wanted = (place.kind, place.channels)
    lenders = (o for o in others if o.path.is_dir() and (o.kind, o.channels) == wanted)
    donor = next(lenders, None)
    return replace(place, side=donor.side, donor=donor.path) if donor else place


def looked_at(found: Found) -> ModelPlace | None:
    """The model that lies there, if it is one of ours and is whole."""
    family, path = found.facts.family, found.path
    if found.facts.fault or found.facts.kind is not Kind.CHECKPOINT:
        return None
    try:
        if path.is_dir():
            index = json.loads((path / "model_index.json").read_text(encoding="utf-8"))
            pipeline = FOLDER_KINDS.get(index["_class_name"])
            if pipeline is None:
                return None
            side, channels = shape_of(path)
            return ModelPlace(found.name, path, pipeline, side, family, channels)
        kind = KINDS.get(family)
        if kind is None:
            return None
        channels = channels_of(path, found.modified, found.size)
        return ModelPlace(found.name, path, kind, NATIVE_SIDE[kind], family, channels)
    except (OSError, ValueError, KeyError, TypeError, IndexError, DamagedFile):
        return None


def shape_of(folder: Path) -> tuple[int, int]:
    """The side in pixels that the model was trained for, and its channels, by its configuration."""
    unet = json.loads((folder / "unet" / "config.json").read_text(encoding="utf-8"))
    vae = json.loads((folder / "vae" / "config.json").read_text(encoding="utf-8"))
    shrinks = 2 ** (len(vae["block_out_channels"]) - 1)
    side = int(unet["sample_size"] * shrinks) // GRID * GRID
    return side, int(unet.get("in_channels", PLAIN_CHANNELS))


@lru_cache(maxsize=256)
def channels_of(path: Path, _modified: int, _size: int) -> int:
    """Channels that the network of a single file takes; remembered as long as it is the same."""
    first = read_header(path).tensors.get(FIRST_LAYER)
    return first.shape[1] if first else PLAIN_CHANNELS


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


def canvas_of(request: ImageRequest, *, inpaints_only: bool = False) -> dict[str, Any]:
    """The size, or the picture to start from; with a mask where there is one or must be."""
    reference, size = request.reference, (request.width, request.height)
    sides = {"width": request.width, "height": request.height}
    everything = sides | {"mask_image": Image.new("L", size, 255)} if inpaints_only else {}
    if reference is None:
        nothing = {"image": Image.new("RGB", size), "strength": 1.0}
        return everything | nothing if inpaints_only else sides
    # The pipeline rounds steps times strength down: half a step more makes ours exact.
    strength = min(1.0, (steps_run(request) + 0.5) / request.steps)
    canvas = {"image": Image.fromarray(source_at(reference, size)), "strength": strength}
    if reference.mask is None:
        return everything | canvas
    mask = Image.fromarray(mask_channel(reference.mask, size))
    return sides | canvas | {"mask_image": mask}


def warnings_for(request: ImageRequest) -> Iterator[EngineWarning]:
    """What the person should know before the picture comes."""
    reference = request.reference
    if reference is not None and request.steps * reference.strength < 1:
        message = "The strength asks for less than one step: one step was run."
        yield EngineWarning("strength_raised", message)
    yield from negative_unused(request.negative_prompt, request.guidance_scale)


def check(request: ImageRequest, able: ImageCapabilities) -> None:
    """Raise ``EngineError`` (``bad_request``) for what cannot be drawn."""
    refuse_out_of_range(request, able)
    if request.width % GRID or request.height % GRID:
        raise refused(f"width and height must be multiples of {GRID}.")
