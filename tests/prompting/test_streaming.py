"""Rewriting while somebody watches: pieces as they come, the whole at the end."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import pytest
from writers import FAILURE, Writer

from fabula.core.errors import Invalid
from fabula.engines.base import CancelToken, TextDelta, TextRequest
from fabula.moderation.policy import screen
from fabula.prompting.enhancement import Enhanced, Enhancer, EnhanceRequest
from fabula.prompting.streaming import stream
from studio import Studio

PATH = "/api/prompts/enhance/stream"
ASK = EnhanceRequest("a fox", "sdxl_image_fast", seed=4)


def watched(
    studio: Studio, writer: Writer, request: EnhanceRequest = ASK
) -> AsyncGenerator[str | Enhanced, None]:
    return stream(studio.database, Enhancer(writer, screen=screen), request)


async def test_the_pieces_then_the_whole(studio: Studio) -> None:
    writer = Writer("frosty air, quiet mood")
    *pieces, whole = [piece async for piece in watched(studio, writer)]
    assert pieces == ["frosty ", "air, ", "quiet ", "mood "]
    assert isinstance(whole, Enhanced)
    assert whole.final.startswith("a fox, frosty air, quiet mood, ")


class Pausing(Writer):
    """Writes one word and then nothing more."""

    async def run(self, _: TextRequest, cancel: CancelToken) -> AsyncGenerator[Any, None]:
        try:
            yield TextDelta("frosty ")
            await asyncio.Event().wait()
        finally:
            self.cancelled.append(cancel.cancelled)


async def test_leaving_stops_the_model(studio: Studio) -> None:
    writer = Pausing("")
    async with aclosing(watched(studio, writer)) as pieces:
        assert await anext(pieces) == "frosty "
        assert writer.cancelled == []
    assert len(writer.cancelled) == 1


async def test_what_the_policy_refuses_is_not_shown(studio: Studio) -> None:
    writer = Writer("quiet mood, nude figures, at dusk")
    *pieces, whole = [piece async for piece in watched(studio, writer)]
    assert pieces == ["quiet ", "mood, "]
    assert isinstance(whole, Enhanced)
    assert "nude" not in whole.final


async def test_a_model_that_fails_still_gives_a_whole(studio: Studio) -> None:
    (whole,) = [piece async for piece in watched(studio, Writer(FAILURE))]
    assert isinstance(whole, Enhanced)
    assert whole.strategy == "rules"


async def test_a_request_that_cannot_be_done_raises(studio: Studio) -> None:
    with pytest.raises(Invalid):
        [_ async for _ in watched(studio, Writer(""), EnhanceRequest("a fox", "poem"))]


async def test_over_http(studio: Studio) -> None:
    studio.app.state.enhancer = Enhancer(Writer("frosty air"), screen=screen)
    body = {"prompt": "a fox", "seed": 4}
    answer = await studio.client.post(PATH, json=body)
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = []
    for block in answer.text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines())
        events.append((fields["event"], json.loads(fields["data"])))
    assert [kind for kind, _ in events] == ["delta", "delta", "done"]
    assert "".join(data["text"] for kind, data in events if kind == "delta") == "frosty air "
    whole = (await studio.client.post("/api/prompts/enhance", json=body)).json()
    varying = {"time_ms": 0, "trace": None}
    assert {**events[-1][1], **varying} == {**whole, **varying}


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"prompt": "a nude person"}, "screened_text", None),
        ({"prompt": "a fox", "job_type": "poem"}, "invalid", "job_type"),
        ({"prompt": ""}, "invalid", "prompt"),
    ],
)
async def test_what_is_refused_is_refused_before_the_stream(
    studio: Studio, body: dict[str, str], code: str, field: str | None
) -> None:
    answer = await studio.client.post(PATH, json=body)
    assert (answer.status_code, answer.json()["error"]) == (422, code)
    assert answer.json().get("field") == field
