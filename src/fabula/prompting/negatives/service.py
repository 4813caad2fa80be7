"""Rules of negative prompts. Every change rebuilds the prompt cache in its transaction."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts import trail
from fabula.accounts.caller import Caller
from fabula.accounts.permissions import Permission
from fabula.accounts.trail import Action
from fabula.core.clock import now
from fabula.core.errors import Conflict, Invalid, NotFound
from fabula.models import NegativePrompt
from fabula.moderation.policy import screen
from fabula.moderation.rating import Mode
from fabula.prompting.negatives import repository
from fabula.prompting.service import rebuild

MAX_ROWS = 200
_KIND = "negative_prompt"


async def find(
    session: AsyncSession, caller: Caller, model_type: str | None, content_mode: str | None
) -> list[NegativePrompt]:
    """All of them, each model and mode in the order in which it is joined."""
    caller.require(Permission.TEMPLATES)
    return await repository.listed(session, model_type, content_mode)


async def make(
    session: AsyncSession, caller: Caller, *, model_type: str, content_mode: str, text: str,
    description: str | None,
) -> NegativePrompt:  # fmt: skip
    """A further one, behind those that are there."""
    caller.require(Permission.TEMPLATES)
    screen([description], negative=text, mode=_mode_of(content_mode))
    there = await repository.listed(session, model_type, content_mode)
    if len(there) >= MAX_ROWS:
        raise Conflict(
            f"A model and mode have at most {MAX_ROWS} negative prompts: join some.",
            code="negatives_full",
        )
    await _demand_new(session, model_type, content_mode, text)
    lowest = await repository.lowest_priority(session, model_type, content_mode)
    row = NegativePrompt(
        model_type=model_type,
        content_mode=content_mode,
        negative_prompt=text,
        description=description,
        is_active=True,
        priority=1 if lowest is None else lowest - 1,
        created_by=caller.user_id,
    )
    session.add(row)
    await session.flush()
    await session.refresh(row)
    await rebuild(session)
    await _note(session, caller, Action.NEGATIVE_PROMPT_MADE, row.id, after=_facts(row))
    return row


async def change(
    session: AsyncSession, caller: Caller, negative_id: UUID, changes: dict[str, Any]
) -> NegativePrompt:
    """Change the text, the description or whether it is used."""
    caller.require(Permission.TEMPLATES)
    row = await _locked(session, negative_id)
    before = _facts(row)
    text = changes.get("negative_prompt")
    screen([changes.get("description")], negative=text, mode=_mode_of(row.content_mode))
    if text is not None and text != row.negative_prompt:
        await _demand_new(session, row.model_type, row.content_mode, text)
    for column, value in changes.items():
        setattr(row, column, value)
    if session.is_modified(row):
        row.updated_at = now()
        await session.flush()
        await rebuild(session)
        await _note(session, caller, Action.NEGATIVE_PROMPT_CHANGED, row.id, before, _facts(row))
    return row


async def order(
    session: AsyncSession, caller: Caller, model_type: str, content_mode: str, ids: Sequence[UUID]
) -> list[NegativePrompt]:
    """Put all negative prompts of a model and mode in an order. Raises ``Conflict`` where they are
    not exactly those that are there, as after somebody else's change."""
    caller.require(Permission.TEMPLATES)
    there = await repository.listed(session, model_type, content_mode)
    if len(set(ids)) != len(ids):
        raise Invalid("A negative prompt stands in the order twice.", field="ids")
    if {row.id for row in there} != set(ids):
        raise Conflict(
            "The list changed meanwhile: load it again, then put it in order.",
            code="negatives_changed",
        )
    if [row.id for row in there] != list(ids):
        await repository.order(session, ids)
        await rebuild(session)
        after = {"model": model_type, "mode": content_mode, "ids": [str(one) for one in ids]}
        await _note(session, caller, Action.NEGATIVE_PROMPTS_ORDERED, None, after=after)
        session.expire_all()
    return await repository.listed(session, model_type, content_mode)


async def delete(session: AsyncSession, caller: Caller, negative_id: UUID) -> None:
    caller.require(Permission.TEMPLATES)
    row = await _locked(session, negative_id)
    before = _facts(row)
    await session.delete(row)
    await session.flush()
    await rebuild(session)
    await _note(session, caller, Action.NEGATIVE_PROMPT_DELETED, negative_id, before)


def _mode_of(content_mode: str) -> Mode:
    return "adult" if content_mode == "nsfw" else "general"


async def _locked(session: AsyncSession, negative_id: UUID) -> NegativePrompt:
    row = await repository.lock(session, negative_id)
    if row is None:
        raise NotFound("There is no such negative prompt: it may have been deleted already.")
    return row


async def _demand_new(session: AsyncSession, model_type: str, content_mode: str, text: str) -> None:
    if await repository.twin(session, model_type, content_mode, text):
        raise Conflict(
            "This model and mode have that negative prompt already.", code="negative_known"
        )


def _facts(row: NegativePrompt) -> dict[str, Any]:
    """Lengths and states for the trail, which holds no texts."""
    return {
        "model": row.model_type,
        "mode": row.content_mode,
        "active": bool(row.is_active),
        "priority": row.priority,
        "letters": len(row.negative_prompt),
    }


async def _note(
    session: AsyncSession,
    caller: Caller,
    action: Action,
    negative_id: UUID | None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    await trail.record(session, caller, action, _KIND, negative_id, before, after)
