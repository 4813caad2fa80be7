"""Checking what a model wrote: only what fits gets through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabula.prompting.lexicon import words_of
from fabula.prompting.seeds import seed_templates
from fabula.prompting.suggestion import examine

PROMPT = "a red fox in the snow"
INSTRUCTIONS = "Go on from the description with three to five short phrases on the place and light."


def phrases(reply: str, *, prompt: str = PROMPT, strict: bool = False) -> list[str]:
    found = examine(reply, prompt=prompt, instructions=INSTRUCTIONS, strict=strict)
    return list(found.phrases)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("at dusk, soft light, frost on its fur", ["at dusk", "soft light", "frost on its fur"]),
        ('"at dusk, soft light"', ["at dusk", "soft light"]),
        ("Prompt: at dusk, soft light", ["at dusk", "soft light"]),
        ("Enhanced prompt: at dusk", ["at dusk"]),
        ("**Answer:** at dusk", ["at dusk"]),
        ("Sure! at dusk, soft light", ["at dusk", "soft light"]),
        ("Here is the description: at dusk", ["at dusk"]),
        ("A red fox in the snow, at dusk", ["at dusk"]),
        ("at dusk\nThis phrase explains the light.", ["at dusk"]),
        ("\n\n  at dusk", ["at dusk"]),
        ("at dusk, at dusk, AT DUSK.", ["at dusk"]),
        ("at dusk, the dusk, dusk", ["at dusk"]),
        ("and at dusk, while mist drifts by", ["at dusk", "mist drifts by"]),
        ("the red fox in snow, at dusk", ["at dusk"]),
        ("\u201cat dusk, soft light\u201d", ["at dusk", "soft light"]),
        ("'at dusk', 'soft light'", ["at dusk", "soft light"]),
        ("Output:\nat dusk", ["at dusk"]),
        ("Here is your improved prompt:\n\nat dusk, soft light", ["at dusk", "soft light"]),
        ("Here\u2019s the rewritten prompt: at dusk", ["at dusk"]),
        ("Certainly, here is the prompt: at dusk", ["at dusk"]),
        ("Of course!\nat dusk", ["at dusk"]),
        ("Your revised description: at dusk", ["at dusk"]),
        ("### Prompt:\nat dusk", ["at dusk"]),
        ("assistant: at dusk", ["at dusk"]),
        ("<|im_start|>assistant\nat dusk<|im_end|>", ["at dusk"]),
        ("</s> at dusk", ["at dusk"]),
        ("```text\nat dusk\n```", ["at dusk"]),
        ("1. at dusk\n2. soft light", ["at dusk"]),
        ("- at dusk", ["at dusk"]),
        ("at dusk, go on from the description with light, mist", ["at dusk", "mist"]),
        ("soft light, as instructed, at dusk", ["soft light", "at dusk"]),
    ],
)
def test_what_gets_through(reply: str, expected: list[str]) -> None:
    assert phrases(reply) == expected


@pytest.mark.parametrize(
    "phrase",
    [
        "bright noon sunshine at midday, at night",
        "on a hot summer day",
        "under the sea",
        "in a desert",
    ],
)
def test_what_contradicts_the_prompt_is_left_out(phrase: str) -> None:
    assert "night" not in " ".join(phrases(phrase, prompt="a red fox in the snow at noon"))
    assert not {"summer", "sea", "desert"} & set(words_of(" ".join(phrases(phrase))))


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        ("", "suggestion_empty"),
        ("  \n ** ", "suggestion_empty"),
        ("I'm sorry, but I cannot help with that.", "suggestion_refused"),
        ("As an AI, I do not see pictures", "suggestion_refused"),
        ("As a large language model I have no eyes.", "suggestion_refused"),
        ("I cannot create that.", "suggestion_refused"),
        ("I can\u2019t assist with this request", "suggestion_refused"),
        ("Sorry, but I will not.", "suggestion_refused"),
        ("I apologize, at dusk", "suggestion_refused"),
        ("Sure! I'm not able to do that.", "suggestion_refused"),
        ("Prompt:", "suggestion_empty"),
        ("<|im_start|>assistant\n<|im_end|>", "suggestion_empty"),
        ("a blue dog in the snow, red collar", "suggestion_drifted"),
        ("three to five short phrases on the place", "suggestion_unfit"),
        ("Please keep the description short", "suggestion_unfit"),
        ("https://example.org/fox", "suggestion_unfit"),
        ("snow snow snow snow snow", "suggestion_unfit"),
        ("a red fox in the snow", "suggestion_unfit"),
        ("you should add more words to the prompt", "suggestion_unfit"),
        ("1girl, {{character_name}}, <lora:x:1>", "suggestion_unfit"),
    ],
)
def test_a_reply_that_is_of_no_use_is_explained(reply: str, code: str) -> None:
    found = examine(reply, prompt=PROMPT, instructions=INSTRUCTIONS, strict=True)
    assert found.phrases == ()
    assert [note.code for note in found.notes] == [code]
    assert all(note.message.endswith(".") for note in found.notes)


@pytest.mark.parametrize(
    "phrase",
    [
        "a green dragon",
        "two owls",
        "with a small robot",
        "its den",
        "dark",
        "dark blue",
        "white sky",
        "a symbol of the bridge",
        "the bridge is a symbol of hope",
    ],
)
def test_a_stand_in_brings_in_nobody(phrase: str) -> None:
    assert phrases(f"{phrase}, at dusk", strict=True) == ["at dusk"]


def test_words_of_the_prompt_later_on_are_not_a_restatement() -> None:
    reply = "softly lit by the afternoon sun, warm light, and he is reading in the library"
    assert phrases(reply, prompt="a wizard reading in a library")[:2] == [
        "softly lit by the afternoon sun",
        "warm light",
    ]


def test_a_real_model_may_say_more_about_the_subject() -> None:
    assert phrases("ears pricked up, at dusk") == ["ears pricked up", "at dusk"]


@pytest.mark.parametrize("row", seed_templates(), ids=lambda row: row["template_name"])
def test_no_template_leaks(row: dict[str, str]) -> None:
    """A model that recites its instructions adds none of their runs of words."""
    text = row["system_prompt"]
    for reply in (text, text.replace("\n", " "), f"Prompt: {text}", text[40:]):
        found = examine(reply, prompt="a fox", instructions=text, strict=False)
        assert not _runs(" ".join(found.phrases)) & _runs(text)


def _runs(text: str) -> set[tuple[str, ...]]:
    words = words_of(text)
    return {tuple(words[place : place + 4]) for place in range(len(words) - 3)}


@given(st.text(max_size=400), st.booleans())
def test_any_reply_gives_few_short_phrases(reply: str, strict: bool) -> None:
    found = examine(reply, prompt=PROMPT, instructions=INSTRUCTIONS, strict=strict)
    assert len(found.phrases) <= 5
    assert all(1 <= len(words_of(phrase)) <= 12 for phrase in found.phrases)
    assert bool(found.phrases) != bool(found.notes)
