"""Infotext: the format's own example, hostile prompts, and back again."""

import json
import re
from typing import Any

import pytest
from hypothesis import assume, given, reject
from hypothesis import strategies as st
from storage_samples import encoded

from fabula.storage.infotext import (
    GenerationData,
    embed_png,
    read_infotext,
    read_png,
    texts_for,
    write_infotext,
)
from fabula.storage.infotext_line import read_line, write_line
from fabula.storage.png_texts import read_texts, with_texts

PNG = encoded("PNG")
FULL = GenerationData(
    prompt="a photo of a fox, (snow:1.3), <lora:winter:0.8>",
    negative_prompt="blurry,\ntext",
    steps=20,
    sampler="Euler a",
    cfg_scale=7.0,
    seed=965400086,
    width=512,
    height=512,
    model="sketchbook",
    denoising_strength=0.55,
    version="Fabula 0.1.0",
    extras={"Model hash": "45dee52b", "Clip skip": "2", "Hires upscale": "2", "User": "ann"},
)


def test_writing_keeps_the_order_of_keys() -> None:
    assert write_infotext(FULL) == (
        "a photo of a fox, (snow:1.3), <lora:winter:0.8>\n"
        "Negative prompt: blurry,\ntext\n"
        "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 965400086, Size: 512x512, "
        "Model hash: 45dee52b, Model: sketchbook, Denoising strength: 0.55, Clip skip: 2, "
        "Hires upscale: 2, Version: Fabula 0.1.0, User: ann"
    )


def test_reading_the_format_s_example() -> None:
    data = read_infotext(
        "a cat\nNegative prompt: dog\nwet\nSteps: 20, Sampler: Euler a, CFG scale: 7, "
        "Seed: 965400086, Size: 512x768, Model hash: 45dee52b, Model: v1-5"
    )
    assert data == GenerationData(
        prompt="a cat",
        negative_prompt="dog\nwet",
        steps=20,
        sampler="Euler a",
        cfg_scale=7.0,
        seed=965400086,
        width=512,
        height=768,
        model="v1-5",
        extras={"Model hash": "45dee52b"},
    )


def test_what_a_text_does_not_say() -> None:
    bare = read_infotext("a cat")
    assert (bare.clip_skip, bare.rng) == (1, "GPU")
    said = GenerationData("a cat", extras={"Clip skip": "2", "RNG": "CPU"})
    assert (said.clip_skip, said.rng) == (2, "CPU")
    assert GenerationData("a cat", extras={"Clip skip": "some"}).clip_skip == 1


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("plain words", "plain words"),
        ("a, b", '"a, b"'),
        ("a: b", '"a: b"'),
        ("a\nb", '"a\\nb"'),
        ('say "hi"', '"say \\"hi\\""'),
        (" ends ", '" ends "'),
        ("Füchse, Bären", '"Füchse, Bären"'),
        ("back\\slash", "back\\slash"),
        ("", ""),
    ],
)
def test_quoting(value: str, written: str) -> None:
    line = write_line({"Steps": "1", "Seed": "2", "Lora hashes": value})
    assert line == f"Steps: 1, Seed: 2, Lora hashes: {written}"
    assert read_line(line) == {"Steps": "1", "Seed": "2", "Lora hashes": value}


def test_a_value_equal_to_its_key_is_bare() -> None:
    pairs = {"Steps": "1", "Seed": "2", "Tiling": "Tiling", "Size": "8x8"}
    assert write_line(pairs) == "Steps: 1, Seed: 2, Size: 8x8, Tiling"
    assert read_line(write_line(pairs)) == pairs


def test_bare_words_anywhere() -> None:
    found = read_line("Hires fix, Steps: 1, Tiling, Seed: 2, Size: 8x8, Restore faces")
    assert found == {
        "Hires fix": "Hires fix",
        "Steps": "1",
        "Tiling": "Tiling",
        "Seed": "2",
        "Size": "8x8",
        "Restore faces": "Restore faces",
    }


