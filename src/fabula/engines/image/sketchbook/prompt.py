"""Reads a prompt: which things, in which colours, where, in what light and style."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from fabula.engines.image.sketchbook import lexicon
from fabula.engines.image.sketchbook.sentences import SentenceEncoder
from fabula.engines.image.sketchbook.vocabulary import NEAR_ENOUGH, Thing, Vocabulary

MOST_ACTORS = 5
ARTICLES = frozenset({"a", "an", "the", "one", "some", "his", "her", "their", "its"})


@dataclass(frozen=True)
class Actor:
    """One thing of the prompt. ``side`` is ``left``, ``right`` or empty."""

    thing: Thing
    colour: str | None = None
    count: int = 1
    side: str = ""
    far: bool = False
    near: bool = False
    flying: bool = False
    scale: float = 1.0


@dataclass
class Reading:
    """What a prompt says. ``unknown`` lists words that name something Sketchbook cannot draw."""

    actors: list[Actor] = field(default_factory=list)
    lights: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    weather: list[str] = field(default_factory=list)
    filters: list[str] = field(default_factory=list)
    extras: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


class Reader:
    """Reads prompts with a vocabulary; words it does not list go to the sentence encoder."""

    def __init__(self, vocabulary: Vocabulary, encoder: SentenceEncoder) -> None:
        self._words = vocabulary
        self._encoder = encoder
        self._colours = dict(lexicon.phrases(lexicon.COLOURS))

    def read(self, prompt: str) -> Reading:
        text = plain(prompt)
        reading = Reading(weather=found(text, lexicon.WEATHER))
        if re.search(r"\blighthouse", text):
            reading.extras.append("lighthouse")
            text = re.sub(r"\blighthouses?\b", " ", text)
        text = self._mark(text)
        flying = False
        for part, opener in segments(text):
            marks = [w[1:] for w in part if w.startswith("@")]
            self._note(reading, marks)
            words = [w for w in part if not w.startswith("@")]
            flying = opener in {"over", "above"}
            if flying and (words or marks) and reading.actors:
                reading.actors[-1] = replace(reading.actors[-1], flying=True)
            self._cast(reading, words, marks)
        return reading

    def _mark(self, text: str) -> str:
        """Replace phrases of the lexicon by marks such as ``@place:forest``."""
        tables = (("filter", lexicon.FILTERS), ("side", lexicon.SIDES), ("light", lexicon.LIGHTS),
                  ("place", lexicon.PLACES))  # fmt: skip
        for kind, table in tables:
            for phrase, meaning in lexicon.phrases(table):
                if phrase.replace("-", " ") in self._words.by_name and kind == "place":
                    pattern = rf"(?<![\w@:-]){re.escape(phrase)}(?![\w-])(?! of)"
                else:
                    pattern = rf"(?<![\w@:-]){re.escape(phrase)}(?![\w-])"
                mark = f" @{kind}:{meaning.replace(' ', '_')} "
                text = re.sub(pattern, mark, text)
        return text

    def _note(self, reading: Reading, marks: list[str]) -> None:
        targets = {"light": reading.lights, "place": reading.places, "filter": reading.filters}
        for mark in marks:
            kind, _, meaning = mark.partition(":")
            if kind in targets and (meaning := meaning.replace("_", " ")) not in targets[kind]:
                targets[kind].append(meaning)

    def _cast(self, reading: Reading, words: list[str], marks: list[str]) -> None:
        """Add the actor of one noun phrase, or pass its colour and place to the one before."""
        sides = {m.partition(":")[2] for m in marks if m.startswith("side:")}
        thing, used = self._thing(words)
        rest = [w for i, w in enumerate(words) if i not in used]
        colour = self._colour(rest)
        if thing is None and colour and words[0] in ARTICLES and words[-1] in self._words.by_name:
            thing, colour = self._words.by_name[words[-1]], None  # "an orange"
        if thing is None and (thing := self._guess(reading, rest)) is None:
            if reading.actors and (colour or sides):
                last = reading.actors[-1]
                reading.actors[-1] = placed(replace(last, colour=last.colour or colour), sides)
            return
        actor = Actor(thing, colour, number(words, used), scale=size_of(rest))
        reading.actors.append(placed(actor, sides))

    def _thing(self, words: list[str]) -> tuple[Thing | None, set[int]]:
        """The thing named by the longest run of words, the last one if there are several."""
        for table in (self._words.by_name, self._words.by_tag):
            for length in (4, 3, 2, 1):
                for start in range(len(words) - length, -1, -1):
                    run = words[start : start + length]
                    if length == 1 and (run[0] in lexicon.STOP or self._colours.get(run[0])):
                        continue
                    thing = self._lookup(table, run)
                    if thing:
                        return thing, set(range(start, start + length))
        return None, set()

    def _lookup(self, table: dict[str, Thing], run: list[str]) -> Thing | None:
        for last in singular(run[-1]):
            name = " ".join([*run[:-1], last])
            if name in table and not self._coloured(run, last):
                return table[name]
        return None

    def _coloured(self, run: list[str], last: str) -> bool:
        """True for "black cat": the colour is read as a colour where the noun alone is known."""
        rest = " ".join([*run[1:-1], last])
        known = self._words.by_name.get(rest)
        return (
            len(run) > 1 and run[0] in self._colours and known is not None and known.label == rest
        )

    def _colour(self, words: list[str]) -> str | None:
        for i in range(len(words)):
            for run in (" ".join(words[i : i + 2]), words[i]):
                if run in self._colours:
                    return self._colours[run]
        return None

    def _guess(self, reading: Reading, words: list[str]) -> Thing | None:
        """The thing whose name means nearly what these words say; unknown words are recorded."""
        nouns = [w for w in words if w not in lexicon.STOP and w not in self._colours
                 and w not in lexicon.SIZES and w not in lexicon.NUMBERS]  # fmt: skip
        if not nouns:
            return None
        for text in dict.fromkeys((" ".join(nouns[-2:]), nouns[-1])):
            thing, score = self._words.nearest(text, self._encoder)
            if score >= NEAR_ENOUGH:
                return thing
        if words[0] in ARTICLES or not reading.actors:
            reading.unknown.append(" ".join(nouns[-2:]))
        return None


def plain(prompt: str) -> str:
    """Lower case, weights such as ``(snow:1.3)`` and quotes taken out."""
    text = re.sub(r":\s*[\d.]+\s*\)", ")", prompt.lower()).replace("\u2019", "'")
    text = re.sub(r"'s\b", "", text)
    text = re.sub(r"([,.;])", r" \1 ", re.sub(r"[^\w\s,.;@-]", " ", text))
    return f" {' '.join(text.split())} "


def segments(text: str) -> Iterator[tuple[list[str], str]]:
    """Noun phrases between prepositions, conjunctions and commas, each with the word before it."""
    part: list[str] = []
    opener = ""
    for word in text.split():
        if word in lexicon.BREAKS:
            if part:
                yield part, opener
            part, opener = [], word
        else:
            part.append(word)
    if part:
        yield part, opener


def found(text: str, table: lexicon.Table) -> list[str]:
    """Meanings of a table that occur in the text."""
    hits = [
        m
        for p, m in lexicon.phrases(table)
        if re.search(rf"(?<![\w-]){re.escape(p)}(?![\w-])", text)
    ]
    return list(dict.fromkeys(hits))


def singular(word: str) -> list[str]:
    """The word itself and its possible singulars."""
    forms = [word, lexicon.IRREGULAR.get(word, word)]
    if word.endswith("ies"):
        forms.append(word[:-3] + "y")
    if word.endswith("es"):
        forms.append(word[:-2])
    if word.endswith("s") and not word.endswith("ss"):
        forms.append(word[:-1])
    return list(dict.fromkeys(forms))


def number(words: list[str], used: set[int]) -> int:
    """How many of a thing a noun phrase asks for."""
    text = " ".join(words)
    for phrase, count in lexicon.NUMBERS.items():
        if re.search(rf"\b{phrase}\b", text):
            return count
    last = words[max(used)] if used else words[-1]
    bare = last.endswith("s") and not last.endswith("ss") and not ARTICLES & set(words)
    return 3 if bare and len(singular(last)) > 1 and last not in {"books", "glasses"} else 1


def size_of(words: list[str]) -> float:
    """The factor that words such as "giant" put on the size."""
    return next((lexicon.SIZES[w] for w in words if w in lexicon.SIZES), 1.0)


def placed(actor: Actor, sides: set[str]) -> Actor:
    """The actor with the positions that were named."""
    side = next((s for s in ("left", "right") if s in sides), actor.side)
    return replace(
        actor, side=side, far=actor.far or "far" in sides, near=actor.near or "near" in sides,
        flying=actor.flying or "flying" in sides,
    )  # fmt: skip
