"""Weights: what each dialect says, round trips, and sets of terms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabula.core.errors import Invalid
from fabula.prompting.weights import a1111, compel, terms
from fabula.prompting.weights.tree import (
    Alternating,
    Clause,
    Prompt,
    Scheduled,
    Span,
    Weighted,
    Words,
    canonical,
    is_weighted,
    plain,
    spans,
)


def _spans(prompt: Prompt) -> list[tuple[str, float]]:
    return [(span.text, span.weight) for clause in prompt.clauses for span in spans(clause.parts)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a fox in snow", [("a fox in snow", 1)]),
        ("a (fox) in snow", [("a ", 1), ("fox", 1.1), (" in snow", 1)]),
        ("a ((fox)) here", [("a ", 1), ("fox", 1.21), (" here", 1)]),
        ("a [fox] here", [("a ", 1), ("fox", 0.9091), (" here", 1)]),
        ("a (fox:1.3), (snow: .8 )", [("a ", 1), ("fox", 1.3), (", ", 1), ("snow", 0.8)]),
        ("(red (fox:1.5):1.2)", [("red", 1.2), (" ", 1), ("fox", 1.8)]),
        (r"a clock \(old\) and \[new\]", [("a clock (old) and [new]", 1)]),
        (r"back\slash and \\", [("back\\slash and \\", 1)]),
        ("a (fox in snow", [("a ", 1), ("fox in snow", 1.1)]),
        ("a fox) in snow]", [("a fox) in snow]", 1)]),
        ("at (12:30) sharp", [("at ", 1), ("12", 30), (" sharp", 1)]),
        ("(at 12:30:1.4)", [("at 12:30", 1.4)]),
        ("(wide view )(of a lake)", [("wide view of a lake", 1.1)]),
        ("", []),
    ],
)
def test_a1111_spans(text: str, expected: list[tuple[str, float]]) -> None:
    assert _spans(a1111.parse(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a fox+ in snow", [("a ", 1), ("fox", 1.1), (" in snow", 1)]),
        ("a fox--, snow", [("a ", 1), ("fox", 0.81), (", snow", 1)]),
        ("a (red fox)1.3 runs", [("a ", 1), ("red fox", 1.3), (" runs", 1)]),
        ("(red (fox)1.5)1.2", [("red", 1.2), (" ", 1), ("fox", 1.8)]),
        ("a (red fox)++", [("a ", 1), ("red fox", 1.21)]),
        ("a (red fox) here", [("a red fox here", 1)]),
        ("well-lit, 35-mm - grain", [("well-lit, 35-mm - grain", 1)]),
        ("C ++ and --", [("C ++ and --", 1)]),
        (r"a clock \(old\)", [("a clock (old)", 1)]),
        ("a (red fox", [("a (red fox", 1)]),
        ('say "good day"1.2', [("say ", 1), ("good day", 1.2)]),
    ],
)
def test_compel_spans(text: str, expected: list[tuple[str, float]]) -> None:
    assert _spans(compel.parse(text)) == expected


def test_schedules_and_alternation() -> None:
    assert a1111.parse("[fox:wolf:0.25]").clauses[0].parts == (
        Scheduled((Words("fox"),), (Words("wolf"),), 0.25),
    )
    assert a1111.parse("[wolf:12]").clauses[0].parts == (Scheduled((), (Words("wolf"),), 12),)
    assert a1111.parse("[fox::0.6]").clauses[0].parts == (Scheduled((Words("fox"),), (), 0.6),)
    assert a1111.parse("[fox|wolf|bear]").clauses[0].parts == (
        Alternating(((Words("fox"),), (Words("wolf"),), (Words("bear"),))),
    )
    assert plain(a1111.parse("a [fox:wolf:0.6], [day|night]")) == "a fox, day"


def test_clauses() -> None:
    composed = a1111.parse("a fox AND snow :0.5")
    assert composed.joined == "composed"
    assert [clause.weight for clause in composed.clauses] == [1.0, 0.5]
    chunks = a1111.parse("a fox BREAK deep snow")
    assert (chunks.joined, len(chunks.clauses)) == ("chunks", 2)
    assert compel.render(chunks).text == '("a fox", "deep snow").and()'
    blended = compel.parse('("a fox", "a (big:x) wolf").blend(1, 0.8, no_normalize)')
    assert (blended.joined, blended.normalized) == ("blended", False)
    assert [clause.weight for clause in blended.clauses] == [1.0, 0.8]
    assert a1111.render(blended).losses
    assert compel.render(composed).losses


def test_translation_between_dialects() -> None:
    assert compel.render(a1111.parse("((fox)), [snow], (deep lake:1.5)")).text == (
        "(fox)1.21, (snow)0.9091, (deep lake)1.5"
    )
    assert a1111.render(compel.parse("fox++ in (deep snow)0.8")).text == (
        "(fox:1.21) in (deep snow:0.8)"
    )
    strong = compel.render(a1111.parse("(fox:2.5)"))
    assert strong.text == "(fox)2.0"
    assert len(strong.losses) == 1
    assert compel.render(a1111.parse("(chapter:1.2)5")).text == "(chapter)1.2 5"
    signed = compel.render(a1111.parse("a book on C++, (fox:1.2)"))
    assert signed.text == "a book on C ++, (fox)1.2"
    assert len(signed.losses) == 1


_letters = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12)
_plain_letters = _letters.filter(lambda text: "AND" not in text and "BREAK" not in text)
_weights = st.floats(0.05, 2).map(lambda weight: round(weight, 2))
_a1111_parts = st.recursive(
    st.builds(Words, _plain_letters),
    lambda inner: st.builds(Weighted, st.lists(inner, max_size=3).map(tuple), _weights),
    max_leaves=6,
)
_prompts = st.lists(_a1111_parts, max_size=4).map(lambda parts: Prompt((Clause(tuple(parts)),)))


@given(_prompts)
def test_a1111_round_trip(prompt: Prompt) -> None:
    assert canonical(a1111.parse(a1111.render(prompt).text)) == canonical(prompt)


@given(_letters)
def test_a1111_reads_every_text_and_says_it_again(text: str) -> None:
    prompt = a1111.parse(text)
    assert canonical(a1111.parse(a1111.render(prompt).text)) == canonical(prompt)


@given(_prompts)
def test_compel_round_trip(prompt: Prompt) -> None:
    """What compel's dialect can say, it says without loss."""
    rendered = compel.render(prompt)
    if rendered.losses:
        return
    again = compel.parse(rendered.text)
    assert _words(again) == _words(prompt)


