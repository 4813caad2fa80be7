"""A ComfyUI server as its API is written down: prompts, queue, history, uploads, WebSocket."""

import asyncio
import json
import struct
from contextlib import suppress
from typing import Any
from uuid import uuid4

from aiohttp import WSMsgType, web
from servers.base import FOREVER_SECONDS, Fake, card, card_preview, card_request, pixels_of
from servers.comfyui_clips import ComfyClips

from fabula.engines.base import ImageRequest, Reference

MODELS = ["harbour.safetensors", "meadow.safetensors"]
SAMPLERS, SCHEDULES = ["euler", "dpmpp_2m"], ["normal", "karras"]
LORAS = ["ink.safetensors"]
WAN = {
    "UNETLoader": ("unet_name", ["wan2.2_ti2v_5B_fp16.safetensors", "flux1-dev.safetensors",
                                 "wan2.1_t2v_1.3B_fp16.safetensors",
                                 "wan2.1_i2v_480p_14B_fp16.safetensors"]),
    "CLIPLoader": ("clip_name", ["umt5_xxl_fp8_e4m3fn_scaled.safetensors"]),
    "VAELoader": ("vae_name", ["wan_2.1_vae.safetensors"]),
    "CLIPVisionLoader": ("clip_name", ["clip_vision_h.safetensors"]),
}  # fmt: skip
"""Loaders with the files of Wan, which a server has when it makes clips."""


def _combo(values: list[str]) -> list[Any]:
    return [values, {}]


OBJECTS: dict[str, Any] = {
    "CheckpointLoaderSimple": {"ckpt_name": _combo(MODELS)},
    "LoraLoader": {"lora_name": ["COMBO", {"options": LORAS}]},
    "KSampler": {"sampler_name": _combo(SAMPLERS), "scheduler": _combo(SCHEDULES)},
    **{name: {} for name in (
        "CLIPTextEncode", "EmptyLatentImage", "VAEDecode", "VAEEncode", "PreviewImage",
        "SaveImage", "LoadImage", "LoadImageMask", "ImageScale", "SetLatentNoiseMask",
        "ModelSamplingSD3", "EmptyHunyuanLatentVideo", "WanImageToVideo",
        "WanFirstLastFrameToVideo", "CLIPVisionEncode", "CreateVideo", "SaveVideo",
        "VHS_VideoCombine",
    )},
    **{loader: {name: _combo(files)} for loader, (name, files) in WAN.items()},
}  # fmt: skip
Node = dict[str, Any]


