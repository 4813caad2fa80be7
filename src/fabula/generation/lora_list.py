"""The LoRAs that an engine has, for choosing one: with what is known of their files."""

import base64
import binascii

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.core.database import elevated
from fabula.core.errors import Invalid, NotFound
from fabula.core.pagination import Page
from fabula.engine_servers import directory
from fabula.engines.base import ImageCapabilities, VideoCapabilities
from fabula.engines.model_files.families import LoraChoice, fits, label_of
from fabula.engines.registry import EngineRegistry
from fabula.generation.engine_choice import Choice
from fabula.generation.lora_schemas import LoraOut
from fabula.generation.loras import family_of
from fabula.model_files import repository as model_files
from fabula.model_files.views import preview_url
from fabula.models import ModelFile


async def lora_choices(
    session: AsyncSession,
    registry: EngineRegistry,
    engine_id: str,
    *,
    model: str | None,
    search: str,
    cursor: str | None,
    limit: int,
) -> Page[LoraOut]:
    """LoRAs that fit a model of an engine, by name; those of which nobody knows are among them."""
    await directory.refresh(session, registry)
    entry = registry.get(engine_id)
    if entry is None:
        raise NotFound("This studio has no engine of this name.")
    able = entry.capabilities
    if not isinstance(able, ImageCapabilities | VideoCapabilities) or not able.loras:
        return Page(items=[], next_cursor=None)
    family = family_of(Choice(entry), model)
    after, word = _decoded(cursor), search.casefold()
    fitting = sorted(
        (each for each in able.lora_files if fits(each.family, family)), key=lambda each: each.name
    )
    async with elevated(session):
        files = {} if entry.connected else await _files(session, fitting)
    rows = [
        _out(each, files.get(each.name))
        for each in fitting
        if each.name > after and _matches(word, each, files.get(each.name))
    ]
    kept = rows[:limit]
    more = len(rows) > limit
    return Page(items=kept, next_cursor=_encoded(kept[-1].name) if more else None)


async def _files(
    session: AsyncSession, choices: list[LoraChoice]
) -> dict[str, tuple[ModelFile, bool]]:
    names = [each.name for each in choices]
    return await model_files.of_names(session, "lora", names) if names else {}


def _matches(word: str, choice: LoraChoice, known: tuple[ModelFile, bool] | None) -> bool:
    texts = [choice.name, *([known[0].title, *known[0].triggers] if known else [])]
    return any(word in text.casefold() for text in texts)


def _out(choice: LoraChoice, known: tuple[ModelFile, bool] | None) -> LoraOut:
    file, pictured = known or (None, False)
    return LoraOut(
        name=choice.name,
        title=file.title if file else "",
        family=choice.family,
        family_label=label_of(choice.family),
        triggers=file.triggers if file else [],
        description=file.description if file else "",
        licence=file.licence if file else "",
        preview_url=preview_url(file) if file and pictured else None,
    )


def _encoded(name: str) -> str:
    return base64.urlsafe_b64encode(name.encode()).decode()


def _decoded(cursor: str | None) -> str:
    try:
        return base64.b64decode(cursor or "", altchars=b"-_", validate=True).decode()
    except (ValueError, binascii.Error) as error:
        raise Invalid(
            "This cursor is not one of ours: ask for the first page again.", field="cursor"
        ) from error
