"""Rewriting a prompt from its job type: look the template up, then write."""

from dataclasses import dataclass

from fabula.core.database import Database
from fabula.moderation.rating import ContentMode, Mode
from fabula.prompting.enhancement import Enhanced, Enhancer, EnhanceRequest, Hear
from fabula.prompting.keys import Family, enhancement_key, target_of
from fabula.prompting.lookups import negatives_for, template_for
from fabula.prompting.negative import FAMILIES, base_text, compose
from fabula.prompting.token_budget import limit_of
from fabula.prompting.weights.syntax import Syntax, read, write


async def rewrite(
    database: Database, enhancer: Enhancer, request: EnhanceRequest, hear: Hear | None = None
) -> Enhanced:
    """Rewrite a prompt for its job type and mode; ``hear`` as the enhancer's. No transaction is
    open while the model writes.

    Raises ``Invalid`` for a job type that does not exist, and what the
    enhancer's ``screen`` raises.
    """
    key = enhancement_key(request.job_type, request.mode)
    template = await template_for(database, key)
    return await enhancer.enhance(request, template, hear)


@dataclass(frozen=True, slots=True)
class BaseNegatives:
    """The studio's negative prompts for a job type, the highest priority first."""

    model_type: Family
    content_mode: ContentMode
    items: tuple[str, ...]

    @property
    def text(self) -> str:
        return base_text(self.items)


async def base_negatives(database: Database, job_type: str, mode: Mode) -> BaseNegatives:
    """The base list that joins every negative prompt of a job type; empty for Wan."""
    family, _ = target_of(job_type)
    listed = await negatives_for(database, family, mode)
    return BaseNegatives(family, listed.content_mode, listed.items)


async def negative_for(
    database: Database, *, own: str, syntax: Syntax, job_type: str, mode: Mode = "general"
) -> str | None:
    """The negative prompt of a job: the person's words, then the base list, within the budget and
    written in ``syntax``.

    None where the model family reads none.
    """
    family, _ = target_of(job_type)
    if family not in FAMILIES:
        return None
    listed = await negatives_for(database, family, mode)
    return write(compose(listed.items, read(own, syntax), limit_of(family)).prompt, syntax)
