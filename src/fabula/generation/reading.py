"""What an engine reads of a job's texts: weights where it can, and the words alone where not."""

from fabula.engines.base import WeightedChunk, WeightedSpan, WeightedText
from fabula.generation.provenance import Provenance
from fabula.prompting.weights.syntax import Syntax, read
from fabula.prompting.weights.tree import (
    Alternating,
    Prompt,
    Scheduled,
    is_weighted,
    plain,
    spans,
    walk,
)

_UNUSED = "This engine knows no weights: it gets the words of the prompt alone."
_FIXED = "Words that change on the way are fixed to those that stay longest."


def words_and_weights(
    text: str, syntax: Syntax, *, weights: bool
) -> tuple[str, WeightedText | None]:
    """The words of a text, and with ``weights`` what each counts; None where all count the same."""
    prompt = read(text, syntax)
    return plain(prompt), _weighted(prompt) if weights and is_weighted(prompt) else None


def warnings_of(plan: Provenance) -> list[dict[str, str]]:
    """What a person should know of the weights that they wrote or chose."""
    written = [
        read(text, plan.prompt_syntax)
        for text in (plan.prompt_original, plan.prompt_final, plan.negative_prompt)
        if text
    ]
    weighted = plan.weights is not None or any(is_weighted(prompt) for prompt in written)
    if not weighted:
        return []
    if not plan.reads_weights:
        return [{"code": "weights_unused", "message": _UNUSED}]
    if any(_changes(prompt) for prompt in written):
        return [{"code": "weights_fixed", "message": _FIXED}]
    return []


def _changes(prompt: Prompt) -> bool:
    return any(
        isinstance(part, Scheduled | Alternating)
        for clause in prompt.clauses
        for part in walk(clause.parts)
    )


def _weighted(prompt: Prompt) -> WeightedText:
    """Prompts that steer side by side are read one after the other."""
    chunks = (
        WeightedChunk(
            tuple(WeightedSpan(span.text, span.weight) for span in spans(clause.parts)),
            clause.weight,
        )
        for clause in prompt.clauses
    )
    kept = tuple(chunk for chunk in chunks if any(span.text.strip() for span in chunk.spans))
    return WeightedText(kept, blended=prompt.joined == "blended", normalized=prompt.normalized)
