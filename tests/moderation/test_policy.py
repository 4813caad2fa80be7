"""The content policy, in both directions. The cases are worded clinically."""

import tomllib
from itertools import permutations, product
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabula.engines.image.sketchbook.artist import WEIGHTS
from fabula.engines.image.sketchbook.vocabulary import Vocabulary
from fabula.moderation.normalisation import lattice, plain
from fabula.moderation.policy import ContentRefused, Rule, check_negative, check_text, screen
from fabula.moderation.rating import Mode
from fabula.moderation.terms import Sign, signs_in
from fabula.prompting.seeds import seed_negatives, seed_templates

HERE = Path(__file__).parent
REFUSED = tomllib.loads((HERE / "refused.toml").read_text())
SUBJECTS = [
    "a family", "three children", "a boy and a girl", "a class of pupils", "my daughter",
    "an old man", "a football team", "a nurse", "a 12 year old", "two teenagers",
]  # fmt: skip
DEEDS = [
    "baking bread", "at the seaside", "in a museum", "planting a tree", "on a swing",
    "in the snow", "reading by a lamp", "at a swimming lesson", "in a school play",
    "beside a marble statue", "dancing at a wedding", "in winter clothes", "under a quilt",
    "with a first aid kit", "at a harvest festival", "crossing a river",
]  # fmt: skip
# In the adult mode a fictional adult is no longer refused; every other rule stands.
ALWAYS = [rule for rule in get_args(Rule) if rule != "sexual"]
KNOWN = frozenset({"nude", "naked", "sex", "child"})


def innocent() -> list[str]:
    """The sentences of the file and the usual scenes; the parts of a line in every order."""
    raw = (HERE / "innocent.txt").read_text().splitlines()
    lines = [line.encode().decode("unicode_escape") if "\\u" in line else line
             for line in raw if line and not line.startswith("#")]  # fmt: skip
    found = ["", *(f"{subject} {deed}" for subject, deed in product(SUBJECTS, DEEDS))]
    for line in lines:
        found += [", ".join(parts) for parts in permutations(line.split(" | "))]
    return found


def refused(rule: str) -> list[str]:
    cases = REFUSED[rule]
    made = [f"{who}, {act}" for who, act in product(cases["subjects"], cases["acts"])]
    return [*made, *cases["alone"]]


INNOCENT = innocent()
EVERY = [(rule, text) for rule in get_args(Rule) for text in refused(rule)]


def test_the_tables_are_large() -> None:
    assert len(INNOCENT) > 350
    assert len(EVERY) > 700


@pytest.mark.parametrize("mode", get_args(Mode))
def test_everyday_subjects_pass(mode: Mode) -> None:
    found = {text: check_text(text, mode).rule for text in INNOCENT}
    assert {text: rule for text, rule in found.items() if rule} == {}


@pytest.mark.parametrize("rule", get_args(Rule))
def test_each_rule_refuses_what_it_is_for(rule: str) -> None:
    found = {text: check_text(text).rule for text in refused(rule)}
    assert {text: named for text, named in found.items() if named != rule} == {}


@pytest.mark.parametrize("rule", ALWAYS)
def test_three_rules_hold_in_every_mode(rule: str) -> None:
    found = {text: check_text(text, "adult").rule for text in refused(rule)}
    assert {text: named for text, named in found.items() if named != rule} == {}


def test_the_adult_mode_lifts_one_rule_alone() -> None:
    assert {check_text(text, "adult").rule for text in refused("sexual")} == {None}


@pytest.mark.parametrize("wrap", ["{}", "{} and {other}", "{other} {}", "best quality, {}, 8k"])
@pytest.mark.parametrize("rule", ALWAYS)
def test_one_harmless_sentence_excuses_nothing(rule: str, wrap: str) -> None:
    for text in refused(rule)[::7]:
        whole = wrap.format(text, other="children play in a park beside great tits")
        assert check_text(whole, "adult").rule is not None, whole


@pytest.mark.parametrize("frame", ["a {}", "a child with a {}", "a mother and baby beside a {}"])
def test_everything_that_the_built_in_engine_draws_passes(frame: str) -> None:
    vocabulary = Vocabulary(WEIGHTS)
    names = {*vocabulary.by_name, *vocabulary.by_tag}
    assert len(names) > 1000
    assert [name for name in sorted(names) if not check_text(frame.format(name)).allowed] == []


@pytest.mark.parametrize("rule", get_args(Rule))
def test_a_refusal_says_which_rule_and_never_the_text(rule: str) -> None:
    said = set()
    for text in refused(rule)[::11]:
        with pytest.raises(ContentRefused) as told:
            screen([text])
        assert (told.value.code, told.value.status, told.value.rule) == ("screened_text", 422, rule)
        assert text not in str(told.value)
        assert "possible" in str(told.value)
        said.add(str(told.value))
    assert len(said) == 1


