"""The contract, over every engine that can run here."""

from collections.abc import Iterator
from typing import Any

import pytest

from fabula.engines.base import EngineContext
from fabula.engines.contract import Check, checks_for
from fabula.engines.locate import engine_class
from fabula.engines.registry import EngineEntry, EngineRegistry

REGISTRY = EngineRegistry(
    EngineContext(models_dir=".fabula/models"),
    ["fabula.engines.image.reference_card:ReferenceCard", "scribe:Scribe"],
)
AVAILABLE = [entry for entry in REGISTRY.all() if entry.availability.available]
PAIRS = [(entry, check) for entry in AVAILABLE for check in checks_for(entry.info.modality)]


@pytest.fixture(scope="module")
def engines() -> Iterator[dict[str, Any]]:
    made: dict[str, Any] = {}
    yield made
    for engine in made.values():
        engine.unload()


def test_the_engines_that_need_nothing_are_available() -> None:
    assert {"sketchbook", "reference-card", "scribe"} <= {entry.info.id for entry in AVAILABLE}


@pytest.mark.parametrize(
    ("entry", "check"), PAIRS, ids=[f"{entry.info.id}-{check}" for entry, check in PAIRS]
)
def test_contract(engines: dict[str, Any], entry: EngineEntry, check: Check) -> None:
    engine = engines.get(entry.info.id)
    if engine is None:
        engine = engines[entry.info.id] = engine_class(entry.path)(REGISTRY.context)
        engine.load()
    check(engine)
