"""A Stable Diffusion XL pipeline of a few hundred thousand random weights, made on the spot.

It has all parts of a real one: two text encoders, each with a trained byte-pair tokenizer, a
network that takes the pooled text and the size, a decoder that shrinks pictures. The decoder's
weights are not random but chosen, so that a picture survives it; and noise is mild, so that
pictures of all strengths differ.
"""

import json
import random
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig
from peft.utils import get_peft_model_state_dict
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from diffusers import (
    AutoencoderKL,
    EulerDiscreteScheduler,
    StableDiffusionPipeline,
    StableDiffusionXLInpaintPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)

WORDS = (
    "a an the red blue green small old bright quiet fox owl castle forest sea boat garden lantern "
    "in on under over beside snow rain sand dawn dusk night morning watercolour ink photograph"
)
BEGIN, END = "<|startoftext|>", "<|endoftext|>"
SIDE = 64
WIDTH, SECOND_WIDTH = 32, 48
CHANNELS = 8
CONSTANT = 20.0
STRAIGHT = 10.0
SURE = -25.0
"""Logarithm of the variance of encoded pictures."""


def write_sdxl(folder: Path) -> Path:
    """Save the pipeline as diffusers does; returns its folder."""
    torch.manual_seed(0)
    words = _vocabulary(folder.parent / "words")
    tokenizers = [
        CLIPTokenizer.from_pretrained(words, model_max_length=77, **more)
        for more in ({}, {"pad_token": "!"})
    ]
    pipeline = StableDiffusionXLPipeline(
        vae=_decoder(),
        text_encoder=CLIPTextModel(_text_config(tokenizers[0], WIDTH)),
        text_encoder_2=CLIPTextModelWithProjection(_text_config(tokenizers[0], SECOND_WIDTH)),
        tokenizer=tokenizers[0],
        tokenizer_2=tokenizers[1],
        unet=_network(
            addition_embed_type="text_time",
            addition_time_embed_dim=8,
            projection_class_embeddings_input_dim=6 * 8 + SECOND_WIDTH,
            cross_attention_dim=WIDTH + SECOND_WIDTH,
        ),
        scheduler=_scheduler(),
        add_watermarker=False,
    )
    pipeline.save_pretrained(folder)
    return folder


