"""A server with OpenAI's API as it is written down: models, chat completions, images."""

import asyncio
import base64
import json
from typing import Any

from aiohttp import web
from servers.base import Fake, card, card_request, pixels_of

from fabula.engines.base import Reference

WORDS = ("fox ", "owl ", "deer ", "badger ", "hare ") * 60


class FakeOpenAI(Fake):
    """``picture_at`` makes the server leave pictures at an address; ``break_after`` ends a reply
    in the middle after so many words, ``fail_after`` with an error, ``end_after`` without a word
    about why."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.models = ["meadow-1", "harbour-2"]
        self.picture_at: str | None = None
        self.left: dict[str, bytes] = {}
        self.break_after: int | None = None
        self.fail_after: int | None = None
        self.end_after: int | None = None
        self.newer_names = False
        self.written = 0

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/v1/models", self.list_models),
            web.post("/v1/chat/completions", self.chat),
            web.post("/v1/images/generations", self.generate),
            web.post("/v1/images/edits", self.edit),
            web.get("/files/{name}", self.file),
        ]

    @property
    def address(self) -> str:
        return f"{super().address}/v1"

    async def list_models(self, _: web.Request) -> web.Response:
        rows = [{"id": n, "object": "model", "created": 1, "owned_by": "us"} for n in self.models]
        return web.json_response({"object": "list", "data": rows})

    async def chat(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        if self.newer_names and "max_tokens" in body:
            error = {"message": "Unsupported parameter", "type": "invalid_request_error",
                     "param": "max_tokens", "code": "unsupported_parameter"}  # fmt: skip
            return web.json_response({"error": error}, status=400)
        limit = body.get("max_tokens") or body["max_completion_tokens"]
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await answer.prepare(request)
        await self._send(answer, {"role": "assistant", "content": ""})
        for at, word in enumerate(WORDS[:limit]):
            await asyncio.sleep(self.step_seconds)
            if at == self.break_after:
                assert request.transport is not None
                request.transport.close()
                return answer
            if at == self.end_after:
                return answer
            if at == self.fail_after:
                error = {"error": {"message": "out of paper", "type": "server_error"}}
                await answer.write(f"data: {json.dumps(error)}\n\n".encode())
                return answer
            self.written += 1
            await self._send(answer, {"content": word})
        await self._send(answer, {}, "length" if limit < len(WORDS) else "stop")
        usage = {"prompt_tokens": 9, "completion_tokens": limit, "total_tokens": 9 + limit}
        last = {"object": "chat.completion.chunk", "choices": [], "usage": usage}
        await answer.write(f"data: {json.dumps(last)}\n\ndata: [DONE]\n\n".encode())
        return answer

    async def _send(
        self, answer: web.StreamResponse, delta: dict[str, str], finish: str | None = None
    ) -> None:
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m",
                 "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}  # fmt: skip
        await answer.write(f"data: {json.dumps(chunk)}\n\n".encode())

    async def generate(self, request: web.Request) -> web.Response:
        return await self._answer(await request.json(), None)

    async def edit(self, request: web.Request) -> web.Response:
        form = await request.post()
        file = form["image"]
        assert isinstance(file, web.FileField)
        file.file.seek(0)
        source = pixels_of(file.file.read())
        return await self._answer(dict(form), Reference(source, 0.5))

    async def _answer(self, body: dict[str, Any], reference: Reference | None) -> web.Response:
        await asyncio.sleep(self.step_seconds)
        width, height = (int(side) for side in body["size"].split("x"))
        made = card(card_request(body["prompt"], 1, (width, height), 1, reference=reference))
        row: dict[str, Any] = {"b64_json": base64.b64encode(made).decode()}
        if self.picture_at:
            self.left["a.png"] = made
            row = {"url": self.picture_at}
        return web.json_response({"created": 1, "data": [row | {"revised_prompt": "a fox"}]})

    async def file(self, request: web.Request) -> web.Response:
        return web.Response(body=self.left[request.match_info["name"]], content_type="image/png")
