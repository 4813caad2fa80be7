"""How a language model is asked to go on from a person's words."""

from dataclasses import dataclass

from fabula.engines.base import Message, TextRequest
from fabula.prompting.rules import seed_for, trimmed

_TOKENS = 48
_TEMPERATURE = 0.7
_SEED_LIMIT = 2**31
_ENOUGH_PHRASES = 8
_EXAMPLES = (
    ("a red kite", "above a green hill, late summer afternoon, clear sky, joyful mood"),
    ("a rowing boat", "on a quiet lake, early morning, thin mist, soft light, muted colours"),
)
"""Two descriptions with what was added: a small model follows examples better than orders."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the model writes; None is as usual. ``max_tokens`` are of its own tokenizer."""

    temperature: float | None = None
    max_tokens: int | None = None


AS_USUAL = Sampling()


def text_request(
    prompt: str, seed: int | None, system_prompt: str, sampling: Sampling = AS_USUAL
) -> TextRequest:
    """The template as the system message, two examples, the person's words, and the same words as
    the beginning of the answer.

    The beginning ends in a comma without a space: the next token of most vocabularies brings the
    space with it, and after a lone space a small model writes numbers or nothing.
    """
    words = trimmed(prompt)
    messages = [Message("system", system_prompt)]
    for given, more in _EXAMPLES:
        messages += [Message("user", given), Message("assistant", f"{given}, {more}")]
    messages += [Message("user", words), Message("assistant", f"{words},")]
    return TextRequest(
        messages=tuple(messages),
        max_tokens=_TOKENS if sampling.max_tokens is None else sampling.max_tokens,
        temperature=_TEMPERATURE if sampling.temperature is None else sampling.temperature,
        top_p=0.9,
        seed=seed_for(prompt, seed) % _SEED_LIMIT,
        stop=("\n",),
        options={"dry": True},
    )


def is_enough(written: str) -> bool:
    """Whether a reply in the making holds as many phrases as can be of use."""
    return written.count(",") >= _ENOUGH_PHRASES
