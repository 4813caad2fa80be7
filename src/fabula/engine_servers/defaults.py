"""Which engine and model the studio uses for what, where nobody says otherwise.

Kept in ``system_config`` under one key for each use, so that two admins who choose at once lose
nothing. A use is a job type, or ``text`` for the engine that writes.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.engine_servers.schemas import EngineDefaultOut
from fabula.runtime_config import service as runtime_config
from fabula.runtime_config.service import RuntimeConfig

PREFIX = "engineDefault."
TEXT = "text"


@dataclass(frozen=True, slots=True)
class EngineDefault:
    """An engine's id and the name of one of its models; empty for the engine's own."""

    engine: str
    model: str = ""


async def read(session: AsyncSession, config: RuntimeConfig) -> dict[str, EngineDefault]:
    """All defaults, by use."""
    found = {}
    for key, value in (await config.read(session)).items():
        if key.startswith(PREFIX) and isinstance(value, dict) and value.get("engine"):
            use = key.removeprefix(PREFIX)
            found[use] = EngineDefault(str(value["engine"]), str(value.get("model", "")))
    return found


async def keep(session: AsyncSession, use: str, default: EngineDefault | None) -> None:
    """Set what a use takes; None for no default."""
    if default is None:
        await runtime_config.remove(session, PREFIX + use)
        return
    value: dict[str, Any] = {"engine": default.engine, "model": default.model}
    await runtime_config.patch(session, PREFIX + use, value)


def default_out(use: str, default: EngineDefault) -> EngineDefaultOut:
    return EngineDefaultOut(use=use, engine=default.engine, model=default.model)
