"""Rules of the prompt book."""

import hashlib
import secrets
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts.caller import Caller
from fabula.core.errors import Conflict, NotFound
from fabula.core.pagination import Cursor
from fabula.models import PromptList, PromptSnippet, RememberedPrompt
from fabula.moderation.policy import screen
from fabula.prompting import dynamic
from fabula.prompting.book import repository

MAX_LISTS = 200
MAX_SNIPPETS = 500
_SEEDS = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Expansion:
    """What a prompt stands for. ``total`` is exact; ``prompts`` are the first of them, or a sample
    by ``seed``."""

    total: int
    prompts: list[str]
    lists: tuple[str, ...]
    variables: tuple[str, ...]
    seed: int | None


async def remember(
    session: AsyncSession,
    user_id: UUID,
    prompt: str,
    negative_prompt: str,
    format: str,  # noqa: A002 - the column's name
) -> None:
    """Note a prompt that a job was made with, in the job's transaction."""
    said = "\x00".join((format, prompt, negative_prompt))
    await repository.remember(
        session,
        user_id,
        prompt=prompt,
        negative_prompt=negative_prompt,
        format=format,
        digest=hashlib.sha256(said.encode()).digest(),
    )


async def history(
    session: AsyncSession,
    caller: Caller,
    words: str | None,
    cursor: Cursor | None,
    limit: int,
    *,
    favorites: bool,
) -> list[RememberedPrompt]:
    return await repository.history(
        session,
        caller.user_id,
        words=words,
        favorites=favorites,
        cursor=cursor,
        limit=limit,
    )


async def mark(
    session: AsyncSession, caller: Caller, prompt_id: UUID, *, is_favorite: bool
) -> RememberedPrompt:
    row = await repository.remembered(session, caller.user_id, prompt_id)
    if row is None:
        raise _gone()
    row.is_favorite = is_favorite
    await session.flush()
    return row


async def forget(session: AsyncSession, caller: Caller, prompt_id: UUID) -> None:
    if not await repository.forget(session, caller.user_id, prompt_id):
        raise _gone()


async def forget_all(session: AsyncSession, caller: Caller) -> int:
    """Forget everything but favourites; how many there were."""
    return await repository.forget_all(session, caller.user_id)


async def lists(session: AsyncSession, caller: Caller) -> list[PromptList]:
    return await repository.lists(session, caller.user_id)


async def put_list(
    session: AsyncSession, caller: Caller, name: str, entries: list[str]
) -> PromptList:
    """Make a list or replace its entries. Each is read first, so that a list never breaks the
    prompts that name it."""
    screen([name], mode=caller.mode)
    for entry in entries:
        screen([entry], mode=caller.mode)
        dynamic.parse(entry)
    there = {row.name for row in await repository.lists(session, caller.user_id)}
    if name not in there and len(there) >= MAX_LISTS:
        raise Conflict(
            f"A prompt book holds {MAX_LISTS} lists: delete one first.", code="lists_full"
        )
    return await repository.put_list(session, caller.user_id, name, entries)


async def drop_list(session: AsyncSession, caller: Caller, name: str) -> None:
    if not await repository.drop_list(session, caller.user_id, name):
        raise NotFound(f"You have no list {name}.")


async def snippets(session: AsyncSession, caller: Caller) -> list[PromptSnippet]:
    return await repository.snippets(session, caller.user_id)


async def put_snippet(session: AsyncSession, caller: Caller, name: str, text: str) -> PromptSnippet:
    """Make a snippet or replace its text."""
    screen([name, text], mode=caller.mode)
    there = {row.name for row in await repository.snippets(session, caller.user_id)}
    if name not in there and len(there) >= MAX_SNIPPETS:
        raise Conflict(
            f"A prompt book holds {MAX_SNIPPETS} snippets: delete one first.", code="snippets_full"
        )
    return await repository.put_snippet(session, caller.user_id, name, text)


async def drop_snippet(session: AsyncSession, caller: Caller, name: str) -> None:
    if not await repository.drop_snippet(session, caller.user_id, name):
        raise NotFound(f"You have no snippet {name!r}.")


async def expand(
    session: AsyncSession,
    caller: Caller,
    prompt: str,
    values: dict[str, str],
    number: int,
    seed: int | None,
    *,
    at_random: bool,
) -> Expansion:
    """What a prompt stands for, with the person's own lists."""
    screen([prompt, *values.values()], mode=caller.mode)
    parts = dynamic.parse(prompt)
    named = dynamic.needs(parts)
    held = {row.name: row.entries for row in await repository.lists(session, caller.user_id)}
    resolved = dynamic.resolve(parts, held, values)
    total = dynamic.count(resolved)
    if not at_random:
        found = dynamic.combinations(resolved, number)
        return Expansion(total, found, named.lists, named.variables, None)
    used = secrets.randbelow(_SEEDS) if seed is None else seed
    found = dynamic.sample(resolved, number, used)
    return Expansion(total, found, named.lists, named.variables, used)


def _gone() -> NotFound:
    return NotFound("There is no such prompt in your book: it may have been deleted already.")
