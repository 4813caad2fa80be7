"""A models folder with a tiny SDXL pipeline. Torch is imported by the fixtures alone: the folder
is collected where the extra is not installed, too."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from fabula.engines.base import EngineContext
from fabula.engines.image.diffusers_sdxl import DiffusersSdxl
from real_browser import demand_chromium

if not demand_chromium():
    collect_ignore = ["test_studio_sdxl.py"]


@pytest.fixture(scope="session")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One thread: with as many as cores, OpenMP's waiting makes a busy machine ten times slower."""
    tiny_sdxl = import_module("tiny_sdxl")
    import_module("torch").set_num_threads(1)
    folder = tmp_path_factory.mktemp("models")
    for name in ("sdxl", "loras", "files"):
        (folder / name).mkdir()
    tiny = tiny_sdxl.write_sdxl(folder / "sdxl" / "tiny")
    tiny_sdxl.write_sd15(tiny, folder / "sdxl" / "tiny-older")
    tiny_sdxl.write_inpainting(tiny, folder / "sdxl" / "tiny-inpainting")
    tiny_sdxl.write_lora(tiny, folder / "loras" / "ink.safetensors")
    import_module("single_file").write_single_file(tiny, folder / "files" / "single.safetensors")
    return folder


@pytest.fixture(scope="session")
def engine(models_dir: Path) -> Iterator[DiffusersSdxl]:
    """The tiny pipeline in single precision, as the contract compares bytes on any processor."""
    options = {"precision": "float32", "sdxl_model": "tiny"}
    made = DiffusersSdxl(EngineContext(str(models_dir), options=options))
    made.load()
    yield made
    made.unload()
