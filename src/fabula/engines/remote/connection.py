"""A server that somebody connected, as the engine that stands for it is told."""

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from fabula.engines.base import Availability, EngineContext
from fabula.engines.remote.addresses import Address, parse_address

OPTION = "server"
"""The option of an engine's context that holds the connection."""


MAX_NAMES = 5000
MAX_NAME = 300


@dataclass(frozen=True, slots=True)
class Facts:
    """What a server said of itself when it was last asked; names as the server spells them."""

    version: str = ""
    models: tuple[str, ...] = ()
    samplers: tuple[str, ...] = ()
    schedules: tuple[str, ...] = ()
    loras: tuple[str, ...] = ()
    clip_models: tuple[str, ...] = ()
    clip_encoders: tuple[str, ...] = ()
    clip_vaes: tuple[str, ...] = ()
    clip_visions: tuple[str, ...] = ()
    clip_nodes: tuple[str, ...] = ()
    """Kinds of nodes that clips need, as far as the server has them."""

    def dump(self) -> dict[str, Any]:
        """As stored: plain JSON values, and no more than a server of that kind has."""
        return {name: _stored(value)
                for name, value in asdict(self).items()}  # fmt: skip

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        lists = {name: tuple(stored.get(name, ())) for name in cls.__slots__ if name != "version"}
        return cls(version=str(stored.get("version", "")), **lists)


def _stored(value: str | tuple[str, ...]) -> str | list[str]:
    """PostgreSQL's text holds every character but U+0000."""
    if isinstance(value, str):
        return value.replace("\x00", "")[:MAX_NAME]
    return [name for name in value[:MAX_NAMES] if len(name) <= MAX_NAME and "\x00" not in name]


@dataclass(frozen=True, slots=True)
class Connection:
    """Where a server is and how it is used. ``name`` is what messages to people call it."""

    name: str
    address: Address
    key: str = field(default="", repr=False)
    username: str = ""
    """With a name the key is its password, and both are sent as HTTP's Basic authentication."""
    model: str = ""
    """The model of requests that name none; empty for the server's own choice."""
    workflow: Mapping[str, Any] | None = None
    """ComfyUI only: a graph in API form that takes the place of the built-in ones."""
    facts: Facts = field(default_factory=Facts)
    step_poll_seconds: float = 0.25
    """How often a server is asked how far it is, where it does not tell by itself."""
    answer_seconds: float = 15.0
    """How long a server may take for an answer that is no work."""
    patience_seconds: float = 300.0
    """How long a server may say nothing while it works."""

    @property
    def authorization(self) -> str:
        """The header of this name that each request carries; empty for none."""
        if not self.username:
            return f"Bearer {self.key}" if self.key else ""
        pair = base64.b64encode(f"{self.username}:{self.key}".encode()).decode()
        return f"Basic {pair}"

    def option(self) -> dict[str, Any]:
        """For the options of an ``EngineContext``."""
        own = asdict(self)
        return {OPTION: {**own, "address": self.address.url, "facts": self.facts.dump()}}

    def fingerprint(self) -> str:
        """Changes with everything that the engine is told."""
        return json.dumps(self.option(), sort_keys=True)


def connection_of(context: EngineContext) -> Connection | None:
    """The connection in an engine's context, if one is there."""
    told = context.options.get(OPTION)
    if not isinstance(told, Mapping):
        return None
    rest = {**told}
    address = parse_address(str(rest.pop("address")))
    return Connection(address=address, facts=Facts.read(rest.pop("facts", {})), **rest)


def availability(connection: Connection | None) -> Availability:
    """Whether there is a server; whether it answers is looked at elsewhere, and kept."""
    if connection is None:
        return Availability(
            False, "No server is connected.", "Connect one with `fabula engine add`."
        )
    return Availability(True)
