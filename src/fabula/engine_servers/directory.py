"""From rows to engines: what each process knows of the connected servers.

A process asks for the state of the table before it needs an engine, and reads the rows when it has
changed: so a change is known to the next request and the next job everywhere, without a restart.
"""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.core.database import elevated
from fabula.core.logging import get_logger
from fabula.core.sealing import Sealer, Unsealable
from fabula.engine_servers import repository
from fabula.engines.base import Availability, EngineContext
from fabula.engines.image.comfyui_workflow import BadWorkflow
from fabula.engines.registry import EngineEntry, EngineRegistry
from fabula.engines.remote.addresses import parse_address
from fabula.engines.remote.connection import Connection, Facts
from fabula.engines.remote.kinds import KINDS
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
        registry.connect([entry_of(row, secret, registry.context) for row in rows], mark)


def entry_of(row: EngineServer, secret: bytes, context: EngineContext) -> EngineEntry:
    """The engine that stands for a server. What keeps it from working is its reason."""
    kind = KINDS[row.kind]
    facts = Facts.read(row.facts)
    info = replace(
        kind.info,
        id=row.engine_id,
        name=row.name,
        version=facts.version or kind.info.version,
        model=row.model or ("the workflow's" if row.workflow else next(iter(facts.models), "none")),
    )
    here, able, own = _availability(row), None, context
    if here.available:
        try:
            own = replace(context, options=connection_of(row, secret).option())
            able = kind.engine(own).capabilities()
        except KeyLost:
            reason = "Its key can no longer be read: the studio's secret is another one."
            here = Availability(False, reason, "Enter the key again.")
        except BadWorkflow as error:
            here = Availability(False, str(error), "Give it another workflow.")
    return EngineEntry(kind.path, info, here, able, own, connected=True)


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
