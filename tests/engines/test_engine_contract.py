"""The contract, over every engine that can run here."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fabula.engines.base import EngineContext
from fabula.engines.contract import Check, checks_for
from fabula.engines.locate import engine_class
from fabula.engines.registry import EngineEntry, EngineRegistry

CONTEXT = EngineContext(models_dir="/nonexistent")
REGISTRY = EngineRegistry(
    CONTEXT, ["fabula.engines.image.reference_card:ReferenceCard", "scribe:Scribe"]
)
FETCHED = {"local-llama", "real-esrgan"}
"""Engines that need a model of the set-up, which only the fixture ``models_dir`` fetches."""

TRIED = [e for e in REGISTRY.all() if e.availability.available or e.info.id in FETCHED]
PAIRS = [(entry, check) for entry in TRIED for check in checks_for(entry.info.modality)]


@pytest.fixture(scope="module")
def engines() -> Iterator[dict[str, Any]]:
    made: dict[str, Any] = {}
    yield made
    for engine in made.values():
        engine.unload()


def test_the_engines_of_the_base_install_are_tried() -> None:
    tried = {entry.info.id for entry in TRIED}
    assert {
        "sketchbook",
        "motion",
        "local-llama",
        "real-esrgan",
        "reference-card",
        "scribe",
    } <= tried


@pytest.mark.parametrize(
    ("entry", "check"), PAIRS, ids=[f"{entry.info.id}-{check}" for entry, check in PAIRS]
)
def test_contract(
    engines: dict[str, Any], entry: EngineEntry, check: Check, models_dir: Path
) -> None:
    engine = engines.get(entry.info.id)
    if engine is None:
        context = replace(CONTEXT, models_dir=str(models_dir))
        engine = engines[entry.info.id] = engine_class(entry.path)(context)
        assert engine.availability().available
        engine.load()
    check(engine)