@given(_letters)
def test_compel_reads_every_text_and_says_it_again(text: str) -> None:
    rendered = compel.render(compel.parse(text))
    if not rendered.losses:
        assert _words(compel.parse(rendered.text)) == _words(compel.parse(text))


def _words(prompt: Prompt) -> list[tuple[str, float]]:
    """The spans without white space, which compel does not keep."""
    kept: list[tuple[str, float]] = []
    for said, weight in _spans(prompt):
        text = "".join(said.split())
        if not text:
            continue
        if kept and kept[-1][1] == weight:
            kept[-1] = (kept[-1][0] + text, weight)
        else:
            kept.append((text, weight))
    return kept


def test_terms_are_weighted_where_they_stand() -> None:
    prompt = terms.apply(a1111.parse("A red Fox beside a fox den"), {"red fox": 1.3, "fox": 1.2})
    assert _spans(prompt) == [
        ("A ", 1),
        ("red Fox", 1.3),
        (" beside a ", 1),
        ("fox", 1.2),
        (" den", 1),
    ]


def test_terms_that_are_missing_are_added() -> None:
    prompt = terms.apply(a1111.parse("a lake"), {"soft light": 1.2, "lake": 0.8})
    assert a1111.render(prompt).text == "a (lake:0.8), (soft light:1.2)"
    assert terms.terms_of(prompt) == {"lake": 0.8, "soft light": 1.2}


def test_terms_multiply_with_own_weights() -> None:
    prompt = terms.apply(a1111.parse("(a fox:1.5)"), {"fox": 1.2})
    assert _spans(prompt) == [("a", 1.5), (" ", 1), ("fox", 1.8)]


def test_the_same_weights_have_one_hash() -> None:
    one = terms.hash_of({"Soft  Light": 1.2, "lake": 0.804})
    assert one == terms.hash_of({"lake": 0.8, "soft light": 1.2})
    assert one != terms.hash_of({"lake": 0.81, "soft light": 1.2})
    assert len(one) == 64


@pytest.mark.parametrize(
    "weights",
    [
        {},
        {"a": 0.05},
        {"a": 2.1},
        {"a": float("nan")},
        {" ": 1.0},
        {"a": 1.0, "A": 1.1},
        {f"term {n}": 1.1 for n in range(7)},
        {"x" * 101: 1.0},
    ],
)
def test_impossible_weights_are_refused(weights: dict[str, float]) -> None:
    with pytest.raises(Invalid) as refused:
        terms.hash_of(weights)
    assert refused.value.field == "weights"


def test_plain_words_have_no_weights() -> None:
    prompt = a1111.parse("(fox:1.3) in [snow]")
    assert is_weighted(prompt)
    assert plain(prompt) == "fox in snow"
    assert not is_weighted(a1111.parse("fox in snow"))
    assert spans(()) == ()
    assert Span("x") == Span("x", 1.0)
