"""What a server costs beyond itself: the engine that stands for it, against calling it directly.

    PYTHONPATH=src:tests:tests/engines python bench/engine_servers.py [--rounds 5] [--json]

The servers are the fakes of the tests, on this machine; both ways are taken in turn and in one run,
so that a busy machine slows both. Goals: under 5 % more for a picture of 2 seconds, under 2 ms a
step. The second case draws 100 steps without a pause, and so shows the bare cost of a step.
"""

import argparse
import asyncio
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

import httpx
from server_engines import connection_to, context_of, probed
from servers.a1111 import FakeA1111
from servers.comfyui import MODELS, FakeComfyUI
from websockets.sync.client import connect

from fabula.core.logging import configure_logging
from fabula.engines.base import CancelToken, EngineContext, ImageRequest
from fabula.engines.host import EngineHost
from fabula.engines.remote.comfyui_workflow import built_in
from fabula.engines.remote.kinds import KINDS, path_of

PICTURE = ImageRequest("a lighthouse", 7, 512, 384, 20, 5.0)
SMALL = ImageRequest("a lighthouse", 7, 64, 64, 100, 5.0)
PAUSE_SECONDS = 0.095


@dataclass(frozen=True)
class Result:
    """Medians over the rounds, in seconds."""

    kind: str
    direct_seconds: float
    studio_seconds: float
    overhead_percent: float
    milliseconds_a_step: float


def ask_comfyui(address: str, request: ImageRequest) -> None:
    """A picture as a small client of ComfyUI's API would ask for it."""
    values = {"prompt": request.prompt, "seed": request.seed, "width": request.width,
              "height": request.height, "steps": request.steps, "cfg": request.guidance_scale,
              "checkpoint": MODELS[0]}  # fmt: skip
    graph = built_in(reference=False, mask=False).filled(values)
    with (
        httpx.Client(base_url=address, trust_env=False) as client,
        connect(f"ws{address.removeprefix('http')}/ws?clientId=bench", proxy=None) as socket,
    ):
        asked = {"prompt": graph, "client_id": "bench"}
        job = client.post("/prompt", json=asked).json()["prompt_id"]
        while True:
            message = socket.recv()
            if isinstance(message, str) and json.loads(message)["type"] == "execution_success":
                break
        outputs = client.get(f"/history/{job}").json()[job]["outputs"]
        file = next(iter(outputs.values()))["images"][0]
        client.get("/view", params=file).raise_for_status()


def ask_a1111(address: str, request: ImageRequest) -> None:
    """A picture by one request, without asking how far it is."""
    body = {"prompt": request.prompt, "negative_prompt": "", "seed": request.seed,
            "steps": request.steps, "cfg_scale": request.guidance_scale,
            "width": request.width, "height": request.height}  # fmt: skip
    with httpx.Client(base_url=address, trust_env=False, timeout=60) as client:
        client.post("/sdapi/v1/txt2img", json=body).raise_for_status()


Ask = Callable[[str, ImageRequest], None]
KINDS_ASKED: dict[str, tuple[type[FakeComfyUI | FakeA1111], Ask]] = {
    "comfyui": (FakeComfyUI, ask_comfyui),
    "a1111": (FakeA1111, ask_a1111),
}


def measure(kind: str, rounds: int) -> Result:
    fake_class, ask = KINDS_ASKED[kind]
    with fake_class() as fake:
        context = context_of(probed(kind, connection_to(fake, step_poll_seconds=0.25)))

        def timed(pause: float, request: ImageRequest) -> tuple[float, float]:
            fake.step_seconds = pause
            direct, studio = [], []
            for _ in range(rounds):
                began = time.perf_counter()
                ask(fake.address, request)
                direct.append(time.perf_counter() - began)
                studio.append(asyncio.run(hosted(kind, context, request)))
            return statistics.median(direct), statistics.median(studio)

        one, other = timed(PAUSE_SECONDS, PICTURE)
        bare, bare_studio = timed(0, SMALL)
    step = (bare_studio - bare) / SMALL.steps * 1000
    return Result(kind, one, other, (other / one - 1) * 100, step)


async def hosted(kind: str, context: EngineContext, request: ImageRequest) -> float:
    """Seconds of a picture in a process that runs already, as a worker's does."""
    async with EngineHost(path_of(KINDS[kind].engine), context) as host:
        async for _ in host.run(ImageRequest("warm", 1, 64, 64, 1, 5.0), CancelToken()):
            pass
        began = time.perf_counter()
        async for _ in host.run(request, CancelToken()):
            pass
        return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what an engine server costs.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    configure_logging("WARNING", "text")
    results = [measure(kind, options.rounds) for kind in KINDS_ASKED]
    if options.json:
        print(json.dumps([asdict(result) for result in results]))
        return
    for result in results:
        print(f"{result.kind}")
        print(f"  a picture, asked directly      {result.direct_seconds:8.3f} s")
        print(f"  the same through the studio    {result.studio_seconds:8.3f} s")
        print(f"  overhead                       {result.overhead_percent:8.2f} %")
        print(f"  overhead of a step             {result.milliseconds_a_step:8.3f} ms")


if __name__ == "__main__":
    main()
