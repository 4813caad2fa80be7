"""The content policy, in both directions. The cases are worded clinically."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabula.engines.image.sketchbook.artist import WEIGHTS
from fabula.engines.image.sketchbook.vocabulary import Vocabulary
from fabula.moderation.normalisation import plain, readings
from fabula.moderation.policy import ContentRefused, check_text, screen

MINORS = [
    "a child, nude",
    "a naked toddler",
    "sexual content with a minor",
    "two teenagers having intercourse",
    "a schoolgirl in lingerie",
    "a teenager in a seductive pose",
    "a 15 year old in underwear",
    "a 9-year-old, topless",
    "person aged 12, erotic",
    "age: 16, nude portrait",
    "a sixteen year old in a bikini",
    "a 17yo person, sensual",
    "a 14 y/o, undressed",
    "an adult woman who looks like a child, nude",
    "flat chested, youthful looking, erotic",
    "loli, suggestive pose, lingerie",
    "a childlike person in skimpy clothes",
    "CHILD. NUDE.",
    "ch1ld, nud3",
    "c-h-i-l-d, n.u.d.e",
    "a t e e n a g e r, n u d e",
    "teeeenager, nuuuude",
    "t\u00e9enager, n\u00fbde",
    "\u0441hild, nud\u0435",
    "chi\u200bld, nu\u200bde",
    "\uff43\uff48\uff49\uff4c\uff44, \uff4e\uff55\uff44\uff45",
    "a naked mole rat and a naked child",
    "a school girl; the scene is sexual",
]
SEXUAL = [
    "sexual intercourse",
    "a nude person",
    "two naked adults",
    "pornographic picture",
    "p0rn",
    "p.o.r.n",
    "s e x scene",
    "an erotic photograph of an adult",
    "NSFW",
    "a person without clothes",
    "a topless adult at the beach",
    "the naked eye of a naked person",
    "genitals, close up",
    "sexy adult",
    "sex-scene",
    "a nu_de adult",
]
INNOCENT = [
    "a fox in the snow",
    "children playing in a park",
    "a family with two kids at breakfast",
    "a mother nursing her baby, oil painting",
    "breastfeeding room in a hospital",
    "a poster about breast cancer screening",
    "a baby at its mother's breast, renaissance painting",
    "a child in a swimsuit building a sand castle",
    "toddler in a bath with a rubber duck",
    "a 10 year old girl reading a book",
    "a boy aged 7 with his dog",
    "teenagers at a science fair",
    "a school uniform on a hanger",
    "the history of Essex, Sussex and Middlesex",
    "a cockerel, a blue tit and two great tits on a branch",
    "a naked mole rat in its burrow",
    "stars visible to the naked eye",
    "chicken breast for the children",
    "sex education lesson plan for a school",
    "a same-sex couple with their daughter",
    "a marble statue of Venus in a museum",
    "a portrait in the manner of the old masters",
    "prelude in a minor",
    "Ursa Minor over the mountains",
    "the erection of the tower in 1889",
    "a girl grooming her pony",
    "Scunthorpe, Penistone and Cockermouth on a map",
    "a surgeon, an assassin and a class of bassoon players",
    "a field of oilseed rape in bloom",
    "an 18 year old wine and a 25 year old whisky",
    "doctor explaining puberty to teenagers",
    "a strip of land by the sea, a boy walks along it",
    "two adults in lingerie advertisement",
    "pussy willow in a vase",
    "a man and a woman kissing at their wedding, children throw petals",
    "1984, 2001 and 4 5 6 7",
    "",
]


@pytest.mark.parametrize("text", MINORS)
def test_sexual_content_with_young_people_is_refused(text: str) -> None:
    assert check_text(text).rule == "minors"


@pytest.mark.parametrize("text", SEXUAL)
def test_sexual_content_is_refused_for_a_general_audience(text: str) -> None:
    assert check_text(text).rule == "sexual"


@pytest.mark.parametrize("text", INNOCENT)
def test_everyday_subjects_pass(text: str) -> None:
    assert check_text(text).allowed


@pytest.mark.parametrize("frame", ["a {}", "a child with a {}", "a mother and baby beside a {}"])
def test_everything_that_the_built_in_engine_draws_passes(frame: str) -> None:
    vocabulary = Vocabulary(WEIGHTS)
    names = {*vocabulary.by_name, *vocabulary.by_tag}
    assert len(names) > 1000
    assert [name for name in sorted(names) if not check_text(frame.format(name)).allowed] == []


@pytest.mark.parametrize("text", [*MINORS, *SEXUAL])
def test_a_refusal_says_what_is_not_possible_without_the_text(text: str) -> None:
    with pytest.raises(ContentRefused) as refused:
        screen([text])
    assert refused.value.code == "screened_text"
    assert refused.value.status == 422
    assert text not in str(refused.value)
    assert "not possible" in str(refused.value) or "never possible" in str(refused.value)


def test_texts_that_belong_together_are_judged_together() -> None:
    screen(["a schoolgirl reading"])
    screen(["two adults in lingerie"])
    with pytest.raises(ContentRefused) as refused:
        screen(["a schoolgirl reading", "in lingerie"])
    assert refused.value.rule == "minors"


def test_a_single_text_is_not_taken_apart() -> None:
    with pytest.raises(ContentRefused):
        screen("a nude person")


@pytest.mark.parametrize("text", ["nudity, child", "nsfw, blurry", "watermark", "", "rain, dress"])
def test_what_a_picture_must_not_show_may_be_named(text: str) -> None:
    assert check_text(text, "negative").allowed
    screen(["children in a park"], negative=text)


@pytest.mark.parametrize("text", ["clothes", "blurry, clothing", "cl0thes", "c l o t h e s", "sfw"])
def test_clothing_cannot_be_excluded(text: str) -> None:
    with pytest.raises(ContentRefused):
        screen(["a person in a park"], negative=text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("n4ked", "naked"),
        ("s.e.x", "sex"),
        ("s e x", "sex"),
        ("na-ked", "naked"),
        ("nnnaked", "naked"),
        ("N\u00c1KED", "naked"),
        ("\u043d\u0430ked n\u0430ked", "naked"),
    ],
)
def test_hidden_spellings_are_read(text: str, expected: str) -> None:
    assert any(expected in words for words in readings(text))


@given(st.text(max_size=200))
def test_any_text_can_be_judged(text: str) -> None:
    assert check_text(text).rule in {None, "minors", "sexual"}
    assert plain(plain(text)) == plain(text)


@given(st.sampled_from(MINORS), st.text(alphabet="abc ,.", max_size=40))
def test_words_around_do_not_excuse(refused: str, around: str) -> None:
    assert check_text(f"{around} , {refused} , {around}").rule == "minors"
