"""The words that Sketchbook knows things by."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fabula.engines.image.sketchbook.sentences import SentenceEncoder, Vectors

NEAR_ENOUGH = 0.66
"""Cosine below which a word is not taken for a thing (set on the words of the tests)."""


@dataclass(frozen=True)
class Thing:
    """Something that can be drawn. ``names`` are its own, ``tags`` looser associations."""

    label: str
    names: tuple[str, ...]
    tags: tuple[str, ...]
    styles: tuple[int, ...]
    """Drawing styles in which the model has seen it."""


class Vocabulary:
    """All things with the sentence vectors of their labels."""

    def __init__(self, folder: Path) -> None:
        raw = json.loads((folder / "things.json").read_text(encoding="utf-8"))
        self.colours: list[str] = raw["colours"]
        self.things = [
            Thing(t["label"], tuple(t["names"]), tuple(t["tags"]), tuple(t["styles"]))
            for t in raw["things"]
        ]
        with np.load(folder / "words.npz") as data:
            self._vectors = data["vectors"].astype(np.float32)
        self._names: list[tuple[str, Thing]] = [(n, t) for t in self.things for n in t.names]
        self.by_name: dict[str, Thing] = {}
        for thing in self.things:
            self.by_name.setdefault(thing.label.lower(), thing)
        for name, thing in self._names:
            self.by_name.setdefault(name.lower(), thing)
        self.by_tag: dict[str, Thing] = {}
        for thing in self.things:
            for tag in thing.tags:
                self.by_tag.setdefault(tag.lower(), thing)
        first: dict[str, int] = {}
        for i, (_, thing) in enumerate(self._names):
            first.setdefault(thing.label, i)
        self._row = first

    def vector(self, thing: Thing) -> Vectors:
        """The sentence vector of the thing's label, (384,)."""
        row: Vectors = self._vectors[self._row[thing.label]]
        return row

    def nearest(self, text: str, encoder: SentenceEncoder) -> tuple[Thing, float]:
        """The thing whose name means most nearly the same, and the cosine."""
        scores = self._vectors @ encoder.encode([text])[0]
        best = int(scores.argmax())
        return self._names[best][1], float(scores[best])
