"""What model files say of themselves, and what those say that lie."""

import contextlib
import hashlib
import io
import json
import pickle
import struct
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from fabula.engines.model_files.facts import Facts, Kind, facts_of
from fabula.engines.model_files.families import FAMILIES, fits
from fabula.engines.model_files.gguf import read_gguf
from fabula.engines.model_files.hashing import sums_of
from fabula.engines.model_files.header import DamagedFile, Header, parse_header, read_header
from fabula.engines.model_files.preview import preview_of, small_picture
from fabula.engines.model_files.shelf import walk
from model_samples import (
    LAYER,
    SD15,
    SDXL,
    data_url,
    picture,
    write_folder,
    write_lora,
    write_safetensors,
)

SIX = settings(max_examples=300, deadline=None,
               suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip


def framed(header: object, data: bytes = b"", *, length: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def parsed(data: bytes) -> Header:
    return parse_header(io.BytesIO(data), len(data))


def tensor(**changes: Any) -> dict[str, Any]:
    return {"dtype": "F16", "shape": [2, 3], "data_offsets": [0, 12], **changes}


GOOD = framed({"__metadata__": {"a": "b"}, "x": tensor()}, bytes(12))


def test_a_header_is_read() -> None:
    header = parsed(GOOD)
    assert header.metadata == {"a": "b"}
    assert header.tensors["x"].shape == (2, 3)
    assert GOOD[header.data_begin :] == bytes(12)


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "too short"),
        (GOOD[:20], "header does"),
        (framed(b"{}", length=2**63), "header does"),
        (framed(b"{{{{"), "JSON"),
        (framed(b"[" * 100_000), "JSON"),
        (framed([]), "JSON"),
        (framed(b"\xff\xff"), "JSON"),
        (framed(b'{"x": 1, "x": 2}'), "JSON"),
        (framed({"__metadata__": {"a": 1}}), "texts"),
        (framed({"__metadata__": []}), "texts"),
        (framed({"x": 7}), "lies"),
        (framed({"x": tensor(dtype="F7")}, bytes(12)), "lies"),
        (framed({"x": tensor(shape=[2, -3])}, bytes(12)), "lies"),
        (framed({"x": tensor(shape=[2, True])}, bytes(12)), "lies"),
        (framed({"x": tensor(shape=[2, 4])}, bytes(12)), "lies"),
        (framed({"x": tensor(shape=[1] * 40 + [6])}, bytes(12)), "lies"),
        (framed({"x": tensor(data_offsets=[12, 0])}, bytes(12)), "lies"),
        (framed({"x": tensor(data_offsets=[4, 16])}, bytes(16)), "lies"),
        (framed({"x": tensor(), "y": tensor(data_offsets=[6, 18])}, bytes(18)), "lies"),
        (framed({"x": tensor(dtype="F4", shape=[3], data_offsets=[0, 1])}, bytes(1)), "lies"),
        (GOOD[:-1], "tensors do"),
        (GOOD + b"more", "goes on"),
    ],
)
def test_a_header_that_lies_is_not_believed(data: bytes, word: str) -> None:
    with pytest.raises(DamagedFile, match=word):
        parsed(data)


def test_a_header_that_is_too_large_is_not_read() -> None:
    """The file is sparse: it has the length that it claims and takes no room."""

    class Endless(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            assert size is not None
            assert size <= 8, "the header was read"
            return super().read(size)

    with pytest.raises(DamagedFile, match="larger"):
        parse_header(Endless(struct.pack("<Q", 2**30)), 2**31)


@SIX
@given(st.data())
def test_a_damaged_header_is_refused_or_read_and_nothing_else(data: st.DataObject) -> None:
    """Bytes of a good file are changed, cut and put in: no other error comes of it."""
    broken = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(broken) - 1))
        broken[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(broken)))
    with contextlib.suppress(DamagedFile):
        parsed(bytes(broken[:cut]) + data.draw(st.binary(max_size=8)))


@SIX
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from(["dtype", "shape", "data_offsets", "x"]), inner)
        ),
        max_leaves=12,
    )
)
def test_any_json_as_a_header_is_refused_or_read(told: object) -> None:
    with contextlib.suppress(DamagedFile):
        parsed(framed({"x": told, "__metadata__": {}}, bytes(4)))


@SIX
@given(st.binary(max_size=200))
def test_any_bytes_behind_the_mark_of_a_gguf_are_refused_or_read(
    tmp_path: Path, data: bytes
) -> None:
    path = tmp_path / "x.gguf"
    path.write_bytes(b"GGUF" + data)
    with contextlib.suppress(DamagedFile):
        read_gguf(path)


def torch_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps({}))
    return out.getvalue()