def test_texts_that_belong_together_are_judged_together() -> None:
    screen(["a schoolgirl reading"])
    screen(["two adults in lingerie"])
    with pytest.raises(ContentRefused) as told:
        screen(["a schoolgirl reading", None, "in lingerie"], mode="adult")
    assert told.value.rule == "minors"


def test_a_single_text_is_not_taken_apart() -> None:
    with pytest.raises(ContentRefused):
        screen("a nude person")


@pytest.mark.parametrize("mode", get_args(Mode))
@pytest.mark.parametrize("text", ["nude", "undress her", "in lingerie", "remove the clothes"])
def test_nothing_sexual_is_made_from_a_picture_that_was_brought(text: str, mode: Mode) -> None:
    assert check_text(text, mode, brought=True).rule == "real_person"
    assert check_text("a lighthouse in the rain", mode, brought=True).allowed


@pytest.mark.parametrize("text", ["nudity, child", "nsfw, blurry", "watermark", "", "rain, dress"])
def test_what_a_picture_must_not_show_may_be_named(text: str) -> None:
    assert check_negative(text).allowed
    screen(["children in a park"], negative=text)


@pytest.mark.parametrize("text", ["clothes", "blurry, clothing", "cl0thes", "c l o t h e s", "sfw"])
def test_clothing_is_excluded_by_adults_for_adults_alone(text: str) -> None:
    assert check_negative(text, ["an adult in a park"]).rule == "sexual"
    assert check_negative(text, ["an adult in a park"], "adult").rule is None
    for mode in get_args(Mode):
        assert check_negative(text, ["a child in a park"], mode).rule == "minors"
        assert check_negative(text, ["my coworker"], mode).rule == "real_person"
        assert check_negative(text, ["a park"], mode, brought=True).rule == "real_person"


@pytest.mark.parametrize("text", ["adult", "mature, blurry", "grown-up", "older than 18"])
def test_who_excludes_adults_asks_for_young_persons(text: str) -> None:
    assert check_negative(text, ["a person, nude"], "adult").rule == "minors"
    assert check_negative(text, ["a person at a table"], "adult").allowed


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("nud3", "nude"), ("n.u.d.e", "nude"), ("n u d 3", "nude"), ("na-ked", "naked"),
        ("nnnaked", "naked"), ("N\u00c1KED", "naked"), ("n\u0430ked", "naked"), ("s-e-x", "sex"),
        ("ch!ld", "child"), ("a s e x b", "sex"), ("5ex", "sex"), ("n_u_d_e", "nude"),
    ],
)  # fmt: skip
def test_hidden_spellings_are_read(text: str, word: str) -> None:
    read = lattice(text, KNOWN)
    assert word in {found for edges in read.edges for found, _ in edges}


def test_a_plain_text_has_one_reading() -> None:
    """The work of judging it grows with its length and with nothing else."""
    text = ("a lighthouse on a cliff above the sea, gulls, warm light from windows, " * 30)[:2000]
    read = lattice(text, KNOWN)
    assert sum(len(edges) for edges in read.edges) == len(read.words)


@pytest.mark.parametrize("text", ["n u d 3 " * 500, "c-h-1-l-d " * 400, "l33t.w0rd$ " * 360])
def test_tricks_all_over_cost_a_bounded_number_of_readings(text: str) -> None:
    read = lattice(text, KNOWN)
    assert sum(len(edges) for edges in read.edges) < 12 * len(text)


def test_the_studios_own_templates_and_negatives_pass() -> None:
    for row in seed_templates():
        assert check_text(row["system_prompt"]).allowed, row["template_name"]
    for row in seed_negatives():
        assert check_negative(row["negative_prompt"]).allowed, row["negative_prompt"]


@given(st.text(max_size=200))
def test_any_text_can_be_judged(text: str) -> None:
    assert check_text(text).rule in {None, *get_args(Rule)}
    assert plain(plain(text)) == plain(text)


@given(st.sampled_from(refused("minors")), st.text(alphabet="abc ,.", max_size=40))
def test_words_around_do_not_excuse(text: str, around: str) -> None:
    assert check_text(f"{around} , {text} , {around}").rule == "minors"


def test_a_phrase_that_is_excused_excuses_only_itself() -> None:
    assert not signs_in("a naked mole rat") & Sign.EXPLICIT
    assert signs_in("a naked mole rat, naked") & Sign.EXPLICIT
