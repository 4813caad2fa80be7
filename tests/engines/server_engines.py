"""Engines over fake servers, as the studio would make them."""

import asyncio
from dataclasses import replace
from typing import Any

from servers.a1111 import FakeA1111
from servers.base import Fake
from servers.comfyui import FakeComfyUI
from servers.openai import FakeOpenAI

from fabula.engines.base import EngineContext
from fabula.engines.remote.addresses import parse_address
from fabula.engines.remote.connection import Connection
from fabula.engines.remote.kinds import KINDS

FAKES: dict[str, type[Fake]] = {
    "comfyui": FakeComfyUI,
    "a1111": FakeA1111,
    "openai-images": FakeOpenAI,
    "openai-chat": FakeOpenAI,
}
NAME = "The attic"


def connection_to(fake: Fake, **changes: Any) -> Connection:
    plain = Connection(
        NAME,
        parse_address(fake.address),
        key=fake.key,
        username=fake.username,
        step_poll_seconds=0.005,
    )
    return replace(plain, **changes)


def probed(kind: str, connection: Connection) -> Connection:
    """The connection with what the server says of itself."""
    return replace(connection, facts=asyncio.run(KINDS[kind].probe(connection)))


def context_of(connection: Connection) -> EngineContext:
    return EngineContext(models_dir="", options=connection.option())


def engine_over(kind: str, fake: Fake, *, clips: bool = False, **changes: Any) -> Any:
    """An engine that is connected, after its server was asked what it has."""
    connection = probed(kind, connection_to(fake, **changes))
    made = KINDS[kind].clips if clips else KINDS[kind].engine
    assert made is not None
    return made(context_of(connection))
