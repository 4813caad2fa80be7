"""What the studio adds to each kind of engine: for a job, and for a step.

    PYTHONPATH=src:tests:tests/engines:tests/diffusers python -m bench.overhead [--rounds 3]

A whole studio runs in processes of its own; the same output is made by calling the engine in this
process and by a job, in turn, so that a busy machine slows both. Two lengths of each job tell what
a step costs apart from what a job costs. The servers are the fakes of the tests. Sketchbook, Motion
and the chat model take part where their files are there, diffusers where torch is installed; the
chat model is no job and is compared through the pool that runs it. Goals: under 5 % of a job of 2
seconds, under 2 ms a step.
"""

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
from server_engines import FAKES, connection_to, context_of
from servers.base import Fake

from bench.studio import News, Studio, job_of, listening
from fabula.engines.base import (
    CancelToken,
    EngineContext,
    ImageRequest,
    Message,
    TextRequest,
    VideoRequest,
)
from fabula.engines.locate import engine_class
from fabula.engines.pool import EnginePool
from fabula.engines.registry import BUILT_IN, EngineRegistry
from fabula.engines.remote.kinds import KINDS, path_of

CARD = "fabula.engines.image.reference_card:ReferenceCard"
PROMPT = "a lighthouse"
SEED = 7
FRAMES, FPS = 24, 12
STEP_SECONDS = 0.1
FAKE_STEP_SECONDS = 0.095
SERVERS = ("comfyui", "a1111", "openai-images")
Make = Callable[[int], ImageRequest | VideoRequest]


@dataclass(frozen=True)
class Subject:
    """An engine: how it is called directly, and how a job of so many steps asks for it."""

    name: str
    path: str
    context: EngineContext
    request: Make
    body: Callable[[int], dict[str, Any]]
    steps: tuple[int, int] = (4, 20)
    engine: str = ""


@dataclass(frozen=True)
class Result:
    """Medians over the rounds, of the longer job; ``percent`` is what the studio adds to it."""

    name: str
    steps: int
    direct_seconds: float
    studio_seconds: float
    percent: float
    milliseconds_a_job: float
    milliseconds_a_step: float | None


def picture(side: int) -> tuple[Make, Callable[[int], dict[str, Any]]]:
    """A picture as the engine and as the API are asked for it."""

    def request(steps: int) -> ImageRequest:
        return ImageRequest(PROMPT, SEED, side, side, steps, 5.0)

    def body(steps: int) -> dict[str, Any]:
        return {"steps": steps, "width": side, "height": side, "guidance_scale": 5}

    return request, body


def whole_picture(steps: int) -> ImageRequest:
    return ImageRequest(PROMPT, SEED, 1024, 1024, steps, 0.0)


def clip(steps: int) -> VideoRequest:
    return VideoRequest(PROMPT, SEED, 512, 288, FRAMES, FPS, steps, 1.6)


def clip_body(steps: int) -> dict[str, Any]:
    return {"job_type": "video_fast", "steps": steps, "width": 512, "height": 288,
            "seconds": FRAMES / FPS, "fps": FPS, "guidance_scale": 1.6}  # fmt: skip


def local_subjects(models: Path) -> Iterator[Subject]:
    context = EngineContext(
        str(models), threads=max(1, (os.cpu_count() or 2) - 1),
        options={"step_seconds": STEP_SECONDS},
    )  # fmt: skip
    paths = {"reference-card": CARD, **BUILT_IN}
    for name, side in (("reference-card", 512), ("sketchbook", 512), ("diffusers-sdxl", 64)):
        engine = engine_class(paths[name])(context)
        if engine.availability().available:
            yield Subject(name, paths[name], context, *picture(side), engine=name)
    if engine_class(BUILT_IN["motion"])(context).availability().available:
        yield Subject("motion", BUILT_IN["motion"], context, clip, clip_body, engine="motion")


def server_subject(studio: Studio, kind: str, fake: Fake) -> Subject:
    """A fake server that is connected to the studio."""
    connection = connection_to(fake)
    facts = asyncio.run(KINDS[kind].probe(connection))
    engine = studio.output("engine", "add", kind, fake.address, "--name", f"fake {kind}")
    context = context_of(replace(connection, facts=facts))
    request, body = picture(512)
    steps = (4, 20)
    if kind == "openai-images":  # it has neither steps nor small sizes
        request, body, steps = whole_picture, lambda _: {"width": 1024, "height": 1024}, (1, 1)
    return Subject(kind, path_of(KINDS[kind].engine), context, request, body, steps, engine)


