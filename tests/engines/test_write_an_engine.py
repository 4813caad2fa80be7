"""The how-to for engines, followed to the letter by a third party in a folder of their own."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fabula import bootstrap
from fabula.core.settings import Settings
from fabula.engines.base import EngineContext, Modality
from fabula.engines.contract import checks_for
from fabula.engines.registry import GROUP, EngineRegistry

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "write-an-engine.md"
PATH = "stripes:Stripes"


def blocks(language: str) -> list[str]:
    page = PAGE.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder with ``stripes.py``, where Python finds it."""
    (tmp_path / "stripes.py").write_text(blocks("python")[0], encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    sys.modules.pop("stripes", None)


def test_the_engine_of_the_page_passes_the_test_of_the_page(folder: Path) -> None:
    (folder / "test_stripes.py").write_text(blocks("python")[1], encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_stripes.py"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert f"{len(checks_for(Modality.IMAGE))} passed" in done.stdout


def test_it_is_found_by_the_setting(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (named,) = re.findall(r"FABULA_EXTRA_ENGINES='(.*)'", PAGE.read_text(encoding="utf-8"))
    monkeypatch.setenv("FABULA_EXTRA_ENGINES", named)
    monkeypatch.setenv("FABULA_DATA_DIR", str(folder / "data"))
    entry = bootstrap.build_registry(Settings()).get("stripes")
    assert entry is not None
    assert entry.path == PATH
    assert entry.availability.available
    assert entry.capabilities is not None


def test_it_is_found_by_the_entry_point(folder: Path) -> None:
    (project,) = blocks("toml")
    assert project.splitlines() == [
        f'[project.entry-points."{GROUP}"]',
        f'stripes = "{PATH}"',
    ]
    package = folder / "stripes-1.0.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: stripes\nVersion: 1.0\n")
    (package / "entry_points.txt").write_text(f"[{GROUP}]\nstripes = {PATH}\n")
    entry = EngineRegistry(EngineContext(models_dir="")).get("stripes")
    assert entry is not None
    assert entry.path == PATH
    assert entry.availability.available
