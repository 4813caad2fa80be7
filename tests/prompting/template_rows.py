"""The grid of template keys, and rows for its cells."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from fabula.prompting.keys import TemplateKey
from fabula.prompting.selection import TemplateRow
from fabula.prompting.templates import kinds

MORNING = datetime(2026, 3, 1, 9, tzinfo=UTC)
TARGETS = ("sdxl", "wan", None)
ENHANCERS = ("qwen_instruct", "qwen_base")
JOB_TYPES = ("image", "video", "chat", None)
USE_CASES = ("enhancement", "chat_general", "character_roleplay", "scene_narrative_generation")
MODES = ("sfw", "nsfw")
GRID = list(itertools.product(TARGETS, ENHANCERS, JOB_TYPES, USE_CASES, MODES))
WHOLE = list(itertools.product(TARGETS, ENHANCERS, JOB_TYPES, kinds.USE_CASES, MODES))
"""The grid with every use case that there is."""


def row(number: int, key: TemplateKey, **changes: object) -> TemplateRow:
    made = TemplateRow(
        id=UUID(int=number),
        version=1,
        template_name=f"template {number}",
        enhancer_model=key.enhancer_model,
        use_case=key.use_case,
        content_mode=key.content_mode,
        system_prompt=f"Text {number}.",
        target_model=key.target_model,
        job_type=key.job_type,
        token_limit=75,
        created_at=MORNING,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


FULL = [row(number, TemplateKey(*cell)) for number, cell in enumerate(GRID, 1)]
KEY = TemplateKey("sdxl", "qwen_instruct", "image", "enhancement", "sfw")
