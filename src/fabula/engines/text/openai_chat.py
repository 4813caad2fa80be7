"""Chat with a server that speaks OpenAI's chat completions: OpenAI, llama.cpp, Ollama, vLLM, …

The API tells no tokenizer, so tokens are estimated, and it has no beginning of an answer to go on
from: the model is told to go on from these words instead.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import aclosing
from typing import Any, Literal

import httpx

from fabula.engines.base import (
    Availability,
    CancelToken,
    EngineContext,
    EngineError,
    EngineInfo,
    Modality,
    TextDelta,
    TextDone,
    TextEvent,
    TextRequest,
)
from fabula.engines.capabilities import TextCapabilities
from fabula.engines.remote.client import Client, ServerError
from fabula.engines.remote.connection import Connection, availability, connection_of
from fabula.engines.remote.driving import drive
from fabula.engines.remote.requests import connected

CONTEXT_TOKENS = 8192
MAX_REPLY_CHARACTERS = 4 * 2**20
_MAX_LINE = 2**20
_CHARACTERS_A_TOKEN = 4
_GO_ON = "Go on from these words, and do not repeat them: "


class OpenAIChat:
    """One server."""

    info = EngineInfo(
        id="openai-chat",
        name="OpenAI chat API",
        modality=Modality.TEXT,
        version="1",
        summary="Writes on a server with OpenAI's chat API: Ollama, llama.cpp, vLLM and others.",
        model="those of the server",
        licence="as the server's operator says",
    )

    def __init__(self, context: EngineContext) -> None:
        self._to = connection_of(context)

    def availability(self) -> Availability:
        return availability(self._to)

    def capabilities(self) -> TextCapabilities:
        return TextCapabilities(context=CONTEXT_TOKENS, json_schema=True)

    def load(self) -> None:
        """The server loads its models."""

    def unload(self) -> None:
        """Nothing of the server's is held."""

    def count_tokens(self, text: str) -> int:
        """An estimate: four characters a token, and a token a word at least."""
        return max(len(text.split()), -(-len(text.strip()) // _CHARACTERS_A_TOKEN))

    def run(self, request: TextRequest, cancel: CancelToken) -> Iterator[TextEvent]:
        to = connected(self._to)
        _check(request, sum(self.count_tokens(m.content) for m in request.messages))
        return drive(_write(to, request), cancel)


async def _write(to: Connection, request: TextRequest) -> AsyncGenerator[TextEvent, None]:
    async with Client(to, tuple(m.content for m in request.messages)) as client:
        body = _body(to, request)
        try:
            async with aclosing(_reply(client, body)) as events:
                async for event in events:
                    yield event
        except ServerError as error:
            if "max_tokens" not in body or not _wants_newer_name(error):
                raise
            body["max_completion_tokens"] = body.pop("max_tokens")
            async with aclosing(_reply(client, body)) as events:
                async for event in events:
                    yield event


async def _reply(client: Client, body: Mapping[str, Any]) -> AsyncGenerator[TextEvent, None]:
    parts: list[str] = []
    size = 0
    finish: Literal["stop", "length"] = "stop"
    usage: Mapping[str, Any] = {}
    ended = False
    async with client.stream(
        "POST", "/chat/completions", json=body, seconds=client.connection.patience_seconds
    ) as answer:
        async for data in _data(client, answer):
            if data == "[DONE]":
                ended = True
                break
            chunk = client.parsed(data)
            if not isinstance(chunk, Mapping):
                raise client.odd("something that is no part of a reply")
            if chunk.get("error"):
                reason = chunk["error"]
                said = reason.get("message") if isinstance(reason, Mapping) else reason
                raise EngineError(
                    f"{client.name} failed while it wrote: {client.quoted(said)}", retryable=True
                )
            usage = chunk.get("usage") or usage
            text, reason = _choice(client, chunk)
            if reason:
                ended = True
                finish = "length" if reason == "length" else "stop"
            if text:
                parts.append(text)
                size += len(text)
                if size > MAX_REPLY_CHARACTERS:
                    raise EngineError(f"{client.name} wrote without an end.")
                yield TextDelta(text)
    if not ended:
        raise ServerError(f"{client.name} broke off in the middle of its reply.")
    yield TextDone(
        "".join(parts), finish, usage.get("prompt_tokens"), usage.get("completion_tokens")
    )


def _choice(client: Client, chunk: Mapping[str, Any]) -> tuple[str, str]:
    """What a chunk adds, and why it is the last one, if it is."""
    choices = chunk.get("choices")
    if not isinstance(choices, list):
        raise client.odd("a part of a reply without choices")
    if not choices:
        return "", ""
    delta = choices[0].get("delta") if isinstance(choices[0], Mapping) else None
    if not isinstance(delta, Mapping):
        raise client.odd("a part of a reply without words")
    return str(delta.get("content") or ""), str(choices[0].get("finish_reason") or "")


async def _data(client: Client, answer: httpx.Response) -> AsyncIterator[str]:
    """The data of server-sent events. A server that streams nothing is taken for another one."""
    kind = answer.headers.get("content-type", "")
    if not kind.startswith("text/event-stream"):
        raise client.odd("a reply that is no stream")
    waiting = ""
    async for part in answer.aiter_text():
        waiting += part
        *lines, waiting = waiting.split("\n")
        if len(waiting) > _MAX_LINE:
            raise client.odd("a line without an end")
        for line in lines:
            if line.startswith("data:"):
                yield line.removeprefix("data:").strip()


def _body(to: Connection, request: TextRequest) -> dict[str, Any]:
    body: dict[str, Any] = {
        "model": to.model or next(iter(to.facts.models), ""),
        "messages": _messages(request),
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if request.stop:
        body["stop"] = list(request.stop)
    if request.seed is not None:
        body["seed"] = request.seed
    if request.json_schema is not None:
        schema = {"name": "reply", "schema": dict(request.json_schema)}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    return body


def _messages(request: TextRequest) -> list[dict[str, str]]:
    """The conversation, with the beginning of an answer as an instruction."""
    told = [{"role": m.role, "content": m.content} for m in request.messages]
    if told[-1]["role"] == "assistant":
        told[-1] = {"role": "user", "content": _GO_ON + told[-1]["content"]}
    return told


def _wants_newer_name(error: ServerError) -> bool:
    """Newer models of OpenAI call the limit ``max_completion_tokens``."""
    said = error.body.get("error") if isinstance(error.body, Mapping) else None
    return isinstance(said, Mapping) and said.get("param") == "max_tokens"


def _check(request: TextRequest, tokens: int) -> None:
    for wrong, message in (
        (not request.messages, "A chat needs at least one message."),
        (request.max_tokens < 1, "max_tokens must be at least 1."),
        (not 0 <= request.temperature <= 2, "temperature must lie between 0 and 2."),
        (not 0 < request.top_p <= 1, "top_p must lie above 0 and at most at 1."),
        (not all(request.stop), "A stop sequence must not be empty."),
        (
            tokens > CONTEXT_TOKENS,
            f"The conversation has about {tokens} tokens and {CONTEXT_TOKENS} fit: shorten it.",
        ),
    ):
        if wrong:
            raise EngineError(message, code="bad_request")
