"""The built-in models, fetched once into the checkout and kept there between runs."""

from pathlib import Path

import pytest

from fabula.engines.setup import fetch, missing_models

MODELS_DIR = Path(__file__).parents[2] / ".cache" / "models"


@pytest.fixture(scope="session")
def models_dir() -> Path:
    """The folder with the studio's models. Without a network and without the files the tests
    that need them fail with the sentence of ``SetupFailed``."""
    for model in missing_models(MODELS_DIR):
        fetch(model, MODELS_DIR, lambda *_: None)
    return MODELS_DIR
