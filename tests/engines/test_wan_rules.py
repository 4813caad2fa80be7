"""What the WAN engines say and find without torch, which the base install does not have."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fabula.engines import diffusers_support
from fabula.engines.base import (
    CancelToken,
    EngineContext,
    EngineError,
    ImageRequest,
    VideoRequest,
)
from fabula.engines.image.diffusers_wan_frame import DiffusersWanFrame
from fabula.engines.video.diffusers_wan import DiffusersWan
from fabula.engines.video.wan_models import FROM_PICTURE, FROM_TEXT, Start, models_in
from fabula.generation.job_types import JOB_TYPES

ASK = VideoRequest("a red fox in snow", 5, 832, 480, 81, 16, 30, 5.0)
FRAME = ImageRequest("a red fox in snow", 5, 832, 480, 30, 5.0)
PIXELS = np.zeros((8, 8, 3), np.uint8)
TEXT, FIRST, BOTH = Start.TEXT, Start.FIRST, Start.BOTH


def write_model(folder: Path, kind: str = FROM_TEXT, **more: object) -> None:
    """The small files of a model folder; ``more`` goes to where such a key is written."""
    index = {"_class_name": kind}
    index |= {k: v for k, v in more.items() if k in {"expand_timesteps", "transformer_2"}}
    network = {"patch_size": [1, 2, 2], "image_dim": None, "pos_embed_seq_len": None}
    network |= {k: v for k, v in more.items() if k in network}
    decoder = {k: v for k, v in more.items() if k == "scale_factor_spatial"}
    for name, content in (
        ("model_index.json", index),
        ("transformer/config.json", network),
        ("vae/config.json", decoder),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(content))


def write_per_frame(folder: Path) -> None:
    write_model(folder, expand_timesteps=True, scale_factor_spatial=16)


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the extra were installed."""
    monkeypatch.setattr(diffusers_support, "find_spec", lambda _name: True)


def clips(models_dir: Path, **options: object) -> DiffusersWan:
    return DiffusersWan(EngineContext(str(models_dir), options=options))


def frames(models_dir: Path, **options: object) -> DiffusersWanFrame:
    return DiffusersWanFrame(EngineContext(str(models_dir), options=options))


def test_importing_and_asking_does_not_import_torch(tmp_path: Path) -> None:
    write_model(tmp_path / "wan" / "mine")
    asked = (
        "import sys\n"
        "from fabula.engines.base import EngineContext\n"
        "from fabula.engines.image.diffusers_wan_frame import DiffusersWanFrame\n"
        "from fabula.engines.video.diffusers_wan import DiffusersWan\n"
        "for engine in (DiffusersWan, DiffusersWanFrame):\n"
        "    made = engine(EngineContext(sys.argv[1]))\n"
        "    made.availability(), made.capabilities()\n"
        "assert not {'torch', 'diffusers', 'transformers'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", asked, str(tmp_path)], check=True)


def test_without_the_extra_it_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diffusers_support, "find_spec", lambda name: name != "ftfy" or None)
    here = clips(tmp_path).availability()
    assert (here.available, here.reason) == (False, "Not installed: ftfy.")
    assert "fabula[diffusers]" in here.remedy


@pytest.mark.usefixtures("installed")
def test_without_a_model_it_says_where_to_put_one(tmp_path: Path) -> None:
    here = clips(tmp_path).availability()
    assert not here.available
    assert str(tmp_path / "wan") in here.reason
    write_model(tmp_path / "wan" / "film", FROM_PICTURE)
    assert clips(tmp_path).availability().available
    assert "the prompt alone" in frames(tmp_path).availability().reason
    write_model(tmp_path / "wan" / "mine")
    assert frames(tmp_path).availability().available


@pytest.mark.usefixtures("installed")
def test_a_chosen_model_that_is_not_there_is_explained(tmp_path: Path) -> None:
    write_model(tmp_path / "wan" / "mine")
    here = clips(tmp_path, wan_model="other").availability()
    assert "other" in here.reason
    assert "mine" in here.remedy
    assert clips(tmp_path, wan_model="mine").availability().available


