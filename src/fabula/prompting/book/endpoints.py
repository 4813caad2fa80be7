"""A person's prompt book."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, status

from fabula.accounts.access import CallerDep, CursorDep, Limit, SessionDep
from fabula.core.pagination import Cursor, Page, page_of
from fabula.models import PromptList, PromptSnippet
from fabula.prompting.book import service
from fabula.prompting.book.schemas import (
    ExpandIn,
    ExpandOut,
    ForgottenOut,
    ListIn,
    ListName,
    ListOut,
    MarkIn,
    RememberedOut,
    SnippetIn,
    SnippetName,
    SnippetOut,
)

router = APIRouter(prefix="/prompt-book", tags=["prompt book"])
_LARGEST_NUMBER = 2**53


@router.get("/history")
async def list_remembered_prompts(
    caller: CallerDep,
    session: SessionDep,
    cursor: CursorDep,
    limit: Limit = 50,
    search: Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00]*$")] = None,
    favorites: Annotated[bool, Query()] = False,
) -> Page[RememberedOut]:
    """Every prompt that jobs were made with, once each, the last used first."""
    words = search.strip() if search else None
    rows = await service.history(session, caller, words, cursor, limit + 1, favorites=favorites)
    kept, following = page_of(rows, limit, lambda row: Cursor(row.last_used_at, row.id))
    items = [RememberedOut.model_validate(row, from_attributes=True) for row in kept]
    return Page(items=items, next_cursor=following)


@router.patch("/history/{prompt_id}")
async def mark_remembered_prompt(
    prompt_id: UUID, body: MarkIn, caller: CallerDep, session: SessionDep
) -> RememberedOut:
    """Make a prompt a favourite, or no longer."""
    row = await service.mark(session, caller, prompt_id, is_favorite=body.is_favorite)
    return RememberedOut.model_validate(row, from_attributes=True)


@router.delete("/history/{prompt_id}", status_code=status.HTTP_204_NO_CONTENT)
async def forget_prompt(prompt_id: UUID, caller: CallerDep, session: SessionDep) -> None:
    """Forget one prompt. Pictures keep theirs."""
    await service.forget(session, caller, prompt_id)


@router.delete("/history")
async def forget_prompts(caller: CallerDep, session: SessionDep) -> ForgottenOut:
    """Forget every prompt that is no favourite. Pictures keep theirs."""
    return ForgottenOut(forgotten=await service.forget_all(session, caller))


@router.get("/lists")
async def list_prompt_lists(caller: CallerDep, session: SessionDep) -> Page[ListOut]:
    """The lists that prompts may name, by name."""
    rows = await service.lists(session, caller)
    return Page(items=[_list_out(row) for row in rows], next_cursor=None)


@router.put("/lists/{name}")
async def put_prompt_list(
    name: ListName, body: ListIn, caller: CallerDep, session: SessionDep
) -> ListOut:
    """Make a list, or replace its entries."""
    return _list_out(await service.put_list(session, caller, name, body.entries))


@router.delete("/lists/{name}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_prompt_list(name: ListName, caller: CallerDep, session: SessionDep) -> None:
    """Delete a list."""
    await service.drop_list(session, caller, name)


@router.get("/snippets")
async def list_prompt_snippets(caller: CallerDep, session: SessionDep) -> Page[SnippetOut]:
    """Own pieces of text, by name."""
    rows = await service.snippets(session, caller)
    return Page(items=[_snippet_out(row) for row in rows], next_cursor=None)


@router.put("/snippets/{name}")
async def put_prompt_snippet(
    name: SnippetName, body: SnippetIn, caller: CallerDep, session: SessionDep
) -> SnippetOut:
    """Make a snippet, or replace its text."""
    return _snippet_out(await service.put_snippet(session, caller, name, body.text))


@router.delete("/snippets/{name}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_prompt_snippet(name: SnippetName, caller: CallerDep, session: SessionDep) -> None:
    """Delete a snippet."""
    await service.drop_snippet(session, caller, name)


@router.post("/expand")
async def expand_prompt(body: ExpandIn, caller: CallerDep, session: SessionDep) -> ExpandOut:
    """Show the prompts that one prompt stands for, before anything is made of them."""
    found = await service.expand(
        session,
        caller,
        body.prompt,
        body.values,
        body.count,
        body.seed,
        at_random=body.mode == "random",
    )
    total = found.total
    return ExpandOut(
        total=total if total < _LARGEST_NUMBER else str(total),
        prompts=found.prompts,
        lists=list(found.lists),
        variables=list(found.variables),
        seed=found.seed,
    )


def _list_out(row: PromptList) -> ListOut:
    return ListOut(name=row.name, entries=row.entries, updated_at=row.updated_at)


def _snippet_out(row: PromptSnippet) -> SnippetOut:
    return SnippetOut(name=row.name, text=row.text_, updated_at=row.updated_at)
