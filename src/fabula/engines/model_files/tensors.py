"""What a network is, by the names and shapes of its tensors.

The names are those that the published checkpoints have, in the spelling of their first code, of
diffusers and peft, and of kohya's trainer.
"""

import re
from collections.abc import Callable, Iterable

from fabula.engines.model_files import families
from fabula.engines.model_files.header import Header, Tensor

_LORA = re.compile(
    r"(?:\.|_)(?:lora_up|lora_down|lora_A|lora_B|lora_a|lora_b)(?:\.|$)"
    r"|\.(?:hada_w[12]_[ab]|lokr_w[12](?:_[ab])?|oft_blocks|oft_diag)$|\.lora\.(?:up|down)\."
)
_DOWN = re.compile(r"(?:\.|_)(?:lora_down|lora_A|lora_a|lora\.down)(?:\.|$)")
_CONTEXT = re.compile(r"attn2[._]to_k|cross_attn[._]k[._]|attn2\.processor\.to_k")
_WAN_LAYER = re.compile(
    r"(?:^|\.|(?<!transformer)_)blocks[._]\d+[._](?:self_attn|cross_attn|ffn|attn1|attn2)[._]"
)
_FLUX_LAYER = re.compile(r"double_blocks[._]\d|single_blocks[._]\d|single_transformer_blocks[._]\d")
_TELLING = (
    (_FLUX_LAYER, families.FLUX),
    (re.compile(r"joint_blocks[._]\d"), families.SD3),
    (re.compile(r"lora_te2_|^text_encoder_2\.|^conditioner\.embedders\.1\."), families.SDXL),
    (re.compile(r"^conditioner\.embedders\.0\.model\."), families.SDXL_REFINER),
    (re.compile(r"^cond_stage_model\.model\."), families.SD2),
    (re.compile(r"^cond_stage_model\."), families.SD15),
)
_UNET_WIDTHS = {768: families.SD15, 1024: families.SD2, 2048: families.SDXL}
_WAN_WIDTHS = {
    1536: families.WAN21_SMALL, 3072: families.WAN22_SMALL, 5120: families.WAN21_LARGE,
}  # fmt: skip
_FEW = 6


def tensor_kind(header: Header) -> str:
    """The kind as ``facts.Kind`` names it."""
    names = header.tensors.keys()
    for kind, says in _KINDS:
        if says(names):
            return kind
    return "other"


def _any(*parts: str) -> Callable[[Iterable[str]], bool]:
    """Whether a name begins with one of the parts."""
    return lambda names: any(name.startswith(parts) for name in names)


def _all(*parts: str) -> Callable[[Iterable[str]], bool]:
    """Whether each of the parts begins a name."""
    return lambda names: all(any(name.startswith(part) for name in names) for part in parts)


def _is_lora(names: Iterable[str]) -> bool:
    return any(_LORA.search(name) for name in names)


def _is_network(names: Iterable[str]) -> bool:
    return any(
        name.startswith(("model.diffusion_model.", "input_blocks.", "down_blocks."))
        or _WAN_LAYER.search(name)
        or _FLUX_LAYER.search(name)
        or "joint_blocks." in name
        for name in names
    )


def _is_embedding(names: Iterable[str]) -> bool:
    known = {"emb_params", "clip_l", "clip_g", "string_to_param"}
    listed = list(names)
    return 0 < len(listed) <= _FEW and all(name.split(".")[0] in known for name in listed)


_KINDS: tuple[tuple[str, Callable[[Iterable[str]], bool]], ...] = (
    ("lora", _is_lora),
    ("embedding", _is_embedding),
    ("controlnet", _any("control_model.", "controlnet_cond_embedding.", "controlnet_down_blocks.",
                        "controlnet_blocks.", "input_hint_block.")),
    ("checkpoint", _any("conditioner.embedders.", "cond_stage_model.", "text_encoders.")),
    ("checkpoint", _all("model.diffusion_model.", "first_stage_model.")),
    ("upscaler", _any("model.1.sub.", "RRDB_trunk.", "body.0.rdb1.", "trunk_conv.", "upsampler.",
                      "conv_first.")),
    ("network", _is_network),
    ("vae", _any("first_stage_model.")),
    ("vae", _all("encoder.conv_in.", "decoder.conv_in.")),
    ("vae", _all("encoder.conv1.", "decoder.conv1.")),
    ("text_encoder", _any("text_model.", "encoder.block.", "transformer.resblocks.",
                          "shared.weight", "text_encoder.")),
    ("language_model", _any("model.layers.", "model.embed_tokens.", "lm_head.")),
)  # fmt: skip


def network_family(header: Header, *, lora: bool) -> str:
    """The family, by what only its networks have; empty where nothing tells."""
    tensors = header.tensors
    if any(_WAN_LAYER.search(name) for name in tensors):
        return _wan(tensors.items(), lora=lora)
    for pattern, family in _TELLING:
        if any(pattern.search(name) for name in tensors):
            return family
    widths = (_width(name, tensor, lora=lora) for name, tensor in tensors.items())
    return next((_UNET_WIDTHS[width] for width in widths if width in _UNET_WIDTHS), "")


def _width(name: str, tensor: Tensor, *, lora: bool) -> int:
    """How wide the text is that a layer attends to; 0 for other layers."""
    if not _CONTEXT.search(name) or len(tensor.shape) < 2:
        return 0
    return tensor.shape[1] if not lora or _DOWN.search(name) else 0


def _wan(tensors: Iterable[tuple[str, Tensor]], *, lora: bool) -> str:
    """By the width of a block, which is the longer side of what attention's matrices take in."""
    for name, tensor in tensors:
        attends = re.search(r"(?:self_attn|attn1)[._](?:q|to_q)[._]", name)
        matrix = len(tensor.shape) == 2
        if attends and matrix and (not lora or _DOWN.search(name)):
            return _WAN_WIDTHS.get(tensor.shape[1], "")
    return ""
