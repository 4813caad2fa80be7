"""Pictures from pictures, and parts of them drawn anew, by the diffusers engine on tiny models."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from fabula.engines.base import CancelToken, ImageOutput, ImageRequest, Pixels, Progress, Reference
from fabula.engines.image.diffusers_sdxl import DiffusersSdxl

pytestmark = [
    pytest.mark.diffusers,
    # diffusers' schedulers hand torch tensors to numpy in a way that numpy 2 wants changed.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]
MODELS = ["tiny", "tiny-older", "tiny-inpainting"]
ASK = ImageRequest(
    prompt="a red fox in snow", seed=5, width=64, height=64, steps=10, guidance_scale=5
)
SLOPE = np.linspace(20, 235, 64)
SOURCE = np.stack(
    [np.tile(SLOPE, (64, 1)), np.tile(SLOPE[:, None], (1, 64)), np.full((64, 64), 90.0)], axis=-1
).astype(np.uint8)
WHITE = np.zeros((64, 64), bool)
WHITE[16:48, 24:64] = True
MASK = np.repeat(WHITE[..., None], 3, axis=2).astype(np.uint8) * 255
ALMOST = 6.0
"""Grey levels by which a copy may differ from its source: the decoder's loss and one mild step."""


def events(engine: DiffusersSdxl, **changes: Any) -> list[Any]:
    return list(engine.run(replace(ASK, **changes), CancelToken()))


def drawn(engine: DiffusersSdxl, **changes: Any) -> Pixels:
    (made,) = [e.pixels for e in events(engine, **changes) if isinstance(e, ImageOutput)]
    return made


def away(made: Pixels, where: Any = ...) -> float:
    """Mean distance to the source in grey levels."""
    return float(np.abs(made.astype(int) - SOURCE.astype(int))[where].mean())


@pytest.mark.parametrize("model", MODELS)
def test_strength_leads_away_from_the_picture_step_by_step(
    engine: DiffusersSdxl, model: str
) -> None:
    strengths = [step / 10 for step in range(1, 11)]
    far = [away(drawn(engine, model=model, reference=Reference(SOURCE, s))) for s in strengths]
    assert far == sorted(far), far
    assert far[-1] > 3 * far[0]


@pytest.mark.parametrize("model", MODELS)
def test_without_strength_the_picture_is_almost_a_copy(engine: DiffusersSdxl, model: str) -> None:
    copy = drawn(engine, model=model, steps=20, reference=Reference(SOURCE, 0))
    assert away(copy) < ALMOST


@pytest.mark.parametrize("model", MODELS)
def test_only_what_is_white_in_the_mask_is_drawn_anew(engine: DiffusersSdxl, model: str) -> None:
    made = drawn(engine, model=model, reference=Reference(SOURCE, 1.0, MASK))
    assert np.array_equal(made[~WHITE], SOURCE[~WHITE])
    assert away(made, WHITE) > 10
    other = drawn(engine, model=model, seed=6, reference=Reference(SOURCE, 1.0, MASK))
    assert not np.array_equal(made[WHITE], other[WHITE])
    words = drawn(engine, model=model, prompt="a boat", reference=Reference(SOURCE, 1.0, MASK))
    assert not np.array_equal(made[WHITE], words[WHITE])


@pytest.mark.parametrize("model", MODELS)
def test_strength_counts_within_a_mask_too(engine: DiffusersSdxl, model: str) -> None:
    told = events(engine, model=model, reference=Reference(SOURCE, 0.3, MASK))
    assert [(e.step, e.steps) for e in told if isinstance(e, Progress)] == [(1, 3), (2, 3), (3, 3)]
    little = told[-1].pixels
    much = drawn(engine, model=model, reference=Reference(SOURCE, 0.9, MASK))
    assert away(little, WHITE) < away(much, WHITE)


def test_the_surroundings_tell_what_is_drawn(engine: DiffusersSdxl) -> None:
    """A model that was made for inpainting sees what is around the mask, at full strength too."""
    darker = np.asarray(SOURCE // 2, np.uint8)
    made, beside = (
        drawn(engine, model="tiny-inpainting", reference=Reference(pixels, 1.0, MASK))
        for pixels in (SOURCE, darker)
    )
    inner = np.zeros_like(WHITE)
    inner[20:44, 28:64] = True
    assert not np.array_equal(made[inner], beside[inner])


def test_a_mask_of_another_size_is_brought_to_that_of_the_picture(engine: DiffusersSdxl) -> None:
    small = MASK[::4, ::4].copy()
    one, other = (drawn(engine, reference=Reference(SOURCE, 1.0, mask)) for mask in (MASK, small))
    assert np.array_equal(one, other)


def test_pictures_of_a_masked_batch_have_seeds_one_after_the_other(engine: DiffusersSdxl) -> None:
    reference = Reference(SOURCE, 1.0, MASK)
    batch = [e for e in events(engine, count=3, reference=reference) if isinstance(e, ImageOutput)]
    assert [made.seed for made in batch] == [5, 6, 7]
    for made in batch:
        assert np.array_equal(made.pixels, drawn(engine, seed=made.seed, reference=reference))


def test_a_model_for_inpainting_draws_from_words_alone(engine: DiffusersSdxl) -> None:
    plain = drawn(engine, model="tiny-inpainting")
    assert plain.std() > 1
    assert np.array_equal(plain, drawn(engine, model="tiny-inpainting"))
    for changes in ({"prompt": "a boat"}, {"seed": 6}, {"negative_prompt": "snow"}):
        assert not np.array_equal(plain, drawn(engine, model="tiny-inpainting", **changes))
