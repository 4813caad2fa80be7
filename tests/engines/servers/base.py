"""A server on a free port of this machine, in a thread of its own, that misbehaves when asked to.

What it draws are reference cards, so that equal requests give equal pictures.
"""

import asyncio
import io
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import Any, Self

import numpy as np
from aiohttp import encode_basic_auth, web
from PIL import Image

from fabula.engines.base import ImageRequest, Pixels, Reference
from fabula.engines.image.reference_card import drawing, finished, noise, picture_of_step

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
FOREVER_SECONDS = 3600
HUGE_BYTES = 80 * 2**20


class Fake:
    """``faults`` maps the beginning of a path to what goes wrong there: ``hang``, ``500``,
    ``401``, ``redirect``, ``not-json``, ``wrong-json``, ``close`` or ``huge``."""

    def __init__(self, *, key: str = "", username: str = "", step_seconds: float = 0.004) -> None:
        self.key = key
        self.username = username
        self.step_seconds = step_seconds
        self.faults: dict[str, str] = {}
        self.asked: list[tuple[str, str, Any]] = []
        self._loop = asyncio.new_event_loop()
        self._ready: Future[int] = Future()
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def routes(self) -> list[web.RouteDef]:
        raise NotImplementedError

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._ready.result(10)}"

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.result(10)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Break all connections off and answer no more."""
        if self._thread.is_alive() and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def paths(self, method: str) -> list[str]:
        return [path for asked, path, _ in self.asked if asked == method]

    def bodies(self, path: str) -> list[Any]:
        return [body for _, asked, body in self.asked if asked == path]

    def _serve(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._until_stopped())

    async def _until_stopped(self) -> None:
        self._stop = asyncio.Event()
        app = web.Application(middlewares=[self._gate], client_max_size=HUGE_BYTES)
        app.add_routes(self.routes())
        runner = web.AppRunner(app, shutdown_timeout=0.1, handle_signals=False)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self._ready.set_result(runner.addresses[0][1])
        await self._stop.wait()
        await runner.cleanup()

    @web.middleware
    async def _gate(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        body = await _body(request)
        self.asked.append((request.method, request.path, body))
        sent = request.headers.get("Authorization")
        if self.key and sent != self._expected():
            return web.json_response({"error": {"message": f"no {self.key}"}}, status=401)
        fault = next((f for begin, f in self.faults.items() if request.path.startswith(begin)), "")
        return await self._misbehave(fault, request) or await handler(request)

    def _expected(self) -> str:
        """What a request must carry as its authorization."""
        if self.username:
            return encode_basic_auth(self.username, self.key)
        return f"Bearer {self.key}"

    async def _misbehave(self, fault: str, request: web.Request) -> web.StreamResponse | None:
        match fault:
            case "hang":
                await asyncio.sleep(FOREVER_SECONDS)
            case "500":
                return web.json_response({"error": "it broke"}, status=500)
            case "401":
                error = {"error": {"message": f"this key is wrong: {self.key}"}}
                return web.json_response(error, status=401)
            case "redirect":
                return web.Response(status=302, headers={"Location": "http://169.254.169.254/"})
        return await self._garble(fault, request)

    async def _garble(self, fault: str, request: web.Request) -> web.StreamResponse | None:
        match fault:
            case "not-json":
                return web.Response(text="<html>a router's page</html>", content_type="text/html")
            case "wrong-json":
                return web.json_response(["something", "else"])
            case "close":
                assert request.transport is not None
                request.transport.close()
            case "huge":
                return await _huge(request)
        return None


async def _body(request: web.Request) -> Any:
    if request.content_type == "application/json":
        return await request.json()
    if request.content_type.startswith("multipart/"):
        return {name: await _part(value) for name, value in (await request.post()).items()}
    return None


async def _part(value: Any) -> Any:
    return value.file.read() if isinstance(value, web.FileField) else value


async def _huge(request: web.Request) -> web.StreamResponse:
    """More bytes than anybody wants, without telling before how many."""
    answer = web.StreamResponse()
    await answer.prepare(request)
    for _ in range(HUGE_BYTES // 2**20 * 2):
        await answer.write(bytes(2**20))
    return answer


def card_request(
    prompt: str, seed: int, size: tuple[int, int], steps: int, cfg: float = 5.0,
    negative: str = "", reference: Reference | None = None,
) -> ImageRequest:  # fmt: skip
    return ImageRequest(
        prompt=prompt, negative_prompt=negative, seed=seed, width=size[0], height=size[1],
        steps=steps, guidance_scale=cfg, reference=reference,
    )  # fmt: skip


def card(request: ImageRequest) -> bytes:
    """The finished card as a PNG."""
    return png(finished(drawing(request, request.seed), request, request.seed))


def card_preview(request: ImageRequest, step: int) -> bytes:
    """A small JPEG of a card in the making."""
    return picture_of_step(noise(request, request.seed), step)


def png(pixels: Pixels) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", compress_level=0)
    return out.getvalue()


def pixels_of(data: bytes) -> Pixels:
    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert("RGB"), np.uint8)
