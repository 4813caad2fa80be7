"""Model files without weights: a header in the names of a published kind, and empty tensors."""

import base64
import io
import json
import struct
from pathlib import Path
from typing import Any

from PIL import Image

SDXL = ("conditioner.embedders.1.model.ln_final.weight", "first_stage_model.x")
SD15 = ("cond_stage_model.transformer.x", "first_stage_model.x")
LAYER = "lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn2_to_k"


def write_safetensors(
    path: Path, tensors: dict[str, list[int]], metadata: dict[str, str] | None = None,
    *, data: bytes = b"",
) -> Path:  # fmt: skip
    """Tensors by shape, of single bytes that are zero, or ``data`` where it is given."""
    header: dict[str, Any] = {"__metadata__": metadata} if metadata is not None else {}
    place = 0
    for name, shape in tensors.items():
        size = 1
        for side in shape:
            size *= side
        header[name] = {"dtype": "U8", "shape": shape, "data_offsets": [place, place + size]}
        place += size
    text = json.dumps(header).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack("<Q", len(text)) + text + (data or bytes(place)))
    return path


def write_checkpoint(path: Path, names: tuple[str, ...] = SDXL, **metadata: str) -> Path:
    return write_safetensors(path, {name: [4] for name in names}, metadata)


def write_lora(path: Path, width: int = 2048, **metadata: str) -> Path:
    """A LoRA for networks that attend to texts of a width; 2048 is SDXL's."""
    shapes = {f"{LAYER}.lora_down.weight": [2, width], f"{LAYER}.lora_up.weight": [4, 2]}
    return write_safetensors(path, shapes, metadata)


def write_folder(folder: Path, kind: str = "StableDiffusionXLPipeline", side: int = 128) -> Path:
    """The small files of a folder as diffusers writes it."""
    for name, content in (
        ("model_index.json", {"_class_name": kind}),
        ("unet/config.json", {"sample_size": side}),
        ("vae/config.json", {"block_out_channels": [128, 256, 512, 512]}),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(content))
    return folder


def picture(side: int = 64, form: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side), (40, 90, 160)).save(out, form)
    return out.getvalue()


def data_url(data: bytes, kind: str = "png") -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
