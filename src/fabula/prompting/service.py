"""The prompt cache, as operators see it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts import trail
from fabula.accounts.caller import Caller
from fabula.accounts.trail import Action
from fabula.core.clock import now
from fabula.core.database import elevated, lock_named
from fabula.core.errors import Forbidden
from fabula.core.logging import get_logger
from fabula.prompting import repository
from fabula.prompting.cache import STALE_AFTER
from fabula.prompting.cache_shape import CACHE_KEY, CacheBroken, build, parse
from fabula.runtime_config import repository as stored_config
from fabula.runtime_config import service as runtime_config

log = get_logger(__name__)
REBUILD = "prompt cache"
"""The lock under which rebuilds follow one another, so that the last has seen every change."""


@dataclass(frozen=True, slots=True)
class CacheCounts:
    """What a rebuilt cache holds."""

    templates: int
    negative_prompts: int
    hash: str
    built_at: datetime


@dataclass(frozen=True, slots=True)
class CacheState:
    """The stored cache as it is now. ``reason`` says what is wrong when it is not valid, and
    ``current`` whether the tables would give the same."""

    present: bool
    valid: bool
    stale: bool
    current: bool
    reason: str
    hash: str | None
    built_at: datetime | None
    age_s: float | None
    templates: int
    negative_prompts: int


async def rebuild(session: AsyncSession) -> CacheCounts:
    """Write the prompt cache from the tables, in the transaction that changed them.

    To be called after every change of a template or negative prompt. Rebuilds wait for one
    another, so that of two changes at once the later commit has both.
    """
    async with elevated(session):
        await lock_named(session, REBUILD)
        templates = await repository.active_templates(session)
        negatives = await repository.active_negatives(session)
        moment = now()
        body = build(templates, negatives, moment)
        await runtime_config.patch(session, CACHE_KEY, body)
    listed = sum(len(texts) for texts in negatives.values())
    log.info("prompt_cache.rebuilt", templates=len(templates), negative_prompts=listed)
    return CacheCounts(len(templates), listed, body["hash"], moment)


async def refresh(session: AsyncSession, caller: Caller) -> CacheCounts:
    """Rebuild the cache by hand; admins only."""
    _admins_only(caller)
    counts = await rebuild(session)
    after = {"hash": counts.hash, "templates": counts.templates}
    await trail.record(
        session, caller, Action.PROMPT_CACHE_REFRESHED, "system_config", CACHE_KEY, after=after
    )
    return counts


async def cache_state(session: AsyncSession, caller: Caller) -> CacheState:
    """Read and check the stored cache, and compare it with the tables; admins only."""
    _admins_only(caller)
    stored = await stored_config.value(session, CACHE_KEY)
    if stored is None:
        return _without_cache(present=False, reason="There is no prompt cache yet: refresh it.")
    try:
        held = parse(stored)
    except CacheBroken as error:
        return _without_cache(present=True, reason=str(error))
    templates = await repository.active_templates(session)
    negatives = await repository.active_negatives(session)
    age = now() - held.built_at
    return CacheState(
        present=True,
        valid=True,
        stale=age > STALE_AFTER,
        current=set(templates) == set(held.templates) and negatives == held.negatives,
        reason="",
        hash=held.hash,
        built_at=held.built_at,
        age_s=round(age.total_seconds(), 3),
        templates=len(held.templates),
        negative_prompts=sum(len(texts) for texts in held.negatives.values()),
    )


def _without_cache(*, present: bool, reason: str) -> CacheState:
    return CacheState(
        present=present,
        valid=False,
        stale=False,
        current=False,
        reason=reason,
        hash=None,
        built_at=None,
        age_s=None,
        templates=0,
        negative_prompts=0,
    )


def _admins_only(caller: Caller) -> None:
    if not caller.is_admin:
        raise Forbidden("Templates are for the admins of this studio: ask one of them.")