def torch_tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("pickle"))
    return out.getvalue()


@pytest.mark.parametrize("name", ["x.ckpt", "x.pt", "x.safetensors", "x.gguf"])
@pytest.mark.parametrize(
    "content", [torch_zip(), torch_tar(), *(pickle.dumps({}, p) for p in (2, 3, 4, 5))]
)
def test_a_pickle_is_known_under_every_name(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    fault = facts_of(path).fault
    assert "pickle" in fault
    assert ".safetensors" in fault


@pytest.mark.parametrize("protocol", [0, 1])
def test_an_old_pickle_without_a_mark_is_no_model_either(tmp_path: Path, protocol: int) -> None:
    for name in ("x.ckpt", "x.safetensors"):
        path = tmp_path / name
        path.write_bytes(pickle.dumps({"a": [1] * 100}, protocol))
        assert facts_of(path).fault


UP, DOWN = "lora_up.weight", "lora_down.weight"
BLOCK = "down_blocks.1.attentions.0.transformer_blocks.0"
KINDS: list[tuple[dict[str, list[int]], Kind, str]] = [
    ({key: [1] for key in SDXL}, Kind.CHECKPOINT, "sdxl"),
    ({key: [1] for key in SD15}, Kind.CHECKPOINT, "sd15"),
    ({"cond_stage_model.model.x": [1]}, Kind.CHECKPOINT, "sd2"),
    ({"conditioner.embedders.0.model.x": [1]}, Kind.CHECKPOINT, "sdxl-refiner"),
    ({f"{LAYER}.{DOWN}": [2, 768], f"{LAYER}.{UP}": [4, 2]}, Kind.LORA, "sd15"),
    ({f"{LAYER}.{DOWN}": [2, 1024]}, Kind.LORA, "sd2"),
    ({f"{LAYER}.{DOWN}": [2, 2048]}, Kind.LORA, "sdxl"),
    ({f"{LAYER}.{UP}": [2048, 2]}, Kind.LORA, ""),
    ({f"unet.{BLOCK}.attn2.to_k.lora_A.weight": [4, 2048]}, Kind.LORA, "sdxl"),
    ({f"unet.{BLOCK}.attn1.to_q.lora_A.weight": [4, 640]}, Kind.LORA, ""),
    ({"lora_te2_text_model_encoder_layers_0_mlp_fc1.lora_down.weight": [2, 9]}, Kind.LORA, "sdxl"),
    ({f"{LAYER}.hada_w1_a": [2, 2]}, Kind.LORA, ""),
    ({"diffusion_model.blocks.0.self_attn.q.lora_A.weight": [4, 5120]}, Kind.LORA, "wan2.1-14b"),
    ({"lora_unet_blocks_0_self_attn_q.lora_down.weight": [4, 1536]}, Kind.LORA, "wan2.1-1.3b"),
    ({"transformer.blocks.0.attn1.to_q.lora_A.weight": [4, 3072]}, Kind.LORA, "wan2.2-5b"),
    ({"lora_unet_double_blocks_0_img_attn_qkv.lora_down.weight": [4, 8]}, Kind.LORA, "flux"),
    ({"transformer.single_transformer_blocks.0.attn.to_q.lora_A.weight": [4, 8]}, Kind.LORA,
     "flux"),
    ({"double_blocks.0.img_attn.qkv.weight": [2, 2]}, Kind.NETWORK, "flux"),
    ({"blocks.0.self_attn.q.weight": [5120, 5120]}, Kind.NETWORK, "wan2.1-14b"),
    ({f"{BLOCK}.attn2.to_k.weight": [640, 2048]}, Kind.NETWORK, "sdxl"),
    ({"model.diffusion_model.joint_blocks.0.x": [1], "text_encoders.clip_l.x": [1]},
     Kind.CHECKPOINT, "sd3"),
    ({"first_stage_model.decoder.conv_in.weight": [1]}, Kind.VAE, ""),
    ({"encoder.conv_in.weight": [1], "decoder.conv_in.weight": [1]}, Kind.VAE, ""),
    ({"encoder.conv1.weight": [1], "decoder.conv1.weight": [1]}, Kind.VAE, ""),
    ({"text_model.encoder.layers.0.x": [1]}, Kind.TEXT_ENCODER, ""),
    ({"encoder.block.0.layer.0.SelfAttention.q.weight": [1]}, Kind.TEXT_ENCODER, ""),
    ({"controlnet_cond_embedding.conv_in.weight": [1], f"{BLOCK}.attn2.to_k.weight": [1, 768]},
     Kind.CONTROLNET, "sd15"),
    ({"model.0.weight": [1], "model.1.sub.0.RDB1.conv1.0.weight": [1]}, Kind.UPSCALER, ""),
    ({"emb_params": [1, 768]}, Kind.EMBEDDING, ""),
    ({"model.layers.0.self_attn.q_proj.weight": [1]}, Kind.LANGUAGE_MODEL, ""),
    ({"something": [1]}, Kind.OTHER, ""),
]  # fmt: skip


@pytest.mark.parametrize(("tensors", "kind", "family"), KINDS)
def test_the_tensors_say_what_it_is(
    tmp_path: Path, tensors: dict[str, list[int]], kind: Kind, family: str
) -> None:
    found = facts_of(write_safetensors(tmp_path / "x.safetensors", tensors))
    assert (found.kind, found.family, found.fault) == (kind, family, "")


def test_a_file_tells_about_itself(tmp_path: Path) -> None:
    found = facts_of(
        write_lora(
            tmp_path / "x.safetensors",
            **{
                "modelspec.title": "Ink ",
                "modelspec.author": "Ada",
                "modelspec.license": "CC-BY-4.0",
                "modelspec.trigger_phrase": "inkwash, by night; inkwash",
                "modelspec.resolution": "1024x768",
                "modelspec.prediction_type": "epsilon",
                "modelspec.hash_sha256": "0xABCD",
                "modelspec.description": "Washes of ink\x00",
                "ss_output_name": "unused",
            },
        )
    )
    assert found.title == "Ink"
    assert (found.author, found.licence, found.resolution) == ("Ada", "CC-BY-4.0", "1024 x 768")
    assert found.triggers == ("inkwash", "by night")
    assert (found.prediction_type, found.tensor_sha256) == ("epsilon", "abcd")
    assert found.description == "Washes of ink"
    assert (found.precision, found.parameters) == ("U8", 2 * 2048 + 8)


def test_the_most_frequent_tags_of_a_training_are_its_words(tmp_path: Path) -> None:
    tags = {"10_ink": {"inkwash": 40, " a lake": 30, "rare": 2}, "5_more": {"inkwash": 10}}
    told = {"ss_tag_frequency": json.dumps(tags), "ss_output_name": "ink-v2",
            "ss_base_model_version": "sd_v1"}  # fmt: skip
    path = write_safetensors(tmp_path / "x.safetensors", {f"{LAYER}.{UP}": [4, 2]}, told)
    found = facts_of(path)
    assert found.triggers == ("inkwash", "a lake")
    assert (found.title, found.family) == ("ink-v2", "sd15")


@pytest.mark.parametrize("text", ["", "[1]", "{", "[" * 50_000, '{"a": {"b": "c"}}', '{"a": 1}'])
def test_odd_tags_are_no_words(tmp_path: Path, text: str) -> None:
    assert facts_of(write_lora(tmp_path / "x.safetensors", ss_tag_frequency=text)).triggers == ()


def test_tensors_count_more_than_what_the_file_says(tmp_path: Path) -> None:
    said = {"modelspec.architecture": "stable-diffusion-v1-base"}
    path = write_lora(tmp_path / "x.safetensors", 2048, **said)
    assert facts_of(path).family == "sdxl"


def test_a_folder_is_read_by_its_small_files(tmp_path: Path) -> None:
    write_folder(tmp_path / "xl")
    (tmp_path / "xl" / "README.md").write_text("---\nlicense: openrail++\n---\n# XL\n")
    found = facts_of(tmp_path / "xl")
    assert (found.kind, found.family, found.licence) == (Kind.CHECKPOINT, "sdxl", "openrail++")
    for width, family in ((1024, "sd2"), (768, "sd15")):
        folder = write_folder(tmp_path / str(width), "StableDiffusionPipeline")
        (folder / "unet/config.json").write_text(json.dumps({"cross_attention_dim": width}))
        assert facts_of(folder).family == family
    (tmp_path / "wan" / "transformer").mkdir(parents=True)
    heads = {"num_attention_heads": 40, "attention_head_dim": 128}
    (tmp_path / "wan" / "transformer" / "config.json").write_text(json.dumps(heads))
    for pair, family in (([None, None], "wan2.1-14b"), (["diffusers", "x"], "wan2.2-14b")):
        index = {"_class_name": "WanPipeline", "transformer_2": pair}
        (tmp_path / "wan" / "model_index.json").write_text(json.dumps(index))
        assert facts_of(tmp_path / "wan").family == family


def test_a_folder_of_pickles_is_refused(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "xl")
    (folder / "unet" / "diffusion_pytorch_model.bin").write_bytes(torch_zip())
    assert "pickle" in facts_of(folder).fault
    write_safetensors(folder / "unet" / "diffusion_pytorch_model.safetensors", {"x": [1]})
    assert facts_of(folder).fault == ""


def gguf(**texts: str) -> bytes:
    def text(value: str) -> bytes:
        return struct.pack("<Q", len(value)) + value.encode()

    body = b"".join(text(k.replace("_", ".")) + struct.pack("<I", 8) + text(v)
                    for k, v in texts.items())  # fmt: skip
    many = text("tokenizer.ggml.tokens") + struct.pack("<IIQ", 9, 8, 2**60)
    return b"GGUF" + struct.pack("<IQQ", 3, 5, len(texts) + 1) + body + many


def test_a_gguf_tells_about_itself(tmp_path: Path) -> None:
    path = tmp_path / "x.gguf"
    path.write_bytes(gguf(general_architecture="llama", general_name="Small",
                          general_license="apache-2.0"))  # fmt: skip
    found = facts_of(path)
    assert (found.kind, found.family, found.title) == (Kind.LANGUAGE_MODEL, "llama", "Small")
    assert found.licence == "apache-2.0"
    path.write_bytes(gguf(general_architecture="flux"))
    assert facts_of(path).kind is Kind.NETWORK
    path.write_bytes(gguf(general_architecture="flux")[:30])
    assert "whole" in facts_of(path).fault


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_a_preview_comes_from_the_header_as_a_small_webp(tmp_path: Path, form: str) -> None:
    url = data_url(picture(600, form), form.lower())
    preview = preview_of(write_lora(tmp_path / "x.safetensors", **{"modelspec.thumbnail": url}))
    assert preview is not None
    with Image.open(io.BytesIO(preview)) as shown:
        assert (shown.format, shown.size) == ("WEBP", (384, 384))


@pytest.mark.parametrize(
    "url",
    ["", "https://example.org/a.png", data_url(b"<svg/>", "svg+xml"), data_url(b"no picture"),
     "data:image/png;base64,%%%", data_url(picture()[:60])],
)  # fmt: skip
def test_what_is_no_picture_is_no_preview(tmp_path: Path, url: str) -> None:
    path = write_lora(tmp_path / "x.safetensors", **{"modelspec.thumbnail": url})
    assert preview_of(path) is None
    (tmp_path / "x.preview.png").write_bytes(picture())
    assert preview_of(path)


def test_a_picture_that_claims_to_be_huge_is_not_decoded() -> None:
    huge = bytearray(picture())
    huge[16:24] = struct.pack(">II", 100_000, 100_000)
    assert small_picture(bytes(huge)) is None


def test_sums_are_of_the_whole_and_of_the_tensors(tmp_path: Path) -> None:
    path = write_safetensors(tmp_path / "x.safetensors", {"x": [4]}, data=b"abcd")
    told: list[int] = []
    sums = sums_of(path, facts_of(path).tensors_at, told.append)
    assert sums.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert sums.tensors == hashlib.sha256(b"abcd").hexdigest()
    assert told == [path.stat().st_size]
    folder = write_folder(tmp_path / "xl")
    before = sums_of(folder, 0, told.append).sha256
    (folder / "vae/config.json").rename(folder / "unet/other.json")
    assert sums_of(folder, 0, told.append).sha256 != before


def test_a_folder_is_walked_in_order_and_each_place_once(tmp_path: Path) -> None:
    write_lora(tmp_path / "b.safetensors")
    write_lora(tmp_path / "style" / "a.SAFETENSORS")
    write_folder(tmp_path / "xl")
    (tmp_path / ".hidden").mkdir()
    write_lora(tmp_path / ".hidden" / "c.safetensors")
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "style" / "round").symlink_to(tmp_path)
    (tmp_path / "gone.safetensors").symlink_to(tmp_path / "nowhere")
    found = {each.name: each for each in walk(tmp_path)}
    assert list(found) == ["b", "style/a", "xl"]
    assert found["b"].facts.kind is Kind.LORA
    assert list(walk(tmp_path / "nowhere")) == []
    write_lora(tmp_path / "b.safetensors", 768)
    assert next(walk(tmp_path)).facts.family == "sd15"


def test_what_fits_what() -> None:
    assert fits("sdxl", "sdxl")
    assert not fits("sd15", "sdxl")
    assert fits("wan2.1-14b", "wan2.2-14b")
    assert not fits("wan2.1-1.3b", "wan2.1-14b")
    assert fits("", "sdxl")
    assert fits("sd15", "")
    assert all(family.label for family in FAMILIES.values())
    assert Facts().kind is Kind.OTHER


def test_a_header_of_the_most_bytes_is_read_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "long.safetensors"
    path.write_bytes(framed({"__metadata__": {"a": "x" * 2**20}}))
    assert len(read_header(path).metadata["a"]) == 2**20
