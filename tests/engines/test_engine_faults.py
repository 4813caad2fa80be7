"""Every kind of engine through all that can go wrong with a job of it."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from server_engines import FAKES, connection_to, context_of
from servers.base import Fake

from fabula.engines.base import EngineContext
from fabula.engines.locate import engine_class
from fabula.engines.registry import EngineEntry
from fabula.engines.remote.kinds import KINDS, path_of
from faulty import ledger_is_right, trial, walk
from studio import CARD, Studio, studio

__all__ = ["studio"]
LOCAL = {
    "card": CARD,
    "sketchbook": "fabula.engines.image.sketchbook.engine:Sketchbook",
    "motion": "fabula.engines.video.motion.engine:MotionEngine",
}
SERVERS = ("comfyui", "a1111", "openai-images")
PICTURE = {"steps": 2, "width": 256, "height": 256}
CLIP = {"job_type": "video_fast", "width": 256, "height": 256, "seconds": 1, "fps": 8, "steps": 2}


def entry_of(path: str, context: EngineContext) -> EngineEntry:
    engine = engine_class(path)(context)
    return EngineEntry(path, engine.info, engine.availability(), engine.capabilities(), context)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


@pytest.mark.parametrize("name", LOCAL)
async def test_an_engine_of_the_studio(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    entry = entry_of(LOCAL[name], EngineContext(""))
    body: dict[str, Any] = CLIP if name == "motion" else PICTURE
    async with trial(studio, entry, tmp_path / "orders", **body) as made:
        await walk(made, monkeypatch)


@pytest.mark.parametrize("kind", SERVERS)
async def test_an_engine_that_stands_for_a_server(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stack: ExitStack, kind: str
) -> None:
    fake: Fake = stack.enter_context(FAKES[kind]())
    connection = connection_to(fake)
    facts = await KINDS[kind].probe(connection)
    entry = entry_of(path_of(KINDS[kind].engine), context_of(connection_to(fake, facts=facts)))
    body = {} if kind == "openai-images" else PICTURE
    async with trial(studio, entry, tmp_path / "orders", **body) as made:
        await walk(made, monkeypatch)
        await asyncio.to_thread(fake.stop)
        gone = await made.job()
        assert (gone["status"], gone["error"]["code"]) == ("failed", "unavailable")
        await ledger_is_right(made)
