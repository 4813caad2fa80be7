"""One negative prompt from the person's words and the base list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabula.prompting.negative import base_text, compose
from fabula.prompting.weights import a1111
from fabula.prompting.weights.budget import count_prompt

ROWS = ["blurry, low quality", "watermark, signature"]


def composed(rows: list[str], own: str, limit: int = 75) -> tuple[str, list[str]]:
    fitted = compose(rows, a1111.parse(own), limit)
    assert fitted.tokens == count_prompt(fitted.prompt) <= limit
    return a1111.render(fitted.prompt).text, fitted.cut


def test_the_persons_words_come_first() -> None:
    assert composed(ROWS, "rain; crowds") == (
        "rain; crowds, blurry, low quality, watermark, signature",
        [],
    )


def test_weights_stay_on_both_sides() -> None:
    text, _ = composed(["(blurry, soft:1.4)", "grain"], "rain, (crowds:1.2),")
    assert text == "rain, (crowds:1.2), (blurry, soft:1.4), grain"


def test_what_is_said_twice_is_said_once() -> None:
    text, _ = composed(ROWS, "Blurry, low  quality, rain")
    assert text == "Blurry, low  quality, rain, watermark, signature"
    assert base_text(["a, b", "B, c"]) == "a, b, c"


def test_the_base_list_is_cut_from_its_end() -> None:
    assert composed(ROWS, "rain", 6) == (
        "rain, blurry, low quality",
        ["watermark", "signature"],
    )


@pytest.mark.parametrize(("rows", "own"), [([], ""), ([], "rain"), (["blurry"], "")])
def test_either_side_may_be_empty(rows: list[str], own: str) -> None:
    assert composed(rows, own)[0] == ", ".join([t for t in (own, *rows) if t])


@given(st.lists(st.text(max_size=60), max_size=8), st.text(max_size=200), st.integers(1, 77))
def test_never_over_the_limit(rows: list[str], own: str, limit: int) -> None:
    fitted = compose(rows, a1111.parse(own), limit)
    assert count_prompt(fitted.prompt) <= limit
