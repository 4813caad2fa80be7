"""What the WAN engines do with their options, on tiny pipelines."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fabula.engines.base import (
    Cancelled,
    CancelToken,
    EngineContext,
    EngineError,
    EngineWarning,
    Lora,
    Pixels,
    Progress,
    VideoOutput,
    VideoRequest,
)
from fabula.engines.contract.video import ends, look
from fabula.engines.diffusers_support import Placement
from fabula.engines.video.diffusers_wan import DiffusersWan
from fabula.engines.video.wan_pipeline import LoadedWan

pytestmark = pytest.mark.diffusers

ASK = VideoRequest(
    prompt="a red fox in snow", seed=5, width=64, height=64, frames=5, fps=8, steps=4,
    guidance_scale=5,
)  # fmt: skip
INK = Lora("ink")
DARK, BRIGHT = (np.full((64, 64, 3), level, np.uint8) for level in (40, 215))
ENDS = {"first_frame": DARK, "last_frame": BRIGHT}


def events(engine: DiffusersWan, **changes: Any) -> list[Any]:
    return list(engine.run(replace(ASK, **changes), CancelToken()))


def output(engine: DiffusersWan, **changes: Any) -> VideoOutput:
    (made,) = [e for e in events(engine, **changes) if isinstance(e, VideoOutput)]
    return made


def warned(engine: DiffusersWan, **changes: Any) -> set[str]:
    return {e.code for e in events(engine, **changes) if isinstance(e, EngineWarning)}


def refused(engine: DiffusersWan, code: str = "bad_request", **changes: Any) -> str:
    with pytest.raises(EngineError) as refusal:
        events(engine, **changes)
    assert refusal.value.code == code
    return str(refusal.value)


def level(picture: Pixels) -> float:
    return float(picture.mean())


@pytest.mark.parametrize(
    "changes",
    [
        {"prompt": "an old castle at dusk"},
        {"negative_prompt": "snow"},
        {"guidance_scale": 9.0},
        {"steps": 6},
        {"loras": (INK,)},
        {"loras": (replace(INK, weight=0.5),)},
        {"first_frame": DARK},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_every_option_changes_the_clip(wan: DiffusersWan, changes: dict[str, Any]) -> None:
    plain = output(wan).mp4
    assert output(wan, **changes).mp4 != plain
    assert output(wan).mp4 == plain


@pytest.mark.parametrize("frames", [5, 9, 13])
def test_a_clip_has_the_frames_that_were_asked_for(wan: DiffusersWan, frames: int) -> None:
    made = output(wan, frames=frames, width=80, fps=12)
    found = look(made.mp4)
    assert (found.size, found.frames, found.fps) == ((80, 64), frames, 12)
    assert made.effective["seconds"] == round(frames / 12, 3)


@pytest.mark.parametrize("frames", [6, 7, 8])
def test_other_lengths_than_4k_and_1_are_refused(wan: DiffusersWan, frames: int) -> None:
    assert "multiple of 4" in refused(wan, frames=frames)


@pytest.mark.parametrize(
    ("changes", "model"),
    [
        ({}, "clip"),
        ({"first_frame": DARK}, "ends"),
        (ENDS, "ends"),
        ({"model": "pair"}, "pair"),
        ({"model": "sees-one", "first_frame": DARK}, "sees-one"),
        ({"model": "sees-two", **ENDS}, "sees-two"),
    ],
)
def test_a_model_is_found_for_what_is_given(
    wan: DiffusersWan, changes: dict[str, Any], model: str
) -> None:
    made = output(wan, **changes)
    assert made.effective["model"] == model
    first, last = ends(made.mp4)
    if "first_frame" in changes:
        assert level(first) == pytest.approx(40, abs=40)
    if "last_frame" in changes:
        assert level(last) == pytest.approx(215, abs=40)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"model": "clip", "first_frame": DARK}, "the prompt alone"),
        ({"model": "ends"}, "a first and a last frame or a first frame"),
        ({"model": "sees-two", "first_frame": DARK}, "a first and a last frame"),
        ({"model": "../wan/clip"}, "pair"),
    ],
)
def test_a_model_that_cannot_is_refused_with_what_it_can(
    wan: DiffusersWan, changes: dict[str, Any], words: str
) -> None:
    assert words in refused(wan, **changes)


def test_a_first_frame_of_another_shape_is_cut_and_not_stretched(wan: DiffusersWan) -> None:
    wide = np.zeros((64, 192, 3), np.uint8)
    wide[:, 64:128] = 215
    first, _ = ends(output(wan, first_frame=wide).mp4)
    assert level(first) == pytest.approx(215, abs=40)


@pytest.fixture
def per_frame(per_frame_dir: Path) -> Iterator[DiffusersWan]:
    options = {"precision": "float32"}
    made = DiffusersWan(EngineContext(str(per_frame_dir), options=options))
    yield made
    made.unload()


def test_a_model_with_noise_for_each_frame_starts_from_text_and_from_a_picture(
    per_frame: DiffusersWan,
) -> None:
    able = per_frame.capabilities()
    assert (able.width.step, able.fps.default, able.frames.default) == (32, 24, 121)
    assert (able.first_frame, able.last_frame, able.first_frame_required) == (True, False, False)
    size = {"width": 128, "height": 160}
    plain = output(per_frame, **size)
    shown, _ = ends(output(per_frame, **size, first_frame=BRIGHT).mp4)
    assert level(shown) == pytest.approx(215, abs=4)
    assert output(per_frame, **size).mp4 == plain.mp4
    assert "multiples of 32" in refused(per_frame, width=144, height=160)


def test_in_a_pair_a_lora_is_for_the_network_of_its_name(wan: DiffusersWan, wan_dir: Path) -> None:
    for name in ("ink_high_noise", "ink_low_noise"):
        shutil.copy(
            wan_dir / "loras" / "ink.safetensors", wan_dir / "loras" / f"{name}.safetensors"
        )
    high, low = Lora("ink_high_noise"), Lora("ink_low_noise")
    plain, both, first, second, each = (
        output(wan, model="pair", loras=loras).mp4
        for loras in ((), (INK,), (high,), (low,), (high, low))
    )
    assert len({plain, both, first, second}) == 4
    assert each == both
    assert output(wan, model="pair").mp4 == plain


def test_a_pair_takes_less_guidance_in_its_last_steps(wan: DiffusersWan) -> None:
    assert output(wan, model="pair", guidance_scale=5).effective["guidance_scale_2"] == 4
    assert output(wan, model="pair", guidance_scale=1).effective["guidance_scale_2"] == 1
    assert "guidance_scale_2" not in output(wan).effective


def test_a_lora_that_does_not_fit_is_refused_and_leaves_nothing(
    wan: DiffusersWan, wan_dir: Path
) -> None:
    (wan_dir / "loras" / "broken.safetensors").write_bytes(b"no tensors")
    plain = output(wan).mp4
    assert "broken" in refused(wan, loras=(INK, Lora("broken")))
    assert output(wan).mp4 == plain


@pytest.mark.parametrize("path", ["gone.safetensors", "../wan/clip/model_index.json"])
def test_loras_come_from_their_folder_alone(wan: DiffusersWan, path: str) -> None:
    assert "LoRA" in refused(wan, loras=(Lora(path),))


@pytest.mark.parametrize("start", [{}, ENDS], ids=["text", "pictures"])
def test_it_stops_at_any_step_and_works_afterwards(
    wan: DiffusersWan, start: dict[str, Any]
) -> None:
    expected = output(wan, **start).mp4
    for step in range(1, ASK.steps + 1):
        token = CancelToken()
        run = wan.run(replace(ASK, **start), token)
        seen = [next(run) for _ in range(step)]
        token.cancel()
        with pytest.raises(Cancelled):
            next(run)
        assert [event.step for event in seen if isinstance(event, Progress)][-1] == step
    assert output(wan, **start).mp4 == expected


def test_the_pipeline_ends_at_the_step_after_a_cancellation(
    wan: DiffusersWan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The token is set within the first step; with guidance the network runs twice a step."""
    network, token, runs = import_module("diffusers").WanTransformer3DModel, CancelToken(), []
    forward, shown = network.forward, LoadedWan._shown

    def counted(*args: Any, **options: Any) -> Any:
        runs.append(1)
        return forward(*args, **options)

    def cancelling(loaded: LoadedWan, latents: Any) -> bytes:
        token.cancel()
        return shown(loaded, latents)

    monkeypatch.setattr(network, "forward", counted)
    monkeypatch.setattr(LoadedWan, "_shown", cancelling)
    with pytest.raises(Cancelled):
        list(wan.run(ASK, token))
    assert len(runs) == 4


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"prompt": "a fox " * 300}, "prompt_truncated"),
        ({"negative_prompt": "a fox " * 300}, "prompt_truncated"),
        ({"negative_prompt": "snow", "guidance_scale": 1}, "negative_prompt_unused"),
    ],
)
def test_what_has_no_effect_is_said(wan: DiffusersWan, changes: dict[str, Any], code: str) -> None:
    assert warned(wan, **changes) == {code}
    assert warned(wan) == set()


