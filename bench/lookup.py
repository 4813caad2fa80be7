"""How long it takes to find a template among 10,000, from the cache that a process holds, beside
the one query to the table that would do the same. Run with ``python -m bench.lookup``."""

import itertools
import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from fabula.prompting.keys import ENHANCERS, TemplateKey
from fabula.prompting.selection import TemplateIndex, TemplateRow, select
from fabula.prompting.templates.kinds import JOB_TYPES, TARGETS, USE_CASES

TEMPLATES = 10_000
LOOKUPS = 5_000
GOAL_MS = 0.2
_KEYS = [
    TemplateKey(*cell)
    for cell in itertools.product(
        (*TARGETS, None), ENHANCERS, (*JOB_TYPES, None), USE_CASES, ("sfw", "nsfw")
    )
]


def main() -> int:
    """Print the times; 1 where a lookup from the cache is slower than the goal."""
    index = TemplateIndex(_rows())
    keys = [random.Random(7).choice(_KEYS) for _ in range(LOOKUPS)]
    held = _median_ms(lambda key: select(index, key, source="cache"), keys)
    listed = list(_rows())
    scanned = _median_ms(lambda key: _scan(listed, key), keys[:200])
    print(f"templates                 {TEMPLATES:>10,}")
    print(f"lookup from the cache     {held:>10.4f} ms  (goal {GOAL_MS} ms)")
    print(f"going through all of them {scanned:>10.4f} ms")
    return int(held >= GOAL_MS)


def _rows() -> list[TemplateRow]:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    cells = itertools.islice(itertools.cycle(_KEYS), TEMPLATES)
    return [
        TemplateRow(
            UUID(int=number), number, f"template {number}", key.enhancer_model, key.use_case,
            key.content_mode, "Text.", key.target_model, key.job_type, 75, start,
        )
        for number, key in enumerate(cells, 1)
    ]  # fmt: skip


def _scan(rows: list[TemplateRow], key: TemplateKey) -> TemplateRow | None:
    fitting = [row for row in rows if row.key == key]
    return max(fitting, key=lambda row: row.rank, default=None)


def _median_ms(work: Callable[[TemplateKey], object], keys: list[TemplateKey]) -> float:
    times = []
    for key in keys:
        began = time.perf_counter()
        work(key)
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


if __name__ == "__main__":
    raise SystemExit(main())