class FakeComfyUI(Fake):
    """``outputs`` is how many pictures a prompt makes; ``wan`` whether there are models for clips,
    ``checkpoints`` whether there are any for pictures; ``clip_bytes`` and ``clip_frames`` what
    clips are instead of what was asked for; ``close_sockets_at`` and ``stop_at`` are the
    steps at which the WebSockets close and the work stops."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.outputs = 1
        self.wan, self.checkpoints = True, True
        self.clip_bytes: bytes | None = None
        self.clip_frames: int | None = None
        self.fail_with: dict[str, Any] | None = None
        self.close_sockets_at: int | None = None
        self.stop_at: int | None = None
        self.queue: list[dict[str, Any]] = []
        self.running: dict[str, Any] | None = None
        self.history: dict[str, Any] = {}
        self.files: dict[str, bytes] = {}
        self.interrupted: set[str] = set()
        self._sockets: dict[str, web.WebSocketResponse] = {}
        self._worker: asyncio.Task[None] | None = None

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/system_stats", self.stats),
            web.get("/object_info", self.objects),
            web.post("/prompt", self.take),
            web.get("/queue", self.show_queue),
            web.post("/queue", self.change_queue),
            web.post("/interrupt", self.interrupt),
            web.get("/history/{id}", self.show_history),
            web.get("/view", self.view),
            web.post("/upload/image", self.upload),
            web.get("/ws", self.listen),
        ]

    async def stats(self, _: web.Request) -> web.Response:
        return web.json_response({"system": {"comfyui_version": "0.3.60"}, "devices": []})

    async def objects(self, _: web.Request) -> web.Response:
        files = {} if self.wan else {n: {name: _combo([])} for n, (name, _) in WAN.items()}
        if not self.checkpoints:
            files["CheckpointLoaderSimple"] = {"ckpt_name": _combo([])}
        told = {
            name: {"input": {"required": required}} for name, required in (OBJECTS | files).items()
        }
        return web.json_response(told)

    async def take(self, request: web.Request) -> web.Response:
        body = await request.json()
        graph, errors = body["prompt"], {}
        for key, node in graph.items():
            if node["class_type"] not in OBJECTS:
                error = {"type": "invalid_prompt", "message": "Node not found.", "details": key,
                         "extra_info": {}}  # fmt: skip
                return web.json_response({"error": error, "node_errors": {}}, status=400)
            if node["inputs"].get("ckpt_name", MODELS[0]) not in MODELS:
                wrong = {"type": "value_not_in_list", "message": "Value not in list",
                         "details": "ckpt_name", "extra_info": {}}  # fmt: skip
                errors[key] = {"errors": [wrong], "dependent_outputs": [],
                               "class_type": node["class_type"]}  # fmt: skip
        if errors:
            error = {"type": "prompt_outputs_failed_validation", "details": "", "extra_info": {},
                     "message": "Prompt outputs failed validation"}  # fmt: skip
            return web.json_response({"error": error, "node_errors": errors}, status=400)
        job = {"id": str(uuid4()), "graph": graph, "client": body.get("client_id")}
        self.queue.append(job)
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
        return web.json_response({"prompt_id": job["id"], "number": 1, "node_errors": {}})

    async def show_queue(self, _: web.Request) -> web.Response:
        def row(job: dict[str, Any]) -> list[Any]:
            return [1, job["id"], job["graph"], {}, []]

        running = [row(self.running)] if self.running else []
        waiting = [row(job) for job in self.queue]
        return web.json_response({"queue_running": running, "queue_pending": waiting})

    async def change_queue(self, request: web.Request) -> web.Response:
        gone = set((await request.json()).get("delete", ()))
        self.queue = [job for job in self.queue if job["id"] not in gone]
        return web.Response()

    async def interrupt(self, request: web.Request) -> web.Response:
        self.interrupted.add((await request.json())["prompt_id"])
        return web.Response()

    async def show_history(self, request: web.Request) -> web.Response:
        key = request.match_info["id"]
        return web.json_response({key: self.history[key]} if key in self.history else {})

    async def view(self, request: web.Request) -> web.Response:
        return web.Response(body=self.files[request.query["filename"]], content_type="image/png")

    async def upload(self, request: web.Request) -> web.Response:
        form = await request.post()
        file = form["image"]
        assert isinstance(file, web.FileField)
        file.file.seek(0)
        place = f"{form['subfolder']}/{file.filename} [{form['type']}]"
        self.files[place] = file.file.read()
        answer = {"name": file.filename, "subfolder": form["subfolder"], "type": form["type"]}
        return web.json_response(answer)

    async def listen(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets[request.query["clientId"]] = socket
        status = {"status": {"exec_info": {"queue_remaining": 0}}}
        await socket.send_json({"type": "status", "data": status})
        async for message in socket:
            if message.type is WSMsgType.ERROR:
                break
        return socket

    async def _work(self) -> None:
        while self.queue:
            self.running = self.queue.pop(0)
            record = await self._execute(self.running)
            if record:
                self.history[self.running["id"]] = record
            self.running = None

    async def _execute(self, job: dict[str, Any]) -> dict[str, Any] | None:
        graph: dict[str, Node] = job["graph"]
        clips = ComfyClips(graph, self.files, self.clip_bytes, self.clip_frames)
        sampler = next(key for key, node in graph.items() if node["class_type"] == "KSampler")
        made = clips.request() if clips.wanted else self._card(graph, graph[sampler]["inputs"])
        await self._tell(job, "execution_start")
        await self._tell(job, "execution_cached", nodes=[])
        await self._tell(job, "executing", node=sampler)
        for step in range(1, made.steps + 1):
            await asyncio.sleep(self.step_seconds)
            if job["id"] in self.interrupted:
                await self._tell(job, "execution_interrupted", node_id=sampler)
                return None
            if step == self.close_sockets_at:
                for socket in self._sockets.values():
                    await socket.close()
            if step == self.stop_at:
                await asyncio.sleep(FOREVER_SECONDS)
            if self.fail_with:
                await self._tell(job, "execution_error", **self.fail_with)
                status = {"status_str": "error", "completed": False,
                          "messages": [["execution_error", self.fail_with]]}  # fmt: skip
                return {"prompt": [], "outputs": {}, "status": status}
            await self._tell(job, "progress", value=step, max=made.steps, node=sampler)
            await self._preview(job, card_preview(made, step))
        if clips.wanted:
            return await self._finish(job, clips.end, clips.saved(job["id"]))
        images = []
        for at in range(self.outputs):
            name = f"{job['id']}_{at}.png"
            self.files[name] = card(made)
            images.append({"filename": name, "subfolder": "", "type": "temp"})
        output = {"images": images} if images else {}
        ends = [k for k, n in graph.items() if n["class_type"] in {"PreviewImage", "SaveImage"}]
        return await self._finish(job, ends[0], output)

    async def _finish(
        self, job: dict[str, Any], end: str, output: dict[str, Any]
    ) -> dict[str, Any]:
        await self._tell(job, "executed", node=end, output=output)
        status = {"status_str": "success", "completed": True, "messages": []}
        self.history[job["id"]] = {"prompt": [], "outputs": {end: output}, "status": status}
        await self._tell(job, "execution_success")
        await self._tell(job, "executing", node=None)
        found: dict[str, Any] = self.history[job["id"]]
        return found

    def _card(self, graph: dict[str, Node], sampler: dict[str, Any]) -> ImageRequest:
        texts = [graph[sampler[side][0]]["inputs"]["text"] for side in ("positive", "negative")]
        latent, reference = graph[sampler["latent_image"][0]], None
        if latent["class_type"] == "SetLatentNoiseMask":
            latent = graph[latent["inputs"]["samples"][0]]
        if latent["class_type"] == "VAEEncode":
            latent = graph[latent["inputs"]["pixels"][0]]
            source = self.files[graph[latent["inputs"]["image"][0]]["inputs"]["image"]]
            reference = Reference(pixels_of(source), sampler["denoise"])
        size = latent["inputs"]["width"], latent["inputs"]["height"]
        return card_request(
            texts[0], sampler["seed"], size, sampler["steps"], sampler["cfg"], texts[1], reference
        )

    async def _tell(self, job: dict[str, Any], kind: str, **data: Any) -> None:
        socket = self._sockets.get(job["client"])
        if socket is not None and not socket.closed:
            data = {"prompt_id": job["id"], **data}
            with suppress(ConnectionResetError):
                await socket.send_str(json.dumps({"type": kind, "data": data}))

    async def _preview(self, job: dict[str, Any], picture: bytes) -> None:
        socket = self._sockets.get(job["client"])
        if socket is not None and not socket.closed:
            with suppress(ConnectionResetError):
                await socket.send_bytes(struct.pack(">II", 1, 1) + picture)
