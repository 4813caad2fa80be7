"""What the rules add: the person's words stay, nothing contradicts them, nobody joins them."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabula.engines.image.sketchbook.artist import WEIGHTS
from fabula.engines.image.sketchbook.prompt import Reader
from fabula.engines.image.sketchbook.prompt import Reading as Drawing
from fabula.engines.image.sketchbook.sentences import SentenceEncoder
from fabula.engines.image.sketchbook.vocabulary import Vocabulary
from fabula.prompting.lexicon import lexicon, read, with_implied
from fabula.prompting.rules import additions_for, seed_for, trimmed

PROMPTS = (
    "a fox", "a blue fox in the snow", "a castle at night", "a whale", "an astronaut",
    "a bowl of soup", "a wizard in a library", "a ship in a storm", "two cats",
    "a logo of an owl, white background", "a dragon, watercolour", "an owl in the moonlight",
    "a penguin", "a camel", "a fish under the sea", "a robot in a city street at dusk",
    "a horse on the beach, golden hour", "a squirrel in autumn, rain", "a rocket in space",
    "a knight in a cave", "a lighthouse, fog",
)  # fmt: skip
SEEDS = range(24)


@pytest.fixture(scope="module")
def reader() -> Reader:
    """How the built-in picture engine reads prompts."""
    return Reader(Vocabulary(WEIGHTS), SentenceEncoder())


def added(prompt: str, seed: int, *, motion: bool = False) -> tuple[str, ...]:
    more = additions_for(prompt, form="phrases", motion=motion, seed=seed)
    return (*more.words, more.motion) if more.motion else more.words


def cast_of(drawing: Drawing) -> list[tuple[object, ...]]:
    return [(a.thing.label, a.colour, a.count, a.side, a.far, a.scale) for a in drawing.actors]


@pytest.mark.parametrize("addition", lexicon().additions, ids=lambda a: a.words)
def test_every_addition_is_coherent(addition: object) -> None:
    """It says what it claims to bring, fits its own slot and does not exclude itself."""
    assert addition in lexicon().additions
    reading = read(addition.words)  # type: ignore[attr-defined]
    claimed = with_implied(addition.gives)  # type: ignore[attr-defined]
    rivals = lexicon().rivals
    for group in reading.context | claimed:
        assert not rivals.get(group, frozenset()) & (reading.context | claimed)
    assert "subject" not in reading.slots
    assert addition.needs <= _known_groups()  # type: ignore[attr-defined]
    assert addition.never <= _known_groups()  # type: ignore[attr-defined]
    assert addition.gives <= _known_groups()  # type: ignore[attr-defined]


def _known_groups() -> frozenset[str]:
    groups = frozenset(group for places in lexicon().said.values() for _, group in places)
    return groups.union(*lexicon().implied.values())


@pytest.mark.parametrize("prompt", PROMPTS)
def test_nothing_contradicts_the_prompt_or_the_rest(prompt: str) -> None:
    for seed in SEEDS:
        said = prompt
        for words in added(prompt, seed):
            assert not read(words).contradicts(read(said)), (said, words)
            said = f"{said}, {words}"
        groups = read(said).context
        for name, rivals in lexicon().rivals.items():
            if name in groups:
                assert groups & rivals <= read(prompt).context, said


@pytest.mark.parametrize("prompt", PROMPTS)
def test_no_subject_joins_the_picture(reader: Reader, prompt: str) -> None:
    """The picture engine draws the same things with the added words, where and as they were."""
    before = reader.read(prompt)
    for seed in SEEDS:
        whole = ", ".join([prompt, *added(prompt, seed)])
        after = reader.read(whole)
        assert cast_of(after) == cast_of(before), whole
        assert after.unknown == before.unknown, whole
        assert after.filters == before.filters, whole
        if before.places:
            assert set(after.places) <= {*before.places, "snow"}, whole


@pytest.mark.parametrize(
    ("prompt", "never"),
    [
        ("a castle at night", ["golden", "day", "dawn", "dusk"]),
        ("a fish underwater", ["rain", "fog", "snow", "day", "night", "breeze", "golden"]),
        ("an astronaut in space", ["rain", "fog", "snow", "day", "breeze", "golden", "meadow"]),
        ("a cat in a living room", ["rain", "starry", "meadow", "wide view", "breeze"]),
        ("a fox in summer", ["snow"]),
        ("a ship in a storm", ["clear", "calm", "golden", "starry"]),
    ],
)
def test_words_that_cannot_be(prompt: str, never: list[str]) -> None:
    for seed in range(60):
        words = " | ".join(added(prompt, seed, motion=True)).lower()
        assert not [word for word in never if word in words]


def test_night_brings_moonlight_or_starlight() -> None:
    lights = {word for seed in SEEDS for word in added("a castle at night", seed)}
    assert lights & {"soft moonlight", "under the starlight"}


def test_the_same_seed_gives_the_same_words_and_seeds_differ() -> None:
    assert added("a fox", 5) == added("a fox", 5)
    assert len({added("a fox", seed) for seed in SEEDS}) > 10
    assert seed_for("a fox", None) == seed_for("a fox", None) != seed_for("a fox ", None)
    assert seed_for("a fox", 7) == 7


def test_what_is_said_is_not_said_again() -> None:
    full = "a fox in a meadow at dawn, backlit, calm, warm colours, wide shot, painting, misty"
    assert added(full, 1) == ()


def test_accepted_phrases_count_as_said() -> None:
    more = additions_for("a fox", form="phrases", motion=False, seed=3, accepted=["at night"])
    said = read(", ".join(more.words))
    assert not said.context & {"day", "dawn", "dusk", "golden"}
    assert len(more.words) == 4


def test_a_thing_of_which_nothing_is_known_gets_no_time_of_day() -> None:
    for seed in SEEDS:
        assert not read(", ".join(added("a tax return", seed))).slots & {"time", "place"}


def test_clips_get_one_sentence_of_movement() -> None:
    for prompt, seed in itertools.product(PROMPTS, SEEDS):
        more = additions_for(prompt, form="sentences", motion=True, seed=seed)
        assert more.motion is not None
        assert more.motion[0].isupper()
        assert not more.motion.endswith(".")


@pytest.mark.parametrize(
    ("prompt", "kept"),
    [("a fox. ", "a fox"), ("a fox,", "a fox"), ("What a fox!", "What a fox!"), (" . ", "")],
)
def test_only_the_marks_at_the_end_go(prompt: str, kept: str) -> None:
    assert trimmed(prompt) == kept


@given(st.text(max_size=200), st.integers(0, 2**31))
def test_any_text_gets_at_most_five_additions(prompt: str, seed: int) -> None:
    words = added(prompt, seed)
    assert len(words) <= 5
    assert len(set(words)) == len(words)
