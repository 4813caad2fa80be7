"""SQL of the prompt book. The owner stands in every statement, and row security beneath it."""

from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.core.pagination import Cursor
from fabula.models import PromptList, PromptSnippet, RememberedPrompt


async def remember(
    session: AsyncSession,
    user_id: UUID,
    *,
    prompt: str,
    negative_prompt: str,
    format: str,  # noqa: A002 - the column's name
    digest: bytes,
) -> None:
    """Add a prompt, or count one that is there already as used once more."""
    statement = insert(RememberedPrompt).values(
        user_id=user_id,
        prompt=prompt,
        negative_prompt=negative_prompt,
        format=format,
        digest=digest,
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["user_id", "digest"],
            set_={"uses": RememberedPrompt.uses + 1, "last_used_at": func.now()},
        )
    )


async def history(
    session: AsyncSession,
    user_id: UUID,
    *,
    words: str | None,
    favorites: bool,
    cursor: Cursor | None,
    limit: int,
) -> list[RememberedPrompt]:
    """The prompts of a person, the last used first."""
    query = select(RememberedPrompt).where(RememberedPrompt.user_id == user_id)
    if words:
        query = query.where(RememberedPrompt.prompt.icontains(words, autoescape=True))
    if favorites:
        query = query.where(RememberedPrompt.is_favorite.is_(True))
    if cursor:
        query = query.where(cursor.before(RememberedPrompt.last_used_at, RememberedPrompt.id))
    rows = await session.scalars(
        query.order_by(RememberedPrompt.last_used_at.desc(), RememberedPrompt.id.desc()).limit(
            limit
        )
    )
    return list(rows)


async def remembered(
    session: AsyncSession, user_id: UUID, prompt_id: UUID
) -> RememberedPrompt | None:
    row: RememberedPrompt | None = await session.scalar(
        select(RememberedPrompt).where(
            RememberedPrompt.user_id == user_id, RememberedPrompt.id == prompt_id
        )
    )
    return row


async def forget(session: AsyncSession, user_id: UUID, prompt_id: UUID) -> bool:
    done = await session.execute(
        delete(RememberedPrompt)
        .where(RememberedPrompt.user_id == user_id, RememberedPrompt.id == prompt_id)
        .returning(RememberedPrompt.id)
    )
    return done.first() is not None


async def forget_all(session: AsyncSession, user_id: UUID) -> int:
    """Everything but favourites; how many there were."""
    done = await session.execute(
        delete(RememberedPrompt)
        .where(RememberedPrompt.user_id == user_id, RememberedPrompt.is_favorite.is_(False))
        .returning(RememberedPrompt.id)
    )
    return len(done.all())


async def lists(session: AsyncSession, user_id: UUID) -> list[PromptList]:
    rows = await session.scalars(
        select(PromptList).where(PromptList.user_id == user_id).order_by(PromptList.name)
    )
    return list(rows)


async def put_list(
    session: AsyncSession, user_id: UUID, name: str, entries: list[str]
) -> PromptList:
    statement = insert(PromptList).values(user_id=user_id, name=name, entries=entries)
    row = await session.scalars(
        statement.on_conflict_do_update(
            index_elements=["user_id", "name"], set_={"entries": entries, "updated_at": func.now()}
        ).returning(PromptList),
        execution_options={"populate_existing": True},
    )
    return row.one()


async def drop_list(session: AsyncSession, user_id: UUID, name: str) -> bool:
    done = await session.execute(
        delete(PromptList)
        .where(PromptList.user_id == user_id, PromptList.name == name)
        .returning(PromptList.id)
    )
    return done.first() is not None


async def snippets(session: AsyncSession, user_id: UUID) -> list[PromptSnippet]:
    rows = await session.scalars(
        select(PromptSnippet)
        .where(PromptSnippet.user_id == user_id)
        .order_by(func.lower(PromptSnippet.name), PromptSnippet.name)
    )
    return list(rows)


async def put_snippet(session: AsyncSession, user_id: UUID, name: str, text: str) -> PromptSnippet:
    statement = insert(PromptSnippet).values(user_id=user_id, name=name, text_=text)
    row = await session.scalars(
        statement.on_conflict_do_update(
            index_elements=["user_id", "name"], set_={"text": text, "updated_at": func.now()}
        ).returning(PromptSnippet),
        execution_options={"populate_existing": True},
    )
    return row.one()


async def drop_snippet(session: AsyncSession, user_id: UUID, name: str) -> bool:
    done = await session.execute(
        delete(PromptSnippet)
        .where(PromptSnippet.user_id == user_id, PromptSnippet.name == name)
        .returning(PromptSnippet.id)
    )
    return done.first() is not None
