"""Trying the text of a template on a sample message, as the conversations to come will use it."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from writers import FAILURE, Writer

from fabula.accounts.caller import Caller
from fabula.core.errors import Conflict, Forbidden, Invalid, Unavailable
from fabula.moderation.policy import ContentRefused
from fabula.prompting.enhancement import Enhancer, TextSource
from fabula.prompting.templates import kinds, trial
from fabula.prompting.templates.trial import Answer, Draft, answer_with
from studio import Studio

ADMIN = Caller(uuid4(), "grace", frozenset({"admin"}))
TEXT = "You are {{character_name}}. The mood: {{ mood }}"


async def answered(
    source: TextSource | None, message: str = "Who are you?", **changes: Any
) -> Answer:
    draft = Draft(changes.pop("text", TEXT), changes.pop("limit", 200), "general")
    wanted: dict[str, Any] = {"use_case": "character_roleplay", "seed": 3} | changes
    caller = wanted.pop("caller", ADMIN)
    return await answer_with(source, caller, draft, message=message, **wanted)


async def test_the_engine_gets_the_text_with_a_sample_in_its_placeholders() -> None:
    writer = Writer("I keep the light.")
    answer = await answered(writer)
    told, asked = writer.requests[0].messages
    assert told.content == "You are Mira. The mood: quiet, a little uneasy"
    assert (told.role, asked.role, asked.content) == ("system", "user", "Who are you?")
    assert (writer.requests[0].max_tokens, writer.requests[0].seed) == (200, 3)
    assert (answer.text, answer.ended) == ("I keep the light.", "stop")
    assert answer.system_prompt == told.content
    assert answer.engine.name == "Writer"


@pytest.mark.parametrize("case", [case for case in kinds.USE_CASES if case != "enhancement"])
async def test_every_conversation_can_be_tried(case: str) -> None:
    text = " ".join("{{" + name + "}}" for name in kinds.USE_CASES[case].placeholders)
    answer = await answered(Writer("Yes."), text=text or "Be brief.", use_case=case)
    assert "{{" not in answer.system_prompt


async def test_a_text_that_could_not_be_saved_is_not_tried() -> None:
    with pytest.raises(Invalid, match="Nothing fills in"):
        await answered(Writer("Yes."), text="{{weather}}")


async def test_without_an_engine_or_with_one_that_fails_it_says_so() -> None:
    with pytest.raises(Conflict, match="No text model") as missing:
        await answered(None)
    assert missing.value.code == "no_text_engine"
    with pytest.raises(Unavailable, match="engine_died"):
        await answered(Writer(FAILURE))


async def test_an_engine_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "ANSWER_SECONDS", 0.05)
    writer = Writer("Too late.", delay=30)
    answer = await answered(writer)
    assert (answer.text, answer.ended) == ("", "time")
    assert len(writer.cancelled) == 1


async def test_what_is_refused_is_neither_asked_nor_shown() -> None:
    writer = Writer("That is pornography.")
    answer = await answered(writer)
    assert (answer.text, answer.ended) == ("", "refused")
    with pytest.raises(ContentRefused):
        await answered(writer, "pornography")
    assert len(writer.requests) == 1


async def test_trying_is_for_admins() -> None:
    with pytest.raises(Forbidden):
        await answered(Writer("Yes."), caller=Caller(uuid4(), "ada", frozenset({"basic_user"})))


@pytest.fixture
async def admin(studio: Studio) -> AsyncIterator[httpx.AsyncClient]:
    studio.app.state.enhancer = Enhancer(Writer("Gladly."))
    async with await studio.person("grace", "admin") as client:
        yield client


async def test_over_http(admin: httpx.AsyncClient) -> None:
    body = {"system_prompt": "Be brief.", "use_case": "chat_general", "message": "Hello"}
    answer = (await admin.post("/api/prompts/templates/answer", json=body)).json()
    assert (answer["text"], answer["ended"]) == ("Gladly.", "stop")
    assert answer["engine"] == {"id": "writer", "name": "Writer", "stand_in": True}
    other = await admin.post(
        "/api/prompts/templates/answer", json={**body, "use_case": "enhancement"}
    )
    assert (other.status_code, other.json()["field"]) == (422, "use_case")
