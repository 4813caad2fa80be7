"""Clips: facts from the container, a poster, a small moving preview, texts inside the file.

Apart from pictures, as libav is heavy to import.
"""

import io
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from fabula.storage.pictures import MAX_PIXELS, Pixels
from fabula.storage.sniff import content_type_of

PREVIEW_SIDE = 384
PREVIEW_FPS = 12
PREVIEW_SECONDS = 5
# The macroblock tree of x264 differs from run to run on AVX-512.
_PREVIEW_OPTIONS = {"preset": "veryfast", "crf": "30", "threads": "1", "x264-params": "mbtree=0"}
# The index goes first, so that a player begins before it has the whole file; texts keep our names.
_FLAGS = {"movflags": "faststart+use_metadata_tags"}


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


def preview_of(data: bytes) -> bytes:
    """A silent MP4 at most ``PREVIEW_SIDE`` pixels wide and high, of the first seconds, with fewer
    frames. Raises ``ClipError``."""
    with _opened(data) as source:
        track = source.streams.video[0]
        scale = min(1.0, PREVIEW_SIDE / max(track.width, track.height))
        width, height = (max(2, round(n * scale / 2) * 2) for n in (track.width, track.height))

        def make(target: av.container.OutputContainer) -> None:
            small = target.add_stream("libx264", rate=Fraction(PREVIEW_FPS))
            small.width, small.height, small.pix_fmt = width, height, "yuv420p"
            small.options = _PREVIEW_OPTIONS
            for count, frame in enumerate(_thinned(source, track)):
                less = frame.reformat(width, height, "yuv420p")
                less.pts, less.time_base = count, Fraction(1, PREVIEW_FPS)
                target.mux(small.encode(less))
            target.mux(small.encode())

        return _remade(make)


def _thinned(source: av.container.InputContainer, track: av.VideoStream) -> Iterator[av.VideoFrame]:
    """``PREVIEW_FPS`` frames a second of the first seconds; of a slower clip some come twice."""
    wanted = 0
    for frame in source.decode(track):
        place = (frame.time or 0) * PREVIEW_FPS  # the taker gives the frame a time of its own
        while wanted <= place and wanted < PREVIEW_SECONDS * PREVIEW_FPS:
            yield frame
            wanted += 1


def with_tags(data: bytes, tags: Mapping[str, str]) -> bytes:
    """The same clip, not encoded anew, with texts in its metadata in place of those it had, and
    with its index in front. Equal input gives equal bytes. Raises ``ClipError``."""
    with _opened(data) as source:

        def make(target: av.container.OutputContainer) -> None:
            tracks = {
                track.index: target.add_stream_from_template(track)
                for track in source.streams
                if track.type in {"video", "audio"}
            }
            target.metadata.update(tags)
            for packet in source.demux(*(source.streams[index] for index in tracks)):
                if packet.dts is not None:
                    packet.stream = tracks[packet.stream.index]
                    target.mux(packet)

        return _remade(make)


def tags_of(data: bytes) -> dict[str, str]:
    """The texts in the metadata of an MP4. Raises ``ClipError``."""
    with _opened(data) as container:
        return dict(container.metadata)


def _duration(container: av.container.InputContainer, track: av.VideoStream) -> float:
    if track.duration and track.time_base:
        return float(track.duration * track.time_base)
    return float(container.duration or 0) / float(av.time_base)


def _remade(make: Callable[[av.container.OutputContainer], None]) -> bytes:
    """An MP4 that ``make`` writes. It lies on disk meanwhile: putting the index first means to read
    what was written."""
    with tempfile.TemporaryDirectory(prefix="fabula-clip-") as folder:
        place = Path(folder) / "clip.mp4"
        with av.open(str(place), "w", format="mp4", options=_FLAGS) as target:
            make(target)
        return place.read_bytes()


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