def test_too_little_memory_is_explained_and_the_engine_works_afterwards(
    wan: DiffusersWan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exhausted(*_: object, **__: object) -> None:
        raise import_module("torch").OutOfMemoryError("CUDA out of memory")

    plain = output(wan).mp4
    with monkeypatch.context() as patch:
        patch.setattr(import_module("diffusers").WanTransformer3DModel, "forward", exhausted)
        with pytest.raises(EngineError, match="memory") as refusal:
            events(wan)
    assert (refusal.value.code, refusal.value.retryable) == ("out_of_memory", True)
    assert output(wan).mp4 == plain


def test_too_little_memory_while_loading_is_explained(
    wan_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exhausted(*_: object, **__: object) -> None:
        raise import_module("torch").OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(Placement, "put", exhausted)
    engine = DiffusersWan(EngineContext(str(wan_dir)))
    assert "memory" in refused(engine, code="out_of_memory")


def test_half_precision_on_the_processor(wan_dir: Path) -> None:
    engine = DiffusersWan(EngineContext(str(wan_dir), options={"precision": "bfloat16"}))
    made = output(engine)
    assert made.effective["precision"] == "bfloat16"
    assert output(engine).mp4 == made.mp4
    engine.unload()


def test_weights_in_a_pickle_are_not_opened(wan_dir: Path, tmp_path: Path) -> None:
    import_module("tiny_wan").write_pickled(wan_dir / "wan" / "clip", tmp_path / "wan" / "clip")
    engine = DiffusersWan(EngineContext(str(tmp_path)))
    assert "clip" in refused(engine, code="unavailable")


@pytest.mark.parametrize("missing", ["vae/diffusion_pytorch_model.safetensors", "tokenizer"])
def test_a_model_that_is_not_whole_is_explained(
    wan_dir: Path, tmp_path: Path, missing: str
) -> None:
    model = tmp_path / "wan" / "clip"
    shutil.copytree(wan_dir / "wan" / "clip", model)
    lost = model / missing
    shutil.rmtree(lost) if lost.is_dir() else lost.unlink()
    engine = DiffusersWan(EngineContext(str(tmp_path)))
    assert "clip" in refused(engine, code="unavailable")
