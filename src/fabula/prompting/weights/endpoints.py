"""Sets of weights, and the translation of weighted prompts."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, status

from fabula.accounts.access import CallerDep, CursorDep, Limit, SessionDep, signed_in
from fabula.core.pagination import Cursor, Page, page_of
from fabula.models import CompelConfig
from fabula.prompting.token_budget import count_tokens
from fabula.prompting.weights import a1111, compel, service, terms
from fabula.prompting.weights.repository import Search
from fabula.prompting.weights.schemas import (
    SpanOut,
    TranslateIn,
    TranslateOut,
    WeightSetChangeIn,
    WeightSetIn,
    WeightSetOut,
)
from fabula.prompting.weights.tree import is_weighted, plain, spans

router = APIRouter(prefix="/prompts", tags=["prompts"])


@router.get("/weights")
async def list_weight_sets(
    caller: CallerDep,
    session: SessionDep,
    cursor: CursorDep,
    limit: Limit = 50,
    search: Annotated[str | None, Query(max_length=100, pattern=r"^[^\x00]*$")] = None,
    active: Annotated[bool | None, Query()] = None,
    min_tests: Annotated[int | None, Query(ge=0, le=1_000_000)] = None,
    min_quality: Annotated[float | None, Query(ge=0, le=10)] = None,
) -> Page[WeightSetOut]:
    """Sets of weights, newest first. Who is no admin sees those that are active."""
    asked = Search(search.strip() if search else None, active, min_tests, min_quality)
    rows = await service.find(session, caller, asked, cursor, limit + 1)
    kept, following = page_of(rows, limit, lambda row: Cursor(row.created_at, row.id))
    return Page(items=[_out(row) for row in kept], next_cursor=following)


@router.post("/weights", status_code=status.HTTP_201_CREATED)
async def make_weight_set(
    body: WeightSetIn, caller: CallerDep, session: SessionDep
) -> WeightSetOut:
    """Save a set; the same weights are saved once. Admins only."""
    return _out(await service.make(session, caller, body.config_name, body.weights))


@router.patch("/weights/{set_id}")
async def change_weight_set(
    set_id: UUID, body: WeightSetChangeIn, caller: CallerDep, session: SessionDep
) -> WeightSetOut:
    """Rename a set, or offer it to people. Admins only."""
    changes = body.model_dump(exclude_none=True)
    return _out(await service.change(session, caller, set_id, changes))


@router.delete("/weights/{set_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_weight_set(set_id: UUID, caller: CallerDep, session: SessionDep) -> None:
    """Delete a set. Jobs keep the weights that they were made with. Admins only."""
    await service.delete(session, caller, set_id)


@router.post("/translate", dependencies=[Depends(signed_in)])
def translate_weights(body: TranslateIn) -> TranslateOut:
    """Read a weighted prompt, give terms their weights, and write it in every dialect."""
    prompt = (a1111 if body.dialect == "a1111" else compel).parse(body.text)
    if body.weights:
        prompt = terms.apply(prompt, body.weights)
    written, other = a1111.render(prompt), compel.render(prompt)
    text = plain(prompt)
    return TranslateOut(
        clauses=[
            [SpanOut(text=span.text, weight=span.weight) for span in spans(clause.parts)]
            for clause in prompt.clauses
        ],
        a1111=written.text,
        compel=other.text,
        plain=text,
        weights=terms.terms_of(prompt),
        losses={"a1111": list(written.losses), "compel": list(other.losses)},
        weighted=is_weighted(prompt),
        tokens=count_tokens(text),
    )


def _out(row: CompelConfig) -> WeightSetOut:
    return WeightSetOut(
        id=row.id,
        config_name=row.config_name,
        weights=row.weights,
        config_hash=row.config_hash,
        total_tests=row.total_tests or 0,
        avg_quality=None if row.avg_quality is None else float(row.avg_quality),
        avg_consistency=None if row.avg_consistency is None else float(row.avg_consistency),
        is_active=bool(row.is_active),
        created_at=row.created_at,
    )
