"""Weights by the term, as ``compel_weights`` and ``compel_configs.weights`` hold them.

A term that stands in the prompt is weighted where it stands, any other is added at the end.
"""

import hashlib
import json
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from fabula.core.errors import Invalid
from fabula.prompting.weights.tree import Part, Parts, Prompt, Weighted, Words, spans

MAX_TERMS = 6
LIGHTEST, HEAVIEST = 0.1, 2.0
_MAX_LETTERS = 100
_DECIMALS = 2


def canonical_terms(weights: Mapping[str, float]) -> dict[str, float]:
    """The same weights in one form: terms in order, weights with two decimals.

    Terms are the same whatever their case, white space and way of composing accents. Raises
    ``Invalid`` for more than six terms, an empty or twofold one, or a weight outside 0.1 to 2.
    """
    if not weights:
        raise Invalid("A set of weights has at least one term.", field="weights")
    if len(weights) > MAX_TERMS:
        raise Invalid(f"A set of weights has at most {MAX_TERMS} terms.", field="weights")
    kept: dict[str, float] = {}
    for term, weight in weights.items():
        name = _name(term)
        if not name or len(name) > _MAX_LETTERS:
            raise Invalid(f"A term has 1 to {_MAX_LETTERS} letters.", field="weights")
        if name in kept:
            raise Invalid(f"The term {name!r} is there twice: give it one weight.", field="weights")
        if not math.isfinite(weight) or not LIGHTEST <= weight <= HEAVIEST:
            message = f"The weight of {name!r} must lie between {LIGHTEST} and {HEAVIEST:g}."
            raise Invalid(message, field="weights")
        kept[name] = round(weight, _DECIMALS)
    return dict(sorted(kept.items()))


def hash_of(weights: Mapping[str, float]) -> str:
    """The SHA-256 of the canonical weights, as 64 hexadecimal digits. Raises ``Invalid``."""
    canonical = canonical_terms(weights)
    body = json.dumps(canonical, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(body.encode()).hexdigest()


def apply(prompt: Prompt, weights: Mapping[str, float]) -> Prompt:
    """Give terms their weights, which multiply with those that the prompt has of its own. A term
    inside a longer one is not weighted again. Raises ``Invalid``."""
    left = canonical_terms(weights)
    pattern = _any_of(left)
    found: set[str] = set()
    clauses = [
        replace(clause, parts=_weighted(clause.parts, pattern, left, found))
        for clause in prompt.clauses
    ]
    missing = {term: weight for term, weight in left.items() if term not in found}
    clauses[-1] = replace(clauses[-1], parts=_with_added(clauses[-1].parts, missing))
    return replace(prompt, clauses=tuple(clauses))


def absent(prompt: Prompt, weights: Mapping[str, float]) -> dict[str, float]:
    """The terms that stand nowhere in the prompt, so that ``apply`` adds them. Raises
    ``Invalid``."""
    left = canonical_terms(weights)
    pattern, found = _any_of(left), set[str]()
    for clause in prompt.clauses:
        _weighted(clause.parts, pattern, left, found)
    return {term: weight for term, weight in left.items() if term not in found}


def terms_of(prompt: Prompt) -> dict[str, float]:
    """The weighted words of a prompt as terms, the heaviest change first, at most six, in the
    range that a set of weights allows."""
    found: dict[str, float] = {}
    for clause in prompt.clauses:
        for span in spans(clause.parts):
            name = _name(span.text.strip(" ,;"))
            if span.weight != 1 and name and len(name) <= _MAX_LETTERS:
                weight = min(max(span.weight, LIGHTEST), HEAVIEST)
                found.setdefault(name, round(weight, _DECIMALS))
    strongest = sorted(found.items(), key=lambda item: -abs(math.log(item[1])))
    return dict(strongest[:MAX_TERMS])


def _name(term: str) -> str:
    return " ".join(unicodedata.normalize("NFC", term).casefold().split())


def _any_of(terms: Iterable[str]) -> re.Pattern[str]:
    """Any of the terms as a whole, the longest first, with any white space between its words."""
    written = [
        r"\s+".join(re.escape(word) for word in term.split())
        for term in sorted(terms, key=len, reverse=True)
    ]
    return re.compile(rf"(?<!\w)(?:{'|'.join(written)})(?!\w)", re.IGNORECASE)


def _weighted(
    parts: Parts, pattern: re.Pattern[str], weights: Mapping[str, float], found: set[str]
) -> Parts:
    """The parts with a weight on each place of a term; the terms that were there go to ``found``.
    What changes on the way is left as it is."""
    kept: list[Part] = []
    for part in parts:
        match part:
            case Words(text):
                kept += _cut(text, pattern, weights, found)
            case Weighted(inner, own):
                kept.append(Weighted(_weighted(inner, pattern, weights, found), own))
            case _:
                kept.append(part)
    return tuple(kept)


def _cut(
    text: str, pattern: re.Pattern[str], weights: Mapping[str, float], found: set[str]
) -> Iterator[Part]:
    place = 0
    for hit in pattern.finditer(text):
        term = _name(hit[0])
        if term not in weights:
            continue
        found.add(term)
        if hit.start() > place:
            yield Words(text[place : hit.start()])
        yield Weighted((Words(hit[0]),), weights[term])
        place = hit.end()
    if place < len(text):
        yield Words(text[place:])


def _with_added(parts: Parts, missing: Mapping[str, float]) -> Parts:
    """The parts and, after a comma each, the terms that are not among them."""
    kept = list(parts)
    for term, weight in missing.items():
        if kept:
            kept.append(Words(", "))
        kept.append(Weighted((Words(term),), weight))
    return tuple(kept)
