"""WAN pipelines of a few ten thousand weights, made on the spot.

They have all parts of real ones: a UMT5 encoder with a tokenizer, a network over space and time, a
causal decoder. The decoder's weights are chosen, so that a film survives it: it keeps every fourth
frame, averaged over eight by eight pixels. The network's are random beside a path that leads away
from noise, and to the pictures that were given.
"""

import shutil
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig
from peft.utils import get_peft_model_state_dict
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import (
    CLIPImageProcessor,
    CLIPVisionConfig,
    CLIPVisionModel,
    PreTrainedTokenizerFast,
    UMT5Config,
    UMT5EncoderModel,
)

from diffusers import (
    AutoencoderKLWan,
    UniPCMultistepScheduler,
    WanImageToVideoPipeline,
    WanPipeline,
    WanTransformer3DModel,
)

WORDS = (
    "a an the red blue green small old bright quiet fox owl castle forest sea boat garden lantern "
    "in on under over beside snow rain sand dawn dusk night morning slow zoom"
)
LATENTS = 4
CHANNELS = 8
TEXT_WIDTH = 32
PICTURE_WIDTH = 32
PICTURE_TOKENS = 5
WIDTH = 24
STRAIGHT = 10.0
"""Where the activation passes on what it gets."""
CONSTANT = 1000.0
LEVEL = 30.0
PULL = 3.0
"""How fast the network leads to the picture that was given."""


def write_text_to_video(folder: Path, *, pair: bool = False) -> None:
    torch.manual_seed(0)
    second = {"transformer_2": _network(LATENTS), "boundary_ratio": 0.8} if pair else {}
    WanPipeline(transformer=_network(LATENTS), **_parts(), **second).save_pretrained(folder)


def write_first_or_both(folder: Path) -> None:
    """As WAN 2.2: the network gets the latents of one picture or two."""
    torch.manual_seed(1)
    network = _network(2 * LATENTS + 4)
    WanImageToVideoPipeline(transformer=network, **_parts()).save_pretrained(folder)


def write_looking(folder: Path, pictures: int) -> None:
    """As WAN 2.1: the network also looks at the ``pictures`` that it starts from, one or two."""
    torch.manual_seed(2)
    places = pictures * PICTURE_TOKENS if pictures > 1 else None
    network = _network(
        2 * LATENTS + 4,
        image_dim=PICTURE_WIDTH,
        added_kv_proj_dim=WIDTH,
        pos_embed_seq_len=places,
    )
    config = CLIPVisionConfig(
        hidden_size=PICTURE_WIDTH, intermediate_size=32, num_hidden_layers=2,
        num_attention_heads=2, image_size=32, patch_size=16,
    )  # fmt: skip
    size = {"height": 32, "width": 32}
    WanImageToVideoPipeline(
        transformer=network,
        image_encoder=CLIPVisionModel(config),
        image_processor=CLIPImageProcessor(size=size, crop_size=size),
        **_parts(),
    ).save_pretrained(folder)


def write_per_frame(folder: Path) -> None:
    """As WAN 2.2 TI2V: the frames have noise of their own, and sides go in steps of 32 pixels."""
    torch.manual_seed(3)
    parts = _parts(patch_size=2, scale_factor_spatial=16, in_channels=12, out_channels=12)
    WanPipeline(transformer=_network(LATENTS), expand_timesteps=True, **parts).save_pretrained(
        folder
    )


def write_pickled(source: Path, folder: Path) -> None:
    """The same model with its network as a pickle, which can hold a program."""
    shutil.copytree(source, folder)
    weights = folder / "transformer" / "diffusion_pytorch_model.safetensors"
    network = WanTransformer3DModel.from_pretrained(source / "transformer")
    weights.unlink()
    torch.save(network.state_dict(), weights.with_suffix(".bin"))


def write_lora(model: Path, file: Path) -> None:
    """A LoRA of the network whose weights are random and large enough to be seen."""
    torch.manual_seed(4)
    pipeline = WanPipeline.from_pretrained(model)
    targets = ["to_q", "to_k", "to_v", "to_out.0"]
    pipeline.transformer.add_adapter(
        LoraConfig(r=4, target_modules=targets, init_lora_weights=False)
    )
    layers = {k: v * 4 for k, v in get_peft_model_state_dict(pipeline.transformer).items()}
    WanPipeline.save_lora_weights(
        file.parent, transformer_lora_layers=layers, weight_name=file.name
    )


def _parts(**decoder: Any) -> dict[str, Any]:
    tokenizer = _tokenizer()
    config = UMT5Config(
        vocab_size=len(tokenizer), d_model=TEXT_WIDTH, d_kv=8, d_ff=32, num_layers=2, num_heads=4
    )
    return {
        "tokenizer": tokenizer,
        "text_encoder": UMT5EncoderModel(config),
        "vae": _decoder(**decoder),
        "scheduler": UniPCMultistepScheduler(
            prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0
        ),
    }


