"""The contract, over every kind of server."""

from collections.abc import Iterator
from typing import Any

import pytest
from server_engines import FAKES, engine_over

from fabula.engines.base import Modality
from fabula.engines.contract import Check, checks_for
from fabula.engines.remote.kinds import KINDS

PAIRS = [(kind, check) for kind in KINDS for check in checks_for(KINDS[kind].info.modality)]
PAIRS += [("clips", check) for check in checks_for(Modality.VIDEO)]


@pytest.fixture(scope="module")
def engines() -> Iterator[dict[str, Any]]:
    fakes = {kind: fake(key="a key") for kind, fake in FAKES.items()}
    for fake in fakes.values():
        fake.__enter__()
    made = {kind: engine_over(kind, fake) for kind, fake in fakes.items()}
    yield made | {"clips": engine_over("comfyui", fakes["comfyui"], clips=True)}
    for fake in fakes.values():
        fake.stop()


@pytest.mark.parametrize(("kind", "check"), PAIRS, ids=[f"{k}-{c}" for k, c in PAIRS])
def test_contract(engines: dict[str, Any], kind: str, check: Check) -> None:
    engine = engines[kind]
    assert engine.availability().available
    check(engine)
