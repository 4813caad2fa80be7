"""What the diffusers engine says and finds without torch, which the base install does not have."""

import json
import struct
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fabula.engines import diffusers_support
from fabula.engines.base import EngineContext, EngineError, ImageRequest, Reference
from fabula.engines.image.diffusers_sdxl import (
    FIRST_LAYER,
    INPAINTING,
    SD,
    XL,
    DiffusersSdxl,
    check,
    models_in,
    steps_run,
    variant_of,
    warnings_for,
)

ASK = ImageRequest("a red fox in snow", 5, 1024, 1024, 30, 5.0)
PIXELS = np.zeros((8, 8, 3), np.uint8)


def write_folder(folder: Path, kind: str = XL, side: int = 128, channels: int = 4) -> None:
    """The small files of a model folder."""
    for name, content in (
        ("model_index.json", {"_class_name": kind}),
        ("unet/config.json", {"sample_size": side, "in_channels": channels}),
        ("vae/config.json", {"block_out_channels": [128, 256, 512, 512]}),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(content))


def write_file(path: Path, *names: str, channels: int = 4) -> None:
    """A checkpoint without its tensors."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shapes = {FIRST_LAYER: [0, channels, 3, 3]} | {name: [0] for name in names}
    header = json.dumps({
        name: {"dtype": "F16", "shape": shape, "data_offsets": [0, 0]}
        for name, shape in shapes.items()
    }).encode()  # fmt: skip
    path.write_bytes(struct.pack("<Q", len(header)) + header)


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the extra were installed."""
    monkeypatch.setattr(diffusers_support, "find_spec", lambda _name: True)


def engine(models_dir: Path, **options: object) -> DiffusersSdxl:
    return DiffusersSdxl(EngineContext(str(models_dir), options=options))


def test_importing_and_asking_does_not_import_torch(tmp_path: Path) -> None:
    write_folder(tmp_path / "sdxl" / "mine")
    asked = (
        "import sys\n"
        "from fabula.engines.base import EngineContext\n"
        "from fabula.engines.image.diffusers_sdxl import DiffusersSdxl\n"
        "engine = DiffusersSdxl(EngineContext(sys.argv[1]))\n"
        "engine.availability(), engine.capabilities()\n"
        "assert not {'torch', 'diffusers', 'transformers'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", asked, str(tmp_path)], check=True)


def test_without_the_extra_it_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diffusers_support, "find_spec", lambda name: name != "peft" or None)
    here = engine(tmp_path).availability()
    assert not here.available
    assert here.reason == "Not installed: peft."
    assert "fabula[diffusers]" in here.remedy


@pytest.mark.usefixtures("installed")
def test_without_a_model_it_says_where_to_put_one(tmp_path: Path) -> None:
    here = engine(tmp_path).availability()
    assert not here.available
    assert str(tmp_path / "sdxl") in here.reason
    write_folder(tmp_path / "sdxl" / "mine")
    assert engine(tmp_path).availability().available


@pytest.mark.usefixtures("installed")
def test_a_chosen_model_that_is_not_there_is_explained(tmp_path: Path) -> None:
    write_folder(tmp_path / "sdxl" / "mine")
    here = engine(tmp_path, sdxl_model="other").availability()
    assert "other" in here.reason
    assert "mine" in here.remedy
    assert engine(tmp_path, sdxl_model="mine").availability().available


def test_models_are_found_by_their_small_files(tmp_path: Path) -> None:
    write_folder(tmp_path / "xl")
    write_folder(tmp_path / "old", SD, 64)
    write_folder(tmp_path / "film", "WanPipeline")
    write_file(tmp_path / "single.safetensors", "conditioner.embedders.1.model.ln_final.weight")
    write_file(tmp_path / "older.safetensors", "cond_stage_model.transformer.weight")
    write_file(tmp_path / "lora.safetensors", "lora_unet_x.lora_down.weight")
    (tmp_path / "notes.txt").write_text("not a model")
    (tmp_path / "empty").mkdir()
    found = {m.name: (m.kind, m.side) for m in models_in(tmp_path).values()}
    assert found == {
        "old": (SD, 512),
        "older": (SD, 512),
        "single": (XL, 1024),
        "xl": (XL, 1024),
    }


def test_a_single_file_takes_the_size_of_a_folder_of_its_kind(tmp_path: Path) -> None:
    write_file(tmp_path / "single.safetensors", "conditioner.embedders.1.model.ln_final.weight")
    write_folder(tmp_path / "old", SD, 64)
    assert models_in(tmp_path)["single"].donor is None
    write_folder(tmp_path / "turbo", XL, 64)
    single = models_in(tmp_path)["single"]
    assert (single.side, single.donor) == (512, tmp_path / "turbo")


