"""The test card: what the contract does not say."""

import io
import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from fabula.engines.base import (
    CancelToken,
    EngineContext,
    EngineError,
    ImageOutput,
    ImageRequest,
    Pixels,
    Progress,
    Reference,
)
from fabula.engines.image.reference_card import PREVIEW_SIDE, ReferenceCard

REQUEST = ImageRequest("a fox in the snow", 7, 256, 192, 4, 5.0)


def drawn(request: ImageRequest, **options: object) -> Pixels:
    engine = ReferenceCard(EngineContext(models_dir="", options=options))
    made = [e for e in engine.run(request, CancelToken()) if isinstance(e, ImageOutput)]
    return made[0].pixels


@pytest.mark.parametrize(
    "change",
    [
        {"prompt": "another"}, {"negative_prompt": "fog"}, {"guidance_scale": 6.0},
        {"steps": 5}, {"seed": 8},
    ],
)  # fmt: skip
def test_every_setting_shows_in_the_card(change: dict[str, Any]) -> None:
    assert not np.array_equal(drawn(REQUEST), drawn(replace(REQUEST, **change)))


def test_the_prompt_is_written_on_the_card() -> None:
    card, source = drawn(REQUEST), np.full((192, 256, 3), 90, np.uint8)
    assert (card == 255).all(-1).sum() > 50
    plain = drawn(replace(REQUEST, reference=Reference(source, 0.0)))
    assert np.array_equal(plain, source)


@pytest.mark.parametrize("prompt", ["", "ein Füchschen im Schnee", "狐狸在雪地里", "x " * 4000])
def test_any_prompt_can_be_written(prompt: str) -> None:
    assert drawn(replace(REQUEST, prompt=prompt)).shape == (192, 256, 3)


def test_previews_come_out_of_noise() -> None:
    engine = ReferenceCard(EngineContext(models_dir=""))
    events = list(engine.run(replace(REQUEST, steps=20, width=1024, height=768), CancelToken()))
    final = next(e.pixels for e in events if isinstance(e, ImageOutput))
    previews = [e.preview for e in events if isinstance(e, Progress) and e.preview]
    assert len(previews) == 10
    sizes = [Image.open(io.BytesIO(preview)).size for preview in previews]
    assert set(sizes) == {(PREVIEW_SIDE, PREVIEW_SIDE * 3 // 4)}
    away = [np.abs(_floats(preview) - _small(final, sizes[0])).mean() for preview in previews]
    assert away[0] > away[-1]


def test_every_step_pauses_as_long_as_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    drawn(replace(REQUEST, options={"step_seconds": 0.5}), step_seconds=9)
    assert pauses == [0.5] * 4


@pytest.mark.parametrize("value", [-1, 61, "long"])
def test_a_pause_out_of_range_is_refused(value: object) -> None:
    with pytest.raises(EngineError) as caught:
        drawn(REQUEST, step_seconds=value)
    assert caught.value.code == "bad_request"


def test_faults_come_only_where_the_engine_allows_them() -> None:
    asked = replace(REQUEST, options={"fail_at_step": 2, "fault_injection": True})
    assert drawn(asked).shape == (192, 256, 3)
    with pytest.raises(EngineError) as caught:
        drawn(asked, fault_injection=True)
    assert caught.value.retryable


def _floats(preview: bytes) -> Any:
    return np.asarray(Image.open(io.BytesIO(preview)), np.float32)


def _small(pixels: Pixels, size: tuple[int, int]) -> Any:
    return np.asarray(Image.fromarray(pixels).resize(size), np.float32)
