"""Upscaling: tiles leave no trace, sizes are bounded, the same picture comes out every time."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from fabula.engines.base import (
    Cancelled,
    CancelToken,
    EngineContext,
    EngineError,
    ImageOutput,
    ImageRequest,
    Pixels,
    Progress,
    Reference,
)
from fabula.engines.image import real_esrgan
from fabula.engines.image.real_esrgan import NETWORKS, RealEsrgan
from fabula.engines.image.tiles import Tiling


@pytest.fixture
def engine(models_dir: Path) -> RealEsrgan:
    return RealEsrgan(EngineContext(str(models_dir)))


def gradient(width: int, height: int) -> Pixels:
    across, down = np.linspace(20, 235, width), np.linspace(235, 20, height)
    shade = (across[None, :] + down[:, None]) / 2
    picture: Pixels = np.stack([shade, shade[::-1], shade[:, ::-1]], 2).round().astype(np.uint8)
    return picture


def busy(width: int, height: int) -> Pixels:
    """Soft blots and hard lines."""
    rng = np.random.default_rng(3)
    picture: Pixels = np.kron(rng.integers(0, 256, (9, 9, 3), np.uint8), np.ones((20, 20, 1)))[
        :height, :width
    ].astype(np.uint8)
    picture[::17] = 250
    picture[:, ::23] = 10
    return picture


def upscaled(engine: RealEsrgan, pixels: Pixels, factor: int, model: str = "fast") -> Pixels:
    made = list(engine.run(asked(pixels, factor, model), CancelToken()))
    assert isinstance(made[-1], ImageOutput)
    return made[-1].pixels


def asked(pixels: Pixels, factor: int, model: str = "fast") -> ImageRequest:
    height, width = pixels.shape[:2]
    return ImageRequest(
        prompt="", seed=0, width=width * factor, height=height * factor, steps=1,
        guidance_scale=0, model=model, reference=Reference(pixels, 0.0),
    )  # fmt: skip


def cut(monkeypatch: pytest.MonkeyPatch, model: str, factor: int, tiling: Tiling) -> None:
    network = NETWORKS[model, factor]
    monkeypatch.setitem(NETWORKS, (model, factor), replace(network, tiling=tiling))


@pytest.mark.parametrize("factor", [2, 4])
@pytest.mark.parametrize("picture", [gradient, busy])
def test_tiles_of_the_fast_model_cannot_be_told(
    engine: RealEsrgan,
    monkeypatch: pytest.MonkeyPatch,
    factor: int,
    picture: Callable[[int, int], Pixels],
) -> None:
    source = picture(170, 130)
    cut(monkeypatch, "fast", factor, Tiling(1000, 20, 8))
    whole = upscaled(engine, source, factor).astype(int)
    cut(monkeypatch, "fast", factor, Tiling(100, 20, 8))
    tiled = upscaled(engine, source, factor).astype(int)
    assert np.abs(whole - tiled).max() <= 1


def test_tiles_of_the_careful_model_leave_no_border(
    engine: RealEsrgan, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = gradient(119, 48)

    def made(tiling: Tiling) -> NDArray[np.int64]:
        cut(monkeypatch, "careful", 4, tiling)
        return upscaled(engine, source, 4, "careful").astype(np.int64)

    whole, tiled, bare = made(Tiling(999, 18, 14)), made(Tiling(85, 18, 14)), made(Tiling(60, 0, 1))
    assert np.abs(whole - tiled).max() <= 8
    assert border(whole, tiled) < 0.5
    assert border(whole, bare) > 2


def border(whole: NDArray[np.int64], tiled: NDArray[np.int64]) -> float:
    """The largest step from one column to the next that the whole picture does not have."""
    return float(np.abs(np.diff(whole - tiled, axis=1).mean(axis=0)).max())


def test_shares_of_neighbours_sum_to_one_everywhere() -> None:
    for side, context, ramp in ((160, 20, 8), (128, 12, 12), (64, 8, 4)):
        tiling = Tiling(side, context, ramp)
        for length in (1, side - 1, side, side + 1, 2 * side, 333, 2048):
            for factor in (2, 4):
                total = np.zeros(length * factor, np.float32)
                for span in tiling.spans(length):
                    total[span.start * factor : span.stop * factor] += span.shares(factor)
                assert np.allclose(total, 1, atol=1e-5), (side, length, factor)
                seen = [span.shares(factor) for span in tiling.spans(length)]
                inner = context * factor - 1
                assert all(not np.any(share[:inner]) for share in seen[1:])
                assert all(not np.any(share[-inner:]) for share in seen[:-1])


def test_equal_pictures_are_upscaled_equally(engine: RealEsrgan) -> None:
    source = busy(170, 90)
    assert np.array_equal(upscaled(engine, source, 2), upscaled(engine, source, 2))


def test_progress_counts_tiles_and_a_cancellation_ends_at_the_next(engine: RealEsrgan) -> None:
    source = gradient(300, 200)
    events = list(engine.run(asked(source, 2), CancelToken()))
    steps = [event.step for event in events if isinstance(event, Progress)]
    assert steps == list(range(1, 7))
    token = CancelToken()
    running = engine.run(asked(source, 2), token)
    assert isinstance(next(running), Progress)
    token.cancel()
    with pytest.raises(Cancelled):
        next(running)


def test_what_is_too_large_is_refused_before_any_work(
    engine: RealEsrgan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(real_esrgan, "CAPABILITIES", replace(
        real_esrgan.CAPABILITIES, max_pixels=200 * 200,
    ))  # fmt: skip
    with pytest.raises(EngineError, match="million pixels"):
        list(engine.run(asked(gradient(101, 101), 2), CancelToken()))
    with pytest.raises(EngineError, match="between 64 and 8192"):
        list(engine.run(asked(gradient(4097, 32), 2), CancelToken()))


def test_without_its_files_it_says_what_to_run(tmp_path: Path) -> None:
    here = RealEsrgan(EngineContext(str(tmp_path))).availability()
    assert not here.available
    assert "fabula setup" in here.remedy


def test_damaged_files_are_told(engine: RealEsrgan, models_dir: Path, tmp_path: Path) -> None:
    for file in models_dir.glob("realesr*"):
        (tmp_path / file.name).write_bytes(b"nothing of the kind")
    broken = RealEsrgan(EngineContext(str(tmp_path)))
    with pytest.raises(EngineError, match="fabula setup"):
        upscaled(broken, gradient(64, 64), 2)
