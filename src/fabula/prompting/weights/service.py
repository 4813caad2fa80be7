"""Rules of sets of weights. What a set weighs never changes: its averages belong to it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts import trail
from fabula.accounts.caller import Caller
from fabula.accounts.permissions import Permission
from fabula.accounts.trail import Action
from fabula.core.database import elevated, lock_named
from fabula.core.errors import Conflict, NotFound
from fabula.core.pagination import Cursor
from fabula.models import CompelConfig
from fabula.moderation.policy import screen
from fabula.prompting import ratings
from fabula.prompting.weights import repository, terms
from fabula.prompting.weights.repository import Search

_KIND = "compel_config"


async def find(
    session: AsyncSession, caller: Caller, search: Search, cursor: Cursor | None, limit: int
) -> list[CompelConfig]:
    """Sets of weights, newest first; people see those that are in use."""
    if caller.may(Permission.TEMPLATES):
        return await repository.listed(session, search, cursor, limit)
    shown = Search(search.words, True, search.min_tests, search.min_quality)
    async with elevated(session):
        return await repository.listed(session, shown, cursor, limit)


async def make(
    session: AsyncSession, caller: Caller, name: str, weights: Mapping[str, float]
) -> CompelConfig:
    """A new set, with the ratings of jobs that were made with its weights before.

    Raises ``Conflict`` with the name of the one that weighs the same.
    """
    caller.require(Permission.TEMPLATES)
    screen([name, *weights])
    canonical = terms.canonical_terms(weights)
    config_hash = terms.hash_of(canonical)
    await _lock(session, config_hash)
    twin = await repository.by_hash(session, config_hash)
    if twin is not None:
        raise Conflict(
            f"{twin.config_name!r} has the same weights: use it, or change a weight.",
            code="weights_known",
        )
    row = CompelConfig(
        config_name=name,
        weights=canonical,
        config_hash=config_hash,
        is_active=False,
        total_tests=0,
        created_by=caller.user_id,
    )
    session.add(row)
    await session.flush()
    async with elevated(session):
        rated = await repository.ratings_of_jobs(session, canonical)
        await ratings.add(session, "weights", row.id, *rated)
    await session.refresh(row)
    after = {"name": name, "weights": canonical}
    await trail.record(session, caller, Action.WEIGHTS_MADE, _KIND, row.id, after=after)
    return row


async def set_with(session: AsyncSession, config_hash: str) -> UUID | None:
    """The set with these weights. None is made until the transaction ends, so that a rating counts
    once: either by itself, or as one of those that a new set begins with. Sessions are the
    machine's."""
    await _lock(session, config_hash)
    row = await repository.by_hash(session, config_hash)
    return row.id if row else None


async def change(
    session: AsyncSession, caller: Caller, config_id: UUID, changes: dict[str, Any]
) -> CompelConfig:
    """Rename a set, or offer it to people and take it back."""
    caller.require(Permission.TEMPLATES)
    row = await _locked(session, config_id)
    screen([changes.get("config_name")])
    before = {"config_name": row.config_name, "is_active": bool(row.is_active)}
    for column, value in changes.items():
        setattr(row, column, value)
    after = {"config_name": row.config_name, "is_active": bool(row.is_active)}
    if before != after:
        await session.flush()
        await trail.record(session, caller, Action.WEIGHTS_CHANGED, _KIND, row.id, before, after)
    return row


async def delete(session: AsyncSession, caller: Caller, config_id: UUID) -> None:
    caller.require(Permission.TEMPLATES)
    row = await _locked(session, config_id)
    before = {"name": row.config_name, "weights": row.weights}
    await session.delete(row)
    await session.flush()
    await trail.record(session, caller, Action.WEIGHTS_DELETED, _KIND, config_id, before)


async def _lock(session: AsyncSession, config_hash: str) -> None:
    await lock_named(session, f"weights:{config_hash}")


async def _locked(session: AsyncSession, config_id: UUID) -> CompelConfig:
    row = await repository.lock(session, config_id)
    if row is None:
        raise NotFound("There is no such set of weights: it may have been deleted already.")
    return row
