"""One negative prompt from the person's words and the base list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabula.prompting.negative import base_text, compose
from fabula.prompting.token_budget import count_tokens

ROWS = ["blurry, low quality", "watermark, signature"]


def test_the_persons_words_come_first() -> None:
    fitted = compose(ROWS, "rain; crowds", 75)
    assert fitted.text == "rain, crowds, blurry, low quality, watermark, signature"
    assert fitted.cut == []


def test_what_is_said_twice_is_said_once() -> None:
    assert compose(ROWS, "Blurry, low  quality, rain", 75).text == (
        "Blurry, low  quality, rain, watermark, signature"
    )
    assert base_text(["a, b", "B, c"]) == "a, b, c"


def test_the_base_list_is_cut_from_its_end() -> None:
    fitted = compose(ROWS, "rain", 6)
    assert fitted.text == "rain, blurry, low quality"
    assert fitted.cut == ["watermark", "signature"]


@pytest.mark.parametrize(("rows", "own"), [([], ""), ([], "rain"), (["blurry"], "")])
def test_either_side_may_be_empty(rows: list[str], own: str) -> None:
    assert compose(rows, own, 75).text == ", ".join([t for t in (own, *rows) if t])


@given(st.lists(st.text(max_size=60), max_size=8), st.text(max_size=200), st.integers(1, 77))
def test_never_over_the_limit(rows: list[str], own: str, limit: int) -> None:
    assert count_tokens(compose(rows, own, limit).text) <= limit
