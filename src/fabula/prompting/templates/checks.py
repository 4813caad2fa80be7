"""Whether a template may be saved, and what its author should know."""

from dataclasses import dataclass
from typing import Literal

from fabula.core.errors import Invalid
from fabula.prompting.templates.kinds import USE_CASES, placeholders_of
from fabula.prompting.token_budget import LIMITS, count_tokens

CONTEXT = 4096
"""Tokens that the chat models of the field keep in mind at the least: text and answer together."""

_FEW_FOR_CHAT = 150
Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Remark:
    """An ``error`` keeps a text from being saved. ``field`` is what it is about."""

    level: Level
    code: str
    message: str
    field: str


@dataclass(frozen=True, slots=True)
class Report:
    """``tokens`` are counted by CLIP's tokenizer, which reads most words of a text as chat models
    do: an estimate, and more often too high than too low."""

    tokens: int
    used: tuple[str, ...]
    unused: tuple[str, ...]
    remarks: tuple[Remark, ...]


def check(
    system_prompt: str, *, use_case: str, target_model: str | None, token_limit: int | None
) -> Report:
    """Look at a text and its limit. Raises ``Invalid`` only for a use case that does not exist."""
    if use_case not in USE_CASES:
        message = f"There is no use case {use_case!r}: use one of {', '.join(USE_CASES)}."
        raise Invalid(message, field="use_case")
    found = placeholders_of(system_prompt, use_case)
    tokens = count_tokens(system_prompt)
    remarks = [
        *_about_placeholders(found.unknown, found.unused, broken=found.broken, use_case=use_case),
        *_about_limit(token_limit, use_case, target_model),
    ]
    if tokens + (token_limit or 0) > CONTEXT:
        message = f"Text and answer have about {tokens + (token_limit or 0)} tokens, and a model "
        message += f"with {CONTEXT} keeps nothing else in mind: shorten the text."
        remarks.append(Remark("error", "context_full", message, "system_prompt"))
    return Report(tokens, found.used, found.unused, tuple(remarks))


def demand(report: Report) -> None:
    """Raise ``Invalid`` for the first error."""
    for remark in report.remarks:
        if remark.level == "error":
            raise Invalid(remark.message, field=remark.field)


def _about_placeholders(
    unknown: tuple[str, ...], unused: tuple[str, ...], *, broken: bool, use_case: str
) -> list[Remark]:
    remarks = []
    known = USE_CASES[use_case].placeholders
    if unknown:
        names = ", ".join("{{" + name + "}}" for name in unknown)
        message = f"Nothing fills in {names} here. "
        message += f"Use {', '.join(known)}." if known else "This use case has no placeholders."
        remarks.append(Remark("error", "placeholder_unknown", message, "system_prompt"))
    if broken:
        message = "Double braces open or close alone: write a placeholder as {{name}}."
        remarks.append(Remark("error", "placeholder_broken", message, "system_prompt"))
    if unused and known:
        message = f"Not named, so the model does not learn of it: {', '.join(unused)}."
        remarks.append(Remark("warning", "placeholder_unused", message, "system_prompt"))
    return remarks


def _about_limit(limit: int | None, use_case: str, target_model: str | None) -> list[Remark]:
    case = USE_CASES[use_case]
    if limit is None:
        return []
    if not case.least <= limit <= case.most:
        message = f"The token limit of this use case lies between {case.least} and {case.most}."
        return [Remark("error", "limit_out_of_range", message, "token_limit")]
    if use_case == "enhancement" and target_model and limit > LIMITS[target_model]:
        message = f"{target_model} reads {LIMITS[target_model]} tokens, so a limit above it does "
        message += "nothing."
        return [Remark("error", "limit_above_encoder", message, "token_limit")]
    if use_case != "enhancement" and limit < _FEW_FOR_CHAT:
        message = f"Under {_FEW_FOR_CHAT} tokens, answers break off in the middle."
        return [Remark("warning", "limit_small", message, "token_limit")]
    return []
