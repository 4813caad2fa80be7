"""Lengths, sizes and models of clips, where an engine has some of each."""

from dataclasses import replace

import pytest

from fabula.engines.base import Availability, EngineContext, EngineInfo, Modality
from fabula.engines.capabilities import Range, VideoCapabilities
from fabula.engines.registry import EngineEntry, EngineRegistry
from fabula.generation.clip_settings import check_kind, clip_length
from fabula.generation.engine_choice import Choice, choose, own_settings
from fabula.generation.errors import NotPossible
from fabula.generation.job_types import JOB_TYPES
from fabula.generation.schemas import JobIn

ABLE = VideoCapabilities(
    width=Range(64, 1280, 1024, 32), height=Range(64, 1280, 576, 32), frames=Range(5, 121, 97, 4),
    fps=Range(8, 30, 24), seconds=Range(0.5, 5.05, 5, 0.25), steps=Range(1, 100, 30),
    guidance_scale=Range(0, 20, 5, 0.1), models=("one", "two"),
)  # fmt: skip
INFO = EngineInfo("film", "Film", Modality.VIDEO, "1", "Films.", "one", "Apache-2.0")
FAST, HIGH = JOB_TYPES["video_fast"], JOB_TYPES["video_high"]


def entry(info: EngineInfo = INFO) -> EngineEntry:
    return EngineEntry("film:Film", info, Availability(True), ABLE, EngineContext(""))


def job(**body: object) -> JobIn:
    return JobIn.model_validate({"prompt": "a fox", "job_type": "video_fast", **body})


@pytest.fixture
def registry() -> EngineRegistry:
    made = EngineRegistry(EngineContext("/nonexistent"))
    made.connect([entry()], "film")
    return made


@pytest.mark.parametrize(
    ("seconds", "frames", "said"),
    [
        (None, 81, False),
        (1.0625, 17, False),
        (1.063, 17, False),
        (1, 17, True),
        (1.125, 17, True),
        (5, 81, True),
        (5.05, 81, False),
    ],
)
def test_a_length_is_moved_to_one_that_can_be_made_and_said(
    seconds: float | None, frames: int, said: bool
) -> None:
    length = clip_length(job(seconds=seconds, fps=16), FAST, ABLE)
    assert (length.frames, length.fps) == (frames, 16)
    assert [warning["code"] for warning in length.warnings] == ["frames_snapped"] * said
    if said:
        assert f"{frames} frames" in length.warnings[0]["message"]


def test_a_length_beyond_the_frames_there_can_be_is_said() -> None:
    length = clip_length(job(seconds=5, fps=30), FAST, ABLE)
    assert length.frames == 121
    assert "4.03 seconds" in length.warnings[0]["message"]


def test_a_clip_is_as_the_model_of_its_engine_was_made_for() -> None:
    own = own_settings(HIGH, Choice(entry()))
    assert (own.width, own.height, own.frames, own.fps) == (1024, 576, 97, 24)
    assert own.guidance_scale == HIGH.guidance_scale
    stand_in = own_settings(HIGH, Choice(entry(replace(INFO, stand_in=True))))
    assert (stand_in.width, stand_in.guidance_scale) == (1280, 5)
    configured = replace(FAST, frames=33, width=640)
    own = own_settings(configured, Choice(entry()))
    assert (own.width, own.height, own.frames, own.fps) == (640, 576, 33, 24)


def test_a_model_of_a_clip_is_named(registry: EngineRegistry) -> None:
    assert choose(FAST, registry, engine="film", model="two").model == "two"
    with pytest.raises(NotPossible, match="one, two"):
        choose(FAST, registry, engine="film", model="three")
    with pytest.raises(NotPossible, match="name none"):
        choose(FAST, registry, engine="motion", model="one")


def test_a_clip_that_needs_a_first_frame_is_refused_without() -> None:
    needy = replace(ABLE, first_frame=True, first_frame_required=True)
    with pytest.raises(NotPossible, match="first frame") as refusal:
        check_kind(job(), needy)
    assert refusal.value.field == "first_frame"
    first = "00000000-0000-0000-0000-000000000001"
    check_kind(job(first_frame=first), needy)
