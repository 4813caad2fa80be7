"""Writes an SDXL pipeline as one checkpoint file, with the names that such files have.

Only for pipelines of the tiny one's layout: two levels, one residual block each, no attention in
the decoder.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import torch
from safetensors.torch import save_file

from diffusers import StableDiffusionXLPipeline

Weights = dict[str, torch.Tensor]
RESIDUAL = {
    "norm1": "in_layers.0", "conv1": "in_layers.2", "time_emb_proj": "emb_layers.1",
    "norm2": "out_layers.0", "conv2": "out_layers.3", "conv_shortcut": "skip_connection",
}  # fmt: skip
NETWORK = {
    "time_embedding.linear_1": "time_embed.0", "time_embedding.linear_2": "time_embed.2",
    "add_embedding.linear_1": "label_emb.0.0", "add_embedding.linear_2": "label_emb.0.2",
    "conv_in": "input_blocks.0.0", "conv_norm_out": "out.0", "conv_out": "out.2",
    "mid_block.resnets.0": "middle_block.0", "mid_block.attentions.0": "middle_block.1",
    "mid_block.resnets.1": "middle_block.2",
    "down_blocks.0.resnets.0": "input_blocks.1.0",
    "down_blocks.0.downsamplers.0.conv": "input_blocks.2.0.op",
    "down_blocks.1.resnets.0": "input_blocks.3.0",
    "down_blocks.1.attentions.0": "input_blocks.3.1",
    "up_blocks.0.resnets.0": "output_blocks.0.0", "up_blocks.0.attentions.0": "output_blocks.0.1",
    "up_blocks.0.resnets.1": "output_blocks.1.0", "up_blocks.0.attentions.1": "output_blocks.1.1",
    "up_blocks.0.upsamplers.0.conv": "output_blocks.1.2.conv",
    "up_blocks.1.resnets.0": "output_blocks.2.0", "up_blocks.1.resnets.1": "output_blocks.3.0",
}  # fmt: skip
DECODER = {
    r"down_blocks\.(\d)\.resnets": r"down.\1.block",
    r"down_blocks\.0\.downsamplers\.0": "down.0.downsample",
    r"up_blocks\.0\.resnets": "up.1.block",
    r"up_blocks\.1\.resnets": "up.0.block",
    r"up_blocks\.0\.upsamplers\.0": "up.1.upsample",
    r"mid_block\.resnets\.0": "mid.block_1",
    r"mid_block\.resnets\.1": "mid.block_2",
    "conv_norm_out": "norm_out",
}
SECOND_TEXT = {
    "text_model.embeddings.position_embedding.weight": "positional_embedding",
    "text_model.embeddings.token_embedding": "token_embedding",
    "text_model.final_layer_norm": "ln_final",
    "text_model.encoder.layers": "transformer.resblocks",
    "self_attn": "attn", "layer_norm1": "ln_1", "layer_norm2": "ln_2",
    "mlp.fc1": "mlp.c_fc", "mlp.fc2": "mlp.c_proj",
}  # fmt: skip


def write_single_file(sdxl: Path, file: Path) -> None:
    pipeline = StableDiffusionXLPipeline.from_pretrained(sdxl, add_watermarker=False)
    named = {
        **dict(_network(pipeline.unet.state_dict())),
        **dict(_decoder(pipeline.vae.state_dict())),
        **dict(_first_text(pipeline.text_encoder.state_dict())),
        **dict(_second_text(pipeline.text_encoder_2.state_dict())),
    }
    save_file({name: weights.contiguous() for name, weights in named.items()}, file)


def _network(weights: Weights) -> Iterator[tuple[str, torch.Tensor]]:
    for name, tensor in weights.items():
        start = next(old for old in NETWORK if name.startswith(f"{old}."))
        rest = name.removeprefix(start)
        if ".resnets." in start:
            inner = next(old for old in RESIDUAL if rest.startswith(f".{old}."))
            rest = rest.replace(inner, RESIDUAL[inner])
        yield f"model.diffusion_model.{NETWORK[start]}{rest}", tensor


def _decoder(weights: Weights) -> Iterator[tuple[str, torch.Tensor]]:
    for name, tensor in weights.items():
        other = name
        for old, new in DECODER.items():
            other = re.sub(old, new, other)
        yield f"first_stage_model.{other}", tensor


def _first_text(weights: Weights) -> Iterator[tuple[str, torch.Tensor]]:
    for name, tensor in weights.items():
        inner = name.removeprefix("text_model.")
        yield f"conditioner.embedders.0.transformer.text_model.{inner}", tensor


def _second_text(weights: Weights) -> Iterator[tuple[str, torch.Tensor]]:
    """Queries, keys and values lie in one tensor here, and the projection is turned."""
    prefix = "conditioner.embedders.1.model."
    for name, tensor in weights.items():
        if name == "text_projection.weight":
            yield f"{prefix}text_projection", tensor.T
            continue
        if re.search("[kv]_proj", name):
            continue
        other = name
        for old, new in SECOND_TEXT.items():
            other = other.replace(old, new)
        if "q_proj" in name:
            parts = [weights[name.replace("q_proj", f"{part}_proj")] for part in "qkv"]
            yield prefix + other.replace("q_proj.", "in_proj_"), torch.cat(parts)
        else:
            yield prefix + other, tensor
