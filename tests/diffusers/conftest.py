"""Models folders with tiny pipelines of SDXL and WAN. Torch is imported by the fixtures alone: this
is collected where the extra is not installed, too."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from fabula.engines.base import EngineContext
from fabula.engines.image.diffusers_sdxl import DiffusersSdxl
from fabula.engines.image.diffusers_wan_frame import DiffusersWanFrame
from fabula.engines.video.diffusers_wan import DiffusersWan
from real_browser import demand_chromium

if not demand_chromium():
    collect_ignore = ["test_studio_sdxl.py", "test_studio_wan.py"]


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


@pytest.fixture(scope="session")
def wan_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tiny WAN pipelines of every kind; ``clip`` starts from text, ``ends`` from one picture or
    two."""
    tiny_wan = import_module("tiny_wan")
    import_module("torch").set_num_threads(1)
    folder = tmp_path_factory.mktemp("models")
    (folder / "loras").mkdir()
    models = folder / "wan"
    tiny_wan.write_text_to_video(models / "clip")
    tiny_wan.write_first_or_both(models / "ends")
    tiny_wan.write_text_to_video(models / "pair", pair=True)
    tiny_wan.write_looking(models / "sees-one", 1)
    tiny_wan.write_looking(models / "sees-two", 2)
    tiny_wan.write_lora(models / "clip", folder / "loras" / "ink.safetensors")
    return folder


@pytest.fixture(scope="session")
def per_frame_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny WAN pipeline whose frames have noise of their own: it starts from all but two
    pictures."""
    folder = tmp_path_factory.mktemp("models")
    import_module("tiny_wan").write_per_frame(folder / "wan" / "compact")
    return folder


def wan_context(folder: Path, **options: object) -> EngineContext:
    """In single precision, as the contract compares bytes on any processor."""
    return EngineContext(str(folder), options={"precision": "float32", **options})


@pytest.fixture(scope="session")
def wan(wan_dir: Path) -> Iterator[DiffusersWan]:
    made = DiffusersWan(wan_context(wan_dir))
    made.load()
    yield made
    made.unload()


@pytest.fixture(scope="session")
def wan_frame(wan_dir: Path) -> Iterator[DiffusersWanFrame]:
    made = DiffusersWanFrame(wan_context(wan_dir))
    made.load()
    yield made
    made.unload()
