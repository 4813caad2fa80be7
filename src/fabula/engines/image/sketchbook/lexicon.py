"""The words of ``lexicon.toml``, ready to be searched for."""

from __future__ import annotations

import tomllib
from pathlib import Path

_RAW = tomllib.loads(Path(__file__).with_name("lexicon.toml").read_text(encoding="utf-8"))

Table = dict[str, list[str]]
LIGHTS: Table = _RAW["lights"]
PLACES: Table = _RAW["places"]
WEATHER: Table = _RAW["weather"]
FILTERS: Table = _RAW["filters"]
COLOURS: Table = _RAW["colours"]
SIDES: Table = _RAW["sides"]
NUMBERS: dict[str, int] = _RAW["numbers"]
SIZES: dict[str, float] = _RAW["sizes"]
STOP: frozenset[str] = frozenset(_RAW["stop"]["words"])
BREAKS: frozenset[str] = frozenset(_RAW["stop"]["breaks"])
IRREGULAR: dict[str, str] = _RAW["irregular"]


def phrases(table: Table) -> list[tuple[str, str]]:
    """(phrase, meaning) of a table, longest phrases first."""
    pairs = [(phrase, meaning) for meaning, listed in table.items() for phrase in listed]
    return sorted(pairs, key=lambda pair: (-len(pair[0]), pair[0]))
