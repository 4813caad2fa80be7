"""LoRAs of a job: those that the request names and those that stand in an A1111 prompt, held
against what the engine has and what fits its model.

In A1111's dialect ``<lora:name:0.8>`` is no word of the prompt but a LoRA with its weight. One that
cannot be used there is left out with a warning, as pasted prompts name what others have; one that
the request names is refused.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from fabula.core.errors import Invalid
from fabula.engines.model_files.families import LoraChoice, fits, label_of
from fabula.engines.registry import EngineRegistry
from fabula.generation.engine_choice import Capabilities, Choice, possible_with
from fabula.generation.errors import NotPossible
from fabula.generation.job_types import JobType
from fabula.generation.lora_schemas import MAX_LORAS, MOST_LORA_WEIGHT, LoraIn
from fabula.generation.provenance import FrozenLora
from fabula.generation.schemas import JobIn

_TAG = re.compile(r"<lora:([^<>:\n]{1,300})(?::([^<>\n]{0,100}))?>", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)")
_DOUBLE = re.compile(r"\s*,(?:\s*,)+\s*")
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Worn:
    """The request without the LoRAs of its prompt, all of its LoRAs, and what to say of them."""

    body: JobIn
    loras: list[FrozenLora]
    warnings: list[dict[str, str]]


def settle(body: JobIn, job_type: JobType, choice: Choice, registry: EngineRegistry) -> Worn:
    """Decide which LoRAs a job has. Raises ``NotPossible`` and ``Invalid``."""
    body, written = _without_tags(body)
    named = {lora.name for lora in body.loras}
    if len(named) < len(body.loras):
        raise Invalid("A LoRA is named twice: name each once.", field="loras")
    asked = checked([FrozenLora(name=x.name, weight=x.weight) for x in body.loras],
                    job_type, choice, registry)  # fmt: skip
    found, warnings = _readable(written, choice)
    asked += [lora for lora in found if lora.name not in named]
    if len(asked) > MAX_LORAS:
        raise NotPossible(f"A job has at most {MAX_LORAS} LoRAs: leave some out.", field="loras")
    return Worn(body, asked, warnings)


def checked(
    loras: Sequence[FrozenLora], job_type: JobType, choice: Choice, registry: EngineRegistry
) -> list[FrozenLora]:
    """The LoRAs with the families that they are made for. Raises ``NotPossible`` for one that the
    engine cannot use, with what would work."""
    if not loras:
        return []
    able, name = choice.capabilities, choice.chosen.info.name
    if not able.loras:
        others = possible_with(job_type, registry, lambda other: other.loras)
        raise NotPossible(f"{name} takes no LoRA. {others}".strip(), field="loras")
    family = family_of(choice)
    known = {each.name: each for each in able.lora_files}
    for lora in loras:
        there = known.get(lora.name)
        fitting = [each.name for each in able.lora_files if fits(each.family, family)]
        if there is None:
            message = f"{name} has no LoRA {lora.name}. {_has(fitting)}"
            raise NotPossible(message, field="loras")
        if not fits(there.family, family):
            message = f"{lora.name} is made for {label_of(there.family)}, and the model here is "
            message += f"{label_of(family)}. {_has(fitting)}"
            raise NotPossible(message, field="loras")
    return [lora.model_copy(update={"family": known[lora.name].family}) for lora in loras]


def family_of(choice: Choice, model: str | None = None) -> str:
    """The family of a model of the engine, or of the chosen one; empty where it is not known."""
    able = choice.capabilities
    return able.model_families.get(model or choice.model or able.default_model, "")


def _has(names: Sequence[str]) -> str:
    return f"Fitting here: {', '.join(names[:_NAMED])}." if names else "No LoRA here fits."


def _without_tags(body: JobIn) -> tuple[JobIn, list[LoraIn]]:
    """The request with the words of its prompts alone, and what else stood in them."""
    if body.prompt_syntax != "a1111":
        return body, []
    prompt, found = read_tags(body.prompt)
    improved, more = read_tags(body.enhanced_prompt or "")
    if not (found or more):
        return body, []
    if not prompt:
        raise Invalid("The prompt is nothing but LoRAs: say what should be seen.", field="prompt")
    words = {"prompt": prompt, "enhanced_prompt": improved or None}
    return body.model_copy(update=words), [*found, *more]


def read_tags(text: str) -> tuple[str, list[LoraIn]]:
    """A text without the LoRAs in it, and these; of one that stands there twice, the first."""
    found: dict[str, LoraIn] = {}
    for name, rest in _TAG.findall(text):
        found.setdefault(name.strip(), LoraIn(name=name.strip() or "?", weight=_weight(rest)))
    if not found:
        return text, []
    words = _DOUBLE.sub(", ", _TAG.sub("", text))
    return re.sub(r"[ \t]{2,}", " ", words).strip().strip(",").strip(), list(found.values())


def _weight(text: str) -> float:
    """The first number, which is the only one that all of these programs have; 1 without it."""
    number = _NUMBER.match(text.strip())
    value = float(number[0]) if number else 1.0
    return max(-MOST_LORA_WEIGHT, min(MOST_LORA_WEIGHT, value))


def _readable(
    written: Iterable[LoraIn], choice: Choice
) -> tuple[list[FrozenLora], list[dict[str, str]]]:
    """Those of a prompt that the engine can use, and a warning for each other one."""
    able = choice.capabilities
    found, warnings = [], []
    for lora in written:
        there = _meant(lora.name, able)
        if there is None:
            why = f"{choice.chosen.info.name} has no LoRA {lora.name}"
        elif not fits(there.family, family_of(choice)):
            why = f"{there.name} is made for {label_of(there.family)}"
        else:
            found.append(FrozenLora(name=there.name, weight=lora.weight, family=there.family))
            continue
        warnings.append({"code": "lora_left_out", "message": f"{why}: it was left out."})
    return found, warnings


def _meant(name: str, able: Capabilities) -> LoraChoice | None:
    """By the whole name, else by its last part without the suffix, as these prompts have it."""
    if not able.loras:
        return None
    exact = next((each for each in able.lora_files if each.name == name), None)
    return exact or next((x for x in able.lora_files if _stem(x.name) == _stem(name)), None)


def _stem(name: str) -> str:
    last = PurePosixPath(name.replace("\\", "/")).name
    return last.removesuffix(".safetensors").lower()
