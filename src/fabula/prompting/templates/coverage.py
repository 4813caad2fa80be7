"""Which template every kind of request gets, over the whole grid of keys."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts.caller import Caller
from fabula.accounts.permissions import Permission
from fabula.prompting import repository
from fabula.prompting.keys import ENHANCERS, TemplateKey
from fabula.prompting.selection import Selected, TemplateIndex, TemplateRow, select
from fabula.prompting.templates.kinds import USE_CASES

_MODES = ("sfw", "nsfw")


@dataclass(frozen=True, slots=True)
class Cell:
    """A key, and what a request with it gets; an ``exact`` cell has a template of its own."""

    key: TemplateKey
    found: Selected

    @property
    def exact(self) -> bool:
        return self.found.fallback_level == "exact"


def keys() -> Iterator[TemplateKey]:
    """Every key that something in the studio asks for."""
    for case in USE_CASES.values():
        modes = ("admin",) if case.name == "chat_admin" else _MODES
        for target, job_type in case.requests:
            for mode in modes:
                for enhancer in ENHANCERS:
                    yield TemplateKey(target, enhancer, job_type, case.name, mode)


def cells(rows: Iterable[TemplateRow]) -> list[Cell]:
    index = TemplateIndex(rows)
    return [Cell(key, select(index, key)) for key in keys()]


async def coverage(session: AsyncSession, caller: Caller) -> list[Cell]:
    """The grid over the active templates as the tables have them now."""
    caller.require(Permission.TEMPLATES)
    return cells(await repository.active_templates(session))
