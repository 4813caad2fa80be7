"""A studio with folders of models."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from fabula.core.database import Database
from fabula.core.settings import Settings
from studio import Studio, studio_with


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """The studio's folder of models."""
    folder = tmp_path / "models"
    folder.mkdir()
    return folder


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A folder that the studio only reads."""
    folder = tmp_path / "other"
    folder.mkdir()
    return folder


@pytest.fixture
async def studio(
    database: Database, tmp_path: Path, models: Path, other: Path
) -> AsyncIterator[Studio]:
    settings = Settings(data_dir=tmp_path, models_dir=models, more_model_folders=[other])
    async with studio_with(database, settings) as made:
        yield made


@pytest.fixture
async def admin(studio: Studio) -> AsyncIterator[httpx.AsyncClient]:
    async with await studio.person("root", "admin") as client:
        yield client
