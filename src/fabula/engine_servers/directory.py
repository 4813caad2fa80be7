"""From rows to engines: what each process knows of the connected servers.

A process asks for the state of the table before it needs an engine, and reads the rows when it has
changed: so a change is known to the next request and the next job everywhere, without a restart.
"""

from contextlib import suppress
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.core.database import elevated
from fabula.core.logging import get_logger
from fabula.core.sealing import Sealer, Unsealable
from fabula.engine_servers import repository
from fabula.engines.base import Availability, EngineContext, EngineInfo
from fabula.engines.registry import EngineEntry, EngineRegistry
from fabula.engines.remote.addresses import parse_address
from fabula.engines.remote.comfyui_clips import makes_clips
from fabula.engines.remote.comfyui_workflow import BadWorkflow, read_workflow
from fabula.engines.remote.connection import Connection, Facts
from fabula.engines.remote.kinds import KINDS, Engine, path_of
from fabula.models import EngineServer

log = get_logger(__name__)
KEY_PURPOSE = "engine server key"
_ASK = "Look whether it runs and can be reached. The studio asks it again every minute."


class KeyLost(Exception):
    """The key was sealed with another secret of the studio."""


async def refresh(session: AsyncSession, registry: EngineRegistry) -> None:
    """Let the registry know of the servers as they are now."""
    async with elevated(session):
        mark = await repository.mark(session)
        if mark == registry.connected_mark:
            return
        rows = await repository.servers(session)
        secret: bytes = session.info["secret"]
        made = [entry for row in rows for entry in entries_of(row, secret, registry.context)]
        registry.connect(made, mark)


def entries_of(row: EngineServer, secret: bytes, context: EngineContext) -> list[EngineEntry]:
    """The engines that stand for a server: one, and another where it also makes clips."""
    kind = KINDS[row.kind]
    facts = Facts.read(row.facts)
    version = facts.version or kind.info.version
    info = replace(
        kind.info,
        id=row.engine_id,
        name=row.name,
        version=version,
        model=row.model or ("the workflow's" if row.workflow else next(iter(facts.models), "none")),
    )
    found = [_entry(row, secret, context, kind.engine, info)]
    if kind.clips and _makes_clips(row, facts):
        own = "the workflow's"
        info = replace(
            kind.clips.info,
            id=clips_id(row),
            name=f"{row.name}, clips",
            version=version,
            model=own if row.workflow else next(iter(facts.clip_models), own),
        )
        found.append(_entry(row, secret, context, kind.clips, info))
    return found


def _makes_clips(row: EngineServer, facts: Facts) -> bool:
    """Whether the server is one for clips as well, be it switched on or not."""
    with suppress(BadWorkflow):
        if row.workflow is not None and read_workflow(row.workflow).makes_clips:
            return True
    return makes_clips(facts)


def clips_id(row: EngineServer) -> str:
    """The id of a server as an engine for clips."""
    return f"{row.engine_id}-clips"


def _entry(
    row: EngineServer, secret: bytes, context: EngineContext, kind: Engine, info: EngineInfo
) -> EngineEntry:
    """The server as an engine. What keeps it from working is its reason."""
    here, able, own = _availability(row), None, context
    if here.available:
        try:
            own = replace(context, options=connection_of(row, secret).option())
            engine = kind(own)
            here = engine.availability()
            able = engine.capabilities() if here.available else None
        except KeyLost:
            reason = "Its key can no longer be read: the studio's secret is another one."
            here = Availability(False, reason, "Enter the key again.")
        except BadWorkflow as error:
            here = Availability(False, str(error), "Give it another workflow.")
    return EngineEntry(path_of(kind), info, here, able, own, connected=True)


def connection_of(row: EngineServer, secret: bytes) -> Connection:
    """Where the server is and how it is used. Raises ``KeyLost``."""
    key = ""
    if row.sealed_key is not None:
        try:
            key = Sealer(secret, KEY_PURPOSE).unseal(row.sealed_key, row.id.bytes).decode()
        except Unsealable as error:
            raise KeyLost from error
    return Connection(
        name=row.name,
        address=parse_address(row.address),
        key=key,
        username=row.username,
        model=row.model,
        workflow=row.workflow,
        facts=Facts.read(row.facts),
    )


def _availability(row: EngineServer) -> Availability:
    if not row.enabled:
        return Availability(False, "An admin switched it off.", "Switch it on again.")
    if row.fault:
        return Availability(False, row.fault, _ASK)
    if row.checked_at is None:
        return Availability(False, "It was not asked yet what it has.", _ASK)
    return Availability(True)