@pytest.mark.parametrize(
    "last", ["Steps: 20, Sampler: Euler", "colour: blue, mood: calm", "a fox, a cat, a dog", ""]
)
def test_a_last_line_of_fewer_than_three_pairs_is_prompt(last: str) -> None:
    assert read_infotext(f"a fox\n{last}").prompt == f"a fox\n{last}".strip()


def test_a_prompt_whose_last_line_looks_like_parameters() -> None:
    prompt = "a fox\nSteps: 99, Sampler: wrong, CFG scale: 1, Seed: 5"
    data = GenerationData(prompt, steps=20, seed=7, sampler="Euler")
    assert read_infotext(write_infotext(data)) == data


@pytest.mark.parametrize("steps", ["many", "20.5", "", "9" * 5000])
def test_a_number_that_is_none_is_kept(steps: str) -> None:
    text = f"a fox\nSteps: {steps}, Seed: 7, Sampler: Euler, CFG scale: nan, Size: 1xx2"
    data = read_infotext(text)
    assert (data.steps, data.cfg_scale, data.width) == (None, None, None)
    assert data.extras == {"Steps": steps, "CFG scale": "nan", "Size": "1xx2"}
    assert read_infotext(write_infotext(data)) == data


@pytest.mark.parametrize("size", ["0x512", "512x0", "512", "axb", "5x5x5", "-5x5"])
def test_a_size_that_is_none_is_kept(size: str) -> None:
    data = read_infotext(f"a fox\nSteps: 1, Seed: 7, Size: {size}")
    assert (data.width, data.height, data.extras) == (None, None, {"Size": size})


@pytest.mark.parametrize("key", ["x", "", "a:b", "a,b", " lead", "trail ", "-dash", "a\nb"])
def test_keys_that_could_not_be_read(key: str) -> None:
    with pytest.raises(ValueError, match="not a key"):
        write_line({"Steps": "1", "Seed": "2", "Model": "m", key: "v"})


def test_too_few_values_to_be_read() -> None:
    with pytest.raises(ValueError, match="at least three"):
        write_infotext(GenerationData("a fox", steps=20, seed=7))


text = st.text(
    st.one_of(
        st.sampled_from(list(',:"\\\n{}()<> -/xN')), st.characters(exclude_categories=["Cs"])
    ),
    max_size=60,
)
looks_like = st.sampled_from(
    ["Steps: 1, Seed: 2, Size: 3x4, Model: m", "{}", '{"a": 1}', "Steps: 20", "a, b: c", '"', "\\"]
)
prompts = st.one_of(text, looks_like, st.tuples(text, looks_like).map("\n".join))
keys = st.from_regex(re.compile(r"\w[\w \-/]{0,8}\w", re.ASCII), fullmatch=True)
numbers = st.floats(allow_nan=False, allow_infinity=False)


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), values)


@st.composite
def generation(draw: st.DrawFn) -> GenerationData:
    sized = draw(st.booleans())
    side = st.integers(1, 10_000)
    return GenerationData(
        prompt=draw(prompts),
        negative_prompt=draw(prompts),
        steps=draw(st.integers(1, 500)),
        sampler=draw(text),
        seed=draw(st.integers(-1, 2**63)),
        cfg_scale=draw(maybe(numbers)),
        width=draw(side) if sized else None,
        height=draw(side) if sized else None,
        model=draw(maybe(text)),
        denoising_strength=draw(maybe(numbers)),
        version=draw(maybe(text)),
        extras=draw(st.dictionaries(keys, text, max_size=4)),
    )


KNOWN = {
    "Steps", "Sampler", "Seed", "CFG scale", "Size", "Model", "Denoising strength", "Version",
}  # fmt: skip


def trimmed(value: str) -> str:
    return "\n".join(line.strip() for line in value.split("\n")).strip()


