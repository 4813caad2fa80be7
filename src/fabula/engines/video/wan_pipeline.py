"""A WAN model in memory: diffusers' pipelines over one set of parts, and what is asked of them.

Torch and diffusers are imported when a model is loaded, never before.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from fabula.engines.base import CancelToken, EngineError, EngineWarning, Lora, Pixels, Progress
from fabula.engines.diffusers_support import (
    AfterStep,
    Colours,
    Pipeline,
    Placement,
    Step,
    Tensor,
    chosen_precision,
    dress,
    fitted_colours,
    in_steps,
    libraries,
    negative_unused,
    preview_of,
    texts_cut,
)
from fabula.engines.video.wan_models import FROM_PICTURE, FROM_TEXT, WanModel

Frames = NDArray[np.uint8]
"""A film: shape (frames, height, width, 3), RGB, 0-255."""

MOST_TOKENS = 512
WORKING_BYTES = 8 * 2**30
"""GPU memory for everything but the weights: activations, and the decoder at its work."""

LAST_STEPS_GUIDANCE = 0.8
"""Share of the guidance scale in the second network of a pair, by the makers' 5.0 and 4.0."""

HIGH_NOISE, LOW_NOISE = "high_noise", "low_noise"
"""In the name of a LoRA's file: for which network of a pair it is. Without, it is for both."""


@dataclass(frozen=True, slots=True)
class Shoot:
    """What is to be made: sizes in pixels, and the pictures that it starts from and ends with."""

    prompt: str
    negative_prompt: str
    seed: int
    width: int
    height: int
    frames: int
    steps: int
    guidance_scale: float
    first: Pixels | None = None
    last: Pixels | None = None


