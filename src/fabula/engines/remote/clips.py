"""Clips on their way from servers, which are believed nothing."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import av
from av.error import FFmpegError

from fabula.engines.remote.client import Client, ServerError
from fabula.engines.video.h264 import H264Writer

MAX_SIDE = 4096
MAX_FRAMES = 2000
SUFFIXES = (".mp4", ".webm", ".mkv", ".mov", ".gif")


@dataclass(frozen=True, slots=True)
class ReadClip:
    """A whole H.264 MP4 without sound, and what is really in it."""

    mp4: bytes
    width: int
    height: int
    frames: int
    fps: float


def read_clip(client: Client, data: bytes) -> ReadClip:
    """A clip that a server made; what browsers play nowhere, and sound, is written anew. Raises
    ``ServerError``."""
    try:
        with av.open(io.BytesIO(data)) as container:
            if not container.streams.video:
                raise client.odd("a file without pictures in place of a clip")
            return _read(client, data, container)
    except FFmpegError as error:
        raise client.odd("something that is no clip") from error


def _read(client: Client, data: bytes, container: av.container.InputContainer) -> ReadClip:
    track = container.streams.video[0]
    context = track.codec_context
    width, height = track.width - track.width % 2, track.height - track.height % 2
    if not 2 <= max(width, height) <= MAX_SIDE:
        raise _too_large(client, f"of {track.width} x {track.height} pixels")
    fps = float(track.average_rate or 0)
    if not 1 <= fps <= 240:
        raise client.odd("a clip without a frame rate")
    plain = "mp4" in container.format.name.split(",") and context.name == "h264"
    playable = plain and context.pix_fmt == "yuv420p" and len(container.streams) == 1
    writer = None if playable else H264Writer(width, height, fps)
    try:
        frames = _copied(client, container.decode(track), writer, (width, height))
        mp4 = writer.finish() if writer else data
    except BaseException:
        if writer:
            writer.close()
        raise
    return ReadClip(mp4, width, height, frames, fps)


def _copied(
    client: Client,
    decoded: Iterator[av.VideoFrame],
    writer: H264Writer | None,
    size: tuple[int, int],
) -> int:
    """How many frames there are; each is written where that is wanted."""
    frames = 0
    for frame in decoded:
        frames += 1
        if frames > MAX_FRAMES:
            raise _too_large(client, f"of more than {MAX_FRAMES} frames")
        if writer:
            planes = frame.reformat(width=size[0], height=size[1], format="yuv420p")
            writer.write(planes.to_ndarray())
    if not frames:
        raise client.odd("a clip without frames")
    return frames


def _too_large(client: Client, what: str) -> ServerError:
    message = f"{client.name} made a clip {what}, which is more than the studio takes."
    return ServerError(message, code="engine_failed", retryable=False)
