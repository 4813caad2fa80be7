"""Weighted prompts within the encoder's budget: by their words, with the subject and its weight."""

import random
from collections.abc import Iterator

import pytest
from writers import Writer

from fabula.prompting.clip_tokenizer import clip_tokenizer
from fabula.prompting.enhancement import Enhancer, EnhanceRequest
from fabula.prompting.finishing import Finish, finish_text
from fabula.prompting.keys import enhancement_key
from fabula.prompting.selection import select
from fabula.prompting.weights.budget import count_prompt, fit_prompt
from fabula.prompting.weights.syntax import Syntax, read, write
from fabula.prompting.weights.tree import Prompt, continued, plain, spans

SUBJECTS = {
    "en": ["lighthouse", "old sailor", "red fox"],
    "de": ["Leuchtturm", "alter Seemann", "Füchsin"],
    "fr": ["phare", "vieux marin", "forêt"],
    "ru": ["маяк", "старый моряк", "лиса"],
    "zh": ["灯塔", "老水手", "狐狸"],
    "ja": ["灯台", "キツネ"],
    "ar": ["منارة", "ثعلب"],
    "hi": ["प्रकाशस्तंभ", "लोमड़ी"],
    "he": ["מגדלור"],
    "emoji": ["🦊", "👩‍🚀"],
}
DETAILS = [
    "in deep snow", "at dusk", "im Nebel", "sous la pluie", "на рассвете", "在雪中", "夕暮れ",
    "soft light", "(hard, cold light:1.3)", "[crowds]", "((gold))", "a [day:night:0.4] sky",
    "bright(er:1.4) colours",
]  # fmt: skip


def prompts(count: int = 500) -> Iterator[tuple[str, str]]:
    """A subject and a prompt about it, from one phrase to far too long."""
    chosen = random.Random(0)
    for _ in range(count):
        subject = chosen.choice(SUBJECTS[chosen.choice([*SUBJECTS])])
        first = chosen.choice([subject, f"({subject}:1.3)", f"the {subject} (by the sea:0.8)"])
        details = chosen.choices(DETAILS, k=chosen.randint(0, 40))
        mark = chosen.choice([", ", "; ", "\n", " BREAK ", ","])
        yield subject, mark.join([first, *details])


def real_count(text: str) -> int:
    """What the encoder's own tokenizer makes of a text, its start and end included."""
    return len(clip_tokenizer().encode(text).ids)


def encoded(prompt: Prompt) -> int:
    """Tokens of the spans as an engine with weights encodes them, one by one."""
    return sum(
        real_count(span.text) - 2 for clause in prompt.clauses for span in spans(clause.parts)
    )


@pytest.mark.parametrize("finish", [Finish(), Finish({"calm": 1.2, "gold": 0.5}, ["wide shot"])])
def test_no_prompt_is_over_the_limit_and_every_subject_survives(finish: Finish) -> None:
    cut = 0
    for subject, text in prompts():
        fitted = fit_prompt(read(text, "a1111"), 75)
        assert (fitted.prompt == read(text, "a1111")) == (not fitted.cut)
        done = finish_text(
            write(fitted.prompt, "a1111"), "a1111", finish, limit=75, estimator="clip"
        )
        final = read(done.text, "a1111")
        assert real_count(plain(final)) <= 77
        assert encoded(final) <= 75
        assert subject in plain(final)
        cut += bool(fitted.cut)
        for word in (*finish.words, *finish.weights):
            assert word in plain(final)
    assert cut > 200


@pytest.mark.parametrize("later", [False, True])
@pytest.mark.parametrize("finish", [Finish(), Finish({"calm": 1.2, "gold": 0.5}, ["wide shot"])])
async def test_no_rewritten_prompt_is_over_the_limit(finish: Finish, *, later: bool) -> None:
    """As jobs are rewritten, with the words of a model, and as *improve* does it."""
    enhancer = Enhancer(Writer("on a hill, soft light, calm mood, muted colours, mist"))
    template = select([], enhancement_key("sdxl_image_fast"))
    longer = 0
    for seed, (subject, text) in enumerate(prompts()):
        request = EnhanceRequest(text, "sdxl_image_fast", seed, finish=finish, later=later)
        written = await enhancer.enhance(request, template)
        final = read(written.final, "a1111")
        assert real_count(plain(final)) <= 77
        assert written.tokens <= written.token_limit == 75
        assert subject in plain(final)
        made = finish_text(
            written.final, "a1111", finish if later else Finish(), limit=75, estimator="clip"
        )
        assert real_count(plain(read(made.text, "a1111"))) <= 77
        if later and not written.cut:
            assert not made.cut
        longer += written.expansion_percent > 0
    assert longer > 100


