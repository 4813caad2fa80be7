"""From a plan to what the engine reads: the rewritten prompt, the whole negative prompt."""

from fabula.core.database import Database
from fabula.generation.provenance import FrozenTemplate, Provenance, Rewriting
from fabula.generation.runner import Rewriter
from fabula.models import Job
from fabula.prompting.enhancement import Enhanced, Enhancer, EnhanceRequest
from fabula.prompting.rewriting import negative_for, rewrite


def rewriter(database: Database, enhancer: Enhancer) -> Rewriter:
    """What a worker does with a plan before the engine sees it; what is there already stays."""

    async def prepared(_: Job, plan: Provenance) -> Provenance:
        if plan.negative_final is None:
            plan = await _with_negative(database, plan)
        if plan.prompt_final is None:
            plan = rewritten(plan, await rewrite(database, enhancer, _request(plan)))
        return plan

    return prepared


def _request(plan: Provenance) -> EnhanceRequest:
    return EnhanceRequest(
        prompt=plan.prompt_original,
        job_type=plan.job_type,
        seed=plan.seed,
        mode=plan.mode,
        syntax=plan.prompt_syntax,
        sampling=plan.rewriting.sampling,
        finish=plan.finish,
    )


async def _with_negative(database: Database, plan: Provenance) -> Provenance:
    """The person's own words first, then the studio's, as far as the encoder reads."""
    composed = await negative_for(
        database,
        own=plan.negative_prompt,
        syntax=plan.prompt_syntax,
        job_type=plan.job_type,
        mode=plan.mode,
    )
    text = plan.negative_prompt if composed is None else composed
    return plan.model_copy(update={"negative_final": text})


def rewritten(plan: Provenance, written: Enhanced) -> Provenance:
    """The plan with a rewritten prompt and the whole story of how it came to be."""
    template = written.template
    story = Rewriting(
        wanted=True,
        sampling=plan.rewriting.sampling,
        strategy=written.strategy,
        template=FrozenTemplate(id=template.id, name=template.name, version=template.version),
        fallback_level=template.fallback_level,
        engine=written.engine.id if written.engine else None,
        time_ms=written.time_ms,
        tokens=written.tokens,
        token_limit=written.token_limit,
        cut=list(written.cut),
        notes=[{"code": note.code, "message": note.message} for note in written.notes],
    )
    return plan.model_copy(update={"prompt_final": written.final, "rewriting": story})
