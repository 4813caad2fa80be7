"""Clips: facts from the container, and a poster.

Apart from pictures, as libav is heavy to import.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import av
import numpy as np

from fabula.storage.pictures import MAX_PIXELS, Pixels
from fabula.storage.sniff import content_type_of


class ClipError(ValueError):
    """The bytes are not a clip that the studio can read; the message is for the person."""


@dataclass(frozen=True, slots=True)
class ClipFacts:
    """Width and height in pixels, frames counted, frames a second (mean), duration in seconds."""

    width: int
    height: int
    frames: int
    fps: float
    duration: float


def clip_facts(data: bytes) -> ClipFacts:
    """What the MP4 container says of its first video track. Raises ``ClipError``."""
    with _opened(data) as container:
        track = container.streams.video[0]
        frames = track.frames or sum(1 for packet in container.demux(track) if packet.size)
        duration = _duration(container, track)
        if not frames or duration <= 0:
            raise ClipError("This clip has no pictures.")
        rate = track.average_rate
        fps = float(rate) if rate else frames / duration
        return ClipFacts(track.width, track.height, frames, fps, duration)


def poster_of(data: bytes) -> Pixels:
    """The first frame of an MP4 as RGB pixels (height, width, 3). Raises ``ClipError``."""
    with _opened(data) as container:
        for frame in container.decode(container.streams.video[0]):
            pixels: Pixels = np.ascontiguousarray(frame.to_ndarray(format="rgb24"))
            return pixels
    raise ClipError("This clip has no pictures.")


def _duration(container: av.container.InputContainer, track: av.VideoStream) -> float:
    if track.duration and track.time_base:
        return float(track.duration * track.time_base)
    return float(container.duration or 0) / float(av.time_base)


@contextmanager
def _opened(data: bytes) -> Iterator[av.container.InputContainer]:
    if content_type_of(data) != "video/mp4":
        raise ClipError("This is not a clip: use an MP4 file.")
    try:
        # The format is named, so that no other demuxer of libav ever sees the bytes.
        with av.open(io.BytesIO(data), format="mp4", metadata_errors="replace") as container:
            _check(container)
            yield container
    except av.FFmpegError as error:
        raise ClipError("This clip is damaged: it could not be read.") from error


def _check(container: av.container.InputContainer) -> None:
    if not container.streams.video:
        raise ClipError("This clip has no pictures.")
    track = container.streams.video[0]
    if track.codec_context is None:
        raise ClipError("This clip is of a kind that cannot be read here: use H.264.")
    if track.width * track.height > MAX_PIXELS:
        raise ClipError("The pictures of this clip have more than 64 megapixels.")
