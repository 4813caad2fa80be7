"""How Sketchbook reads prompts and plans scenes."""

from __future__ import annotations

import numpy as np
import pytest

from fabula.engines.image.sketchbook.artist import WEIGHTS
from fabula.engines.image.sketchbook.plan import Scene, plan
from fabula.engines.image.sketchbook.prompt import Reader, Reading, number, plain, singular
from fabula.engines.image.sketchbook.sentences import SentenceEncoder
from fabula.engines.image.sketchbook.vocabulary import Vocabulary
from fabula.prompting.controls import WORDS


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(Vocabulary(WEIGHTS), SentenceEncoder())


def cast_of(reading: Reading) -> list[tuple[str, str | None, int]]:
    return [(a.thing.label, a.colour, a.count) for a in reading.actors]


def planned(reader: Reader, prompt: str, seed: int = 0) -> Scene:
    return plan(reader.read(prompt), np.random.default_rng(seed))


@pytest.mark.parametrize(
    ("prompt", "cast"),
    [
        ("a blue fox in the snow", [("fox", "blue", 1)]),
        ("two black cats", [("cat", "black", 2)]),
        ("a fox and a robot", [("fox", None, 1), ("robot", None, 1)]),
        ("a wizard with a golden crown", [("mage", None, 1), ("crown", "gold", 1)]),
        ("a purple car", [("automobile", "purple", 1)]),
        ("three red apples on a table", [("red apple", None, 3)]),
        ("a steam train", [("locomotive", None, 1)]),
        ("a knight", [("guard", None, 1)]),
        ("cat riding a bicycle", [("cat", None, 1), ("bicycle", None, 1)]),
        ("a fox with blue fur", [("fox", "blue", 1)]),
        ("a (blue:1.3) fox", [("fox", "blue", 1)]),
        ("a sheriff", [("police officer", None, 1)]),
        ("owls", [("owl", None, 3)]),
        ("an orange", [("tangerine", None, 1)]),
        ("", []),
    ],
)
def test_things_colours_and_numbers(
    reader: Reader, prompt: str, cast: list[tuple[str, str | None, int]]
) -> None:
    reading = reader.read(prompt)
    assert cast_of(reading) == cast
    assert reading.unknown == []


@pytest.mark.parametrize(
    ("prompt", "light", "place"),
    [
        ("a fox in the snow at dawn", "dawn", "snow"),
        ("a cat in a library at midnight", "night", "library"),
        ("a robot on a neon city street", "neon", "street"),
        ("a ship in a storm", "storm", "sea"),
        ("a rocket", "night", "space"),
        ("a jellyfish", "day", "underwater"),
        ("a fox by the sea", "day", "beach"),
        ("a castle on a hill in the mist", "fog", "hills"),
        ("a foggy night in the forest", "night", "forest"),
        ("a fox under the northern lights", "aurora", "meadow"),
        ("a swan", "day", "lake"),
        ("a cat", "day", "meadow"),
    ],
)
def test_light_and_place(reader: Reader, prompt: str, light: str, place: str) -> None:
    scene = planned(reader, prompt)
    assert (scene.light, scene.place) == (light, place)


def test_weather_styles_and_extras(reader: Reader) -> None:
    reading = reader.read("a lighthouse in the rain with a rainbow, watercolour")
    assert reading.weather == ["rainbow", "rain"]
    assert reading.filters == ["watercolour"]
    assert reading.extras == ["lighthouse"]
    assert reading.unknown == []


def test_a_thing_that_is_not_known_is_named(reader: Reader) -> None:
    reading = reader.read("a quokka in the forest")
    assert reading.actors == []
    assert reading.unknown == ["quokka"]


def test_positions_are_obeyed(reader: Reader) -> None:
    scene = planned(reader, "a fox on the right and a robot on the left, a house in the distance")
    where = {actor.thing.label: role for actor, role in scene.cast}
    assert where["robot"].x < where["house"].x < where["fox"].x
    assert where["house"].depth > 0.8
    assert where["house"].size < where["fox"].size


def test_far_roles_are_drawn_first(reader: Reader) -> None:
    scene = planned(reader, "a fox, a castle in the distance")
    assert [actor.thing.label for actor, _ in scene.cast] == ["castle", "fox"]


def test_what_can_fly_flies_over_things(reader: Reader) -> None:
    assert planned(reader, "a dragon over the mountains").cast[0][1].flying
    assert not planned(reader, "a dragon in a meadow").cast[0][1].flying
    assert planned(reader, "a hot air balloon").cast[0][1].flying


def test_a_crowd_is_cut_to_what_fits(reader: Reader) -> None:
    assert len(planned(reader, "five cats and five dogs").cast) == 5


def test_sizes_follow_words(reader: Reader) -> None:
    sizes = [planned(reader, f"a {w} fox").cast[0][1].size for w in ("tiny", "red", "giant")]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[2]


@pytest.mark.parametrize(
    ("word", "form"),
    [("foxes", "fox"), ("butterflies", "butterfly"), ("mice", "mouse"), ("cats", "cat")],
)
def test_singular(word: str, form: str) -> None:
    assert form in singular(word)


def test_number_and_plain() -> None:
    assert number(["a", "pair", "of", "owls"], {3}) == 2
    assert number(["the", "glass"], {1}) == 1
    assert plain("The Fox's (snow:1.3), DEEP") == " the fox snow , deep "


@pytest.mark.parametrize("words", WORDS.values())
def test_words_of_controls_bring_nothing_in(reader: Reader, words: str) -> None:
    shown, alone = reader.read(f"a fox in the snow, {words}"), reader.read("a fox in the snow")
    assert (cast_of(shown), shown.places, shown.unknown) == (
        cast_of(alone),
        alone.places,
        alone.unknown,
    )
