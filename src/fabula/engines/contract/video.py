"""Checks for engines that make clips."""

import io
from dataclasses import dataclass, replace
from functools import partial

import av
import numpy as np

from fabula.engines.base import (
    CancelToken,
    Motion,
    Pixels,
    Progress,
    VideoEngine,
    VideoEvent,
    VideoOutput,
    VideoRequest,
)
from fabula.engines.contract.check import Check, require
from fabula.engines.contract.drawn import (
    require_not_begun,
    require_refused,
    require_small_previews,
    require_stopped,
    require_storable,
)
from fabula.engines.contract.video_requests import frame_of, out_of_range, sample

TOLERATED_LOSS = 24.0
"""Mean difference in grey levels of 255 that cropping, moving and encoding may make between a
picture that was given and the frame that shows it."""


def requests_out_of_range_are_refused_before_any_work(engine: VideoEngine) -> None:
    for wrong, request in out_of_range(engine):
        require_refused(wrong, partial(engine.run, request, CancelToken()))


def progress_runs_from_the_first_step_to_the_last(engine: VideoEngine) -> None:
    events = run(engine, sample(engine))
    progress = [event for event in events if isinstance(event, Progress)]
    steps = [event.step for event in progress]
    require(steps, "The engine reports no progress.")
    require(steps == sorted(steps), "The progress goes backwards.")
    require(steps[0] >= 1, "The first step is below 1.")
    require(len({event.steps for event in progress}) == 1, "The number of steps changes.")
    require(steps[-1] == progress[-1].steps, "The progress does not reach its end.")
    require({event.index for event in progress} == {0}, "The only clip has the index 0.")
    require(isinstance(events[-1], VideoOutput), "The clip is not the last event.")


def previews_are_small_pictures(engine: VideoEngine) -> None:
    require_small_previews(run(engine, sample(engine)), engine.capabilities().previews)


def the_file_is_what_was_asked_for(engine: VideoEngine) -> None:
    request = sample(engine)
    made = clip(engine, request)
    found = look(made.mp4)
    size = (request.width, request.height)
    require(found.codec == "h264", f"The codec is {found.codec}, not h264.")
    require(found.pixel_format == "yuv420p", f"{found.pixel_format} plays in few browsers.")
    require(found.size == size, f"The file has {found.size}, the request {size}.")
    require(found.frames == request.frames, f"{found.frames} frames, not {request.frames}.")
    require(abs(found.fps - request.fps) < 0.01, f"{found.fps:g} frames a second.")
    said = (made.width, made.height, made.frames, made.fps)
    require(said == (*size, request.frames, request.fps), f"The output says {said} of itself.")
    require((made.index, made.seed) == (0, request.seed), "Index or seed of the clip are wrong.")


def effective_parameters_can_be_stored(engine: VideoEngine) -> None:
    require_storable(clip(engine, sample(engine)).effective)


def equal_seeds_give_equal_clips(engine: VideoEngine) -> None:
    request = sample(engine)
    same = clip(engine, request).mp4 == clip(engine, request).mp4
    require(same, "Two equal requests gave two clips.")


def other_seeds_give_other_clips(engine: VideoEngine) -> None:
    request = sample(engine)
    other = clip(engine, replace(request, seed=request.seed + 1))
    require(clip(engine, request).mp4 != other.mp4, "Two seeds gave one clip.")


def the_given_frames_are_where_they_belong(engine: VideoEngine) -> None:
    able, request = engine.capabilities(), sample(engine)
    if not able.first_frame:
        return
    first, last = frame_of(request, 1), frame_of(request, 2)
    untouched = first.copy()
    still = Motion(strength=able.motion.strength.minimum) if able.motion else None
    request = replace(request, first_frame=first, motion=still)
    shown = ends(clip(engine, request).mp4)
    require(np.array_equal(first, untouched), "The engine wrote into the given frame.")
    require(_distance(shown[0], first) < TOLERATED_LOSS, "The clip does not begin as was given.")
    if able.last_frame:
        shown = ends(clip(engine, replace(request, last_frame=last)).mp4)
        require(_distance(shown[0], first) < TOLERATED_LOSS, "It does not begin as was given.")
        require(_distance(shown[1], last) < TOLERATED_LOSS, "It does not end as was given.")