def test_models_are_known_by_their_small_files(tmp_path: Path) -> None:
    write_model(tmp_path / "t2v")
    write_model(tmp_path / "t2v-pair", transformer_2=["diffusers", "WanTransformer3DModel"])
    write_model(tmp_path / "alone", transformer_2=[None, None])
    write_per_frame(tmp_path / "ti2v")
    write_model(tmp_path / "i2v-21", FROM_PICTURE, image_dim=1280)
    write_model(tmp_path / "flf-21", FROM_PICTURE, image_dim=1280, pos_embed_seq_len=514)
    write_model(tmp_path / "i2v-22", FROM_PICTURE)
    write_model(tmp_path / "other", "StableDiffusionXLPipeline")
    (tmp_path / "notes.txt").write_text("not a model")
    (tmp_path / "empty").mkdir()
    found = {m.name: (m.starts, m.grid, m.pair) for m in models_in(tmp_path).values()}
    assert found == {
        "alone": ({TEXT}, 16, False),
        "flf-21": ({BOTH}, 16, False),
        "i2v-21": ({FIRST}, 16, False),
        "i2v-22": ({FIRST, BOTH}, 16, False),
        "t2v": ({TEXT}, 16, False),
        "t2v-pair": ({TEXT}, 16, True),
        "ti2v": ({TEXT, FIRST}, 32, False),
    }


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "{}", '{"_class_name": 7}'])
def test_a_damaged_folder_is_no_model(tmp_path: Path, content: str) -> None:
    write_model(tmp_path / "bad")
    (tmp_path / "bad" / "model_index.json").write_text(content)
    assert models_in(tmp_path) == {}


def test_a_model_is_seen_when_its_files_have_come(tmp_path: Path) -> None:
    write_model(tmp_path / "mine")
    last = tmp_path / "mine" / "vae" / "config.json"
    last.unlink()
    assert models_in(tmp_path) == {}
    last.write_text("{}")
    assert set(models_in(tmp_path)) == {"mine"}


def test_what_is_offered_follows_from_the_models(tmp_path: Path) -> None:
    write_model(tmp_path / "wan" / "b-film", FROM_PICTURE)
    alone = clips(tmp_path).capabilities()
    assert (alone.first_frame_required, alone.first_frame, alone.last_frame) == (True, True, True)
    write_model(tmp_path / "wan" / "c-text")
    able = clips(tmp_path).capabilities()
    assert not able.first_frame_required
    assert able.models == ("b-film", "c-text")
    assert (able.width.default, able.height.default, able.width.step) == (832, 480, 16)
    assert (able.frames.default, able.fps.default) == (81, 16)
    write_per_frame(tmp_path / "wan" / "d-compact")
    assert clips(tmp_path).capabilities().width.step == 32
    chosen = clips(tmp_path, wan_model="d-compact").capabilities()
    assert (chosen.width.default, chosen.height.default) == (1280, 704)
    assert (chosen.frames.default, chosen.fps.default) == (121, 24)
    assert frames(tmp_path).capabilities().models == ("c-text", "d-compact")


@pytest.mark.parametrize("write", [write_model, write_per_frame])
def test_the_steps_of_the_length_are_whole_legal_clips(
    tmp_path: Path, write: Callable[[Path], None]
) -> None:
    write(tmp_path / "wan" / "mine")
    able = clips(tmp_path).capabilities()
    lengths = able.seconds
    steps = round((lengths.maximum - lengths.minimum) / lengths.step)
    asked = [lengths.minimum + number * lengths.step for number in range(steps + 1)]
    counts = [seconds * able.fps.default for seconds in asked]
    assert counts == pytest.approx([round(count) for count in counts], abs=0.1)
    assert {round(count) % 4 for count in counts} == {1}
    assert round(counts[-1]) == able.frames.maximum


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"width": 840}, "multiples of 16"),
        ({"frames": 80}, "multiple of 4"),
        ({"frames": 85}, "81"),
        ({"steps": 101}, "steps"),
        ({"first_frame": PIXELS}, "takes no first frame"),
        ({"first_frame": PIXELS, "last_frame": PIXELS}, "takes no"),
        ({"model": "../mine"}, "There are: mine"),
    ],
)
def test_what_cannot_be_made_is_refused(
    tmp_path: Path, changes: dict[str, object], word: str
) -> None:
    write_model(tmp_path / "wan" / "mine")
    with pytest.raises(EngineError, match=word) as refusal:
        clips(tmp_path).run(replace(ASK, **changes), CancelToken())  # type: ignore[arg-type]
    assert refusal.value.code == "bad_request"


def test_a_frame_off_the_grid_is_refused(tmp_path: Path) -> None:
    write_model(tmp_path / "wan" / "mine")
    with pytest.raises(EngineError, match="multiples of 16"):
        frames(tmp_path).run(replace(FRAME, height=488), CancelToken())


def test_wan_comes_before_the_engines_that_stand_in_for_it() -> None:
    for job_type in JOB_TYPES.values():
        if job_type.family == "wan":
            own = "diffusers-wan" if job_type.format == "video" else "diffusers-wan-frame"
            assert job_type.engines[0] == own