def measure_job(client: httpx.Client, news: News, subject: Subject, rounds: int) -> Result:
    engine: Any = engine_class(subject.path)(subject.context)
    engine.load()
    few, many = subject.steps
    times: dict[tuple[str, int], list[float]] = {}

    def direct(steps: int) -> None:
        for _ in engine.run(subject.request(steps), CancelToken()):
            pass

    def job(steps: int) -> None:
        job_of(client, news, {"prompt": PROMPT, "seed": SEED, "enhance": False,
                               "engine": subject.engine, **subject.body(steps)})  # fmt: skip

    direct(few)
    job(few)
    for _ in range(rounds):
        for steps in {few, many}:
            times.setdefault(("direct", steps), []).append(_timed(direct, steps))
            times.setdefault(("studio", steps), []).append(_timed(job, steps))
    engine.unload()
    middle = {key: statistics.median(found) for key, found in times.items()}
    over = {steps: middle["studio", steps] - middle["direct", steps] for steps in (few, many)}
    one, other = middle["direct", many], middle["studio", many]
    step = (over[many] - over[few]) / (many - few) * 1000 if many > few else None
    return Result(subject.name, many, one, other, (other / one - 1) * 100, over[many] * 1000, step)


def measure_text(models: Path, rounds: int) -> Result | None:
    """The chat model, called here and through a pool; a step is a token."""
    context = EngineContext(str(models), threads=max(1, (os.cpu_count() or 2) - 1))
    engine: Any = engine_class(BUILT_IN["local-llama"])(context)
    if not engine.availability().available:
        return None
    engine.load()
    request = TextRequest((Message("user", "Describe a lighthouse."),), max_tokens=96, seed=SEED)
    here: list[float] = []
    there: list[float] = []

    def direct() -> None:
        for _ in engine.run(request, CancelToken()):
            pass

    async def pooled() -> None:
        pool = EnginePool(EngineRegistry(context))
        try:
            hosted = await pool.host("local-llama")
            for number in range(rounds + 1):
                began = time.perf_counter()
                async for _ in hosted.run(request, CancelToken()):
                    pass
                if number:  # the first one loads the model
                    there.append(time.perf_counter() - began)
                    here.append(_timed(lambda _: direct(), 0))
        finally:
            await pool.close()

    direct()
    asyncio.run(pooled())
    engine.unload()
    one, other = statistics.median(here), statistics.median(there)
    over = (other - one) * 1000
    return Result(
        "local-llama (pool)", request.max_tokens, one, other, (other / one - 1) * 100, over,
        over / request.max_tokens,
    )  # fmt: skip


def _timed(work: Callable[[int], object], steps: int) -> float:
    began = time.perf_counter()
    work(steps)
    return time.perf_counter() - began


def measure(rounds: int) -> list[Result]:
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fabula-overhead-")))
        place.chmod(0o755)
        models = place / "models"
        _add_models(models)
        studio = Studio(place / "studio")
        studio.env["FABULA_MODELS_DIR"] = str(models)
        studio.env["FABULA_ENGINE_OPTIONS"] = json.dumps({"step_seconds": STEP_SECONDS})
        stack.enter_context(studio.running())
        key = studio.output("user", "create", "bench", "--role", "basic_user", "--api-key")
        fakes = {
            kind: stack.enter_context(FAKES[kind](step_seconds=FAKE_STEP_SECONDS))
            for kind in SERVERS
        }
        subjects = [
            *local_subjects(models),
            *(server_subject(studio, kind, fake) for kind, fake in fakes.items()),
        ]
        client = stack.enter_context(_client(studio, key))
        news = stack.enter_context(listening(client))
        found = [measure_job(client, news, subject, rounds) for subject in subjects]
        text = measure_text(models, rounds)
        return [*found, *([text] if text else [])]


@contextmanager
def _client(studio: Studio, key: str) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=studio.base, headers=headers, timeout=60, trust_env=False) as made:
        yield made


def _add_models(models: Path) -> None:
    """The chat model of the checkout, and a tiny SDXL where torch can make one."""
    models.mkdir()
    cached = Path(__file__).parents[1] / ".cache" / "models"
    for file in cached.glob("*.gguf"):
        (models / file.name).symlink_to(file)
    if find_spec("torch") and find_spec("tiny_sdxl"):
        (models / "sdxl").mkdir()
        import_module("tiny_sdxl").write_sdxl(models / "sdxl" / "tiny")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what the studio adds to each engine.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    results = measure(options.rounds)
    if options.json:
        print(json.dumps([asdict(result) for result in results]))
        return
    print("engine               steps   direct   studio     more   ms a job  ms a step")
    for r in results:
        step = "" if r.milliseconds_a_step is None else f"{r.milliseconds_a_step:9.2f}"
        print(
            f"{r.name:20} {r.steps:5} {r.direct_seconds:7.3f}s {r.studio_seconds:7.3f}s "
            f"{r.percent:7.1f}% {r.milliseconds_a_job:9.1f}  {step}"
        )


if __name__ == "__main__":
    main()
