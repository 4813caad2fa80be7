"""Rewriting a prompt from its job type: look the template up, then write."""

from dataclasses import dataclass
from typing import Literal

from fabula.core.database import Database
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
    use_model: bool = True,
) -> Enhanced:
    """Rewrite a prompt for a job type. No transaction is open while the model writes.

    Raises ``Invalid`` for a job type that does not exist, and what the
    enhancer's ``screen`` raises.
    """
    template = await template_for(database, enhancement_key(job_type))
    return await enhancer.enhance(EnhanceRequest(prompt, job_type, seed, use_model), template)


@dataclass(frozen=True, slots=True)
class BaseNegatives:
    """The studio's negative prompts for a job type, the highest priority first."""

    model_type: Family
    content_mode: Literal["sfw"]
    items: tuple[str, ...]

    @property
    def text(self) -> str:
        return base_text(self.items)


async def base_negatives(database: Database, job_type: str) -> BaseNegatives:
    """The base list that joins every negative prompt of a job type; empty for Wan."""
    family, _ = target_of(job_type)
    return BaseNegatives(family, "sfw", await negatives_for(database, family))


async def negative_for(database: Database, *, own: str, job_type: str) -> Fitted | None:
    """The negative prompt of a job: the person's words, then the base list, within the budget.

    None where the model family reads none.
    """
    family, _ = target_of(job_type)
    if family not in FAMILIES:
        return None
    return compose(await negatives_for(database, family), own, limit_of(family))
