"""Choosing which engine the studio uses for what."""

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts import trail
from fabula.accounts.caller import Caller
from fabula.accounts.permissions import Permission
from fabula.accounts.trail import Action
from fabula.core.errors import Invalid
from fabula.engine_servers import defaults, directory
from fabula.engine_servers.defaults import TEXT, EngineDefault
from fabula.engines.base import Modality
from fabula.generation.engine_choice import choose
from fabula.generation.job_types import JOB_TYPES
from fabula.generation.submit import Desk, job_type_named


async def listed(session: AsyncSession, caller: Caller, desk: Desk) -> dict[str, EngineDefault]:
    """All defaults, by use."""
    caller.require(Permission.ENGINES)
    return await defaults.read(session, desk.config)


async def choose_default(
    session: AsyncSession, caller: Caller | None, desk: Desk, use: str, wanted: EngineDefault | None
) -> None:
    """Set what a use takes from now on, or go back to the built-in choice. ``caller`` is None for
    the command line. Raises ``Invalid`` for an engine or model that cannot do it."""
    if caller is not None:
        caller.require(Permission.ENGINES)
    if use != TEXT and use not in JOB_TYPES:
        raise Invalid(f"{use!r} is no job type: use {TEXT} or one of {', '.join(JOB_TYPES)}.")
    await directory.refresh(session, desk.registry)
    if wanted is not None:
        _check(desk, use, wanted)
    before = (await defaults.read(session, desk.config)).get(use)
    if before == wanted:
        return
    await defaults.keep(session, use, wanted)
    await trail.record(
        session, caller, Action.ENGINE_CHOSEN, "engine_default", use,
        before=_told(before), after=_told(wanted), agent=None if caller else trail.COMMAND_LINE,
    )  # fmt: skip


def _check(desk: Desk, use: str, wanted: EngineDefault) -> None:
    if use != TEXT:
        choose(job_type_named(use), desk.registry, engine=wanted.engine, model=wanted.model or None)
        return
    entry = desk.registry.get(wanted.engine)
    if entry is None or entry.info.modality is not Modality.TEXT:
        names = [e.info.id for e in desk.registry.all() if e.info.modality is Modality.TEXT]
        raise Invalid(f"This is no engine that writes: use {', '.join(names)}.", field="engine")
    if wanted.model:
        raise Invalid("The model of an engine that writes is set at its server.", field="model")


def _told(default: EngineDefault | None) -> dict[str, str]:
    return {"engine": default.engine, "model": default.model} if default else {"engine": ""}
