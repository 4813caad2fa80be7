"""Counting tokens exactly, and cutting so that the subject survives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabula.prompting.clip_tokenizer import clip_tokenizer
from fabula.prompting.token_budget import (
    LIMITS,
    Phrase,
    count_tokens,
    estimator_of,
    fit,
    fit_phrases,
    limit_of,
    phrases_of,
)

WORDS = st.sampled_from(
    ["fox", "lighthouse", "mountain", "\u72d0\u72f8", "\u0441\u043d\u0435\u0433", "\u05d9\u05dd",
     "\u0622\u0628\u06cc", "caf\u00e9", "na\u00efve", "\U0001f98a", "don't", "(snow:1.3)", "x" * 40,
     "\u0939\u093f\u092e", "1234"]
)  # fmt: skip
PROMPTS = st.lists(WORDS, min_size=1, max_size=60).flatmap(
    lambda words: st.lists(
        st.sampled_from([" ", ", ", "; ", "\n", "\uff0c"]), min_size=len(words), max_size=len(words)
    ).map(lambda marks: "".join(w + m for w, m in zip(words, marks, strict=True)))
)


def test_the_known_example() -> None:
    ids = clip_tokenizer().encode("a photo of a cat").ids
    assert ids == [320, 1125, 539, 320, 2368]
    assert clip_tokenizer().get_vocab_size() == 49_408
    assert clip_tokenizer().token_to_id("<|startoftext|>") == 49_406
    assert clip_tokenizer().token_to_id("<|endoftext|>") == 49_407


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("", 0), ("   ", 0), ("cat", 1), ("CAT", 1), ("a,b", 3), ("2024", 4), ("a  \n cat", 2)],
)
def test_counts(text: str, tokens: int) -> None:
    assert count_tokens(text) == tokens


def test_limits_of_the_families() -> None:
    assert LIMITS == {"sdxl": 75, "wan": 100}
    assert limit_of("sdxl", 512) == 75
    assert limit_of("wan", 40) == 40
    assert limit_of("wan", 0) == 1
    assert estimator_of("sdxl") == "clip"
    assert estimator_of("wan") == "clip_estimate"


def test_what_fits_is_left_alone() -> None:
    fitted = fit("  A Fox,in the  snow ", 75)
    assert fitted.text == "A Fox,in the  snow"
    assert fitted.cut == []


def test_the_last_phrases_are_cut_first() -> None:
    fitted = fit("a fox, in the snow, at dusk, wide view", 7)
    assert fitted.text == "a fox, in the snow"
    assert fitted.tokens == 6
    assert fitted.cut == ["at dusk", "wide view"]


def test_the_lowest_priority_is_cut_wherever_it_stands() -> None:
    phrases = [Phrase("a fox", 3), Phrase("highly detailed", 0), Phrase("at dusk", 1)]
    fitted = fit_phrases(phrases, 5)
    assert fitted.text == "a fox, at dusk"
    assert fitted.cut == ["highly detailed"]


def test_a_phrase_that_is_too_long_is_cut_at_words() -> None:
    fitted = fit("one old fox walks slowly home, at dusk", 3)
    assert fitted.text == "one old fox"
    assert fitted.cut == ["walks slowly home", "at dusk"]


def test_brackets_stay_whole() -> None:
    assert [p.text for p in phrases_of("a fox, (snow, ice:1.3), dusk")] == [
        "a fox",
        "(snow, ice:1.3)",
        "dusk",
    ]


def test_a_limit_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        fit("a fox", 0)


@given(PROMPTS, st.integers(1, 100))
def test_never_over_the_limit(prompt: str, limit: int) -> None:
    fitted = fit(prompt, limit)
    assert fitted.tokens == count_tokens(fitted.text) <= limit
    if count_tokens(prompt.strip()) <= limit:
        assert (fitted.text, fitted.cut) == (prompt.strip(), [])


@given(PROMPTS, st.integers(8, 100))
def test_the_beginning_of_the_subject_survives(prompt: str, limit: int) -> None:
    fitted = fit(prompt, limit)
    first = phrases_of(prompt)[0].text
    assert fitted.text
    assert fitted.text.startswith(first) or first.startswith(fitted.text)


@given(PROMPTS, st.integers(1, 100))
def test_nothing_is_made_up_and_nothing_is_lost(prompt: str, limit: int) -> None:
    fitted = fit(prompt, limit)
    letters = sorted(c for c in fitted.text + "".join(fitted.cut) if c.isalnum())
    assert letters == sorted(c for c in prompt if c.isalnum())


@given(st.text(max_size=300), st.integers(1, 80))
def test_any_text_can_be_fitted(text: str, limit: int) -> None:
    assert count_tokens(fit(text, limit).text) <= limit
