"""Rewriting by rules: the person's words stay in front, and what they leave open is added.

Deterministic: the same prompt, seed and form give the same words. The rules add place, light,
weather, mood, palette, camera and style, never a further subject, and only what the prompt and the
words added before do not exclude.
"""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from fabula.prompting.lexicon import Addition, lexicon, read, with_implied
from fabula.prompting.weights.tree import MARKS_AT_THE_END

Form = Literal["phrases", "sentences"]
"""``phrases`` set apart by commas (SDXL), or running text (Wan)."""

_ORDER = ("place", "time", "light", "weather", "mood", "palette", "camera", "style")
_CLOSED_BY = {
    # A light that was named is light enough, and a closed room has no weather.
    "time": frozenset({"lit", "lamplit", "neon"}),
    "weather": frozenset({"airless"}),
}
_OUTDOORS = frozenset({"place", "subject", "weather", "season"})
"""Slots that tell that a picture has a time of day; of a thing alone nothing is known."""

_MOST = 5


@dataclass(frozen=True, slots=True)
class Additions:
    """Words to add, best first; ``motion`` is a sentence of its own, for clips."""

    words: tuple[str, ...]
    motion: str | None = None


def trimmed(prompt: str) -> str:
    """The person's words without the marks at their end, to which words are added."""
    return MARKS_AT_THE_END.sub("", prompt.strip())


def seed_for(prompt: str, seed: int | None) -> int:
    """The seed, or one that follows from the words, so that the same prompt reads the same."""
    if seed is not None:
        return seed
    return int.from_bytes(hashlib.sha256(prompt.encode()).digest()[:4], "big")


def additions_for(
    prompt: str, *, form: Form, motion: bool, seed: int, accepted: Sequence[str] = ()
) -> Additions:
    """What to add to a prompt. ``accepted`` are phrases that were added already."""
    reading = read(", ".join([prompt, *accepted]))
    filled, context = set(reading.slots), reading.context
    words: list[str] = []
    for slot in _ORDER:
        if len(words) + len(accepted) >= _MOST:
            break
        if slot in filled or _CLOSED_BY.get(slot, frozenset()) & context:
            continue
        if slot == "time" and not (_OUTDOORS & filled):
            continue
        chosen = _choose(slot, context, seed)
        if chosen is None:
            continue
        filled.add(slot)
        words.append(chosen.words if form == "phrases" else chosen.sentence)
        context = with_implied(context | chosen.gives)
    moving = _choose("motion", context, seed) if motion else None
    return Additions(tuple(words), moving.words if moving else None)


def _choose(slot: str, context: frozenset[str], seed: int) -> Addition | None:
    suitable = [a for a in lexicon().additions if a.slot == slot and a.suits(context)]
    return random.Random(f"{seed}/{slot}").choice(suitable) if suitable else None
