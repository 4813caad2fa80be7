"""Rewriting a prompt from its job type: look the template up, then write."""

from dataclasses import dataclass

from fabula.core.database import Database
from fabula.moderation.rating import ContentMode, Mode
from fabula.prompting.enhancement import Enhanced, Enhancer, EnhanceRequest
from fabula.prompting.keys import Family, enhancement_key, target_of
from fabula.prompting.lookups import negatives_for, template_for
from fabula.prompting.negative import FAMILIES, base_text, compose
from fabula.prompting.token_budget import Fitted, limit_of


async def rewrite(
    database: Database,
    enhancer: Enhancer,
    *,
    prompt: str,
    job_type: str,
    seed: int | None,
    mode: Mode = "general",
    use_model: bool = True,
) -> Enhanced:
    """Rewrite a prompt for a job type in a mode. No transaction is open while the model writes.

    Raises ``Invalid`` for a job type that does not exist, and what the
    enhancer's ``screen`` raises.
    """
    template = await template_for(database, enhancement_key(job_type, mode))
    request = EnhanceRequest(prompt, job_type, seed, use_model, mode)
    return await enhancer.enhance(request, template)


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
    database: Database, *, own: str, job_type: str, mode: Mode = "general"
) -> Fitted | None:
    """The negative prompt of a job: the person's words, then the base list, within the budget.

    None where the model family reads none.
    """
    family, _ = target_of(job_type)
    if family not in FAMILIES:
        return None
    listed = await negatives_for(database, family, mode)
    return compose(listed.items, own, limit_of(family))
