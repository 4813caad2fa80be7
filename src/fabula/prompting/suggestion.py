"""What a language model wrote, cleaned and checked before a word of it gets into a prompt.

Small models repeat themselves, answer as an assistant, recite their instructions and wander off.
Every phrase has to pass on its own; what does not is left out, and the notes say why.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fabula.prompting.lexicon import Reading, read, words_of
from fabula.prompting.notes import Note

_MOST_PHRASES = 5
_MOST_WORDS = 12
_MOST_LETTERS = 90
_RECITED_WORDS = 4
_RESTATED_SHARE = 0.5
_QUOTES = "\"'`\u201c\u201d\u2018\u2019\u00ab\u00bb*_#>- \t"
_LABEL = re.compile(
    r"^\s*[*_#]*\s*(?:(?:your|the|an?)\s+)?"
    r"(?:(?:enhanced|improved|rewritten|revised|extended|final|new)\s+)?"
    r"(?:prompt|description|caption|answer|output|result|version|assistant|"
    r"here(?:['\u2019]s| is| are)[^:]{0,60})\s*[*_]*\s*:\s*",
    re.IGNORECASE,
)
_CHATTER = re.compile(
    r"^\s*(?:sure|certainly|of course|absolutely|okay|ok|great)\b[^:\n]{0,80}?[!:.]\s*",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"^\s*(?:\d{1,2}[.)]|[-*\u2022])\s+")
_CONTROL = re.compile(r"<\|[^|>]{1,30}\|>(?:(?:system|user|assistant)\b)?|</?s>|```\w*")
"""Marks of chat templates and of code, which small models write out."""

_REFUSAL = re.compile(
    r"\b(?:i(?:['\u2019]?m| am) (?:so )?sorry|sorry, (?:but )?i|i apologi[sz]e|"
    r"i can(?:['\u2019]?t| ?not)|i won['\u2019]?t|i(?:['\u2019]?m| am) (?:unable|not able)|"
    r"as an? (?:ai|artificial|large language|language model)|unable to (?:help|assist)|"
    r"against my)\b",
    re.IGNORECASE,
)
_ABOUT_ITSELF = re.compile(
    r"\b(?:prompt|prompts|instruction|instructions|instructed|requested|comma|commas|phrase|phrases|system|assistant|"
    r"user|sentence|rewrite|rewritten|describe|description|word|words|example|note|please|you|"
    r"your|i|me|my|we|let's|keep|avoid|add|include)\b",
    re.IGNORECASE,
)
_ODD = re.compile(r"[<>{}\[\]|\\=^~@\d]|https?|www\.")
_BORDER = re.compile(r"[,;.!?\n]+")
_COUNTED = re.compile(
    r"^(?:and |with )?(?:a|an|another|one|two|three|four|five|several|some|many|his|her)\s",
    re.IGNORECASE,
)
_COLOURS = frozenset(
    {"red", "orange", "yellow", "green", "teal", "turquoise", "blue", "purple", "violet", "pink"}
    | {"brown", "black", "white", "grey", "gray", "gold", "silver", "scarlet", "crimson"}
)
"""A colour without a thing of its own would colour the subject."""

_SMALL_WORDS = frozenset(
    {"a", "an", "the", "and", "or", "of", "in", "on", "at", "by", "to", "with", "from", "for", "is"}
    | {"are", "was", "its", "it", "his", "her", "their", "as", "into", "over", "under", "near"}
    | {"very", "some", "this", "that", "be"}
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Phrases that may join the prompt, and what was found wrong with the others."""

    phrases: tuple[str, ...]
    notes: tuple[Note, ...] = ()


def content_words(text: str) -> list[str]:
    """The words of a text that carry its meaning."""
    return [word for word in words_of(text) if word not in _SMALL_WORDS and len(word) > 1]


def examine(reply: str, *, prompt: str, instructions: str, strict: bool) -> Suggestion:
    """Take what is usable out of a model's reply.

    ``instructions`` is what the model was told; no run of its words may come back. ``strict``
    accepts only phrases that speak of place, light, weather, mood, palette, camera or style,
    which is for models that cannot be trusted with the subject.
    """
    text = _plain(reply)
    if not text:
        return Suggestion((), (Note("suggestion_empty", "The model wrote nothing usable."),))
    if _REFUSAL.search(text):
        message = "The model answered with an excuse, so the rules alone were used."
        return Suggestion((), (Note("suggestion_refused", message),))
    if _restates(text, prompt):
        if not _subject_survives(text, prompt):
            message = "The model lost the subject, so the rules alone were used."
            return Suggestion((), (Note("suggestion_drifted", message),))
        text = _without_prompt(text, prompt)
    phrases = _accepted(text, prompt=prompt, instructions=instructions, strict=strict)
    if not phrases:
        message = "Nothing that the model wrote fitted the prompt, so the rules alone were used."
        return Suggestion((), (Note("suggestion_unfit", message),))
    return Suggestion(tuple(phrases))


