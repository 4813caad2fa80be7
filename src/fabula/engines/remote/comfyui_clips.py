"""The studio's workflows for clips on ComfyUI: Wan 2.1, from words, a first frame, or two frames.

Node and file names are those of ComfyUI's own examples for Wan 2.1
(https://comfyanonymous.github.io/ComfyUI_examples/wan/). Wan 2.2 needs two models one after the
other, or a latent of its own: for these a workflow of one's own takes the place.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from fabula.engines.remote.comfyui_workflow import Place, Workflow, node
from fabula.engines.remote.connection import Facts

_SHIFT = 8.0
"""How far the noise schedule is moved for clips of this size, as in the examples."""
_SAMPLER, _SCHEDULE = "uni_pc", "simple"
_OTHER_KINDS = ("ti2v", "high_noise", "low_noise", "vace", "fun")
NEEDED = frozenset(
    {
        "UNETLoader", "CLIPLoader", "VAELoader", "CLIPTextEncode", "ModelSamplingSD3", "KSampler",
        "EmptyHunyuanLatentVideo", "VAEDecode", "CreateVideo", "SaveVideo",
    }
)  # fmt: skip
FROM_FRAME, FROM_FRAMES = "WanImageToVideo", "WanFirstLastFrameToVideo"
CLIP_NODES = NEEDED | {FROM_FRAME, FROM_FRAMES, "CLIPVisionEncode"}
"""Kinds of nodes whose presence on a server decides what clips it can make."""


@dataclass(frozen=True, slots=True)
class Files:
    """Which of a server's files make clips; empty where it has none for that."""

    words: str
    """The model for clips from words."""
    frames: str
    """The model for clips from frames."""
    encoder: str
    vae: str
    vision: str

    @classmethod
    def of(cls, facts: Facts) -> Self:
        usual = [
            name for name in facts.clip_models
            if not any(kind in name.lower() for kind in _OTHER_KINDS)
        ]  # fmt: skip
        return cls(
            words=_first(usual, "t2v"),
            frames=_first(usual, "i2v"),
            encoder=_first(facts.clip_encoders, "umt5"),
            vae=_first(facts.clip_vaes, "wan_2.1", "wan2.1"),
            vision=_first(facts.clip_visions, "vision_h"),
        )


def makes_clips(facts: Facts) -> bool:
    """Whether a server has what the studio's workflows need, for clips from words at least."""
    files = Files.of(facts)
    return bool(files.words and files.encoder and files.vae) and set(facts.clip_nodes) >= NEEDED


def takes_frames(facts: Facts) -> tuple[bool, bool]:
    """Whether clips may begin with a frame, and also end with one."""
    first = bool(Files.of(facts).frames) and FROM_FRAME in facts.clip_nodes
    return first, first and FROM_FRAMES in facts.clip_nodes


def built_in_clip(facts: Facts, *, first: bool, last: bool) -> Workflow:
    """The workflow for clips from words or, with ``first``, from a frame; ``last`` is one more."""
    files = Files.of(facts)
    graph: dict[str, dict[str, Any]] = {
        "model": node("UNETLoader", unet_name=files.frames if first else files.words,
                      weight_dtype="default"),
        "shifted": node("ModelSamplingSD3", model=["model", 0], shift=_SHIFT),
        "encoder": node("CLIPLoader", clip_name=files.encoder, type="wan", device="default"),
        "vae": node("VAELoader", vae_name=files.vae),
        "prompt": node("CLIPTextEncode", text="", clip=["encoder", 0]),
        "negative": node("CLIPTextEncode", text="", clip=["encoder", 0]),
        "latent": node("EmptyHunyuanLatentVideo", width=832, height=480, length=81, batch_size=1),
        "sampler": node(
            "KSampler", seed=0, steps=25, cfg=6.0, sampler_name=_SAMPLER, scheduler=_SCHEDULE,
            denoise=1.0, model=["shifted", 0], positive=["prompt", 0], negative=["negative", 0],
            latent_image=["latent", 0],
        ),
        "decode": node("VAEDecode", samples=["sampler", 0], vae=["vae", 0]),
        "clip": node("CreateVideo", images=["decode", 0], fps=16.0),
        "saved": node("SaveVideo", video=["clip", 0], filename_prefix="fabula/clip", format="mp4",
                      codec="h264"),
    }  # fmt: skip
    slots: dict[str, tuple[Place, ...]] = {
        "prompt": (("prompt", "text"),), "negative": (("negative", "text"),),
        "seed": (("sampler", "seed"),), "steps": (("sampler", "steps"),),
        "cfg": (("sampler", "cfg"),), "length": (("latent", "length"),), "fps": (("clip", "fps"),),
        "width": (("latent", "width"),), "height": (("latent", "height"),),
    }  # fmt: skip
    if first:
        _begin_with_frames(graph, slots, files, last=last)
    return Workflow(graph, slots)


def _begin_with_frames(
    graph: dict[str, dict[str, Any]],
    slots: dict[str, tuple[Place, ...]],
    files: Files,
    *,
    last: bool,
) -> None:
    """Let the clip begin, and with ``last`` end, with pictures; graph and slots are changed."""
    latent = node(
        FROM_FRAMES if last else FROM_FRAME, positive=["prompt", 0], negative=["negative", 0],
        vae=["vae", 0], width=832, height=480, length=81, batch_size=1,
    )  # fmt: skip
    for slot, name in (("image", "start_image"), ("last", "end_image")):
        if slot == "last" and not last:
            continue
        graph[slot] = node("LoadImage", image="")
        graph[f"{slot}-scaled"] = node(
            "ImageScale", image=[slot, 0], upscale_method="lanczos", width=832, height=480,
            crop="center",
        )  # fmt: skip
        latent["inputs"][name] = [f"{slot}-scaled", 0]
        slots[slot] = ((slot, "image"),)
        for side in ("width", "height"):
            slots[side] = (*slots[side], (f"{slot}-scaled", side))
        if files.vision:
            graph["vision"] = node("CLIPVisionLoader", clip_name=files.vision)
            graph[f"{slot}-seen"] = node(
                "CLIPVisionEncode", clip_vision=["vision", 0], image=[f"{slot}-scaled", 0],
                crop="none",
            )  # fmt: skip
            seen = f"clip_vision_{name}" if last else "clip_vision_output"
            latent["inputs"][seen] = [f"{slot}-seen", 0]
    graph["latent"] = latent
    graph["sampler"]["inputs"] |= {
        "positive": ["latent", 0], "negative": ["latent", 1], "latent_image": ["latent", 2],
    }  # fmt: skip


def clip_facts(known: Mapping[str, Any], choices: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """What a server has for clips, for its ``Facts``; ``choices`` are the names that its loaders
    offer, by kind of loader."""
    return {
        "clip_models": tuple(n for n in choices["UNETLoader"] if "wan" in n.lower()),
        "clip_encoders": choices["CLIPLoader"],
        "clip_vaes": choices["VAELoader"],
        "clip_visions": choices["CLIPVisionLoader"],
        "clip_nodes": tuple(sorted(CLIP_NODES & set(known))),
    }


def _first(names: Iterable[str], *parts: str) -> str:
    return next((n for n in names if any(part in n.lower() for part in parts)), "")