def test_models_made_for_inpainting_are_told_by_their_channels(tmp_path: Path) -> None:
    clip = "conditioner.embedders.1.model.ln_final.weight"
    write_folder(tmp_path / "plain")
    write_folder(tmp_path / "saved-as-inpainting", INPAINTING[XL])
    write_file(tmp_path / "single.safetensors", clip, channels=9)
    assert models_in(tmp_path)["single"].donor is None
    write_folder(tmp_path / "inpainting", INPAINTING[XL], channels=9)
    write_folder(tmp_path / "older", INPAINTING[SD], 64, channels=9)
    found = models_in(tmp_path)
    assert {m.name: (m.kind, m.inpaints_only) for m in found.values()} == {
        "plain": (XL, False),
        "saved-as-inpainting": (XL, False),
        "single": (XL, True),
        "inpainting": (XL, True),
        "older": (SD, True),
    }
    assert found["single"].donor == tmp_path / "inpainting"


@pytest.mark.parametrize("content", [b"", b"\xff" * 20, struct.pack("<Q", 4) + b"{{{{"])
def test_a_damaged_file_is_no_model(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.safetensors").write_bytes(content)
    assert models_in(tmp_path) == {}


def test_a_replaced_model_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "mine.safetensors"
    write_file(path, "cond_stage_model.transformer.weight")
    assert models_in(tmp_path)["mine"].kind == SD
    write_file(path, "conditioner.embedders.1.model.ln_final.weight")
    assert models_in(tmp_path)["mine"].kind == XL


def test_a_model_is_seen_when_the_last_of_its_files_has_come(tmp_path: Path) -> None:
    write_folder(tmp_path / "mine")
    last = tmp_path / "mine" / "unet" / "config.json"
    content = last.read_text()
    last.unlink()
    assert models_in(tmp_path) == {}
    last.write_text(content)
    assert set(models_in(tmp_path)) == {"mine"}


def test_sizes_are_those_of_the_default_model(tmp_path: Path) -> None:
    assert engine(tmp_path).capabilities().width.default == 1024
    write_folder(tmp_path / "sdxl" / "a", SD, 64)
    write_folder(tmp_path / "sdxl" / "b", XL, 128)
    first = engine(tmp_path).capabilities().width
    assert (first.minimum, first.default, first.maximum) == (128, 512, 1024)
    chosen = engine(tmp_path, sdxl_model="b").capabilities().width
    assert (chosen.minimum, chosen.default, chosen.maximum) == (256, 1024, 2048)


def test_half_precision_files_are_found(tmp_path: Path) -> None:
    unet = tmp_path / "unet"
    unet.mkdir()
    (unet / "diffusion_pytorch_model.fp16.safetensors").touch()
    assert variant_of(tmp_path) == "fp16"
    (unet / "diffusion_pytorch_model.safetensors").touch()
    assert variant_of(tmp_path) is None


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"width": 1028}, "multiples"),
        ({"steps": 101}, "steps"),
        ({"scheduler": "fastest"}, "dpmpp_2m_karras"),
        ({"reference": Reference(PIXELS, 0.5, PIXELS[..., 0])}, "mask"),
        ({"reference": Reference(PIXELS.astype(np.float32), 0.5)}, "8 bits"),  # type: ignore[arg-type]
    ],
)
def test_what_cannot_be_drawn_is_refused(
    tmp_path: Path, changes: dict[str, Any], word: str
) -> None:
    with pytest.raises(EngineError, match=word) as refusal:
        check(replace(ASK, **changes), engine(tmp_path).capabilities())
    assert refusal.value.code == "bad_request"


def test_an_unknown_model_is_refused_with_those_there_are(tmp_path: Path) -> None:
    write_folder(tmp_path / "sdxl" / "mine")
    able = engine(tmp_path)
    with pytest.raises(EngineError, match="mine"):
        able.run(replace(ASK, model="../mine"), cancel=None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("steps", "strength", "run"),
    [(30, 0.0, 1), (30, 0.03, 1), (10, 0.3, 3), (50, 0.58, 29), (3, 1 / 3, 1), (49, 1.0, 49)],
)
def test_the_steps_of_a_strength_are_counted_as_written(
    steps: int, strength: float, run: int
) -> None:
    request = replace(ASK, steps=steps, reference=Reference(PIXELS, strength))
    assert steps_run(request) == run
    codes = [warning.code for warning in warnings_for(request)]
    assert codes == (["strength_raised"] if steps * strength < 1 else [])
