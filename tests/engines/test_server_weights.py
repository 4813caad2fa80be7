r"""What arrives at servers that read weights: the weights that were meant, and no others."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from server_engines import FAKES, engine_over
from servers.base import Fake

from fabula.engines.base import (
    CancelToken,
    ImageRequest,
    Lora,
    WeightedChunk,
    WeightedSpan,
    WeightedText,
)

REQUEST = ImageRequest("words", 1, 64, 96, 2, 5.0, negative_prompt="fog")


def spans(*parts: tuple[str, float]) -> WeightedText:
    return WeightedText((WeightedChunk(tuple(WeightedSpan(*part) for part in parts)),))


@pytest.fixture(params=["a1111", "comfyui"])
def server(request: pytest.FixtureRequest) -> Iterator[tuple[str, Fake]]:
    with FAKES[request.param]() as fake:
        yield request.param, fake


def arrived(server: tuple[str, Fake], request: ImageRequest) -> tuple[str, str]:
    """The prompt and the negative prompt, as the server got them."""
    kind, fake = server
    list(engine_over(kind, fake).run(request, CancelToken()))
    if kind == "a1111":
        body: dict[str, Any] = fake.bodies("/sdapi/v1/txt2img")[-1]
        return body["prompt"], body["negative_prompt"]
    graph = fake.bodies("/prompt")[-1]["prompt"]
    return graph["prompt"]["inputs"]["text"], graph["negative"]["inputs"]["text"]


def test_weights_arrive_in_the_servers_syntax(server: tuple[str, Fake]) -> None:
    request = replace(
        REQUEST,
        weighted_prompt=spans(("a ", 1), ("blue fox", 1.25), (" in ", 1), ("snow", 0.8)),
        weighted_negative=spans(("fog", 1.1)),
    )
    assert arrived(server, request) == ("a (blue fox:1.25) in (snow:0.8)", "(fog:1.1)")


def test_brackets_that_are_meant_as_such_are_read_as_such(server: tuple[str, Fake]) -> None:
    plain = replace(REQUEST, prompt=r"a sign (old:1.5) [left] c:\dir\ end", negative_prompt="(fog)")
    expected = {
        "a1111": (r"a sign \(old:1.5\) \[left\] c:\\dir\\ end", r"\(fog\)"),
        "comfyui": (r"a sign \(old:1.5\) [left] c:\dir\ end", r"\(fog\)"),
    }
    assert arrived(server, plain) == expected[server[0]]


def test_brackets_inside_of_weighted_words_are_escaped(server: tuple[str, Fake]) -> None:
    request = replace(REQUEST, weighted_prompt=spans(("a\\", 1), ("(b)", 1.5)))
    expected = {"a1111": r"a\\ (\(b\):1.5)", "comfyui": r"a\ (\(b\):1.5)"}
    assert arrived(server, request)[0] == expected[server[0]]


def test_chunks_and_mixtures_arrive_as_far_as_the_server_has_them(
    server: tuple[str, Fake],
) -> None:
    chunks = (
        WeightedChunk((WeightedSpan("a lake"),), 0.5),
        WeightedChunk((WeightedSpan("fog", 1.2),), 2),
    )
    one_by_one = replace(REQUEST, weighted_prompt=WeightedText(chunks))
    expected = {"a1111": "a lake BREAK (fog:1.2)", "comfyui": "a lake, (fog:1.2)"}
    assert arrived(server, one_by_one)[0] == expected[server[0]]
    mixed = replace(REQUEST, weighted_prompt=WeightedText(chunks, blended=True))
    expected = {"a1111": "a lake :0.5 AND (fog:1.2) :2", "comfyui": "a lake, (fog:1.2)"}
    assert arrived(server, mixed)[0] == expected[server[0]]


def test_words_of_a1111_that_steer_are_no_words_of_a_prompt() -> None:
    with FAKES["a1111"]() as fake:
        request = replace(REQUEST, prompt="salt AND BREAK, ANDES", loras=(Lora("ink", 0.5),))
        text = arrived(("a1111", fake), request)[0]
    assert text == "salt and break, ANDES <lora:ink:0.5>"
