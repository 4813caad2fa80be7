"""Engines that misbehave in one way each, for the tests of host, registry and contract."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from fabula.engines.base import (
    Availability,
    CancelToken,
    EngineContext,
    Footprint,
    ImageEvent,
    ImageOutput,
    ImageRequest,
)
from fabula.engines.image.reference_card import ReferenceCard


class Odd(ReferenceCard):
    """Does what ``options["do"]`` says at its first step, then draws the card."""

    def run(self, request: ImageRequest, cancel: CancelToken) -> Iterator[ImageEvent]:
        for event in super().run(request, cancel):
            match request.options.get("do"):
                case "crash":
                    raise KeyError("secret detail")
                case "memory":
                    raise MemoryError
                case "exit":
                    sys.exit(3)
                case "deaf":
                    Path(request.options["mark"]).touch()
                    time.sleep(3600)
                case "print":
                    print("noise from a library", flush=True)  # noqa: T201 - the point of it
                case "orphan":
                    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])
            yield event


class Told(ReferenceCard):
    """Puts what the process is told about itself into the record of the picture."""

    def run(self, request: ImageRequest, cancel: CancelToken) -> Iterator[ImageEvent]:
        for event in super().run(request, cancel):
            if isinstance(event, ImageOutput):
                told = {"threads": os.environ["OMP_NUM_THREADS"], "session": os.getsid(0)}
                yield ImageOutput(event.index, event.seed, event.pixels, told)
            else:
                yield event


class SlowToLoad(ReferenceCard):
    loads = 0

    def load(self) -> None:
        type(self).loads += 1
        if self.loads > 1:
            raise RuntimeError("loaded twice")


class CannotLoad(ReferenceCard):
    def load(self) -> None:
        raise OSError("the file is truncated")


class CannotBeMade(ReferenceCard):
    def __init__(self, _context: EngineContext) -> None:
        raise RuntimeError("no licence key")


class CannotSay(ReferenceCard):
    def availability(self) -> Availability:
        raise RuntimeError("the driver does not answer")


class First(ReferenceCard):
    """One of three engines of the same size; says what the option ``gigabytes`` says."""

    info = replace(ReferenceCard.info, id="first", name="First")

    def __init__(self, context: EngineContext) -> None:
        super().__init__(context)
        self._gigabytes = context.options.get("gigabytes", 0)

    def footprint(self, model: str | None) -> Footprint:  # noqa: ARG002 - it has one model
        return Footprint(int(self._gigabytes * 10**9))


class Second(First):
    info = replace(First.info, id="second", name="Second")


class Third(Told):
    info = replace(ReferenceCard.info, id="third", name="Third")


not_a_class = ReferenceCard(EngineContext(models_dir=""))