def _tokenizer() -> PreTrainedTokenizerFast:
    names = ["<pad>", "</s>", "<unk>", *dict.fromkeys(WORDS.split())]
    tokenizer = Tokenizer(models.WordLevel({n: i for i, n in enumerate(names)}, unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", 1)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", eos_token="</s>", unk_token="<unk>",
        model_max_length=512,
    )  # fmt: skip


def _network(channels: int, **more: Any) -> WanTransformer3DModel:
    """Random blocks beside a straight path, which predicts ``PULL`` times the way from the picture
    that was given, or from grey. Two large constants of opposite sign make the normalisation
    subtract nothing and divide by nearly the same number."""
    network = WanTransformer3DModel(
        patch_size=(1, 2, 2), num_attention_heads=2, attention_head_dim=WIDTH // 2,
        in_channels=channels, out_channels=LATENTS, text_dim=TEXT_WIDTH, freq_dim=16, ffn_dim=32,
        num_layers=1, **more,
    ).requires_grad_(False)  # fmt: skip
    embed, spread = network.patch_embedding, LEVEL * (2 / WIDTH) ** 0.5
    embed.weight.zero_()
    embed.bias.zero_()
    embed.bias[-2:] = torch.tensor([LEVEL, -LEVEL])
    network.proj_out.weight.zero_()
    network.proj_out.bias.zero_()
    for place in range(4 * LATENTS):
        row, channel = divmod(place, LATENTS)
        embed.weight[place, channel, 0, row // 2, row % 2] = 1.0
        if channels > LATENTS:
            embed.weight[place, channels - LATENTS + channel, 0, row // 2, row % 2] = -1.0
        network.proj_out.weight[place, place] = PULL * spread
    network.scale_shift_table.zero_()
    network.condition_embedder.time_embedder.linear_2.weight.mul_(0.01)
    network.condition_embedder.time_embedder.linear_2.bias.zero_()
    for block in network.blocks:
        for part in (block.attn1.to_out[0], block.attn2.to_out[0], block.ffn.net[2]):
            part.weight.mul_(0.3)
    return network.eval()


def _decoder(**more: Any) -> AutoencoderKLWan:
    """Set by hand to what a trained one approximates. Its residual blocks add nothing; colours are
    lifted to where the activation is straight, beside a constant so large that the normalisation
    divides by nearly the same number everywhere."""
    vae = AutoencoderKLWan(
        base_dim=CHANNELS, z_dim=LATENTS, dim_mult=[1, 1, 1, 1], num_res_blocks=1,
        latents_mean=[0.1, 0.0, -0.1, 0.0], latents_std=[0.5, 0.5, 0.5, 1.0], **more,
    ).requires_grad_(False)  # fmt: skip
    for name, weights in vae.named_parameters():
        if ".conv2." in name or ".proj." in name:
            weights.zero_()
    pixels = vae.config.in_channels // 3
    shared = [(c, c * pixels + place, 1 / pixels) for c in range(3) for place in range(pixels)]
    spread = [(from_, to, 1.0) for to, from_, _ in shared]
    colours = [(c, c, 1.0) for c in range(3)]
    every = [*colours, (3, 3, 1.0)]
    for side, begin, end in ((vae.encoder, shared, colours), (vae.decoder, colours, spread)):
        _wire(side.conv_in, begin)
        side.conv_in.bias[:4] = torch.tensor([STRAIGHT] * 3 + [CONSTANT])
        side.norm_out.gamma.fill_(CONSTANT / side.norm_out.scale)
        _wire(side.conv_out, end)
        side.conv_out.bias[: len(end)] = -STRAIGHT
    for name, module in vae.named_modules():
        if name.endswith("conv_shortcut") and isinstance(module, torch.nn.Conv3d):
            _wire(module, every)
        elif name.endswith("time_conv"):
            doubled = [(c + module.in_channels, c, 1.0) for c in range(4)]
            _wire(module, every + (doubled if module.out_channels > module.in_channels else []))
        elif name.endswith("resample.1"):
            _wire(module, every)
            if module.stride == (2, 2):
                for c in range(4):
                    module.weight[c, c] = 0
                    module.weight[c, c, :2, :2] = 0.25
    _wire(vae.quant_conv, every)
    _wire(vae.post_quant_conv, every)
    return vae.eval()


def _wire(conv: torch.nn.Module, links: list[tuple[int, int, float]]) -> None:
    """Make a convolution pass on channels: (to, from, factor), each pixel for itself, and of
    frames the last."""
    conv.weight.zero_()
    conv.bias.zero_()
    middle = conv.kernel_size[-1] // 2
    for to, source, factor in links:
        place = (to, source, middle, middle)
        conv.weight[place if conv.weight.ndim == 4 else (to, source, -1, middle, middle)] = factor