def _plain(reply: str) -> str:
    """The first line of the reply that says something, without labels, chatter, quotes and
    marks."""
    lines = _CONTROL.sub("\n", reply).splitlines()
    return next((text for text in map(_without_wrapping, lines) if text), "")


def _without_wrapping(line: str) -> str:
    text = _CHATTER.sub("", _LABEL.sub("", _NUMBERED.sub("", line))).strip(_QUOTES)
    return _LABEL.sub("", text).strip(_QUOTES)


def _restates(text: str, prompt: str) -> bool:
    """Whether the reply says the prompt again instead of going on from it."""
    said = set(content_words(prompt))
    beginning = " ".join(words_of(text)[: len(words_of(prompt)) + 4])
    return len(said & set(content_words(beginning))) > _RESTATED_SHARE * len(said)


def _subject_survives(text: str, prompt: str) -> bool:
    """All that the first phrase names must be named again."""
    subject = set(content_words(re.split(r"[,;.\n]", prompt.strip(), maxsplit=1)[0]))
    return subject <= set(content_words(text))


def _without_prompt(text: str, prompt: str) -> str:
    """What follows the prompt where the reply begins with it word for word."""
    pattern = r"\W+".join(re.escape(word) for word in re.findall(r"\w+", prompt))
    found = re.match(rf"\W*{pattern}\b", text, re.IGNORECASE)
    return text[found.end() :] if found else text


def _accepted(text: str, *, prompt: str, instructions: str, strict: bool) -> list[str]:
    recited = _recitation(text, prompt=prompt, instructions=instructions)
    told = f" {' '.join(words_of(instructions))} "
    context = read(prompt)
    said = set(content_words(prompt))
    kept: list[str] = []
    for place, part in _parts(text):
        phrase = re.sub(r"\s+", " ", part).strip(_QUOTES)
        phrase = re.sub(r"^(?:and|but|while)\s+", "", phrase, flags=re.IGNORECASE)
        words, fresh = words_of(phrase), set(content_words(phrase)) - said
        if not _well_formed(phrase) or not fresh or f" {' '.join(words)} " in told:
            continue
        if recited.intersection(range(place, place + len(words_of(part)))):
            continue
        reading = read(phrase)
        if reading.contradicts(context) or (strict and not _harmless(phrase, reading, fresh)):
            continue
        kept.append(phrase)
        said |= fresh
        context = read(", ".join([prompt, *kept]))
        if len(kept) == _MOST_PHRASES:
            break
    return kept


def _harmless(phrase: str, reading: Reading, fresh: set[str]) -> bool:
    """Speaks mostly of the picture's surroundings, and brings nobody into it."""
    return (
        len(words_of(phrase)) > 1
        and 2 * len(fresh & reading.words) >= len(fresh)
        and "subject" not in reading.slots
        and not _COUNTED.match(phrase)
        and not _COLOURS.intersection(words_of(phrase))
    )


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """The parts between commas and stops, each with the place of its first word in the text."""
    place = 0
    for part in _BORDER.split(text):
        yield place, part
        place += len(words_of(part))


def _recitation(text: str, *, prompt: str, instructions: str) -> set[int]:
    """The places of words that lie in a run of the instructions, commas or not."""
    told = set(_runs(instructions)) - set(_runs(prompt))
    return {
        place + step
        for place, run in enumerate(_runs(" ".join(_BORDER.split(text))))
        if run in told
        for step in range(_RECITED_WORDS)
    }


def _well_formed(phrase: str) -> bool:
    words = words_of(phrase)
    return (
        1 <= len(words) <= _MOST_WORDS
        and len(phrase) <= _MOST_LETTERS
        and not _ODD.search(phrase)
        and not _ABOUT_ITSELF.search(phrase)
        and len(set(words)) * 2 > len(words)
    )


def _runs(text: str) -> Iterable[tuple[str, ...]]:
    """Every run of four words."""
    words = words_of(text)
    return zip(*(words[start:] for start in range(_RECITED_WORDS)), strict=False)
