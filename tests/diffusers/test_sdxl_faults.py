"""What can go wrong with a job of the diffusers engine. Each fault costs an import of torch, so the
full walk is that of the other engines."""

from pathlib import Path

import pytest

from fabula.engines.base import EngineContext
from fabula.engines.image.diffusers_sdxl import DiffusersSdxl
from fabula.engines.registry import EngineEntry
from faulty import ledger_is_right, memory_runs_out, passes, trial
from studio import Studio, studio

__all__ = ["studio"]
pytestmark = pytest.mark.diffusers
PATH = "fabula.engines.image.diffusers_sdxl:DiffusersSdxl"


async def test_faults_cost_no_job_and_no_credit_twice(
    studio: Studio, models_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = EngineContext(str(models_dir), options={"sdxl_model": "tiny"})
    engine = DiffusersSdxl(context)
    entry = EngineEntry(PATH, engine.info, engine.availability(), engine.capabilities(), context)
    monkeypatch.setattr("fabula.generation.runner.RETRY_DELAY_SECONDS", 0.0)
    monkeypatch.setattr("faulty.STALL_SECONDS", 20.0)  # importing torch takes its time
    body = {"steps": 2, "width": 64, "height": 64}
    async with trial(studio, entry, tmp_path / "orders", **body) as made:
        await passes(made, "killed in the middle")
        await memory_runs_out(made)
        await ledger_is_right(made)