@given(generation())
def test_written_is_read(data: GenerationData) -> None:
    assume("Negative prompt:" not in data.prompt)
    assume(not KNOWN & set(data.extras))
    assume(data.sampler != "Sampler")
    found = read_infotext(write_infotext(data))
    assert found.prompt == trimmed(data.prompt)
    assert found.negative_prompt == trimmed(data.negative_prompt)
    for name in (
        "steps", "sampler", "cfg_scale", "seed", "width", "height", "model",
        "denoising_strength", "version", "extras",
    ):  # fmt: skip
        assert getattr(found, name) == getattr(data, name), name


@st.composite
def foreign(draw: st.DrawFn) -> str:
    """What other tools may have written: values as they are, quoted or not."""
    names = st.one_of(keys, st.sampled_from(sorted(KNOWN)))
    values = text.map(lambda value: value.replace("\n", " "))
    pairs = draw(st.lists(st.tuples(names, values), min_size=3, max_size=6))
    return draw(prompts) + "\n" + ", ".join(f"{key}: {value}" for key, value in pairs)


@given(st.one_of(prompts, foreign()))
def test_what_was_read_is_written_and_read_the_same(value: str) -> None:
    data = read_infotext(value)
    try:
        written = write_infotext(data)
    except ValueError:
        # Fewer than three values, or a name of one letter.
        reject()
    assert read_infotext(written) == data


REFERENCE = re.compile(r'\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)')
lines = st.text(st.sampled_from(list('ab_ \t-/:,"\\(é.')), max_size=80)


@given(lines)
def test_the_same_pairs_as_the_reference_expression(line: str) -> None:
    """Ours skips what cannot begin a pair; it must not skip more."""
    expected = {key.strip() for key, _ in REFERENCE.findall(line)}
    found = read_line(line)
    if len(REFERENCE.findall(line)) < 3:
        assert found is None
    else:
        assert found is not None
        assert expected <= set(found)
        assert all(found[word] == word for word in set(found) - expected)


@pytest.mark.parametrize("part", ["word ", "a", " ", '"', ": ", "a:", '"a', 'ab: "', "-"])
def test_a_hostile_line_is_read_to_its_end(part: str) -> None:
    assert read_infotext(part * 50_000 + "!").negative_prompt == ""


def test_both_records_travel_in_the_file() -> None:
    own = {"prompt": "ein Füchslein 🦊", "engine": {"id": "sketchbook"}, "effective": {"steps": 20}}
    data = embed_png(PNG, FULL, own)
    found = read_png(data)
    assert found.generation == FULL
    assert found.own == {**own, "version": 1}
    assert list(read_texts(data)) == ["parameters", "fabula"]
    assert embed_png(data, FULL, own) == data


def test_the_version_of_the_record_is_ours() -> None:
    assert json.loads(texts_for(FULL, {"version": "mine"})["fabula"])["version"] == 1


def test_the_order_of_our_record_does_not_change_the_file() -> None:
    assert embed_png(PNG, FULL, {"a": 1, "b": 2}) == embed_png(PNG, FULL, {"b": 2, "a": 1})


@pytest.mark.parametrize(
    ("parameters", "prompt"),
    [
        ('{"sui_image_params": {"prompt": "a fox"}}', None),
        ('  {"a": 1}', None),
        ("{red|blue} fox", "{red|blue} fox"),
        ("{" * 100_000, "{" * 100_000),
        ('{"a":' * 100_000, '{"a":' * 100_000),
        ("a fox", "a fox"),
    ],
)
def test_json_under_the_same_key_is_no_infotext(parameters: str, prompt: str | None) -> None:
    found = read_png(with_texts(PNG, {"parameters": parameters})).generation
    assert (found.prompt if found else None) == prompt


@pytest.mark.parametrize("record", ["", "{", "[1]", "null", "words", '{"a":' * 100_000])
def test_a_damaged_record_is_none(record: str) -> None:
    assert read_png(with_texts(PNG, {"fabula": record})).own is None


@pytest.mark.parametrize("data", [PNG, encoded("JPEG"), b"", b"words"])
def test_files_without_records(data: bytes) -> None:
    assert read_png(data) == (None, None)
