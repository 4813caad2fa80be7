"""What a picture should not show: the person's own words first, then the studio's base list."""

from collections.abc import Iterable
from dataclasses import replace

from fabula.prompting.lexicon import words_of
from fabula.prompting.token_budget import Phrase, phrases_of
from fabula.prompting.weights.budget import FittedPrompt, count_prompt, fit_prompt
from fabula.prompting.weights.syntax import DEFAULT_SYNTAX, read
from fabula.prompting.weights.tree import Prompt, continued, plain

FAMILIES = frozenset({"sdxl"})
"""Model families that read a negative prompt; Wan has none."""

_BASE = 1.0


def base_text(rows: Iterable[str]) -> str:
    """The base list as it is shown beside the person's own words."""
    return ", ".join(phrase.text for phrase in _unique(_phrases(rows)))


def compose(rows: Iterable[str], own: Prompt, limit: int) -> FittedPrompt:
    """One negative prompt within ``limit`` tokens.

    ``rows`` are the base texts, the highest priority first, with weights as ``DEFAULT_SYNTAX``
    writes them; what was said before is left out, and what does not fit is cut from the end of the
    base list before the person's own words.
    """
    fitted = fit_prompt(own, limit)
    said = {_name(phrase.text) for phrase in phrases_of(plain(fitted.prompt))}
    base = [phrase for phrase in _unique(_phrases(rows)) if _name(phrase.text) not in said]
    prompt, cut = fitted.prompt, list(fitted.cut)
    for place, phrase in enumerate(base):
        grown = _with(prompt, phrase.text)
        if count_prompt(grown) > limit:
            cut += [left.text for left in base[place:]]
            break
        prompt = grown
    return FittedPrompt(prompt, count_prompt(prompt), limit, cut, fitted.estimator)


def _with(prompt: Prompt, phrase: str) -> Prompt:
    """The prompt and a weighted phrase at its end."""
    words = [part for clause in read(phrase, DEFAULT_SYNTAX).clauses for part in clause.parts]
    grown = continued(prompt, ", " if plain(prompt) else "")
    last = grown.clauses[-1]
    more = replace(last, parts=(*last.parts, *words))
    return replace(grown, clauses=(*grown.clauses[:-1], more))


def _phrases(rows: Iterable[str]) -> list[Phrase]:
    listed = list(rows)
    return [
        phrase
        for place, text in enumerate(listed)
        for phrase in phrases_of(text, priority=_BASE - place)
    ]


def _unique(phrases: Iterable[Phrase]) -> list[Phrase]:
    """Each phrase once, whatever its letters' case; all joined by commas."""
    kept: dict[str, Phrase] = {}
    for phrase in phrases:
        kept.setdefault(_name(phrase.text), Phrase(phrase.text, phrase.priority))
    return list(kept.values())


def _name(text: str) -> str:
    return " ".join(words_of(text)) or text
