"""What it costs that an engine has a process of its own.

    python bench/engine_host.py [--rounds 5] [--json]

Draws the same pictures by calling the engine and through its host, in turn and in one run, so that
a busy machine slows both. Goals: under 2 % more for a picture that takes 2 seconds, under 2 ms a
step. The pauses of the first case are exact; the second case has no pauses and so shows the bare
cost of a step and of handing over 2.4 MB of pixels.
"""

import argparse
import asyncio
import json
import statistics
import time
from dataclasses import asdict, dataclass

from fabula.engines.base import CancelToken, EngineContext, ImageRequest
from fabula.engines.host import EngineHost
from fabula.engines.image.reference_card import ReferenceCard

CARD = "fabula.engines.image.reference_card:ReferenceCard"
CONTEXT = EngineContext(models_dir="")
PICTURE = ImageRequest("a lighthouse", 7, 1024, 768, 20, 5.0, options={"step_seconds": 0.09})
SMALL = ImageRequest("a lighthouse", 7, 64, 64, 100, 5.0)


@dataclass(frozen=True)
class Result:
    """Medians over the rounds, in seconds; the ratio of hosted to direct."""

    start_seconds: float
    direct_seconds: float
    hosted_seconds: float
    ratio: float
    milliseconds_a_step: float


async def measure(rounds: int) -> Result:
    engine = ReferenceCard(CONTEXT)
    async with EngineHost(CARD, CONTEXT) as host:
        start = await _hosted(host, SMALL)
        direct, hosted, bare_direct, bare_hosted = [], [], [], []
        for _ in range(rounds):
            direct.append(_direct(engine, PICTURE))
            hosted.append(await _hosted(host, PICTURE))
            bare_direct.append(_direct(engine, SMALL))
            bare_hosted.append(await _hosted(host, SMALL))
    step = (statistics.median(bare_hosted) - statistics.median(bare_direct)) / SMALL.steps
    one, other = statistics.median(direct), statistics.median(hosted)
    return Result(start, one, other, other / one, step * 1000)


def _direct(engine: ReferenceCard, request: ImageRequest) -> float:
    began = time.perf_counter()
    for _ in engine.run(request, CancelToken()):
        pass
    return time.perf_counter() - began


async def _hosted(host: EngineHost, request: ImageRequest) -> float:
    began = time.perf_counter()
    async for _ in host.run(request, CancelToken()):
        pass
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the cost of the engine's process.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result = asyncio.run(measure(options.rounds))
    if options.json:
        print(json.dumps(asdict(result)))
        return
    print(f"first picture, with the start of the process  {result.start_seconds:8.3f} s")
    print(f"a picture, engine called directly             {result.direct_seconds:8.3f} s")
    print(f"the same through the host                     {result.hosted_seconds:8.3f} s")
    print(f"overhead                                      {(result.ratio - 1) * 100:8.2f} %")
    print(f"overhead of a step                            {result.milliseconds_a_step:8.3f} ms")


if __name__ == "__main__":
    main()
