"""Weighted prompts of the diffusers engine, on a tiny pipeline: embeddings by compel."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from fabula.engines.base import (
    CancelToken,
    ImageOutput,
    ImageRequest,
    Pixels,
    WeightedChunk,
    WeightedSpan,
    WeightedText,
)
from fabula.engines.image.diffusers_sdxl import DiffusersSdxl
from fabula.engines.image.weighted_embeddings import WeightedEmbeddings

pytestmark = [
    pytest.mark.diffusers,
    # diffusers' schedulers hand torch tensors to numpy in a way that numpy 2 wants changed.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]
ASK = ImageRequest(
    prompt="a red fox in snow", seed=5, width=64, height=64, steps=4, guidance_scale=5,
    negative_prompt="rain",
)  # fmt: skip
TOKENS = 77
Embed = Callable[..., dict[str, Any]]


def text(*spans: tuple[str, float], weight: float = 1.0) -> WeightedText:
    return WeightedText((WeightedChunk(tuple(WeightedSpan(*span) for span in spans), weight),))


def fox(weight: float) -> WeightedText:
    return text(("a ", 1.0), ("red fox", weight), (" in snow", 1.0))


def several(*chunks: tuple[str, float], **how: bool) -> WeightedText:
    made = (WeightedChunk((WeightedSpan(said),), weight) for said, weight in chunks)
    return WeightedText(tuple(made), **how)


@pytest.fixture(params=["tiny", "tiny-older"])
def pipeline(engine: DiffusersSdxl, request: pytest.FixtureRequest) -> Any:
    list(engine.run(replace(ASK, model=request.param), CancelToken()))
    assert engine._loaded is not None
    return engine._loaded._from_text


@pytest.fixture
def embed(pipeline: Any) -> Embed:
    def embeddings(**changes: Any) -> dict[str, Any]:
        found = WeightedEmbeddings(pipeline).arguments_for(replace(ASK, **changes))
        return {name: tensor.numpy() for name, tensor in found.items()}

    return embeddings


def of_the_pipeline(pipeline: Any, prompt: str, negative: str) -> list[Any]:
    found = pipeline.encode_prompt(
        prompt=prompt, negative_prompt=negative, device="cpu", num_images_per_prompt=1,
        do_classifier_free_guidance=True,
    )  # fmt: skip
    return [tensor.detach().numpy() for tensor in found]


def close(one: Any, other: Any) -> bool:
    return bool(np.allclose(one, other, atol=1e-4))


def test_neutral_weights_equal_the_pipelines_own_embeddings(pipeline: Any, embed: Embed) -> None:
    names = ["prompt_embeds", "negative_prompt_embeds"]
    names += [f"{side}pooled_prompt_embeds" for side in ("", "negative_")]
    for prompt, weighted in (("a red fox in snow", fox(1.0)), ("", None)):
        found = embed(prompt=prompt, weighted_prompt=weighted)
        expected = of_the_pipeline(pipeline, prompt, ASK.negative_prompt)
        assert list(found) == names[: len(expected)]
        for name, tensor in zip(names, expected, strict=False):
            assert close(found[name], tensor), name


def test_weights_move_the_tokens_that_they_are_on(embed: Embed) -> None:
    even, heavy, light = (
        embed(weighted_prompt=fox(weight))["prompt_embeds"][0] for weight in (1.0, 1.5, 0.5)
    )
    moved = [not close(even[place], heavy[place]) for place in range(TOKENS)]
    assert moved == [place in {2, 3} for place in range(TOKENS)]
    assert not close(even[2:4], light[2:4])
    empty = embed(prompt="")["prompt_embeds"][0]
    expected = empty[2:4] + (even[2:4] - empty[2:4]) * 1.5
    assert close(heavy[2:4], expected)


def test_a_weight_of_nothing_leaves_the_words_out(embed: Embed) -> None:
    """compel masks words that count less; with nothing left the others read as if alone."""
    one, other = (
        embed(weighted_prompt=text(("a ", 1.0), (word, 0.0)))["prompt_embeds"][0][:2]
        for word in ("fox", "owl")
    )
    assert close(one, other)


def test_the_negative_prompt_has_weights_of_its_own(embed: Embed) -> None:
    even = embed()
    found = embed(weighted_negative=text(("rain", 1.5)))
    assert close(even["prompt_embeds"], found["prompt_embeds"])
    assert not close(even["negative_prompt_embeds"], found["negative_prompt_embeds"])


def test_chunks_are_read_one_after_the_other(embed: Embed) -> None:
    found = embed(weighted_prompt=several(("a red fox", 1.0), ("snow", 1.0)))
    assert found["prompt_embeds"].shape == found["negative_prompt_embeds"].shape
    first, second = (embed(prompt=part)["prompt_embeds"] for part in ("a red fox", "snow"))
    assert close(found["prompt_embeds"], np.concatenate([first, second], axis=1))
    empty = embed(prompt="")["prompt_embeds"]
    assert close(found["negative_prompt_embeds"][:, TOKENS:], empty)
    heavier = embed(weighted_prompt=several(("a red fox", 1.0), ("snow", 1.5)))
    assert close(heavier["prompt_embeds"][:, TOKENS:], empty + (second - empty) * 1.5)


def test_blended_chunks_become_one_meaning(embed: Embed) -> None:
    fox_, snow = (embed(prompt=part)["prompt_embeds"] for part in ("fox", "snow"))
    chunks = ("fox", 1.0), ("snow", 3.0)
    mixed = embed(weighted_prompt=several(*chunks, blended=True))["prompt_embeds"]
    assert close(mixed, fox_ / 4 + snow * 3 / 4)
    sum_ = embed(weighted_prompt=several(*chunks, blended=True, normalized=False))
    assert close(sum_["prompt_embeds"], fox_ + snow * 3)


def drawn(engine: DiffusersSdxl, **changes: Any) -> list[Pixels]:
    events = engine.run(replace(ASK, model="tiny", **changes), CancelToken())
    return [event.pixels for event in events if isinstance(event, ImageOutput)]


def test_every_picture_of_a_batch_is_weighted(engine: DiffusersSdxl) -> None:
    even, heavy = (drawn(engine, count=2, weighted_prompt=fox(weight)) for weight in (1.0, 1.8))
    alone = drawn(engine, count=2, start_index=1, weighted_prompt=fox(1.8))
    assert all(not np.array_equal(*pair) for pair in zip(even, heavy, strict=True))
    assert np.array_equal(heavy[1], alone[0])
