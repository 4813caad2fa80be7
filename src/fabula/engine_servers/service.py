"""Rules of connected servers: connect, change, test, remove. No transaction is open while a server
is asked."""

import asyncio
import json
import re
import time
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts import trail
from fabula.accounts.caller import Caller
from fabula.accounts.permissions import Permission
from fabula.accounts.trail import Action
from fabula.core.database import Database, lock_named
from fabula.core.errors import Conflict, Invalid, NotFound
from fabula.core.logging import get_logger
from fabula.core.pagination import Cursor
from fabula.core.sealing import Sealer
from fabula.engine_servers import defaults, directory, repository
from fabula.engine_servers.schemas import EngineServerIn, EngineServerPatch
from fabula.engines.base import EngineError
from fabula.engines.remote.addresses import Address, BadAddress, parse_address
from fabula.engines.remote.comfyui_workflow import BadWorkflow, read_workflow
from fabula.engines.remote.kinds import KINDS
from fabula.models import EngineServer
from fabula.moderation.policy import screen
from fabula.runtime_config.service import RuntimeConfig

log = get_logger(__name__)
PROBE_SECONDS = 30.0
PROBES_AT_ONCE = 4
MAX_WORKFLOW_BYTES = 2**20


class ServerNotFound(NotFound):
    code = "engine_server_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such engine server: it may have been removed.")


async def find(
    session: AsyncSession, caller: Caller, cursor: Cursor | None, limit: int
) -> list[EngineServer]:
    """Servers, newest first."""
    caller.require(Permission.ENGINES)
    return await repository.servers(session, cursor, limit)


async def add(database: Database, caller: Caller | None, body: EngineServerIn) -> EngineServer:
    """Connect a server and ask it what it has; one that does not answer is kept with its fault.

    ``caller`` is None for the command line.
    """
    _may(caller)
    screen((body.name,))
    address = _address(body.address)
    _check_workflow(body.kind, body.workflow)
    async with database.system() as session:
        await lock_named(session, "engine servers")
        await _demand_free_name(session, body.name, None)
        row = EngineServer(
            id=uuid4(),
            engine_id=await _engine_id(session, body.kind, body.name),
            kind=body.kind,
            name=body.name,
            address=address.url,
            model=body.model,
            workflow=body.workflow,
        )
        row.sealed_key = _sealed(session, row.id, body.key.get_secret_value() if body.key else "")
        _name_user(row, body.username)
        session.add(row)
        await session.flush()
        await _record(session, caller, Action.ENGINE_SERVER_ADDED, row.id, after=_told(row))
    await _ask(database, row.id)
    return await _read(database, row.id)


async def change(
    database: Database, caller: Caller | None, server_id: UUID, body: EngineServerPatch
) -> EngineServer:
    """Change a server and ask it again."""
    _may(caller)
    screen((body.name,))
    async with database.system() as session:
        await lock_named(session, "engine servers")
        row = await _found(session, server_id, lock=True)
        before = _told(row)
        if body.name is not None:
            await _demand_free_name(session, body.name, row.id)
            row.name = body.name
        if "workflow" in body.model_fields_set:
            _check_workflow(row.kind, body.workflow)
            row.workflow = body.workflow
        if body.address is not None:
            _move(row, _address(body.address))
        if body.key is not None:
            row.sealed_key = _sealed(session, row.id, body.key.get_secret_value())
        _name_user(row, row.username if body.username is None else body.username)
        row.model = row.model if body.model is None else body.model
        row.enabled = row.enabled if body.enabled is None else body.enabled
        await session.flush()
        after = _told(row) | {"key_given": body.key is not None}
        await _record(session, caller, Action.ENGINE_SERVER_CHANGED, row.id, before, after)
    await _ask(database, server_id)
    return await _read(database, server_id)


async def test(database: Database, caller: Caller | None, server_id: UUID) -> EngineServer:
    """Ask a server what it has, now."""
    _may(caller)
    async with database.system() as session:
        row = await _found(session, server_id)
        await _record(session, caller, Action.ENGINE_SERVER_TESTED, row.id, after=_told(row))
    await _ask(database, server_id)
    return await _read(database, server_id)


async def remove(database: Database, caller: Caller | None, server_id: UUID) -> None:
    """Forget a server with its key; where it was chosen, the built-in choice holds again. Its jobs
    that wait fail with a sentence."""
    _may(caller)
    async with database.system() as session:
        row = await _found(session, server_id, lock=True)
        before = _told(row)
        for use, default in (await defaults.read(session, RuntimeConfig())).items():
            if default.engine in {row.engine_id, directory.clips_id(row)}:
                await defaults.keep(session, use, None)
        await session.delete(row)
        await session.flush()
        await _record(session, caller, Action.ENGINE_SERVER_REMOVED, server_id, before)


async def check_all(database: Database) -> None:
    """Ask every server that is switched on, a few at once."""
    async with database.system() as session:
        ids = [row.id for row in await repository.servers(session) if row.enabled]
    turns = asyncio.Semaphore(PROBES_AT_ONCE)

    async def ask(server_id: UUID) -> None:
        async with turns:
            await _ask(database, server_id)

    await asyncio.gather(*map(ask, ids))