def test_the_count_is_of_the_words() -> None:
    assert count_prompt(read("a (red:1.3) ((fox))", "a1111")) == 3
    assert count_prompt(read("br(ight:1.4)", "a1111")) > count_prompt(read("bright", "a1111"))


@pytest.mark.parametrize(
    ("limit", "kept"),
    [
        (20, "a fox, (in snow, at night:1.2), by a (lake:1.5)"),
        (8, "a fox, (in snow, at night:1.2)"),
        (7, "a fox"),
        (1, "a"),
    ],
)
def test_a_weighted_phrase_is_kept_or_dropped_as_a_whole(limit: int, kept: str) -> None:
    fitted = fit_prompt(read("a fox, (in snow, at night:1.2), by a (lake:1.5)", "a1111"), limit)
    assert write(fitted.prompt, "a1111") == kept


@pytest.mark.parametrize(
    ("text", "kept", "rest"),
    [
        ("a very old fox (with one white ear:1.2)", "a very old fox", "with one white ear"),
        ("(one very old fox:1.2) at home", "(one very old fox:1.2)", "at home"),
        ("(one very old fox walks home:1.2)", "(one very old fox walks:1.2)", "home"),
    ],
)
def test_a_subject_that_is_too_long_ends_at_a_word(text: str, kept: str, rest: str) -> None:
    limit = count_prompt(read(kept, "a1111"))
    fitted = fit_prompt(read(text, "a1111"), limit)
    assert (write(fitted.prompt, "a1111"), fitted.cut) == (kept, [rest])


def test_chunks_that_have_nothing_left_are_gone() -> None:
    fitted = fit_prompt(read("a fox, snow BREAK a lake BREAK dusk", "a1111"), 7)
    assert write(fitted.prompt, "a1111") == "a fox, snow BREAK a lake"
    assert fitted.cut == ["dusk"]


def test_a_limit_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        fit_prompt(read("a fox", "plain"), 0)


@pytest.mark.parametrize(
    ("syntax", "text", "written"),
    [
        ("a1111", "a fox (red:1.2).", "a fox (red:1.2), at dawn"),
        ("a1111", "a fox :)", "a fox :), at dawn"),
        ("a1111", "(a fox,:1.2)", "(a fox:1.2), at dawn"),
        ("compel", "a fox++ ", "a (fox)1.21, at dawn"),
        ("plain", "a fox (red:1.2)", "a fox (red:1.2), at dawn"),
        ("a1111", "", ", at dawn"),
    ],
)
def test_words_go_on_from_any_syntax(syntax: Syntax, text: str, written: str) -> None:
    assert write(continued(read(text, syntax), ", at dawn"), syntax) == written


def test_what_the_person_wrote_is_kept_where_it_says_the_same() -> None:
    prompt = continued(read("a ((fox)) :)", "a1111"), ", at dawn")
    near = "a ((fox)) :), at dawn"
    assert write(prompt, "a1111", near=near) == near
    assert write(prompt, "a1111", near="another") == "a (fox:1.21) :\\), at dawn"


def finished(text: str, finish: Finish, syntax: Syntax = "a1111", limit: int = 75) -> object:
    done = finish_text(text, syntax, finish, limit=limit, estimator="clip")
    return done.text, done.cut


def test_terms_and_words_join_the_prompt() -> None:
    finish = Finish({"fox": 1.2, "calm": 0.5}, ["wide shot", "ink drawing"])
    text = "a (fox:1.2) in snow, (calm:0.5), wide shot, ink drawing"
    assert finished("a fox in snow.", finish) == (text, ())
    assert finished("a fox (in snow)", Finish({"fox": 1.2}), "plain") == (
        "a (fox:1.2) \\(in snow\\)",
        (),
    )
    assert finished("  anything [at all", Finish()) == ("  anything [at all", ())


def test_they_have_their_place_before_the_persons_last_phrases() -> None:
    finish = Finish({"calm": 0.5}, ["wide shot"])
    text, cut = "a fox, in the snow, (calm:0.5), wide shot", ("at dusk",)
    assert finished("a fox, in the snow, at dusk", finish, limit=12) == (text, cut)


def test_a_term_that_was_cut_from_the_prompt_still_has_room() -> None:
    finish = Finish({"dusk": 0.5})
    text, cut = "a fox, (dusk:0.5)", ("in snow", "at dusk")
    assert finished("a fox, in snow, at dusk", finish, limit=5) == (text, cut)


def test_terms_that_would_crowd_the_prompt_out_are_left_out() -> None:
    finish = Finish({"one two three four five six": 1.2, "calm": 0.5})
    text, cut = "a fox, (calm:0.5)", ("one two three four five six",)
    assert finished("a fox", finish, limit=10) == (text, cut)
