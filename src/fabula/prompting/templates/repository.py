"""SQL of templates, their versions and labels. Sessions are the caller's, under row security."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.core.pagination import Cursor
from fabula.models import Profile, PromptTemplate, TemplateLabel, TemplateVersion
from fabula.prompting.keys import TemplateKey

_LATEST = (
    select(func.max(TemplateVersion.number))
    .where(TemplateVersion.template_id == PromptTemplate.id)
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class Search:
    """What a list of templates is narrowed to; ``words`` stand in its name or its text."""

    words: str | None = None
    use_case: str | None = None
    target_model: str | None = None
    enhancer_model: str | None = None
    job_type: str | None = None
    content_mode: str | None = None
    active: bool | None = None
    drafts: bool | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A template and the number of its newest version, published or not."""

    row: PromptTemplate
    latest: int


@dataclass(frozen=True, slots=True)
class Version:
    """A version and the name of who wrote it; None for the machine and for who is gone."""

    row: TemplateVersion
    author: str | None


async def listed(
    session: AsyncSession, search: Search, cursor: Cursor | None, limit: int
) -> list[Listed]:
    """Templates, newest first."""
    query = _narrowed(select(PromptTemplate, _LATEST), search)
    if cursor:
        query = query.where(cursor.before(PromptTemplate.created_at, PromptTemplate.id))
    rows = await session.execute(
        query.order_by(PromptTemplate.created_at.desc(), PromptTemplate.id.desc()).limit(limit)
    )
    return [Listed(row, latest or row.version or 1) for row, latest in rows]


def _narrowed(query: Select[Any], search: Search) -> Select[Any]:
    for column, value in (
        (PromptTemplate.use_case, search.use_case),
        (PromptTemplate.target_model, search.target_model),
        (PromptTemplate.enhancer_model, search.enhancer_model),
        (PromptTemplate.job_type, search.job_type),
        (PromptTemplate.content_mode, search.content_mode),
    ):
        if value is not None:
            query = query.where(column == value)
    if search.active is not None:
        query = query.where(PromptTemplate.is_active.is_(search.active))
    if search.drafts is not None:
        ahead = func.coalesce(_LATEST, 1) > PromptTemplate.version
        query = query.where(ahead if search.drafts else ~ahead)
    if search.words:
        words = search.words
        query = query.where(
            or_(
                PromptTemplate.template_name.icontains(words, autoescape=True),
                PromptTemplate.system_prompt.icontains(words, autoescape=True),
            )
        )
    return query


async def get(session: AsyncSession, template_id: UUID) -> Listed | None:
    rows = await session.execute(
        select(PromptTemplate, _LATEST).where(PromptTemplate.id == template_id)
    )
    found = rows.one_or_none()
    return Listed(found[0], found[1] or found[0].version or 1) if found else None


async def lock(session: AsyncSession, template_id: UUID) -> PromptTemplate | None:
    """A template that nobody else changes until the transaction ends."""
    row: PromptTemplate | None = await session.scalar(
        select(PromptTemplate).where(PromptTemplate.id == template_id).with_for_update()
    )
    return row


async def same_name(
    session: AsyncSession, enhancer_model: str, use_case: str, content_mode: str, name: str
) -> PromptTemplate | None:
    """The template with this identity, which the inventory keeps unique."""
    row: PromptTemplate | None = await session.scalar(
        select(PromptTemplate).where(
            PromptTemplate.enhancer_model == enhancer_model,
            PromptTemplate.use_case == use_case,
            PromptTemplate.content_mode == content_mode,
            PromptTemplate.template_name == name,
        )
    )
    return row


async def rivals(session: AsyncSession, key: TemplateKey, but: UUID) -> list[PromptTemplate]:
    """Active templates for exactly the same key."""
    rows = await session.scalars(
        select(PromptTemplate)
        .where(
            PromptTemplate.is_active.is_(True),
            PromptTemplate.id != but,
            PromptTemplate.enhancer_model == key.enhancer_model,
            PromptTemplate.use_case == key.use_case,
            PromptTemplate.content_mode == key.content_mode,
            PromptTemplate.target_model.is_not_distinct_from(key.target_model),
            PromptTemplate.job_type.is_not_distinct_from(key.job_type),
        )
        .with_for_update()
    )
    return list(rows)


async def latest_number(session: AsyncSession, template_id: UUID) -> int:
    number: int | None = await session.scalar(
        select(func.max(TemplateVersion.number)).where(TemplateVersion.template_id == template_id)
    )
    return number or 0


async def version(session: AsyncSession, template_id: UUID, number: int) -> TemplateVersion | None:
    row: TemplateVersion | None = await session.scalar(
        select(TemplateVersion).where(
            TemplateVersion.template_id == template_id, TemplateVersion.number == number
        )
    )
    return row


async def versions(
    session: AsyncSession, template_id: UUID, before: int | None, limit: int
) -> list[Version]:
    """The history of a template, newest first, from below a number on."""
    query = (
        select(TemplateVersion, Profile.username)
        .outerjoin(Profile, Profile.id == TemplateVersion.author_id)
        .where(TemplateVersion.template_id == template_id)
    )
    if before is not None:
        query = query.where(TemplateVersion.number < before)
    rows = await session.execute(query.order_by(TemplateVersion.number.desc()).limit(limit))
    return [Version(row, author) for row, author in rows]


async def labels(session: AsyncSession, template_ids: Sequence[UUID]) -> list[TemplateLabel]:
    rows = await session.scalars(
        select(TemplateLabel)
        .where(TemplateLabel.template_id.in_(template_ids))
        .order_by(TemplateLabel.label)
    )
    return list(rows)


async def set_label(session: AsyncSession, template_id: UUID, label: str, number: int) -> None:
    await session.execute(
        insert(TemplateLabel)
        .values(template_id=template_id, label=label, number=number)
        .on_conflict_do_update(index_elements=["template_id", "label"], set_={"number": number})
    )


async def drop_label(session: AsyncSession, template_id: UUID, label: str) -> int | None:
    """The number that the label pointed at, None where there was no such label."""
    number: int | None = await session.scalar(
        delete(TemplateLabel)
        .where(TemplateLabel.template_id == template_id, TemplateLabel.label == label)
        .returning(TemplateLabel.number)
    )
    return number


async def remove(session: AsyncSession, template_id: UUID) -> None:
    await session.execute(delete(PromptTemplate).where(PromptTemplate.id == template_id))
