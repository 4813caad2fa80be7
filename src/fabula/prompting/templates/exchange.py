"""Templates as files: JSON for machines, CSV for spreadsheets, and both back again.

A file holds what templates are for and what they say, not their history. An import makes drafts
and new versions and puts nothing in use.
"""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts import trail
from fabula.accounts.caller import Caller
from fabula.accounts.permissions import Permission
from fabula.accounts.trail import Action
from fabula.core.errors import Conflict, Invalid
from fabula.models import PromptTemplate
from fabula.prompting.templates import repository, service
from fabula.prompting.templates.repository import Search
from fabula.prompting.templates.schemas import TemplateIn
from fabula.prompting.templates.service import Text, text_of

FORMAT = "fabula.templates"
MAX_ROWS = 2000
_COLUMNS = (
    "template_name",
    "enhancer_model",
    "use_case",
    "content_mode",
    "target_model",
    "job_type",
    "token_limit",
    "description",
    "comment",
    "system_prompt",
)
_ROWS = TypeAdapter(list[TemplateIn])
Done = Literal["new", "version", "same"]


@dataclass(frozen=True, slots=True)
class Imported:
    """What a row became: a ``new`` draft, a further ``version``, or the ``same`` as it was."""

    template_name: str
    done: Done


async def export(session: AsyncSession, caller: Caller) -> list[dict[str, Any]]:
    """All templates with the text in use, in the order of their names."""
    caller.require(Permission.TEMPLATES)
    found = await repository.listed(session, Search(), None, MAX_ROWS + 1)
    if len(found) > MAX_ROWS:
        raise Conflict(
            f"A file holds {MAX_ROWS:,} templates, and here are more.", code="templates_too_many"
        )
    rows = [{column: getattr(item.row, column) for column in _COLUMNS} for item in found]
    return sorted(rows, key=lambda row: [str(row[column]) for column in _COLUMNS[:6]])


def as_json(rows: Sequence[dict[str, Any]]) -> str:
    return json.dumps({"format": FORMAT, "templates": rows}, ensure_ascii=False, indent=2)


def as_csv(rows: Iterable[dict[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, _COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def read(text: str) -> list[TemplateIn]:
    """The rows of a file of either kind. Raises ``Invalid`` with the row that is wrong."""
    rows = _from_json(text) if text.lstrip()[:1] in {"{", "["} else _from_csv(text)
    if len(rows) > MAX_ROWS:
        raise Invalid(f"A file holds at most {MAX_ROWS:,} templates.", field="text")
    try:
        return _ROWS.validate_python(rows)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        row, *where = first["loc"]
        place = ".".join(str(part) for part in where)
        message = f"Template {int(row) + 1} of the file, {place or 'as a whole'}: {first['msg']}."
        raise Invalid(message, field="text") from None


async def bring_in(
    session: AsyncSession, caller: Caller, rows: Sequence[TemplateIn]
) -> list[Imported]:
    """Make drafts of what is new and versions of what changed; all of it or, where one row cannot
    be, nothing."""
    caller.require(Permission.TEMPLATES)
    done = [await _one(session, caller, row) for row in rows]
    counts = {kind: sum(item.done == kind for item in done) for kind in ("new", "version", "same")}
    await trail.record(session, caller, Action.TEMPLATES_IMPORTED, "prompt_template", after=counts)
    return done


async def _one(session: AsyncSession, caller: Caller, row: TemplateIn) -> Imported:
    place, text = row.place(), row.text()
    twin = await repository.same_name(
        session, place.enhancer_model, place.use_case, place.content_mode, place.template_name
    )
    if twin is None:
        await service.make(session, caller, place, text, "From a file")
        return Imported(place.template_name, "new")
    if (twin.target_model, twin.job_type) != (place.target_model, place.job_type):
        raise Invalid(
            f"{place.template_name!r} is here for another target or job type: rename one of them.",
            field="text",
        )
    return Imported(place.template_name, await _version(session, caller, twin, text))


async def _version(session: AsyncSession, caller: Caller, twin: PromptTemplate, text: Text) -> Done:
    if text_of(twin) == text:
        return "same"
    latest = await repository.latest_number(session, twin.id)
    newest = await repository.version(session, twin.id, latest)
    if newest is not None and text_of(newest) == text:
        return "same"
    await service.save_version(session, caller, twin.id, text, "From a file", None)
    return "version"


def _from_json(text: str) -> list[Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise Invalid(f"This is no JSON: {error}.", field="text") from None
    rows = found.get("templates") if isinstance(found, dict) else found
    if not isinstance(rows, list):
        message = 'A file of templates is {"format": "fabula.templates", "templates": […]}.'
        raise Invalid(message, field="text")
    return rows


def _from_csv(text: str) -> list[Any]:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    missing = {"template_name", "system_prompt"} - set(reader.fieldnames or ())
    if missing:
        names = ", ".join(sorted(missing))
        raise Invalid(f"The first line of the file lacks {names}.", field="text")
    try:
        return [{key: value or None for key, value in row.items()} for row in reader]
    except csv.Error as error:
        raise Invalid(f"This is no CSV: {error}.", field="text") from None
