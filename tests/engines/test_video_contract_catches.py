"""The contract of clips finds what it is there to find: each engine here breaks one rule."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flipbook import Flipbook

from fabula.engines.base import (
    CancelToken,
    EngineContext,
    Modality,
    Progress,
    VideoEvent,
    VideoOutput,
    VideoRequest,
)
from fabula.engines.contract import Check, ContractViolation, checks_for
from fabula.engines.contract.video import CHECKS

BY_NAME = {str(check): check for check in CHECKS}


class Takes(Flipbook):
    """Takes whatever comes."""

    def run(self, request: VideoRequest, cancel: CancelToken) -> Iterator[VideoEvent]:
        yield Progress(0, 1, request.frames)
        yield from self.pages(request, cancel)


class Changed(Flipbook):
    """Events go through ``changed`` one by one."""

    def pages(self, request: VideoRequest, cancel: CancelToken) -> Iterator[VideoEvent]:
        for event in super().pages(request, cancel):
            yield self.changed(event)

    def changed(self, event: VideoEvent) -> VideoEvent:
        return event


class StopsShort(Changed):
    def changed(self, event: VideoEvent) -> VideoEvent:
        return replace(event, steps=event.steps + 1) if isinstance(event, Progress) else event


class SaysNothingOfPreviews(Flipbook):
    able = replace(Flipbook.able, previews=False)


class Boasts(Changed):
    def changed(self, event: VideoEvent) -> VideoEvent:
        return replace(event, frames=event.frames + 1) if isinstance(event, VideoOutput) else event


class SmallerFile(Flipbook):
    def pages(self, request: VideoRequest, cancel: CancelToken) -> Iterator[VideoEvent]:
        for event in super().pages(replace(request, height=request.height - 16), cancel):
            is_clip = isinstance(event, VideoOutput)
            yield replace(event, height=request.height) if is_clip else event


class Unwritable(Changed):
    def changed(self, event: VideoEvent) -> VideoEvent:
        return replace(event, effective={"x": {1}}) if isinstance(event, VideoOutput) else event


class Moody(Flipbook):
    def pages(self, request: VideoRequest, cancel: CancelToken) -> Iterator[VideoEvent]:
        return super().pages(replace(request, prompt=f"{request.prompt} {self.runs}"), cancel)


class Stubborn(Flipbook):
    def pages(self, request: VideoRequest, cancel: CancelToken) -> Iterator[VideoEvent]:
        del cancel
        return super().pages(request, CancelToken())


class Colourless(Flipbook):
    def pages(self, request: VideoRequest, cancel: CancelToken) -> Iterator[VideoEvent]:
        return super().pages(replace(request, first_frame=None, last_frame=None), cancel)


class NoSeeds(Flipbook):
    def pages(self, request: VideoRequest, cancel: CancelToken) -> Iterator[VideoEvent]:
        for event in super().pages(replace(request, seed=1), cancel):
            is_clip = isinstance(event, VideoOutput)
            yield replace(event, seed=request.seed) if is_clip else event


BROKEN = [
    (Takes, "requests_out_of_range_are_refused_before_any_work"),
    (StopsShort, "progress_runs_from_the_first_step_to_the_last"),
    (SaysNothingOfPreviews, "previews_are_small_pictures"),
    (Boasts, "the_file_is_what_was_asked_for"),
    (SmallerFile, "the_file_is_what_was_asked_for"),
    (Unwritable, "effective_parameters_can_be_stored"),
    (Moody, "equal_seeds_give_equal_clips"),
    (Moody, "unloading_and_loading_changes_nothing"),
    (NoSeeds, "other_seeds_give_other_clips"),
    (Colourless, "the_given_frames_are_where_they_belong"),
    (Stubborn, "a_cancelled_engine_stops_at_the_next_step_and_works_afterwards"),
    (Stubborn, "a_request_cancelled_beforehand_is_not_begun"),
]


@pytest.mark.parametrize("check", checks_for(Modality.VIDEO), ids=str)
def test_a_good_engine_passes(check: Check) -> None:
    check(Flipbook(EngineContext(models_dir="")))


@pytest.mark.parametrize(
    ("engine", "name"), BROKEN, ids=[f"{engine.__name__}-{name}" for engine, name in BROKEN]
)
def test_a_broken_engine_is_found(engine: Any, name: str) -> None:
    with pytest.raises(ContractViolation, match=r"\w"):
        BY_NAME[name](engine(EngineContext(models_dir="")))
