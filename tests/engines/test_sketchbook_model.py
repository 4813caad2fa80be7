"""The flow network, the decoder and the scene painter, each by itself."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from fabula.engines.image.sketchbook.artist import WEIGHTS, backdrop, generator, webp
from fabula.engines.image.sketchbook.decoder import Decoder
from fabula.engines.image.sketchbook.flow import Array, Condition, FlowNet, sample
from fabula.engines.image.sketchbook.plan import Scene
from fabula.engines.image.sketchbook.prompt import Reading
from fabula.engines.image.sketchbook.scene.canvas import Stage, noise, ramp
from fabula.engines.image.sketchbook.scene.filters import FILTERS
from fabula.engines.image.sketchbook.scene.light import LIGHTS
from fabula.engines.image.sketchbook.scene.places import PLACES
from fabula.engines.image.sketchbook.scene.weather import WEATHER
from fabula.engines.image.sketchbook.vocabulary import Vocabulary


@pytest.fixture(scope="module")
def net() -> FlowNet:
    return FlowNet(WEIGHTS / "flow.npz")


@pytest.fixture(scope="module")
def words() -> Vocabulary:
    return Vocabulary(WEIGHTS)


def draw(
    net: FlowNet,
    words: Vocabulary,
    label: str,
    seed: int,
    *,
    steps: int = 16,
    guidance: float = 3.0,
) -> list[Array]:
    given = Condition(words.vector(words.by_name[label])[None], np.array([0]), np.array([0]))
    start = np.random.default_rng(seed).standard_normal((1, net.size)).astype(np.float32)
    return list(sample(net, given, net.nothing(1), start, steps=steps, guidance=guidance))


def test_sampling_yields_once_a_step_and_guidance_counts(net: FlowNet, words: Vocabulary) -> None:
    plain = draw(net, words, "fox", 0, steps=5, guidance=1)
    guided = draw(net, words, "fox", 0, steps=5, guidance=2)
    strong = draw(net, words, "fox", 0, steps=5, guidance=4)
    assert len(plain) == len(guided) == 5
    assert not np.allclose(plain[-1], guided[-1])
    assert not np.allclose(guided[-1], strong[-1])
    assert all(np.isfinite(x).all() for x in plain + guided + strong)


def test_each_purpose_of_a_seed_has_its_own_numbers() -> None:
    assert generator(5, "plan").random() == generator(5, "plan").random()
    assert generator(5, "plan").random() != generator(5, "scene").random()
    assert generator(5, "plan").random() != generator(6, "plan").random()


def test_the_same_word_gives_more_alike_drawings_than_another(
    net: FlowNet, words: Vocabulary
) -> None:
    fox, again, guitar = (
        draw(net, words, label, seed)[-1] for label, seed in (("fox", 1), ("fox", 2), ("guitar", 1))
    )
    assert np.linalg.norm(fox - again) < np.linalg.norm(fox - guitar)


def test_sprites_have_clean_edges_at_every_size(net: FlowNet, words: Vocabulary) -> None:
    decoder = Decoder(WEIGHTS / "drawing.npz")
    components = draw(net, words, "red apple", 3)[-1][0]
    covers = []
    for side in (96, 300):
        sprite = decoder.sprite(components, side)
        assert sprite.colour.shape == (side, side, 3)
        assert 0 <= sprite.colour.min() <= sprite.colour.max() <= 1
        half = (sprite.alpha > 0.02) & (sprite.alpha < 0.98)
        assert half.sum() < 10 * side
        assert sprite.alpha[0].max() == 0
        covers.append(float(sprite.alpha.mean()))
    assert covers[0] == pytest.approx(covers[1], abs=0.02)
    assert covers[0] > 0.3


def test_colours_and_styles_of_the_words_fit_the_network(net: FlowNet, words: Vocabulary) -> None:
    assert net.no_colour == len(words.colours)
    assert {s for thing in words.things for s in thing.styles} == set(range(net.no_style))


@pytest.mark.parametrize("light", sorted(LIGHTS))
def test_every_place_can_be_painted_in_every_light(light: str) -> None:
    for place in PLACES:
        stage = Stage(192, 144, LIGHTS[light], generator(3, place))
        backdrop(stage, Scene(light, place, False, ()), Reading(extras=["lighthouse"]))
        assert np.isfinite(stage.pixels).all(), place
        assert stage.pixels.std() > 0.01, place
        assert 0 < stage.horizon < 144, place
        assert 0 < stage.floor < 144, place


@pytest.mark.parametrize("name", sorted(FILTERS))
def test_filters_keep_the_size_and_change_the_picture(name: str) -> None:
    tone = noise(np.random.default_rng(0), 160, 120, (5, 4))[..., None]
    pixels = tone * np.array([1, 0.7, 0.4], np.float32)
    out = FILTERS[name](pixels, np.random.default_rng(1))
    assert out.shape == (120, 160, 3)
    assert 0 <= out.min() <= out.max() <= 1
    assert np.abs(out - pixels).mean() > 0.01


@pytest.mark.parametrize("name", sorted(WEATHER))
def test_weather_shows(name: str) -> None:
    stage = Stage(320, 240, LIGHTS["night"], np.random.default_rng(2))
    WEATHER[name](stage)
    assert stage.pixels.max() > 0.1


def test_ramp_runs_both_ways() -> None:
    assert ramp([0, 0.5, 1], 0, 1).tolist() == [0, 0.5, 1]
    assert ramp([0, 0.5, 1], 1, 0).tolist() == [1, 0.5, 0]


def test_previews_stay_small_even_for_noise() -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (240, 320, 3), np.uint8)
    assert len(webp(pixels)) <= 24_000


def test_no_torch_is_loaded_at_run_time() -> None:
    code = (
        "import sys; from fabula.engines.image.sketchbook.artist import Artist; Artist(); "
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