async def _ask(database: Database, server_id: UUID) -> None:
    """Ask a server and keep what it said. What is known of its models stays through a fault."""
    async with database.system() as session:
        row = await repository.server(session, server_id)
        secret: bytes = session.info["secret"]
    if row is None:
        return
    found: dict[str, Any] = {"fault": "", "answer_ms": None}
    began = time.perf_counter()
    try:
        connection = directory.connection_of(row, secret)
        async with asyncio.timeout(PROBE_SECONDS):
            facts = await KINDS[row.kind].probe(connection)
        if row.model and row.model not in facts.models:
            found["fault"] = f"{row.name} has no model of the name {row.model}."
        found["facts"] = facts.dump()
        found["answer_ms"] = round((time.perf_counter() - began) * 1000)
    except TimeoutError:
        found["fault"] = f"{row.name} took longer than {PROBE_SECONDS:g} seconds."
    except directory.KeyLost:
        found["fault"] = "Its key can no longer be read: enter it again."
    except (EngineError, BadWorkflow) as error:
        found["fault"] = str(error)
    if bool(found["fault"]) != bool(row.fault):
        log.info("engine_server.changed", server=row.engine_id, works=not found["fault"])
    async with database.system() as session:
        await repository.note_check(session, server_id, row.address, found)


async def _read(database: Database, server_id: UUID) -> EngineServer:
    async with database.system() as session:
        return await _found(session, server_id)


async def _found(session: AsyncSession, server_id: UUID, *, lock: bool = False) -> EngineServer:
    row = await repository.server(session, server_id, lock=lock)
    if row is None:
        raise ServerNotFound
    return row


def _may(caller: Caller | None) -> None:
    if caller is not None:
        caller.require(Permission.ENGINES)


def _move(row: EngineServer, to: Address) -> None:
    """A key was given for one server: another one does not get it unasked. What the old one said
    is forgotten."""
    if parse_address(row.address).origin != to.origin:
        row.sealed_key, row.username = None, ""
    if row.address != to.url:
        row.facts, row.checked_at = {}, None
    row.address = to.url


def _name_user(row: EngineServer, username: str) -> None:
    """Sign in by a name from now on, or by the key alone. A password that was taken away takes its
    name along."""
    if username and row.kind != "a1111":
        raise Invalid("Only A1111's API signs in by a name: leave it out.", field="username")
    if username and username != row.username and row.sealed_key is None:
        raise Invalid("Give the password of this name as the key.", field="key")
    row.username = username if row.sealed_key is not None else ""


def _address(given: str) -> Address:
    try:
        return parse_address(given)
    except BadAddress as error:
        raise Invalid(str(error), field="address") from error


def _check_workflow(kind: str, workflow: dict[str, Any] | None) -> None:
    if workflow is None:
        return
    if kind != "comfyui":
        raise Invalid("Only ComfyUI has workflows: leave it out.", field="workflow")
    text = json.dumps(workflow)
    if len(text) > MAX_WORKFLOW_BYTES or "\\u0000" in text:
        raise Invalid(
            "A workflow has a megabyte at most, and no null characters.", field="workflow"
        )
    try:
        read_workflow(workflow)
    except BadWorkflow as error:
        raise Invalid(str(error), field="workflow") from error


async def _demand_free_name(session: AsyncSession, name: str, own: UUID | None) -> None:
    other = await repository.named(session, name)
    if other is not None and other.id != own:
        raise Conflict(
            f"There is a server with the name {name} already: take another name.",
            code="server_name_taken",
        )


async def _engine_id(session: AsyncSession, kind: str, name: str) -> str:
    """A free name for the engine, which stays when the server is renamed: jobs refer to it."""
    words = "-".join(re.findall("[a-z0-9]+", name.lower()))
    begin = f"{kind}-{words}".rstrip("-")
    taken = await repository.taken(session, begin)
    free = (begin, *(f"{begin}-{number}" for number in range(2, len(taken) + 3)))
    return next(one for one in free if one not in taken and one not in KINDS)


def _sealed(session: AsyncSession, server_id: UUID, key: str) -> str | None:
    sealer = Sealer(session.info["secret"], directory.KEY_PURPOSE)
    return sealer.seal(key.encode(), server_id.bytes) if key else None


def _told(row: EngineServer) -> dict[str, Any]:
    """A server for the trail, without its key."""
    return {
        "name": row.name, "kind": row.kind, "address": row.address, "model": row.model,
        "has_key": row.sealed_key is not None, "has_workflow": row.workflow is not None,
        "username": row.username, "enabled": row.enabled,
    }  # fmt: skip


async def _record(
    session: AsyncSession,
    caller: Caller | None,
    action: Action,
    server_id: UUID,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    await trail.record(
        session, caller, action, "engine_server", server_id, before=before, after=after,
        agent=None if caller else trail.COMMAND_LINE,
    )  # fmt: skip
