"""Sketchbook as an engine: determinism, limits, progress, cancellation, image to image."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from fabula.engines.base import (
    Cancelled,
    CancelToken,
    EngineContext,
    EngineError,
    EngineWarning,
    ImageEvent,
    ImageOutput,
    ImageRequest,
    Lora,
    Pixels,
    Progress,
    Reference,
)
from fabula.engines.image.sketchbook.engine import NEEDED, Sketchbook, preview_steps

REQUEST = ImageRequest("a blue fox in the snow", 7, 384, 288, 8, 1.6)


@pytest.fixture(scope="module")
def engine() -> Sketchbook:
    made = Sketchbook(EngineContext(models_dir=""))
    made.load()
    return made


def events_of(engine: Sketchbook, request: ImageRequest) -> list[ImageEvent]:
    return list(engine.run(request, CancelToken()))


def outputs_of(engine: Sketchbook, request: ImageRequest) -> list[ImageOutput]:
    return [e for e in events_of(engine, request) if isinstance(e, ImageOutput)]


def picture_of(engine: Sketchbook, request: ImageRequest) -> Pixels:
    return outputs_of(engine, request)[0].pixels


def apart(a: Pixels, b: Pixels) -> float:
    return float(np.abs(a.astype(int) - b.astype(int)).mean())


def test_equal_requests_give_equal_pixels_and_seeds_differ(engine: Sketchbook) -> None:
    first = picture_of(engine, REQUEST)
    assert first.shape == (288, 384, 3)
    assert first.dtype == np.uint8
    assert np.array_equal(first, picture_of(engine, REQUEST))
    others = [picture_of(engine, replace(REQUEST, seed=s)) for s in (8, 9, 10)]
    assert all(apart(first, other) > 4 for other in others)


def test_a_resumed_batch_gives_the_same_pictures(engine: Sketchbook) -> None:
    whole = outputs_of(engine, replace(REQUEST, count=3))
    rest = outputs_of(engine, replace(REQUEST, count=3, start_index=1))
    assert [o.index for o in whole] == [0, 1, 2]
    assert [(o.index, o.seed) for o in rest] == [(1, 8), (2, 9)]
    assert np.array_equal(whole[1].pixels, rest[0].pixels)
    assert np.array_equal(whole[2].pixels, rest[1].pixels)


def test_progress_counts_every_step_and_carries_small_previews(engine: Sketchbook) -> None:
    progress = [e for e in events_of(engine, REQUEST) if isinstance(e, Progress)]
    assert [(p.step, p.steps) for p in progress] == [(i, 8) for i in range(1, 9)]
    shown = [p for p in progress if p.preview]
    assert {p.step for p in shown} == preview_steps(8)
    for p in shown:
        assert len(p.preview or b"") <= 24_000
        assert Image.open(io.BytesIO(p.preview or b"")).size == (320, 240)


@pytest.mark.parametrize("at", [1, 4, 8])
def test_cancelling_stops_at_the_next_step_and_the_engine_works_afterwards(
    engine: Sketchbook, at: int
) -> None:
    token, seen = CancelToken(), 0
    events = engine.run(REQUEST, token)
    for event in events:
        seen += isinstance(event, Progress)
        if seen == at:
            token.cancel()
            break
    with pytest.raises(Cancelled):
        next(events)
    assert len(outputs_of(engine, REQUEST)) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"width": 128}, {"height": 4096}, {"steps": 0}, {"steps": 500}, {"guidance_scale": 0.0},
        {"count": 0}, {"count": 9}, {"start_index": 1}, {"seed": -1}, {"model": "other"},
        {"loras": (Lora("x"),)}, {"scheduler": "euler"},
        {"reference": Reference(np.zeros((8, 8, 3), np.uint8), 1.5)},
        {"reference": Reference(np.zeros((8, 8), np.uint8), 0.5)},
        {"reference": Reference(np.zeros((8, 8, 3), np.uint8), 0.5, np.zeros((8, 8), np.uint8))},
    ],
)  # fmt: skip
def test_options_out_of_range_are_refused_before_any_work(
    engine: Sketchbook, change: dict[str, Any]
) -> None:
    with pytest.raises(EngineError) as caught:
        engine.run(replace(REQUEST, **change), CancelToken())
    assert caught.value.code == "bad_request"


def test_strength_moves_the_picture_away_from_its_reference(engine: Sketchbook) -> None:
    source = picture_of(engine, replace(REQUEST, prompt="a red car in the desert at sunset"))
    drawn = [
        picture_of(engine, replace(REQUEST, reference=Reference(source, s)))
        for s in (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0)
    ]
    away = [apart(source, pixels) for pixels in drawn]
    assert away == sorted(away)
    assert away[0] < 0.51
    assert away[1] > 0.1
    assert away[-1] > 20
    assert np.array_equal(drawn[-1], picture_of(engine, REQUEST))


def test_a_reference_of_another_shape_is_cut_to_fit(engine: Sketchbook) -> None:
    tall = np.zeros((500, 200, 3), np.uint8)
    tall[..., 0] = 200
    kept = picture_of(engine, replace(REQUEST, reference=Reference(tall, 0.0)))
    assert kept.shape == (288, 384, 3)
    assert apart(kept, np.broadcast_to(np.array([200, 0, 0], np.uint8), kept.shape)) < 1


def test_unknown_subjects_are_reported_and_left_out(engine: Sketchbook) -> None:
    events = events_of(engine, replace(REQUEST, prompt="a quokka in the snow"))
    warnings = [e for e in events if isinstance(e, EngineWarning)]
    assert [w.code for w in warnings] == ["unknown_subject"]
    assert "quokka" in warnings[0].message
    drawn = [e for e in events if isinstance(e, ImageOutput)]
    assert drawn[0].effective["subjects"] == []


def test_a_known_subject_brings_no_warning(engine: Sketchbook) -> None:
    assert not [e for e in events_of(engine, REQUEST) if isinstance(e, EngineWarning)]


def test_a_crowd_is_reported(engine: Sketchbook) -> None:
    events = events_of(engine, replace(REQUEST, prompt="five cats and five dogs", steps=1))
    assert [e.code for e in events if isinstance(e, EngineWarning)] == ["too_many_subjects"]


def test_the_negative_prompt_takes_things_out_and_changes_the_drawing(engine: Sketchbook) -> None:
    two = replace(REQUEST, prompt="a fox and a cat in a meadow")
    without_cat = outputs_of(engine, replace(two, negative_prompt="a cat"))[0]
    assert without_cat.effective["subjects"] == ["fox"]
    against_blue = replace(REQUEST, negative_prompt="a blue wolf")
    assert apart(picture_of(engine, REQUEST), picture_of(engine, against_blue)) > 0.02


@pytest.mark.parametrize(("colour", "channel"), [("red", 0), ("green", 1), ("blue", 2)])
def test_the_colour_of_the_subject_is_the_colour_asked_for(
    engine: Sketchbook, colour: str, channel: int
) -> None:
    plain = replace(REQUEST, prompt="a quokka in a room", steps=16)
    empty = picture_of(engine, plain)
    pixels = picture_of(engine, replace(plain, prompt=f"a {colour} pear in a room"))
    changed = np.abs(pixels.astype(int) - empty.astype(int)).max(-1) > 60
    assert changed.mean() > 0.02
    assert pixels[changed].mean(0).argmax() == channel


def test_missing_weights_are_named(
    engine: Sketchbook, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert engine.availability().available
    monkeypatch.setattr("fabula.engines.image.sketchbook.engine.WEIGHTS", tmp_path)
    missing = engine.availability()
    assert not missing.available
    assert all(name in missing.reason for name in NEEDED)


def test_unloading_and_running_again_loads_again() -> None:
    engine = Sketchbook(EngineContext(models_dir=""))
    small = replace(REQUEST, steps=1, width=256, height=256)
    assert len(outputs_of(engine, small)) == 1
    engine.unload()
    assert len(outputs_of(engine, small)) == 1
