"""Rules of templates: drafts, publication, rollback, labels.

What is used stands in ``prompt_templates``; every text that was ever saved stands in its history.
A published text and its cache change in one transaction, which other processes see at their next
lookup.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts import trail
from fabula.accounts.caller import Caller
from fabula.accounts.permissions import Permission
from fabula.accounts.trail import Action
from fabula.core.clock import now
from fabula.core.errors import Conflict, Invalid, NotFound
from fabula.core.pagination import Cursor
from fabula.models import PromptTemplate, TemplateLabel, TemplateVersion
from fabula.moderation.policy import screen
from fabula.moderation.rating import Mode
from fabula.prompting.errors import TemplateNotFound
from fabula.prompting.keys import TemplateKey
from fabula.prompting.service import rebuild
from fabula.prompting.templates import checks, repository
from fabula.prompting.templates.checks import Report
from fabula.prompting.templates.repository import Listed, Search, Version

_KIND = "prompt_template"


@dataclass(frozen=True, slots=True)
class Text:
    """What a version says."""

    system_prompt: str
    token_limit: int | None
    description: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """What a template is for and its name; no two share enhancer, use case, mode and name."""

    template_name: str
    enhancer_model: str
    use_case: str
    content_mode: str
    target_model: str | None
    job_type: str | None

    @property
    def key(self) -> TemplateKey:
        return TemplateKey(
            self.target_model, self.enhancer_model, self.job_type, self.use_case, self.content_mode
        )


@dataclass(frozen=True, slots=True)
class Template:
    """A template with all that its page shows."""

    row: PromptTemplate
    latest: int
    labels: tuple[TemplateLabel, ...]


async def find(
    session: AsyncSession, caller: Caller, search: Search, cursor: Cursor | None, limit: int
) -> list[Template]:
    """Templates, newest first."""
    caller.require(Permission.TEMPLATES)
    found = await repository.listed(session, search, cursor, limit)
    return await _with_labels(session, found)


async def get(session: AsyncSession, caller: Caller, template_id: UUID) -> Template:
    caller.require(Permission.TEMPLATES)
    found = await repository.get(session, template_id)
    if found is None:
        raise TemplateNotFound
    return (await _with_labels(session, [found]))[0]


async def make(
    session: AsyncSession, caller: Caller, place: Place, text: Text, message: str
) -> Template:
    """A template with a first version, which is a draft: it is used once it is published."""
    caller.require(Permission.TEMPLATES)
    checks.demand(_report(place, text))
    _screen(place, text, message)
    await _demand_name(session, place, but=None)
    row = PromptTemplate(
        **_columns(place), **_said(text), is_active=False, version=1, created_by=caller.user_id
    )
    session.add(row)
    await session.flush()
    await session.refresh(row)
    _add_version(session, caller, row.id, 1, text, message)
    await session.flush()
    await _note(session, caller, Action.TEMPLATE_MADE, row.id, after=_columns(place))
    return Template(row, 1, ())


async def duplicate(
    session: AsyncSession, caller: Caller, template_id: UUID, changes: dict[str, Any]
) -> Template:
    """A draft of another template with the newest text of this one; ``changes`` are fields of
    ``Place``."""
    source = await get(session, caller, template_id)
    place = replace(place_of(source.row), **changes)
    newest = await _version(session, template_id, source.latest)
    message = f"Copied from {source.row.template_name}, version {newest.number}"
    return await make(session, caller, place, text_of(newest), message)


async def save_version(
    session: AsyncSession,
    caller: Caller,
    template_id: UUID,
    text: Text,
    message: str,
    based_on: int | None,
) -> TemplateVersion:
    """A further version, as a draft.

    ``based_on`` is the version that the text was made from: raises ``Conflict`` where there is a
    newer one, so that nobody's work is covered, and where nothing changed.
    """
    caller.require(Permission.TEMPLATES)
    row = await _locked(session, template_id)
    latest = await repository.latest_number(session, template_id)
    if based_on is not None and based_on != latest:
        raise Conflict(
            f"Version {latest} was saved meanwhile: look at what it changed, "
            "then save yours on it.",
            code="version_overtaken",
        )
    if text_of(await _version(session, template_id, latest)) == text:
        raise Conflict(f"Nothing changed since version {latest}.", code="version_unchanged")
    checks.demand(_report(place_of(row), text))
    _screen(place_of(row), text, message)
    made = _add_version(session, caller, template_id, latest + 1, text, message)
    await session.flush()
    await session.refresh(made)
    after = {"version": made.number, "message": message}
    await _note(session, caller, Action.TEMPLATE_VERSION_SAVED, template_id, after=after)
    return made


async def publish(
    session: AsyncSession, caller: Caller, template_id: UUID, number: int, *, replace_rivals: bool
) -> Template:
    """Put a version in use at once, everywhere.

    An older version comes back as a new one, so that the number in use only ever grows. Raises
    ``Conflict`` where another active template has the same key, unless ``replace_rivals`` has it
    switched off.
    """
    caller.require(Permission.TEMPLATES)
    row = await _locked(session, template_id)
    used = row.version or 1
    wanted = await _version(session, template_id, number)
    if number == used and row.is_active:
        raise Conflict(f"Version {number} is in use already.", code="version_in_use")
    if number < used:
        wanted = await _again(session, caller, template_id, wanted)
    text = text_of(wanted)
    checks.demand(_report(place_of(row), text))
    switched_off = await _make_room(session, row, replace_rivals=replace_rivals)
    for column, value in _said(text).items():
        setattr(row, column, value)
    before = {"version": used, "active": bool(row.is_active)}
    row.version, row.is_active, row.updated_at = wanted.number, True, now()
    await session.flush()
    await rebuild(session)
    after = {"version": wanted.number, "active": True, "switched_off": switched_off}
    await _note(session, caller, Action.TEMPLATE_PUBLISHED, template_id, before, after)
    return await get(session, caller, template_id)


async def change(
    session: AsyncSession,
    caller: Caller,
    template_id: UUID,
    *,
    template_name: str | None,
    is_active: bool | None,
) -> Template:
    """Rename a template, or take it out of use and back."""
    caller.require(Permission.TEMPLATES)
    row = await _locked(session, template_id)
    before = {"name": row.template_name, "active": bool(row.is_active)}
    if template_name is not None and template_name != row.template_name:
        screen([template_name])
        await _demand_name(session, replace(place_of(row), template_name=template_name), but=row.id)
        row.template_name = template_name
    if is_active is not None and is_active != bool(row.is_active):
        if is_active:
            await _make_room(session, row, replace_rivals=False)
        row.is_active = is_active
    after = {"name": row.template_name, "active": bool(row.is_active)}
    if before != after:
        row.updated_at = now()
        await session.flush()
        await rebuild(session)
        await _note(session, caller, Action.TEMPLATE_CHANGED, template_id, before, after)
    return await get(session, caller, template_id)


async def delete(session: AsyncSession, caller: Caller, template_id: UUID) -> None:
    """Remove a template with its history. Jobs keep what they noted of it."""
    caller.require(Permission.TEMPLATES)
    row = await _locked(session, template_id)
    before = {**_columns(place_of(row)), "version": row.version}
    await repository.remove(session, template_id)
    await rebuild(session)
    await _note(session, caller, Action.TEMPLATE_DELETED, template_id, before)


async def versions(
    session: AsyncSession, caller: Caller, template_id: UUID, before: int | None, limit: int
) -> list[Version]:
    """The history, newest first."""
    caller.require(Permission.TEMPLATES)
    return await repository.versions(session, template_id, before, limit)


async def version(
    session: AsyncSession, caller: Caller, template_id: UUID, number: int
) -> TemplateVersion:
    caller.require(Permission.TEMPLATES)
    return await _version(session, template_id, number)


async def set_label(
    session: AsyncSession, caller: Caller, template_id: UUID, label: str, number: int
) -> Template:
    """Let a label point at a version, wherever it pointed before."""
    caller.require(Permission.TEMPLATES)
    await _version(session, template_id, number)
    await repository.set_label(session, template_id, label, number)
    after = {"label": label, "version": number}
    await _note(session, caller, Action.TEMPLATE_LABELLED, template_id, after=after)
    return await get(session, caller, template_id)


async def drop_label(
    session: AsyncSession, caller: Caller, template_id: UUID, label: str
) -> Template:
    caller.require(Permission.TEMPLATES)
    number = await repository.drop_label(session, template_id, label)
    if number is None:
        raise NotFound(f"This template has no label {label}.")
    before = {"label": label, "version": number}
    await _note(session, caller, Action.TEMPLATE_LABELLED, template_id, before)
    return await get(session, caller, template_id)


def place_of(row: PromptTemplate) -> Place:
    return Place(
        row.template_name,
        row.enhancer_model,
        row.use_case,
        row.content_mode,
        row.target_model,
        row.job_type,
    )


def text_of(row: TemplateVersion | PromptTemplate) -> Text:
    return Text(row.system_prompt, row.token_limit, row.description, row.comment)


def _report(place: Place, text: Text) -> Report:
    return checks.check(
        text.system_prompt,
        use_case=place.use_case,
        target_model=place.target_model,
        token_limit=text.token_limit,
    )


def _screen(place: Place, text: Text, message: str) -> None:
    """Instructions are judged in the mode that they are for, what is shown in lists as general."""
    mode: Mode = "adult" if place.content_mode == "nsfw" else "general"
    screen([text.system_prompt], mode=mode)
    screen([place.template_name, text.description, text.comment, message])


async def _with_labels(session: AsyncSession, found: Sequence[Listed]) -> list[Template]:
    labels = await repository.labels(session, [item.row.id for item in found])
    return [
        Template(
            item.row,
            item.latest,
            tuple(label for label in labels if label.template_id == item.row.id),
        )
        for item in found
    ]


async def _locked(session: AsyncSession, template_id: UUID) -> PromptTemplate:
    row = await repository.lock(session, template_id)
    if row is None:
        raise TemplateNotFound
    return row


async def _version(session: AsyncSession, template_id: UUID, number: int) -> TemplateVersion:
    found = await repository.version(session, template_id, number)
    if found is None:
        raise NotFound(f"This template has no version {number}: look it up in its history.")
    return found


async def _again(
    session: AsyncSession, caller: Caller, template_id: UUID, old: TemplateVersion
) -> TemplateVersion:
    """A new version with the text of an old one."""
    number = await repository.latest_number(session, template_id) + 1
    message = f"Back to version {old.number}"
    made = _add_version(session, caller, template_id, number, text_of(old), message)
    await session.flush()
    return made


def _add_version(
    session: AsyncSession, caller: Caller, template_id: UUID, number: int, text: Text, message: str
) -> TemplateVersion:
    made = TemplateVersion(
        template_id=template_id,
        number=number,
        message=message,
        author_id=caller.user_id,
        **_said(text),
    )
    session.add(made)
    return made


async def _demand_name(session: AsyncSession, place: Place, *, but: UUID | None) -> None:
    twin = await repository.same_name(
        session, place.enhancer_model, place.use_case, place.content_mode, place.template_name
    )
    if twin is not None and twin.id != but:
        raise Conflict(
            f"There is already a template {place.template_name!r} for this enhancer, use case and "
            "mode: choose another name.",
            code="template_name_taken",
        )


async def _make_room(
    session: AsyncSession, row: PromptTemplate, *, replace_rivals: bool
) -> list[str]:
    """Only one active template may have a key; the ids of those that were switched off."""
    rivals = await repository.rivals(session, place_of(row).key, but=row.id)
    if rivals and not replace_rivals:
        raise Conflict(
            f"{rivals[0].template_name!r} is in use for the same requests: switch it off first, or "
            "publish this one in its place.",
            code="template_rival",
        )
    for rival in rivals:
        rival.is_active, rival.updated_at = False, now()
    return [str(rival.id) for rival in rivals]


def _columns(place: Place) -> dict[str, Any]:
    return {
        "template_name": place.template_name,
        "enhancer_model": place.enhancer_model,
        "use_case": place.use_case,
        "content_mode": place.content_mode,
        "target_model": place.target_model,
        "job_type": place.job_type,
    }


def _said(text: Text) -> dict[str, Any]:
    if not text.system_prompt.strip():
        raise Invalid("A template needs a text.", field="system_prompt")
    return {
        "system_prompt": text.system_prompt,
        "token_limit": text.token_limit,
        "description": text.description,
        "comment": text.comment,
    }


async def _note(
    session: AsyncSession,
    caller: Caller,
    action: Action,
    template_id: UUID,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    await trail.record(session, caller, action, _KIND, template_id, before, after)
