"""The studio's negative prompts. Admins only."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, status

from fabula.accounts.access import CallerDep, SessionDep
from fabula.core.pagination import Page
from fabula.models import NegativePrompt
from fabula.prompting.negatives import service
from fabula.prompting.negatives.schemas import (
    Mode,
    ModelType,
    NegativeOrderIn,
    NegativePromptChangeIn,
    NegativePromptIn,
    NegativePromptOut,
)
from fabula.prompting.token_budget import count_tokens, limit_of

router = APIRouter(prefix="/prompts/negatives", tags=["prompts"])


@router.get("")
async def list_negative_prompts(
    caller: CallerDep,
    session: SessionDep,
    model_type: Annotated[ModelType | None, Query()] = None,
    content_mode: Annotated[Mode | None, Query()] = None,
) -> Page[NegativePromptOut]:
    """All negative prompts, each model and mode in the order in which they are joined."""
    rows = await service.find(session, caller, model_type, content_mode)
    return Page(items=_out(rows), next_cursor=None)


@router.post("", status_code=status.HTTP_201_CREATED)
async def make_negative_prompt(
    body: NegativePromptIn, caller: CallerDep, session: SessionDep
) -> NegativePromptOut:
    """Add one, last in its list."""
    row = await service.make(
        session,
        caller,
        model_type=body.model_type,
        content_mode=body.content_mode,
        text=body.negative_prompt,
        description=body.description,
    )
    listed = await service.find(session, caller, row.model_type, row.content_mode)
    return next(out for out in _out(listed) if out.id == row.id)


@router.put("/order")
async def order_negative_prompts(
    body: NegativeOrderIn, caller: CallerDep, session: SessionDep
) -> Page[NegativePromptOut]:
    """Put the negative prompts of a model and mode in order."""
    rows = await service.order(session, caller, body.model_type, body.content_mode, body.ids)
    return Page(items=_out(rows), next_cursor=None)


@router.patch("/{negative_id}")
async def change_negative_prompt(
    negative_id: UUID, body: NegativePromptChangeIn, caller: CallerDep, session: SessionDep
) -> NegativePromptOut:
    """Change one; what is left out stays."""
    changes = body.model_dump(exclude_unset=True)
    kept = {k: v for k, v in changes.items() if v is not None or k == "description"}
    row = await service.change(session, caller, negative_id, kept)
    listed = await service.find(session, caller, row.model_type, row.content_mode)
    return next(out for out in _out(listed) if out.id == row.id)


@router.delete("/{negative_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_negative_prompt(negative_id: UUID, caller: CallerDep, session: SessionDep) -> None:
    """Delete one."""
    await service.delete(session, caller, negative_id)


def _out(rows: list[NegativePrompt]) -> list[NegativePromptOut]:
    """Rows with the room that those before them leave: a comma between two costs a token."""
    out: list[NegativePromptOut] = []
    spent: dict[tuple[str, str], int] = {}
    for row in rows:
        place, tokens = (row.model_type, row.content_mode), count_tokens(row.negative_prompt)
        if row.is_active:
            spent[place] = spent[place] + 1 + tokens if place in spent else tokens
        out.append(
            NegativePromptOut(
                id=row.id,
                model_type=row.model_type,
                content_mode=row.content_mode,
                negative_prompt=row.negative_prompt,
                description=row.description,
                is_active=bool(row.is_active),
                priority=1 if row.priority is None else row.priority,
                tokens=tokens,
                fits=spent.get(place, tokens) <= limit_of(row.model_type),
                created_at=row.created_at,
                updated_at=row.updated_at,
            )
        )
    return out
