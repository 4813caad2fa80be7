"""A Stable Diffusion XL pipeline of a few hundred thousand random weights, made on the spot.

It has all parts of a real one: two text encoders, each with a trained byte-pair tokenizer, a
network that takes the pooled text and the size, a decoder that shrinks pictures. The decoder alone
is trained, for some seconds, so that a picture survives it; and noise is mild, so that pictures of
all strengths differ.
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
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)

WORDS = (
    "a an the red blue green small old bright quiet fox owl castle forest sea boat garden lantern "
    "in on under over beside snow rain sand dawn dusk night morning watercolour ink photograph"
)
BEGIN, END = "<|startoftext|>", "<|endoftext|>"
SIDE = 64
WIDTH = 32
TRAINING_STEPS = 100


def write_sdxl(folder: Path) -> Path:
    """Save the pipeline as diffusers does; returns its folder."""
    torch.manual_seed(0)
    words = _vocabulary(folder.parent / "words")
    tokenizers = [
        CLIPTokenizer.from_pretrained(words, model_max_length=77, **more)
        for more in ({}, {"pad_token": "!"})
    ]
    encoders = _text_config(tokenizers[0])
    pipeline = StableDiffusionXLPipeline(
        vae=_decoder(),
        text_encoder=CLIPTextModel(encoders),
        text_encoder_2=CLIPTextModelWithProjection(encoders),
        tokenizer=tokenizers[0],
        tokenizer_2=tokenizers[1],
        unet=_network(
            addition_embed_type="text_time",
            addition_time_embed_dim=8,
            projection_class_embeddings_input_dim=6 * 8 + WIDTH,
            cross_attention_dim=2 * WIDTH,
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


def _text_config(tokenizer: CLIPTokenizer) -> CLIPTextConfig:
    return CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=WIDTH,
        intermediate_size=WIDTH,
        projection_dim=WIDTH,
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
    """Trained on soft random pictures until it gives back what it gets."""
    vae = AutoencoderKL(
        block_out_channels=(WIDTH, WIDTH),
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        latent_channels=4,
        sample_size=SIDE,
        scaling_factor=1.0,
        mid_block_add_attention=False,
    )
    optimiser = torch.optim.Adam(vae.parameters(), lr=2e-3)
    for _ in range(TRAINING_STEPS):
        pictures = _soft_pictures(8)
        latents = vae.encode(pictures).latent_dist
        loss = (vae.decode(latents.sample()).sample - pictures).square().mean()
        (loss + 1e-3 * latents.kl().mean() / SIDE**2).backward()
        optimiser.step()
        optimiser.zero_grad()
    return vae.requires_grad_(False).eval()


def _soft_pictures(count: int) -> torch.Tensor:
    """Shape (count, 3, 32, 32), -1 to 1."""
    small = torch.rand(count, 3, 6, 6) * 2 - 1
    return torch.nn.functional.interpolate(small, size=(32, 32), mode="bilinear")