def write_sd15(sdxl: Path, folder: Path) -> Path:
    """Save a pipeline of the older kind, with parts of the first."""
    torch.manual_seed(1)
    first = StableDiffusionXLPipeline.from_pretrained(sdxl, add_watermarker=False)
    pipeline = StableDiffusionPipeline(
        vae=first.vae,
        text_encoder=first.text_encoder,
        tokenizer=first.tokenizer,
        unet=_network(cross_attention_dim=WIDTH),
        scheduler=_scheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.save_pretrained(folder)
    return folder


def write_inpainting(sdxl: Path, folder: Path) -> Path:
    """Save a pipeline whose network sees picture and mask, with the other parts of the first."""
    torch.manual_seed(3)
    first = StableDiffusionXLPipeline.from_pretrained(sdxl, add_watermarker=False)
    unet = UNet2DConditionModel.from_config(dict(first.unet.config) | {"in_channels": 9})
    parts = first.components | {"unet": unet}
    StableDiffusionXLInpaintPipeline(**parts, add_watermarker=False).save_pretrained(folder)
    return folder


def write_lora(sdxl: Path, file: Path) -> None:
    """Save a LoRA of the network whose weights are random and large enough to be seen."""
    torch.manual_seed(2)
    pipeline = StableDiffusionXLPipeline.from_pretrained(sdxl, add_watermarker=False)
    targets = ["to_q", "to_k", "to_v", "to_out.0"]
    pipeline.unet.add_adapter(LoraConfig(r=4, target_modules=targets, init_lora_weights=False))
    layers = {k: v * 4 for k, v in get_peft_model_state_dict(pipeline.unet).items()}
    StableDiffusionXLPipeline.save_lora_weights(
        file.parent, unet_lora_layers=layers, weight_name=file.name
    )


def _vocabulary(folder: Path) -> Path:
    """A byte-pair vocabulary in CLIP's form, trained on sentences of ``WORDS``."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(r"\s+"), "removed"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.BPEDecoder("</w>")
    words, chosen = WORDS.split(), random.Random(0)
    sentences = (" ".join(chosen.choices(words, k=10)) for _ in range(500))
    trainer = trainers.BpeTrainer(
        vocab_size=900, initial_alphabet=alphabet, end_of_word_suffix="</w>", show_progress=False
    )
    tokenizer.train_from_iterator(sentences, trainer)
    merges = [tuple(pair) for pair in json.loads(tokenizer.to_str())["model"]["merges"]]
    tokens = [*alphabet, *(letter + "</w>" for letter in alphabet)]
    tokens += [first + second for first, second in merges] + [BEGIN, END]
    numbered = {token: number for number, token in enumerate(dict.fromkeys(tokens))}
    folder.mkdir(parents=True)
    (folder / "vocab.json").write_text(json.dumps(numbered), encoding="utf-8")
    lines = ["#version: 0.2", *(" ".join(pair) for pair in merges), ""]
    (folder / "merges.txt").write_text("\n".join(lines), encoding="utf-8")
    return folder


def _text_config(tokenizer: CLIPTokenizer, width: int) -> CLIPTextConfig:
    return CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=width,
        intermediate_size=width,
        projection_dim=width,
        num_attention_heads=4,
        num_hidden_layers=3,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.eos_token_id,
    )


def _network(**more: Any) -> UNet2DConditionModel:
    return UNet2DConditionModel(
        sample_size=SIDE // 2,
        block_out_channels=(WIDTH, 2 * WIDTH),
        layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        attention_head_dim=(2, 4),
        use_linear_projection=True,
        **more,
    )


def _scheduler() -> EulerDiscreteScheduler:
    return EulerDiscreteScheduler(
        beta_start=0.00085,
        beta_end=0.004,
        beta_schedule="scaled_linear",
        steps_offset=1,
        timestep_spacing="leading",
    )


def _decoder() -> AutoencoderKL:
    """Set by hand to what a trained one approximates: it averages over two by two pixels and back.

    Its residual blocks add nothing. The channels are red, green, blue, their negatives, and two
    large constants of opposite sign, so that the group normalisation always subtracts nothing and
    divides by nearly the same number; the activation works where it is straight.
    """
    vae = AutoencoderKL(
        block_out_channels=(CHANNELS, CHANNELS),
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        latent_channels=4,
        norm_num_groups=1,
        sample_size=SIDE,
        scaling_factor=1.0,
        mid_block_add_attention=False,
    ).requires_grad_(False)
    for name, weights in vae.named_parameters():
        if ".conv2." in name:
            weights.zero_()
    for part in (vae.encoder, vae.decoder):
        _wire(part.conv_in, [(c, c % 3, -1.0 if c > 2 else 1.0) for c in range(6)])
        part.conv_in.bias[6:] = torch.tensor([CONSTANT, -CONSTANT])
        part.conv_norm_out.weight.fill_(CONSTANT / 2)
        part.conv_norm_out.bias.fill_(STRAIGHT)
        _wire(part.conv_out, [(c, c, 1.0) for c in range(3)])
        part.conv_out.bias[:3] = -STRAIGHT
    vae.encoder.conv_out.bias[4:] = SURE
    every = [(c, c, 1.0) for c in range(CHANNELS)]
    _wire(vae.decoder.up_blocks[0].upsamplers[0].conv, every)
    _wire(vae.quant_conv, every)
    _wire(vae.post_quant_conv, every[:4])
    halved = vae.encoder.down_blocks[0].downsamplers[0].conv
    _wire(halved, [])
    for channel in range(CHANNELS):
        halved.weight[channel, channel, :2, :2] = 0.25
    return vae.eval()


def _wire(conv: torch.nn.Conv2d, links: list[tuple[int, int, float]]) -> None:
    """Make a convolution pass on channels: (to, from, factor), each pixel for itself."""
    conv.weight.zero_()
    conv.bias.zero_()
    middle = conv.kernel_size[0] // 2
    for to, source, factor in links:
        conv.weight[to, source, middle, middle] = factor