def named_motions_differ(engine: VideoEngine) -> None:
    able, request = engine.capabilities(), sample(engine)
    if able.motion is None or not able.first_frame:
        return
    request = replace(request, first_frame=frame_of(request, 1))
    files = [clip(engine, replace(request, motion=Motion(kind=k))).mp4 for k in able.motion.kinds]
    require(len(set(files)) == len(files), "Two motions of different names gave one clip.")


def a_cancelled_engine_stops_at_the_next_step_and_works_afterwards(engine: VideoEngine) -> None:
    request = sample(engine)
    expected = clip(engine, request).mp4
    last = max(e.step for e in run(engine, request) if isinstance(e, Progress))
    for step in sorted({1, (last + 1) // 2, last}):
        require_stopped(partial(engine.run, request), step)
    require(clip(engine, request).mp4 == expected, "A cancelled engine works differently.")


def a_request_cancelled_beforehand_is_not_begun(engine: VideoEngine) -> None:
    require_not_begun(partial(engine.run, sample(engine)))


def an_abandoned_run_leaves_the_engine_usable(engine: VideoEngine) -> None:
    request = sample(engine)
    expected = clip(engine, request).mp4
    events = iter(engine.run(request, CancelToken()))
    next(e for e in events if isinstance(e, Progress))
    close = getattr(events, "close", None)
    require(close is not None, "run must return a generator, which can be closed.")
    if close is not None:
        close()
    require(clip(engine, request).mp4 == expected, "An abandoned engine works differently.")


def unloading_and_loading_changes_nothing(engine: VideoEngine) -> None:
    request = sample(engine)
    expected = clip(engine, request).mp4
    engine.unload()
    engine.load()
    require(clip(engine, request).mp4 == expected, "A reloaded engine works differently.")


@dataclass(frozen=True, slots=True)
class Looked:
    """A file as the decoder sees it; ``frames`` are those that were really decoded."""

    codec: str
    pixel_format: str
    size: tuple[int, int]
    frames: int
    fps: float


def look(mp4: bytes) -> Looked:
    with av.open(io.BytesIO(mp4), format="mp4") as container:
        track = container.streams.video[0]
        frames = sum(1 for _ in container.decode(track))
        context = track.codec_context
        return Looked(
            context.name, context.pix_fmt, (track.width, track.height), frames,
            float(track.average_rate or 0),
        )  # fmt: skip


def ends(mp4: bytes) -> tuple[Pixels, Pixels]:
    """The first and the last frame."""
    with av.open(io.BytesIO(mp4), format="mp4") as container:
        frames = list(container.decode(container.streams.video[0]))
    return frames[0].to_ndarray(format="rgb24"), frames[-1].to_ndarray(format="rgb24")


def run(engine: VideoEngine, request: VideoRequest) -> list[VideoEvent]:
    return list(engine.run(request, CancelToken()))


def clip(engine: VideoEngine, request: VideoRequest) -> VideoOutput:
    """The one clip of a request."""
    made = [event for event in run(engine, request) if isinstance(event, VideoOutput)]
    require(len(made) == 1, f"{len(made)} clips instead of one.")
    return made[0]


def _distance(one: Pixels, other: Pixels) -> float:
    """Mean absolute difference, 0-255."""
    return float(np.abs(one.astype(np.int16) - other.astype(np.int16)).mean())


CHECKS = tuple(
    map(
        Check,
        (
            requests_out_of_range_are_refused_before_any_work,
            progress_runs_from_the_first_step_to_the_last,
            previews_are_small_pictures,
            the_file_is_what_was_asked_for,
            effective_parameters_can_be_stored,
            equal_seeds_give_equal_clips,
            other_seeds_give_other_clips,
            the_given_frames_are_where_they_belong,
            named_motions_differ,
            a_cancelled_engine_stops_at_the_next_step_and_works_afterwards,
            a_request_cancelled_beforehand_is_not_begun,
            an_abandoned_run_leaves_the_engine_usable,
            unloading_and_loading_changes_nothing,
        ),
    )
)
