"""Which template a request gets, and why: a pure function over the active templates.

The steps follow section 5.2 of the behaviour notes: the exact key; the other enhancer; the milder
content mode, never the other way; at last a built-in text for general audiences. On a row, no
target model or no job type means that it fits any. Of several rows that fit, the highest version
counts, then the newest, then the highest id.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from fabula.prompting.built_in import built_in_text
from fabula.prompting.keys import TemplateKey

Step = Literal["exact", "swap_enhancer", "milder_mode", "built_in"]
Source = Literal["cache", "database", "built_in"]
_OTHER_ENHANCER = {"qwen_instruct": "qwen_base", "qwen_base": "qwen_instruct"}
_MILDER = {"nsfw": "sfw"}
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """An active template as selection needs it. ``created_at`` is aware."""

    id: UUID
    version: int
    template_name: str
    enhancer_model: str
    use_case: str
    content_mode: str
    system_prompt: str
    target_model: str | None
    job_type: str | None
    token_limit: int | None
    created_at: datetime | None

    @property
    def key(self) -> TemplateKey:
        """What the row was written for; None in it fits any."""
        return TemplateKey(
            self.target_model, self.enhancer_model, self.job_type, self.use_case, self.content_mode
        )

    @property
    def rank(self) -> tuple[int, datetime, str]:
        """Among rows that fit the same key, the greatest is used."""
        return self.version, self.created_at or _LONG_AGO, str(self.id)


@dataclass(frozen=True, slots=True)
class TraceStep:
    step: Step
    hit: bool
    template: UUID | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """How a template was found; ``cache_age_s`` is in seconds and None without a cache."""

    key: TemplateKey
    steps: tuple[TraceStep, ...]
    source: Source
    cache_age_s: float | None = None


@dataclass(frozen=True, slots=True)
class Selected:
    """The template of a request. ``id`` is None for the built-in text."""

    id: UUID | None
    name: str
    version: int
    system_prompt: str
    token_limit: int | None
    trace: Trace

    @property
    def fallback_level(self) -> Step:
        """The step that matched."""
        return self.trace.steps[-1].step


class TemplateIndex:
    """The winning row of every key that a row was written for. A lookup compares at most four of
    them, however many templates there are."""

    def __init__(self, rows: Iterable[TemplateRow]) -> None:
        self._winners: dict[TemplateKey, TemplateRow] = {}
        for row in rows:
            held = self._winners.get(row.key)
            if held is None or held.rank < row.rank:
                self._winners[row.key] = row

    def best(self, key: TemplateKey) -> TemplateRow | None:
        """The row that fits the key exactly, by the order of the ties."""
        bound = (
            self._winners.get(replace(key, target_model=target, job_type=job_type))
            for target in {key.target_model, None}
            for job_type in {key.job_type, None}
        )
        fitting = [row for row in bound if row is not None]
        return max(fitting, key=lambda row: row.rank, default=None)


def attempts(key: TemplateKey) -> Iterator[tuple[Step, TemplateKey]]:
    """The keys to look up, in order."""
    yield "exact", key
    other = _OTHER_ENHANCER.get(key.enhancer_model)
    if other:
        yield "swap_enhancer", replace(key, enhancer_model=other)
    milder = _MILDER.get(key.content_mode)
    if milder:
        yield "milder_mode", replace(key, content_mode=milder)


def select(
    rows: Iterable[TemplateRow] | TemplateIndex,
    key: TemplateKey,
    *,
    source: Source = "database",
    cache_age_s: float | None = None,
) -> Selected:
    """The template for a key. There is always one: at last the built-in text."""
    index = rows if isinstance(rows, TemplateIndex) else TemplateIndex(rows)
    steps: list[TraceStep] = []
    for step, wanted in attempts(key):
        row = index.best(wanted)
        if row is None:
            steps.append(TraceStep(step, hit=False))
            continue
        steps.append(TraceStep(step, hit=True, template=row.id, version=row.version))
        return Selected(
            id=row.id,
            name=row.template_name,
            version=row.version,
            system_prompt=row.system_prompt,
            token_limit=row.token_limit,
            trace=Trace(key, tuple(steps), source, cache_age_s),
        )
    steps.append(TraceStep("built_in", hit=True))
    text = built_in_text(key)
    return Selected(
        id=None,
        name=text.name,
        version=text.version,
        system_prompt=text.system_prompt,
        token_limit=text.token_limit,
        trace=Trace(key, tuple(steps), "built_in", cache_age_s),
    )
