"""SQL of templates and negative prompts."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from fabula.models import NegativePrompt, PromptTemplate
from fabula.prompting.cache_shape import Negatives
from fabula.prompting.keys import TemplateKey
from fabula.prompting.selection import TemplateRow, attempts

_ROW = (
    PromptTemplate.id,
    func.coalesce(PromptTemplate.version, 1).label("version"),
    PromptTemplate.template_name,
    PromptTemplate.enhancer_model,
    PromptTemplate.use_case,
    PromptTemplate.content_mode,
    PromptTemplate.system_prompt,
    PromptTemplate.target_model,
    PromptTemplate.job_type,
    PromptTemplate.token_limit,
    PromptTemplate.created_at,
)


async def active_templates(session: AsyncSession) -> list[TemplateRow]:
    found = await session.execute(select(*_ROW).where(PromptTemplate.is_active.is_(True)))
    return [TemplateRow(*row) for row in found]


async def templates_for(session: AsyncSession, key: TemplateKey) -> list[TemplateRow]:
    """The active templates that any step of a selection may choose."""
    keys = [wanted for _, wanted in attempts(key)]
    found = await session.execute(
        select(*_ROW).where(
            PromptTemplate.is_active.is_(True),
            PromptTemplate.use_case == key.use_case,
            PromptTemplate.enhancer_model.in_({k.enhancer_model for k in keys}),
            PromptTemplate.content_mode.in_({k.content_mode for k in keys}),
            _same_or_null(PromptTemplate.target_model, key.target_model),
            _same_or_null(PromptTemplate.job_type, key.job_type),
        )
    )
    return [TemplateRow(*row) for row in found]


def _same_or_null(
    column: InstrumentedAttribute[str | None], value: str | None
) -> ColumnElement[bool]:
    """Null on the row fits any; ``= NULL`` would fit none."""
    return column.is_(None) if value is None else or_(column.is_(None), column == value)


async def active_negatives(
    session: AsyncSession, model_type: str | None = None, content_mode: str | None = None
) -> Negatives:
    """Texts by model and mode, the highest priority first."""
    query = select(
        NegativePrompt.model_type, NegativePrompt.content_mode, NegativePrompt.negative_prompt
    ).where(NegativePrompt.is_active.is_(True))
    if model_type is not None:
        query = query.where(NegativePrompt.model_type == model_type)
    if content_mode is not None:
        query = query.where(NegativePrompt.content_mode == content_mode)
    rows = await session.execute(
        query.order_by(
            NegativePrompt.model_type,
            NegativePrompt.content_mode,
            func.coalesce(NegativePrompt.priority, 1).desc(),
            NegativePrompt.created_at,
            NegativePrompt.id,
        )
    )
    listed: dict[tuple[str, str], list[str]] = {}
    for model, mode, words in rows:
        listed.setdefault((model, mode), []).append(words)
    return {place: tuple(texts) for place, texts in listed.items()}


async def add_templates(session: AsyncSession, rows: Iterable[dict[str, Any]]) -> int:
    """Insert templates whose identity is not there yet; returns how many."""
    listed = list(rows)
    if not listed:
        return 0
    made = await session.scalars(
        insert(PromptTemplate)
        .values(listed)
        .on_conflict_do_nothing(
            index_elements=["enhancer_model", "use_case", "content_mode", "template_name"]
        )
        .returning(PromptTemplate.id)
    )
    return len(made.all())


async def add_negatives(session: AsyncSession, rows: Iterable[dict[str, Any]]) -> int:
    """Insert negative prompts whose identity is not there yet; returns how many."""
    listed = list(rows)
    if not listed:
        return 0
    made = await session.scalars(
        insert(NegativePrompt)
        .values(listed)
        .on_conflict_do_nothing(index_elements=["model_type", "content_mode", "negative_prompt"])
        .returning(NegativePrompt.id)
    )
    return len(made.all())
