"""What servers with OpenAI's API have in common: their list of models."""

from collections.abc import Mapping

from fabula.engines.base import EngineError
from fabula.engines.remote.client import Client
from fabula.engines.remote.connection import Connection, Facts


async def probe(to: Connection) -> Facts:
    """Ask a server which models it has. Raises ``EngineError``."""
    async with Client(to) as client:
        told = await client.json("GET", "/models")
        rows = told.get("data") if isinstance(told, Mapping) else None
        if not isinstance(rows, list):
            raise client.odd("no list of models")
        names = tuple(str(row["id"]) for row in rows if isinstance(row, Mapping) and row.get("id"))
        if not names:
            raise EngineError(f"{to.name} has no model.", code="unavailable")
    return Facts(models=names)
