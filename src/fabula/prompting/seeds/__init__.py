"""The studio's first templates and negative prompts, from the TOML files beside this module.

Each seed is inserted once in the life of a database. Which ones were is kept in
``system_config.config -> promptSeeds``, so that what an operator changed, renamed or deleted is
never brought back.
"""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.core.database import lock_named
from fabula.prompting import repository
from fabula.prompting.service import REBUILD, rebuild
from fabula.runtime_config import repository as stored_config
from fabula.runtime_config import service as runtime_config

SEEDS_KEY = "promptSeeds"
_TEMPLATE_IDENTITY = ("enhancer_model", "use_case", "content_mode", "template_name")
_NEGATIVE_IDENTITY = ("model_type", "content_mode", "negative_prompt")
_TEMPLATE_COLUMNS = ("target_model", "job_type", "token_limit", "description", "system_prompt")


@dataclass(frozen=True, slots=True)
class Seeded:
    """How many rows were inserted."""

    templates: int
    negative_prompts: int


@lru_cache
def seed_templates() -> tuple[dict[str, Any], ...]:
    """Templates as rows; every row has the same columns."""
    columns = (*_TEMPLATE_IDENTITY, *_TEMPLATE_COLUMNS)
    return tuple(
        {column: entry.get(column) for column in columns} for entry in _entries("template")
    )


@lru_cache
def seed_negatives() -> tuple[dict[str, Any], ...]:
    """Negative prompts as rows."""
    return tuple(_entries("negative"))


async def seed(session: AsyncSession) -> Seeded:
    """Insert the seeds that were never inserted and rebuild the prompt cache.

    To be run after the migrations, in one transaction of the machine; running it again, or twice
    at once, changes nothing more.
    """
    await runtime_config.ensure(session)
    await lock_named(session, REBUILD)
    before = set(await stored_config.value(session, SEEDS_KEY) or [])
    templates = {_name("template", _TEMPLATE_IDENTITY, row): row for row in seed_templates()}
    negatives = {_name("negative", _NEGATIVE_IDENTITY, row): row for row in seed_negatives()}
    done = Seeded(
        await repository.add_templates(
            session, [row for name, row in templates.items() if name not in before]
        ),
        await repository.add_negatives(
            session, [row for name, row in negatives.items() if name not in before]
        ),
    )
    if not before.issuperset([*templates, *negatives]):
        await runtime_config.patch(session, SEEDS_KEY, sorted({*before, *templates, *negatives}))
    await rebuild(session)
    return done


def _entries(kind: str) -> list[dict[str, Any]]:
    file = resources.files("fabula.prompting").joinpath(f"seeds/{kind}s.toml")
    listed: list[dict[str, Any]] = tomllib.loads(file.read_text(encoding="utf-8"))[kind]
    return listed


def _name(kind: str, identity: tuple[str, ...], row: dict[str, Any]) -> str:
    return "/".join([kind, *(str(row[column]) for column in identity)])