class LoadedWan:
    """The pipelines of one model: one starts from text, the other from pictures. A model has one
    of them, or both."""

    def __init__(self, model: WanModel, threads: int, options: Mapping[str, Any]) -> None:
        self.model = model
        self._torch, self._diffusers = libraries()
        self._torch.set_num_threads(threads)
        self._device = "cuda" if self._torch.cuda.is_available() else "cpu"
        self._precision = chosen_precision(self._torch, self._device, options)
        self._main = self._opened()
        self._pipelines = self._by_kind()
        self._scheduler = self._main.scheduler
        offload = self._device == "cuda" and options.get("offload", self._is_tight())
        if offload:
            self._main.vae.enable_tiling()
        self._place = Placement(self._device, offload=offload)
        self._worn: tuple[Lora, ...] = ()
        self._place.put(self._main)
        self._preview = self._preview_map()

    def close(self) -> None:
        self._main = None
        self._place.clear()
        self._pipelines = {}
        gc.collect()
        if self._device == "cuda":
            self._torch.cuda.empty_cache()

    def wear(self, loras: tuple[Lora, ...]) -> None:
        """Put on these LoRAs and no others. Raises ``EngineError`` where one does not fit."""
        if loras == self._worn:
            return
        self._worn = ()
        dress(self._main, loras, self._put_on, self.model.name)
        self._worn = loras

    def _put_on(self, name: str, path: Path) -> None:
        for second in (False, True) if self.model.pair else (False,):
            others = HIGH_NOISE if second else LOW_NOISE
            if self.model.pair and others in path.stem:
                continue
            self._main.load_lora_weights(
                str(path.parent),
                weight_name=path.name,
                adapter_name=name,
                local_files_only=True,
                load_into_transformer_2=second,
            )

    def warnings_for(self, shoot: Shoot) -> Iterator[EngineWarning]:
        """What the person should know before the film comes."""
        texts = {"prompt": shoot.prompt, "negative prompt": shoot.negative_prompt}
        yield from texts_cut(self._main.tokenizer, MOST_TOKENS, texts)
        yield from negative_unused(shoot.negative_prompt, shoot.guidance_scale)

    def film(
        self, shoot: Shoot, cancel: CancelToken, index: int = 0
    ) -> Iterator[Progress | Frames]:
        """The steps of output ``index``, and then its frames. Leaving early stops the pipeline at
        its next step."""
        work = partial(self._frames, shoot)
        with closing(in_steps(work, self._shown, cancel)) as items:
            for item in items:
                if isinstance(item, Step):
                    yield Progress(index, item.number, shoot.steps, item.preview)
                else:
                    yield item

    def effective(self, shoot: Shoot) -> dict[str, Any]:
        """What was really used, for the record of an output."""
        record: dict[str, Any] = {
            "width": shoot.width, "height": shoot.height, "steps": shoot.steps,
            "guidance_scale": shoot.guidance_scale, "negative_prompt": shoot.negative_prompt,
            "model": self.model.name, "scheduler": type(self._scheduler).__name__,
            "precision": self._precision, "device": self._device,
            "loras": [{"name": Path(x.path).stem, "weight": x.weight} for x in self._worn],
        }  # fmt: skip
        if self.model.pair:
            record["guidance_scale_2"] = second_guidance(shoot.guidance_scale)
        return record

    def _frames(self, shoot: Shoot, after_step: AfterStep) -> Frames:
        pipeline = self._pipelines[FROM_TEXT if shoot.first is None else FROM_PICTURE]
        self._place.put(pipeline)
        pipeline.scheduler = type(self._scheduler).from_config(self._scheduler.config)
        made = pipeline(
            prompt=shoot.prompt,
            negative_prompt=shoot.negative_prompt,
            width=shoot.width,
            height=shoot.height,
            num_frames=shoot.frames,
            num_inference_steps=shoot.steps,
            guidance_scale=shoot.guidance_scale,
            generator=self._torch.Generator("cpu").manual_seed(shoot.seed),
            callback_on_step_end=after_step,
            max_sequence_length=MOST_TOKENS,
            **self._more(shoot),
        )
        values = made.frames[0]
        film = np.empty(values.shape, np.uint8)
        for number, frame in enumerate(values):  # one at a time: all of them are a gigabyte
            film[number] = np.rint(frame * 255)
        return film

    def _more(self, shoot: Shoot) -> dict[str, Any]:
        more: dict[str, Any] = {}
        size = (shoot.width, shoot.height)
        if self.model.pair:
            more["guidance_scale_2"] = second_guidance(shoot.guidance_scale)
        for name, pixels in (("image", shoot.first), ("last_image", shoot.last)):
            if pixels is not None:
                picture = Image.fromarray(pixels)
                more[name] = ImageOps.fit(picture, size, Image.Resampling.LANCZOS)
        return more

    def _opened(self) -> Pipeline:
        """The pipeline from the disk. Raises ``EngineError`` where the files are not whole. The
        decoder is small and suffers from few bits, so it keeps its 32."""
        torch = self._torch
        precise = dict.fromkeys(("vae", "image_encoder"), torch.float32)
        try:
            pipeline = getattr(self._diffusers, self.model.kind).from_pretrained(
                self.model.path,
                local_files_only=True,
                use_safetensors=True,
                dtype={"default": getattr(torch, self._precision), **precise},
            )
        except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
            message = f"The model {self.model.name} could not be loaded: its folder is not whole."
            raise EngineError(message, code="unavailable") from error
        pipeline.set_progress_bar_config(disable=True)
        return pipeline

    def _by_kind(self) -> dict[str, Pipeline]:
        """The pipelines by class. Where there are two, they share their parts."""
        pipelines = {self.model.kind: self._main}
        if self.model.per_frame:
            kind = FROM_PICTURE if self.model.kind == FROM_TEXT else FROM_TEXT
            parts = dict(self._main.components)
            for part in ("image_encoder", "image_processor"):
                parts.pop(part, None)
            other = getattr(self._diffusers, kind)(**parts, expand_timesteps=True)
            other.set_progress_bar_config(disable=True)
            pipelines[kind] = other
        return pipelines

    def _is_tight(self) -> bool:
        parts = (part for part in self._main.components.values() if hasattr(part, "parameters"))
        weights = sum(p.numel() * p.element_size() for part in parts for p in part.parameters())
        free, _total = self._torch.cuda.mem_get_info()
        return bool(free < weights + WORKING_BYTES)

    def _spread(self) -> tuple[Tensor, Tensor]:
        """Mean and deviation of the decoder's latents, shape (1, channels, 1, 1, 1)."""
        config = self._main.vae.config
        mean, deviation = (
            self._torch.tensor(values).view(1, -1, 1, 1, 1)
            for values in (config.latents_mean, config.latents_std)
        )
        return mean, deviation

    def _preview_map(self) -> Colours:
        """A linear map from latents to colours, fitted to this model's decoder over patches of one
        random latent each, in one frame."""
        torch, vae = self._torch, self._main.vae
        draw = torch.Generator("cpu").manual_seed(0)
        patches = torch.randn(1, vae.config.z_dim, 8, 8, generator=draw)
        latents = torch.nn.functional.interpolate(patches, scale_factor=4)
        mean, deviation = self._spread()
        with torch.no_grad():
            scaled = latents.unsqueeze(2) * deviation + mean
            decoded = vae.decode(scaled.to(self._device, vae.dtype)).sample[:, :, 0].float()
            colours = torch.nn.functional.adaptive_avg_pool2d(decoded, latents.shape[-2:]).cpu()
        flat = (part[0].flatten(1).T.numpy() for part in (latents, colours))
        return fitted_colours(*flat)

    def _shown(self, latents: Tensor) -> bytes:
        """The frame in the middle: the first one is known where the clip starts from a picture."""
        frame = latents[0, :, latents.shape[2] // 2].float().cpu().numpy()
        return preview_of(frame.transpose(1, 2, 0), self._preview)


def second_guidance(guidance_scale: float) -> float:
    """The guidance scale of the second network of a pair."""
    return max(min(guidance_scale, 1.0), guidance_scale * LAST_STEPS_GUIDANCE)
