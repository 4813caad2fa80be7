"""A server with AUTOMATIC1111's API as it is written down: one picture at a time, progress on
request."""

import asyncio
import base64
import json
from typing import Any

from aiohttp import web
from servers.base import Fake, card, card_preview, card_request, pixels_of

from fabula.engines.base import ImageRequest, Reference

MODELS = ["harbour.safetensors [0a1b2c3d4e]", "meadow.safetensors [5f6a7b8c9d]"]


class FakeA1111(Fake):
    """``options`` are the server's own settings, which nobody may change for good."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.options = {"sd_model_checkpoint": MODELS[0]}
        self.model_in_use: list[str] = []
        self.picture: str | None = None
        self.task = ""
        self.step, self.steps = 0, 0
        self.shown = ""
        self.interrupted = False
        self._turn = asyncio.Lock()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/sdapi/v1/sd-models", self.models),
            web.get("/sdapi/v1/samplers", self.samplers),
            web.get("/sdapi/v1/schedulers", self.schedulers),
            web.get("/sdapi/v1/loras", self.loras),
            web.get("/sdapi/v1/options", self.show_options),
            web.get("/sdapi/v1/progress", self.progress),
            web.post("/sdapi/v1/interrupt", self.interrupt),
            web.post("/sdapi/v1/txt2img", self.draw),
            web.post("/sdapi/v1/img2img", self.draw),
        ]

    async def models(self, _: web.Request) -> web.Response:
        rows = [{"title": t, "model_name": t.partition(".")[0], "hash": t[-11:-1]} for t in MODELS]
        return web.json_response(rows)

    async def samplers(self, _: web.Request) -> web.Response:
        rows = [{"name": n, "aliases": [], "options": {}} for n in ("DPM++ 2M", "Euler a")]
        return web.json_response(rows)

    async def schedulers(self, _: web.Request) -> web.Response:
        return web.json_response([{"name": "karras", "label": "Karras", "aliases": None}])

    async def loras(self, _: web.Request) -> web.Response:
        return web.json_response([{"name": "ink", "alias": "ink", "path": "/loras/ink"}])

    async def show_options(self, _: web.Request) -> web.Response:
        return web.json_response(self.options)

    async def progress(self, request: web.Request) -> web.Response:
        shown = None if "skip_current_image" in request.query else self.shown
        state = {"sampling_step": self.step, "sampling_steps": self.steps, "job": self.task,
                 "job_count": 1, "interrupted": self.interrupted}  # fmt: skip
        share = self.step / self.steps if self.steps else 0
        told = {"progress": share, "eta_relative": 0.0, "state": state, "current_image": shown,
                "textinfo": None, "current_task": self.task or None}  # fmt: skip
        return web.json_response(told)

    async def interrupt(self, _: web.Request) -> web.Response:
        self.interrupted = True
        return web.json_response({})

    async def draw(self, request: web.Request) -> web.Response:
        body = await request.json()
        async with self._turn:
            self.task = body.get("force_task_id", "")
            self.interrupted = False
            before, override = {**self.options}, body.get("override_settings", {})
            self.options |= override
            self.model_in_use.append(self.options["sd_model_checkpoint"])
            try:
                return await self._drawn(body)
            finally:
                if body.get("override_settings_restore_afterwards", True):
                    self.options = before
                self.task, self.step, self.steps, self.shown = "", 0, 0, ""

    async def _drawn(self, body: dict[str, Any]) -> web.Response:
        made = self._card(body)
        self.steps = body["steps"]
        for step in range(1, self.steps + 1):
            await asyncio.sleep(self.step_seconds)
            self.step = step
            self.shown = base64.b64encode(card_preview(made, step)).decode()
            if self.interrupted:
                break
        picture = base64.b64encode(card(made)).decode() if self.picture is None else self.picture
        info = {"seed": body["seed"], "sampler_name": body.get("sampler_name", "Euler a"),
                "sd_model_name": self.options["sd_model_checkpoint"].partition(".")[0],
                "sd_model_hash": "0a1b2c3d4e"}  # fmt: skip
        answer = {"images": [picture], "parameters": body, "info": json.dumps(info)}
        return web.json_response(answer)

    def _card(self, body: dict[str, Any]) -> ImageRequest:
        reference = None
        if body.get("init_images"):
            source = pixels_of(base64.b64decode(body["init_images"][0]))
            reference = Reference(source, body["denoising_strength"])
        return card_request(
            body["prompt"], body["seed"], (body["width"], body["height"]), body["steps"],
            body["cfg_scale"], body["negative_prompt"], reference,
        )  # fmt: skip
