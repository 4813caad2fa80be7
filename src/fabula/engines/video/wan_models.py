"""WAN models on the disk: what each can do, read off its small files.

A model is a folder in MODELS_DIR/wan as ``save_pretrained`` of diffusers writes it. The class in
``model_index.json``, the network's and the decoder's configuration say what it starts from, in
which steps its sides go, and what it was trained for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from fabula.engines.base import VideoRequest
from fabula.engines.model_files.facts import FOLDER_INDEX
from fabula.engines.model_files.shelf import Found, walk

FROM_TEXT, FROM_PICTURE = "WanPipeline", "WanImageToVideoPipeline"
FRAME_STEP = 4
"""The decoder makes one frame, and then four at a time."""


class Start(StrEnum):
    """What a clip is made from, beside the prompt."""

    TEXT = "the prompt alone"
    FIRST = "a first frame"
    BOTH = "a first and a last frame"


@dataclass(frozen=True, slots=True)
class Training:
    """What a model was trained for, and makes best: a size in pixels, a length and a rate."""

    width: int
    height: int
    frames: int
    fps: int


USUAL = Training(832, 480, 81, 16)
COMPACT = Training(1280, 704, 121, 24)
"""Of WAN 2.2 TI2V-5B, the model whose frames have noise of their own."""


@dataclass(frozen=True, slots=True)
class WanModel:
    """A model. ``kind`` is the class of its pipeline, ``grid`` the pixels in whose multiples its
    sides go, ``pair`` whether a second network does the last, least noisy steps. The frames of a
    ``per_frame`` model have noise of their own, so that it starts from text and pictures alike."""

    name: str
    path: Path
    kind: str
    starts: frozenset[Start]
    grid: int
    pair: bool
    per_frame: bool
    family: str

    @property
    def training(self) -> Training:
        return COMPACT if self.per_frame else USUAL


def models_in(folder: Path) -> dict[str, WanModel]:
    """The models of a folder by name, in order."""
    return models_among(walk(folder))


def models_among(found: Iterable[Found]) -> dict[str, WanModel]:
    """Those that are models of ours, by name."""
    return {each.name: model for each in found if (model := looked_at(each))}


def looked_at(found: Found) -> WanModel | None:
    """The model that lies there, if one does."""
    path = found.path
    try:
        index = _json(path / FOLDER_INDEX)
        network = _json(path / "transformer" / "config.json")
        decoder = _json(path / "vae" / "config.json")
        kind = index["_class_name"]
        if kind not in (FROM_TEXT, FROM_PICTURE):
            return None
        per_frame = bool(index.get("expand_timesteps"))
        return WanModel(
            name=found.name,
            path=path,
            kind=kind,
            starts=_starts(kind, network, per_frame=per_frame),
            grid=int(decoder.get("scale_factor_spatial", 8) * network["patch_size"][1]),
            pair=any(index.get("transformer_2") or ()),
            per_frame=per_frame,
            family=found.facts.family,
        )
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError):
        return None


def start_of(request: VideoRequest) -> Start:
    """What a request gives to start from."""
    if request.first_frame is None:
        return Start.TEXT
    return Start.FIRST if request.last_frame is None else Start.BOTH


def _starts(kind: str, network: Mapping[str, Any], *, per_frame: bool) -> frozenset[Start]:
    """A network that looks at pictures itself takes as many of them as it has places for; one that
    only gets their latents takes one or two."""
    if per_frame:
        return frozenset({Start.TEXT, Start.FIRST})
    if kind == FROM_TEXT:
        return frozenset({Start.TEXT})
    if network.get("image_dim") is None:
        return frozenset({Start.FIRST, Start.BOTH})
    return frozenset({Start.FIRST if network.get("pos_embed_seq_len") is None else Start.BOTH})


def _json(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content
