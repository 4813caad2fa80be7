"""A process's copy of the prompt cache, read and checked once for every change of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.core.logging import get_logger
from fabula.prompting.cache_shape import CACHE_KEY, CacheBroken, CacheContent, Negatives, parse
from fabula.prompting.selection import TemplateIndex
from fabula.runtime_config import repository as config

STALE_AFTER = timedelta(hours=24)
log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Alarm:
    """Why jobs read the tables instead of the cache, or an old cache; for those who run the
    studio."""

    code: Literal["missing", "broken", "stale"]
    message: str


@dataclass(frozen=True, slots=True)
class Held:
    """A checked cache, ready for lookups."""

    hash: str
    built_at: datetime
    index: TemplateIndex
    negatives: Negatives

    def age(self, now: datetime) -> timedelta:
        return now - self.built_at

    def stale(self, now: datetime) -> bool:
        """Older than a day: it should have been rebuilt since."""
        return self.age(now) > STALE_AFTER


class PromptCache:
    """Keeps a copy for as long as the stored cache carries the same hash.

    A read costs one lookup of the row's version. When another key of the row was written, the
    stored hash is compared too; the cache itself is read only when it was rebuilt. Sessions must
    be allowed to read ``system_config``.
    """

    def __init__(self) -> None:
        self._version: str | None = None
        self._held: Held | None = None
        self._fault: Alarm | None = None
        self._warned_of: str | None = None

    async def read(self, session: AsyncSession, now: datetime) -> Held | None:
        """The cache, or None where there is none or it is broken: then the tables are used."""
        version = await config.version(session)
        if version != self._version:
            await self._look_again(session)
            self._version = version
        if self._held and self._held.stale(now) and self._warned_of != self._held.hash:
            self._warned_of = self._held.hash
            hours = round(self._held.age(now).total_seconds() / 3600)
            log.warning("prompt_cache.stale", hours=hours)
        return self._held

    async def alarm(self, session: AsyncSession, now: datetime) -> Alarm | None:
        """What is wrong with the cache, None where nothing is."""
        held = await self.read(session, now)
        if held is None or not held.stale(now):
            return self._fault
        hours = round(held.age(now).total_seconds() / 3600)
        message = f"The prompt cache was built {hours} hours ago: a worker should build it daily."
        return Alarm("stale", message)

    async def _look_again(self, session: AsyncSession) -> None:
        if self._held and await config.value(session, CACHE_KEY, "hash") == self._held.hash:
            return
        self._held, self._fault = None, None
        stored = await config.value(session, CACHE_KEY)
        if stored is None:
            log.warning("prompt_cache.missing")
            self._fault = Alarm("missing", "There is no prompt cache: jobs read the tables.")
            return
        content, fault = _checked(stored)
        if content is None:
            log.error("prompt_cache.broken", reason=fault)
            self._fault = Alarm("broken", f"{fault} Until then, jobs read the tables.")
            return
        self._held = Held(
            content.hash, content.built_at, TemplateIndex(content.templates), content.negatives
        )


def _checked(stored: object) -> tuple[CacheContent | None, str]:
    """The cache, or what is wrong with it: a traceback would write templates into the log."""
    try:
        return parse(stored), ""
    except CacheBroken as error:
        return None, str(error)
