"""What the diffusers engine does with its options, on a tiny pipeline."""

import io
import shutil
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from fabula.engines.base import (
    CancelToken,
    EngineContext,
    EngineError,
    EngineWarning,
    ImageOutput,
    ImageRequest,
    Lora,
    Pixels,
    Progress,
    Reference,
)
from fabula.engines.host import EngineHost
from fabula.engines.image.diffusers_sdxl import SCHEDULERS, DiffusersSdxl, LoadedModel

pytestmark = [
    pytest.mark.diffusers,
    # diffusers' schedulers hand torch tensors to numpy in a way that numpy 2 wants changed.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    # peft asks whether a second LoRA is meant.
    pytest.mark.filterwarnings("ignore:Already found a .peft_config.:UserWarning"),
]
ASK = ImageRequest(
    prompt="a red fox in snow", seed=5, width=64, height=64, steps=4, guidance_scale=5
)
SOURCE = np.tile(np.linspace(0, 255, 64).astype(np.uint8)[:, None, None], (1, 64, 3))
INK = Lora("ink")


def events(engine: DiffusersSdxl, **changes: Any) -> list[Any]:
    return list(engine.run(replace(ASK, **changes), CancelToken()))


def output(engine: DiffusersSdxl, **changes: Any) -> ImageOutput:
    (made,) = [e for e in events(engine, **changes) if isinstance(e, ImageOutput)]
    return made


def drawn(engine: DiffusersSdxl, **changes: Any) -> Pixels:
    return output(engine, **changes).pixels


def warned(engine: DiffusersSdxl, **changes: Any) -> set[str]:
    return {e.code for e in events(engine, **changes) if isinstance(e, EngineWarning)}


def same(one: Pixels, other: Pixels) -> bool:
    return bool(np.array_equal(one, other))


def refused(engine: DiffusersSdxl, code: str = "bad_request", **changes: Any) -> str:
    with pytest.raises(EngineError) as refusal:
        events(engine, **changes)
    assert refusal.value.code == code
    return str(refusal.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"prompt": "an old castle at dusk"},
        {"negative_prompt": "snow"},
        {"guidance_scale": 9.0},
        {"steps": 6},
        {"scheduler": "ddim"},
        {"loras": (INK,)},
        {"model": "tiny-older"},
        {"reference": Reference(SOURCE, 0.5)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_every_option_changes_the_picture(engine: DiffusersSdxl, changes: dict[str, Any]) -> None:
    plain, changed = drawn(engine), drawn(engine, **changes)
    assert not same(plain, changed)
    assert same(plain, drawn(engine))


@pytest.mark.parametrize("name", SCHEDULERS)
def test_every_scheduler_draws_step_by_step(engine: DiffusersSdxl, name: str) -> None:
    told = events(engine, scheduler=name)
    assert [e.step for e in told if isinstance(e, Progress)] == [1, 2, 3, 4]
    made = told[-1]
    assert made.effective["scheduler"] == name
    assert made.pixels.std() > 1
    assert same(made.pixels, drawn(engine, scheduler=name))


@pytest.mark.parametrize("name", SCHEDULERS)
def test_every_scheduler_starts_from_a_picture(engine: DiffusersSdxl, name: str) -> None:
    told = events(engine, scheduler=name, steps=10, reference=Reference(SOURCE, 0.3))
    assert [(e.step, e.steps) for e in told if isinstance(e, Progress)] == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize(
    ("steps", "strength", "run"), [(10, 0.3, 3), (10, 0.7, 7), (50, 0.58, 29), (4, 1.0, 4)]
)
def test_strength_is_the_share_of_steps_that_run(
    engine: DiffusersSdxl, steps: int, strength: float, run: int
) -> None:
    told = events(engine, steps=steps, reference=Reference(SOURCE, strength))
    seen = [(e.step, e.steps) for e in told if isinstance(e, Progress)]
    assert seen == [(step, run) for step in range(1, run + 1)]
    assert told[-1].effective["steps_run"] == run
    assert told[-1].effective["strength"] == strength
    assert not any(isinstance(e, EngineWarning) for e in told)


@pytest.mark.parametrize("strength", [0.0, 0.1])
def test_less_than_one_step_is_raised_to_one_with_a_warning(
    engine: DiffusersSdxl, strength: float
) -> None:
    told = events(engine, reference=Reference(SOURCE, strength))
    assert [e.code for e in told if isinstance(e, EngineWarning)] == ["strength_raised"]
    assert [e.steps for e in told if isinstance(e, Progress)] == [1]


def test_little_strength_keeps_the_picture(engine: DiffusersSdxl) -> None:
    def distance(strength: float) -> float:
        made = drawn(engine, steps=20, reference=Reference(SOURCE, strength))
        return float(np.abs(made.astype(int) - SOURCE.astype(int)).mean())

    assert distance(0.05) < distance(1.0) / 2


def test_previews_show_the_colours_of_the_picture(engine: DiffusersSdxl) -> None:
    told = events(engine, steps=50, reference=Reference(SOURCE, 0.02))
    (preview,) = [e.preview for e in told if isinstance(e, Progress)]
    with Image.open(io.BytesIO(preview)) as shown:
        small = np.asarray(Image.fromarray(told[-1].pixels).resize(shown.size), int)
        assert np.abs(np.asarray(shown, int) - small).mean() < 16


def test_a_reference_of_another_size_is_brought_to_size(engine: DiffusersSdxl) -> None:
    made = drawn(engine, width=72, reference=Reference(SOURCE[:32, :40].copy(), 0.5))
    assert made.shape == (64, 72, 3)


def test_the_weight_of_a_lora_counts(engine: DiffusersSdxl) -> None:
    full, half, none = (drawn(engine, loras=(replace(INK, weight=w),)) for w in (1.0, 0.5, 0.0))
    assert not same(full, half)
    assert not same(half, none)
    assert np.abs(none.astype(int) - drawn(engine).astype(int)).max() <= 1


def test_two_loras_are_worn_together(engine: DiffusersSdxl, models_dir: Path) -> None:
    shutil.copy(
        models_dir / "loras" / "ink.safetensors", models_dir / "loras" / "again.safetensors"
    )
    both = output(engine, loras=(INK, Lora("again", 0.5)))
    assert not same(both.pixels, drawn(engine, loras=(INK,)))
    assert both.effective["loras"] == [
        {"name": "ink", "weight": 1.0},
        {"name": "again", "weight": 0.5},
    ]


def test_a_lora_that_does_not_fit_is_refused_and_leaves_nothing(
    engine: DiffusersSdxl, models_dir: Path
) -> None:
    (models_dir / "loras" / "broken.safetensors").write_bytes(b"no tensors")
    plain = drawn(engine)
    assert "broken" in refused(engine, loras=(INK, Lora("broken")))
    assert same(drawn(engine), plain)


@pytest.mark.parametrize("path", ["gone", "../sdxl/tiny/model_index.json", "/etc/hosts"])
def test_loras_come_from_their_folder_alone(engine: DiffusersSdxl, path: str) -> None:
    assert "LoRA" in refused(engine, loras=(Lora(path),))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"prompt": "a fox " * 60}, "prompt_truncated"),
        ({"negative_prompt": "a fox " * 60}, "prompt_truncated"),
        ({"negative_prompt": "snow", "guidance_scale": 1}, "negative_prompt_unused"),
    ],
)
def test_what_has_no_effect_is_said(
    engine: DiffusersSdxl, changes: dict[str, Any], code: str
) -> None:
    assert warned(engine, **changes) == {code}
    assert warned(engine) == set()


