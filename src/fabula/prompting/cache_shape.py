"""The shape of the prompt cache in ``system_config.config -> promptCache``.

Appendix C of the behaviour notes: ``templateCache.chat[mode][use case]`` and
``templateCache.enhancement[target][enhancer][job type][use case][mode]`` hold a row a cell, and
``negativeCache[model][mode]`` texts by priority. A cell holds the row that wins it; the rows that
have no cell of their own (a second enhancer, an older version, a row that fits any model) are
listed in ``templateCache.others``, so that the cache answers every lookup as the tables would.
``hash`` is the SHA-256 of the canonical JSON of all the rest.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from fabula.core.errors import FabulaError
from fabula.prompting.keys import DEFAULT_ENHANCER
from fabula.prompting.selection import TemplateRow

CACHE_KEY = "promptCache"
CACHE_VERSION = "3.0.0"
_CHAT_PREFIX = "chat_"
_ROW = TypeAdapter(TemplateRow)
Negatives = dict[tuple[str, str], tuple[str, ...]]
"""Texts by (model, mode), the highest priority first."""


class CacheBroken(FabulaError):
    """The stored cache is not what was written: the tables are to be used."""

    status = 500
    code = "cache_broken"


class _Metadata(BaseModel):
    model_config = ConfigDict(extra="forbid")
    templateCount: int  # noqa: N815 - the names of the stored format
    negativePromptCount: int  # noqa: N815
    nsfwTermCount: int  # noqa: N815
    refreshedAt: datetime  # noqa: N815


class _Body(BaseModel):
    """The outer form; a reader refuses what it does not know."""

    model_config = ConfigDict(extra="forbid")
    version: str
    builtAt: datetime  # noqa: N815
    hash: str
    templateCache: dict[str, Any]  # noqa: N815
    negativeCache: dict[str, dict[str, list[str]]]  # noqa: N815
    nsfwTerms: list[str]  # noqa: N815
    metadata: _Metadata


@dataclass(frozen=True, slots=True)
class CacheContent:
    """What a cache holds, read and checked. ``built_at`` is aware."""

    hash: str
    built_at: datetime
    templates: tuple[TemplateRow, ...]
    negatives: Negatives


def build(rows: Iterable[TemplateRow], negatives: Negatives, built_at: datetime) -> dict[str, Any]:
    """The cache as it is stored: plain JSON values with their hash."""
    listed = sorted(rows, key=_by_worth, reverse=True)
    body: dict[str, Any] = {
        "version": CACHE_VERSION,
        "builtAt": built_at.isoformat(),
        "templateCache": _templates(listed),
        "negativeCache": _negatives(negatives),
        # The content policy keeps its own lists; the key stays for older readers.
        "nsfwTerms": [],
        "metadata": {
            "templateCount": len(listed),
            "negativePromptCount": sum(len(texts) for texts in negatives.values()),
            "nsfwTermCount": 0,
            "refreshedAt": built_at.isoformat(),
        },
    }
    return {**body, "hash": digest(body)}


def parse(stored: object) -> CacheContent:
    """Read a stored cache. Raises ``CacheBroken`` where its form or its hash is wrong."""
    if not isinstance(stored, Mapping):
        raise CacheBroken("The prompt cache is not an object: refresh it.")
    try:
        body = _Body.model_validate(stored)
    except ValidationError as error:
        raise CacheBroken("The prompt cache has a wrong form: refresh it.") from error
    if body.version != CACHE_VERSION:
        raise CacheBroken(f"The prompt cache is of version {body.version}: refresh it.")
    if body.hash != digest(stored):
        raise CacheBroken("The prompt cache does not match its hash: refresh it.")
    try:
        templates = tuple(_rows(body.templateCache))
    except (ValidationError, KeyError, TypeError, AttributeError) as error:
        raise CacheBroken("The prompt cache holds something else than rows: refresh it.") from error
    negatives = {
        (model, mode): tuple(texts)
        for model, modes in body.negativeCache.items()
        for mode, texts in modes.items()
    }
    return CacheContent(body.hash, body.builtAt, templates, negatives)


def digest(body: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON of everything but ``hash``, in hexadecimal."""
    rest = {key: value for key, value in body.items() if key != "hash"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _by_worth(row: TemplateRow) -> tuple[bool, tuple[int, datetime, str]]:
    """The row that wins a cell of the chat part: the usual enhancer's, then by the ties."""
    return row.enhancer_model == DEFAULT_ENHANCER, row.rank


def _templates(rows: list[TemplateRow]) -> dict[str, Any]:
    """Cells and the rest; ``rows`` come best first."""
    cache: dict[str, Any] = {"chat": {}, "enhancement": {}, "others": []}
    for row in rows:
        part, path = _place(row)
        cell = cache[part]
        for name in path[:-1]:
            cell = cell.setdefault(name, {})
        if path[-1] in cell:
            cache["others"].append(_ROW.dump_python(row, mode="json"))
        else:
            cell[path[-1]] = _ROW.dump_python(row, mode="json")
    cache["others"].sort(key=lambda row: row["id"])
    return cache


def _place(row: TemplateRow) -> tuple[str, tuple[str, ...]]:
    if row.target_model and row.job_type and row.job_type != "chat":
        return "enhancement", (
            row.target_model,
            row.enhancer_model,
            row.job_type,
            row.use_case,
            row.content_mode,
        )
    return "chat", (row.content_mode, row.use_case.removeprefix(_CHAT_PREFIX))


def _negatives(negatives: Negatives) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for (model, mode), texts in negatives.items():
        found.setdefault(model, {})[mode] = list(texts)
    return found


def _rows(cache: Mapping[str, Any]) -> Iterator[TemplateRow]:
    """Every row of the cells and of the rest. A leaf is an object with an id that is text."""
    waiting: list[Any] = [cache["chat"], cache["enhancement"], *cache["others"]]
    while waiting:
        node = waiting.pop()
        if isinstance(node.get("id"), str):
            yield _ROW.validate_python(node)
        else:
            waiting.extend(node.values())
