"""Prompts that stand for many."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabula.core.errors import Invalid
from fabula.prompting import dynamic

LISTS = {"animals": ["a fox", "an owl"], "scene": ["__animals__ in {snow|rain}"], "empty": [" "]}


def _all(text: str, **values: str) -> list[str]:
    return dynamic.combinations(dynamic.resolve(dynamic.parse(text), LISTS, values))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a plain prompt", ["a plain prompt"]),
        ("{a|b} {c|d}", ["a c", "a d", "b c", "b d"]),
        ("{red {fox|owl}|hare}", ["red fox", "red owl", "hare"]),
        ("a hut{|, at night}", ["a hut", "a hut, at night"]),
        ("{|big} hut", ["hut", "big hut"]),
        ("{2$$a|b|c}", ["a, b", "a, c", "b, c"]),
        ("{1-2$$ and $$a|b}", ["a", "b", "a and b"]),
        ("{-1$$a|b}", ["", "a", "b"]),
        ("{2-$$a|b|c}", ["a, b", "a, c", "b, c", "a, b, c"]),
        ("{3::a|b}", ["a", "b"]),
        ("__animals__!", ["a fox!", "an owl!"]),
        ("__scene__", ["a fox in snow", "a fox in rain", "an owl in snow", "an owl in rain"]),
        ("in ${place}", ["in a wood"]),
        ("in ${other={sun|rain}}", ["in sun", "in rain"]),
        (r"\{a\|b\} costs \$5 \_\_x", ["{a|b} costs $5 __x"]),
        ("snake_case and __ alone", ["snake_case and __ alone"]),
        ("", [""]),
    ],
)
def test_combinations(text: str, expected: list[str]) -> None:
    found = _all(text, place="a wood")
    assert found == expected
    assert dynamic.count(dynamic.resolve(dynamic.parse(text), LISTS, {"place": "x"})) == len(found)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{a|b", "never closed"),
        ("${x=a", "never closed"),
        ("{3$$a|b}", "from 0 to 2"),
        ("{2-1$$a|b}", "from 0 to 2"),
        ("{0::a|b}", "above 0"),
        ("__nowhere__", "not among your lists"),
        ("__empty__", "is empty"),
        ("__circle__", "circle"),
        ("${missing}", "Give a value"),
        ("{" * 9 + "a" + "}" * 9, "8 levels"),
        ("{a|b}" * 101, "at most 100 choices"),
        ("__deep__", "over 20,000 options"),
    ],
)
def test_what_cannot_be_expanded_says_why(text: str, said: str) -> None:
    lists = {**LISTS, "circle": ["__other__"], "other": ["__circle__"]}
    lists |= {"deep": ["__wide__"] * 200, "wide": ["a"] * 200}
    with pytest.raises(Invalid, match=said):
        dynamic.resolve(dynamic.parse(text), lists)


def test_needs() -> None:
    found = dynamic.needs(dynamic.parse("{__a__|${x}} __b__ __a__ ${y=__c__}"))
    assert found == dynamic.Needs(("a", "b", "c"), ("x", "y"))


def test_a_huge_number_is_counted_without_making_them() -> None:
    parts = dynamic.parse("{a|b|c|d|e|f|g|h|i|j}" * 30)
    assert dynamic.count(parts) == 10**30
    assert len(dynamic.combinations(parts, 5)) == 5


def test_samples_follow_seed_and_shares() -> None:
    parts = dynamic.parse("{9::a|b}")
    drawn = dynamic.sample(parts, 400, seed=7)
    assert drawn == dynamic.sample(parts, 400, seed=7)
    assert 320 < drawn.count("a") < 400
    assert set(drawn) == {"a", "b"}


_words = st.text("abc ", min_size=1, max_size=4)
_templates = st.recursive(
    _words,
    lambda inner: st.lists(inner, min_size=1, max_size=3).map(lambda o: "{" + "|".join(o) + "}"),
    max_leaves=8,
)


@settings(max_examples=60)
@given(st.lists(_templates, max_size=3).map("".join), st.integers(0, 9))
def test_samples_are_among_the_combinations(text: str, seed: int) -> None:
    parts = dynamic.parse(text)
    every = dynamic.combinations(parts, 100_000)
    assert len(every) == dynamic.count(parts)
    assert set(dynamic.sample(parts, 5, seed)) <= set(every)