def test_half_precision_on_the_processor(models_dir: Path) -> None:
    options = {"precision": "bfloat16", "sdxl_model": "tiny"}
    engine = DiffusersSdxl(EngineContext(str(models_dir), options=options))
    first = output(engine)
    assert first.effective["precision"] == "bfloat16"
    assert same(first.pixels, drawn(engine))
    engine.unload()


@pytest.fixture
def broken(models_dir: Path, tmp_path: Path) -> Callable[[str], DiffusersSdxl]:
    """Makes an engine over a copy of the tiny model that lacks one file."""

    def make(missing: str) -> DiffusersSdxl:
        shutil.copytree(models_dir / "sdxl" / "tiny", tmp_path / "sdxl" / "tiny")
        (tmp_path / "sdxl" / "tiny" / missing).unlink()
        return DiffusersSdxl(EngineContext(str(tmp_path), options={"precision": "float32"}))

    return make


@pytest.mark.parametrize(
    "missing", ["unet/diffusion_pytorch_model.safetensors", "text_encoder_2/config.json"]
)
def test_a_model_that_is_not_whole_is_explained(
    broken: Callable[[str], DiffusersSdxl], missing: str
) -> None:
    assert "tiny" in refused(broken(missing), code="unavailable")


def test_a_single_file_takes_the_configuration_of_a_folder_beside_it(
    engine: DiffusersSdxl, models_dir: Path, tmp_path: Path
) -> None:
    lender = tmp_path / "sdxl" / "lender"
    shutil.copytree(models_dir / "sdxl" / "tiny", lender)
    for weights in lender.rglob("*.safetensors"):
        weights.unlink()
    shutil.copy(models_dir / "files" / "single.safetensors", tmp_path / "sdxl")
    options = {"precision": "float32", "sdxl_model": "single"}
    made = output(DiffusersSdxl(EngineContext(str(tmp_path), options=options)))
    assert made.effective["model"] == "single"
    assert same(made.pixels, drawn(engine))


def test_a_single_file_without_configuration_is_explained(
    models_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where diffusers cannot fetch it either."""

    def unreachable(*_: object, **__: object) -> None:
        raise OSError("no network")

    kind = import_module("diffusers").StableDiffusionXLPipeline
    monkeypatch.setattr(kind, "from_single_file", unreachable)
    (tmp_path / "sdxl").mkdir()
    shutil.copy(models_dir / "files" / "single.safetensors", tmp_path / "sdxl")
    engine = DiffusersSdxl(EngineContext(str(tmp_path)))
    message = refused(engine, code="unavailable", width=256, height=256)
    assert "configuration" in message
    assert str(tmp_path / "sdxl") in message


def test_too_little_memory_is_explained_and_the_engine_works_afterwards(
    engine: DiffusersSdxl, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exhausted(*_: object, **__: object) -> None:
        raise import_module("torch").OutOfMemoryError("CUDA out of memory")

    with monkeypatch.context() as patch:
        patch.setattr(LoadedModel, "_picture", exhausted)
        assert "memory" in refused(engine, code="out_of_memory")
    assert drawn(engine).std() > 1


def test_an_unknown_precision_is_explained(models_dir: Path) -> None:
    engine = DiffusersSdxl(EngineContext(str(models_dir), options={"precision": "int8"}))
    assert "float32" in refused(engine, code="unavailable")


async def test_it_runs_in_a_process_of_its_own(models_dir: Path) -> None:
    path = "fabula.engines.image.diffusers_sdxl:DiffusersSdxl"
    options = {"precision": "float32", "sdxl_model": "tiny"}
    async with EngineHost(path, EngineContext(str(models_dir), options=options)) as host:
        told = [event async for event in host.run(ASK, CancelToken())]
        assert host.state().loaded
    assert isinstance(told[-1], ImageOutput)
