"""From what a person sent to the words of a job: preset, weights, controls, whether to rewrite."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.generation.job_types import JobType
from fabula.generation.provenance import FrozenPreset, FrozenWeights, Rewriting
from fabula.generation.schemas import JobIn
from fabula.models import EnhancementPreset
from fabula.prompting.controls import Controls
from fabula.prompting.finishing import Finish, finish_text
from fabula.prompting.presets import service as presets
from fabula.prompting.token_budget import estimator_of, limit_of
from fabula.prompting.weights import terms


@dataclass(frozen=True, slots=True)
class Wording:
    """``final`` is the prompt for the engine, None when it is to be rewritten first."""

    final: str | None
    rewriting: Rewriting
    preset: FrozenPreset | None
    weights: FrozenWeights | None
    controls: Controls
    warnings: list[dict[str, str]]


async def settle(session: AsyncSession, body: JobIn, job_type: JobType) -> Wording:
    """Decide what is done to the words of a job. What the person says themselves counts more than
    what the preset says. Raises ``Invalid``."""
    preset = await presets.asked_for(session, body.preset_id)
    weights = _weights(body, preset)
    controls = body.controls or Controls()
    wanted = not body.enhanced_prompt and _is_rewritten(body, preset, job_type)
    rewriting = Rewriting(wanted=wanted, sampling=presets.sampling_of(preset))
    frozen = FrozenPreset(id=preset.id, name=preset.preset_name) if preset else None
    if wanted:
        return Wording(None, rewriting, frozen, weights, controls, [])
    finished = finish_text(
        body.enhanced_prompt or body.prompt,
        body.prompt_syntax,
        Finish(weights.terms if weights else {}, controls.words),
        limit=limit_of(job_type.family),
        estimator=estimator_of(job_type.family),
    )
    warnings = [_cut_warning(finished.cut)] if finished.cut else []
    if body.enhanced_prompt:
        rewriting.strategy = "accepted"
    elif finished.text != body.prompt:
        rewriting.strategy = "finished"
    return Wording(finished.text, rewriting, frozen, weights, controls, warnings)


def _is_rewritten(body: JobIn, preset: EnhancementPreset | None, job_type: JobType) -> bool:
    if body.enhance is not None:
        return body.enhance
    if preset is not None:
        return preset.enable_qwen and preset.auto_enhancement
    return job_type.rewritten


def _weights(body: JobIn, preset: EnhancementPreset | None) -> FrozenWeights | None:
    """The person's own terms, an empty set of them included; else the preset's."""
    chosen = presets.weights_of(preset) if body.weights is None else body.weights
    if not chosen:
        return None
    canonical = terms.canonical_terms(chosen)
    return FrozenWeights(hash=terms.hash_of(canonical), terms=canonical)


def _cut_warning(cut: tuple[str, ...]) -> dict[str, str]:
    message = f"The prompt is longer than the model reads, so this was left out: {', '.join(cut)}."
    return {"code": "prompt_cut", "message": message}
