"""What a model file says of itself: by ModelSpec and the keys of kohya's trainer, and what it does
not say, by the names and shapes of its tensors.

ModelSpec is https://github.com/Stability-AI/ModelSpec (1.0.1). A file's own word about its kind is
not believed where its tensors say otherwise.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from math import prod
from pathlib import Path
from typing import Any

from fabula.engines.model_files import families
from fabula.engines.model_files.gguf import read_gguf
from fabula.engines.model_files.header import DamagedFile, Header, read_header
from fabula.engines.model_files.tensors import network_family, tensor_kind
from fabula.engines.model_files.unsafe import head_of, refusal_of

FOLDER_INDEX = "model_index.json"
_MOST_SMALL_FILE = 2**20
_MOST_TEXT = 2000
_MOST_TRIGGERS = 12
_COMMON_SHARE = 0.3
"""A tag in this share of the training's most frequent one is one of the words that call it."""

_LICENCE_LINE = re.compile(r"^license:\s*[\"']?([\w .+-]{1,60})", re.MULTILINE)
_SIZE = re.compile(r"(\d{2,5})\s*(?:[x,]\s*(\d{2,5}))?")


class Kind(StrEnum):
    """What a file is for. ``network`` is one without its text encoder and decoder."""

    CHECKPOINT = "checkpoint"
    LORA = "lora"
    NETWORK = "network"
    VAE = "vae"
    TEXT_ENCODER = "text_encoder"
    CONTROLNET = "controlnet"
    UPSCALER = "upscaler"
    EMBEDDING = "embedding"
    LANGUAGE_MODEL = "language_model"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a model; empty where nothing is.

    ``family`` is one of ``families.FAMILIES`` or a name of its own; ``resolution`` is the side or
    "width x height" in pixels that it was trained for; ``parameters`` is how many numbers it has;
    ``tensor_sha256`` is what the file says its tensors' SHA-256 is, in hexadecimal. ``fault`` says
    why the file cannot be used.
    """

    kind: Kind = Kind.OTHER
    family: str = ""
    title: str = ""
    author: str = ""
    licence: str = ""
    description: str = ""
    triggers: tuple[str, ...] = ()
    resolution: str = ""
    prediction_type: str = ""
    precision: str = ""
    parameters: int = 0
    tensor_sha256: str = ""
    tensors_at: int = 0
    """The byte of the file at which its tensors begin."""
    fault: str = ""


def facts_of(path: Path) -> Facts:
    """Look at a file, or a folder that diffusers wrote. What is damaged, or runs code when it is
    opened, has a ``fault``. Raises ``OSError`` where nothing can be read there."""
    if path.is_dir():
        return _of_folder(path)
    head = head_of(path)
    if refusal := refusal_of(path.name, head):
        return Facts(fault=refusal)
    try:
        if path.suffix == ".gguf":
            return _of_gguf(path)
        if path.suffix == ".safetensors":
            return facts_in(read_header(path))
    except DamagedFile as error:
        return Facts(fault=str(error))
    return Facts(fault="Only .safetensors and .gguf files are models that the studio reads.")


def facts_in(header: Header) -> Facts:
    """What a safetensors header says."""
    told = header.metadata
    kind = Kind(tensor_kind(header))
    sizes = Counter[str]()
    for tensor in header.tensors.values():
        sizes[tensor.dtype] += prod(tensor.shape)
    return Facts(
        kind=kind,
        family=_family(header, kind),
        title=_said(told, "modelspec.title") or _said(told, "ss_output_name"),
        author=_said(told, "modelspec.author"),
        licence=_said(told, "modelspec.license"),
        description=_said(told, "modelspec.description") or _said(told, "modelspec.usage_hint"),
        triggers=_triggers(told),
        resolution=_resolution(_said(told, "modelspec.resolution") or _said(told, "ss_resolution")),
        prediction_type=_said(told, "modelspec.prediction_type"),
        precision=sizes.most_common(1)[0][0] if sizes else "",
        parameters=sum(sizes.values()),
        tensor_sha256=_said(told, "modelspec.hash_sha256").lower().removeprefix("0x"),
        tensors_at=header.data_begin,
    )


def _said(told: Mapping[str, str], key: str) -> str:
    return told.get(key, "").replace("\x00", "").strip()[:_MOST_TEXT]


def _family(header: Header, kind: Kind) -> str:
    """By the tensors where they tell families apart, else by what the file says."""
    return network_family(header, lora=kind is Kind.LORA) or _family_said(header.metadata)


_SAID = (
    (re.compile(r"xl.*refiner"), families.SDXL_REFINER),
    (re.compile(r"sdxl|stable-diffusion-xl"), families.SDXL),
    (re.compile(r"stable-diffusion-v?3|sd3"), families.SD3),
    (re.compile(r"stable-diffusion-v2|sd_v2|sd2"), families.SD2),
    (re.compile(r"stable-diffusion-v1|sd_v1|sd_1|sd1|stable-diffusion/"), families.SD15),
    (re.compile(r"flux"), families.FLUX),
    (re.compile(r"wan.*(ti2v|5b)"), families.WAN22_SMALL),
    (re.compile(r"wan.*2[._-]?2"), families.WAN22_LARGE),
    (re.compile(r"wan.*14b"), families.WAN21_LARGE),
    (re.compile(r"wan.*1[._-]?3b"), families.WAN21_SMALL),
)


def _family_said(told: Mapping[str, str]) -> str:
    for key in ("modelspec.architecture", "ss_base_model_version"):
        said = _said(told, key).lower()
        for pattern, family in _SAID:
            if said and pattern.search(said):
                return family
    return ""


def _triggers(told: Mapping[str, str]) -> tuple[str, ...]:
    """The words that call what a LoRA was trained for: those that its maker names, else the tags
    that most of its training pictures had."""
    if phrase := _said(told, "modelspec.trigger_phrase"):
        words = [word.strip() for word in re.split(r"[,;\n]", phrase)]
        return tuple(dict.fromkeys(word[:100] for word in words if word))[:_MOST_TRIGGERS]
    counts = Counter[str]()
    for tags in _json_object(told.get("ss_tag_frequency", "")).values():
        if isinstance(tags, dict):
            counts.update({
                tag.strip(): number for tag, number in tags.items()
                if isinstance(number, int) and tag.strip()
            })  # fmt: skip
    found = counts.most_common(_MOST_TRIGGERS)
    enough = found[0][1] * _COMMON_SHARE if found else 0
    return tuple(tag.replace("\x00", "")[:100] for tag, number in found if number >= enough)


def _json_object(text: str) -> dict[str, Any]:
    try:
        told = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _resolution(text: str) -> str:
    found = _SIZE.search(text)
    if not found:
        return ""
    width, height = found[1], found[2] or found[1]
    return f"{width} x {height}"


def _of_gguf(path: Path) -> Facts:
    told = read_gguf(path)
    architecture = _text(told.get("general.architecture"))
    pictures = {"flux": families.FLUX, "sdxl": families.SDXL, "sd1": families.SD15,
                "sd3": families.SD3}  # fmt: skip
    drawn = architecture in pictures or architecture == "wan"
    return Facts(
        kind=Kind.NETWORK if drawn else Kind.LANGUAGE_MODEL,
        family=pictures.get(architecture, architecture),
        title=_text(told.get("general.name")),
        author=_text(told.get("general.author")),
        licence=_text(told.get("general.license")),
        description=_text(told.get("general.description")),
    )


def _text(value: object) -> str:
    return value.replace("\x00", "").strip()[:_MOST_TEXT] if isinstance(value, str) else ""


def _of_folder(folder: Path) -> Facts:
    """A folder as diffusers writes it, by its small files."""
    index = _small_json(folder / FOLDER_INDEX)
    pipeline = _text(index.get("_class_name"))
    if not pipeline:
        return Facts(fault=f"The folder's {FOLDER_INDEX} names no pipeline.")
    found = Facts(
        kind=Kind.CHECKPOINT, family=_family_of(folder, pipeline, index), licence=_licence(folder)
    )
    pickles = [
        path for path in sorted(folder.rglob("*"))
        if path.suffix in {".bin", ".pt", ".ckpt"} and path.is_file()
    ]  # fmt: skip
    if pickles and not any(folder.rglob("*.safetensors")):
        fault = refusal_of(pickles[0].name, head_of(pickles[0]))
        return replace(found, fault=fault or "The folder has no .safetensors file.")
    return found


def _family_of(folder: Path, pipeline: str, index: Mapping[str, Any]) -> str:
    if pipeline.startswith("StableDiffusionXL"):
        return families.SDXL
    if pipeline.startswith("StableDiffusion3"):
        return families.SD3
    if pipeline.startswith("StableDiffusion"):
        width = _small_json(folder / "unet" / "config.json").get("cross_attention_dim")
        return families.SD2 if width == 1024 else families.SD15
    if pipeline.startswith("Flux"):
        return families.FLUX
    if pipeline.startswith("Wan"):
        pair = isinstance(index.get("transformer_2"), list) and any(index["transformer_2"])
        return _wan_family(_small_json(folder / "transformer" / "config.json"), pair=pair)
    return ""


def _wan_family(config: Mapping[str, Any], *, pair: bool) -> str:
    heads, side = config.get("num_attention_heads"), config.get("attention_head_dim")
    width = heads * side if isinstance(heads, int) and isinstance(side, int) else 0
    known = {1536: families.WAN21_SMALL, 3072: families.WAN22_SMALL}
    return known.get(width) or (families.WAN22_LARGE if pair else families.WAN21_LARGE)


def _licence(folder: Path) -> str:
    """As the head of the folder's README says, in the way of model hubs."""
    found = _LICENCE_LINE.search(_small_text(folder / "README.md")[:_MOST_TEXT])
    return found[1].strip() if found else ""


def _small_json(path: Path) -> dict[str, Any]:
    return _json_object(_small_text(path))


def _small_text(path: Path) -> str:
    """The text of a small file; empty where it is not there or not small."""
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_SMALL_FILE + 1)
    except OSError:
        return ""
    return data.decode("utf-8", "replace") if len(data) <= _MOST_SMALL_FILE else ""
