"""Looking templates and negative prompts up: the cache first, the tables where it cannot help.

Each lookup is a short transaction of its own and of the machine, since people may not read the
tables themselves, and since none may be open while a model writes.
"""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from fabula.core.clock import now
from fabula.core.database import Database
from fabula.moderation.rating import CONTENT_MODES, ContentMode, Mode, modes_within
from fabula.prompting import repository
from fabula.prompting.cache import Alarm, PromptCache
from fabula.prompting.keys import TemplateKey
from fabula.prompting.negative import FAMILIES
from fabula.prompting.selection import Selected, select


@dataclass(frozen=True, slots=True)
class Listed:
    """Base negative prompts, the highest priority first, and the mode that they are written for."""

    content_mode: ContentMode
    items: tuple[str, ...]


_caches: WeakKeyDictionary[Database, PromptCache] = WeakKeyDictionary()


def cache_of(database: Database) -> PromptCache:
    """This process's copy of the prompt cache of a database."""
    return _caches.setdefault(database, PromptCache())


async def cache_alarm(database: Database) -> Alarm | None:
    """What is wrong with the prompt cache, as this process has found it."""
    async with database.system() as session:
        return await cache_of(database).alarm(session, now())


async def template_for(database: Database, key: TemplateKey) -> Selected:
    """The template for a key, with the trace of how it was found.

    Where the cache has none but the built-in text, the tables are asked, so that a cache that
    misses something never hides a template.
    """
    moment = now()
    async with database.system() as session:
        held = await cache_of(database).read(session, moment)
        age = held.age(moment).total_seconds() if held else None
        if held:
            found = select(held.index, key, source="cache", cache_age_s=age)
            if found.id is not None:
                return found
        rows = await repository.templates_for(session, key)
    return select(rows, key, source="database", cache_age_s=age)


async def negatives_for(database: Database, model_type: str, mode: Mode) -> Listed:
    """The base negative prompts of a model in a mode, or of the milder mode where that has none;
    none at all for a family without them."""
    listed = Listed(CONTENT_MODES[mode], ())
    if model_type not in FAMILIES:
        return listed
    async with database.system() as session:
        held = await cache_of(database).read(session, now())
        for wanted in reversed(modes_within(mode)):
            place = model_type, CONTENT_MODES[wanted]
            texts = held.negatives.get(place) if held else None
            if not texts:
                texts = (await repository.active_negatives(session, *place)).get(place)
            if texts:
                return Listed(CONTENT_MODES[wanted], texts)
    return listed
