"""The smallest engine for clips, to see whether the contract holds it and its broken kin."""

import hashlib
import io
from collections.abc import Iterator

import av
import numpy as np
from PIL import Image

from fabula.engines.base import (
    Availability,
    CancelToken,
    EngineContext,
    EngineInfo,
    Modality,
    Pixels,
    Progress,
    VideoEvent,
    VideoOutput,
    VideoRequest,
)
from fabula.engines.capabilities import Range, VideoCapabilities
from fabula.engines.image_checks import refused
from fabula.engines.video.h264 import H264Writer
from fabula.engines.video_checks import refuse_out_of_range


class Flipbook:
    """Turns one picture into another, page by page; without pictures the seed gives colours."""

    info = EngineInfo(
        id="flipbook", name="Flipbook", modality=Modality.VIDEO, version="1",
        summary="Flips pages.", model="none", licence="Apache-2.0",
    )  # fmt: skip
    able = VideoCapabilities(
        width=Range(64, 256, 64, 16), height=Range(64, 256, 64, 16), frames=Range(4, 60, 8),
        fps=Range(4, 30, 8), seconds=Range(1, 4, 2, 0.5), steps=Range(1, 8, 2),
        guidance_scale=Range(1, 9, 2), first_frame=True, last_frame=True, previews=True,
    )  # fmt: skip

    def __init__(self, _context: EngineContext) -> None:
        self.runs = 0

    def availability(self) -> Availability:
        return Availability(True)

    def capabilities(self) -> VideoCapabilities:
        return self.able

    def load(self) -> None:
        """There is nothing to load."""

    def unload(self) -> None:
        """There is nothing to free."""

    def run(self, request: VideoRequest, cancel: CancelToken) -> Iterator[VideoEvent]:
        refuse_out_of_range(request, self.able)
        if request.model:
            raise refused("There are no models.")
        return self.pages(request, cancel)

    def pages(self, request: VideoRequest, cancel: CancelToken) -> Iterator[VideoEvent]:
        self.runs += 1
        first, last = self.sides(request)
        writer = H264Writer(request.width, request.height, request.fps)
        for number in range(request.frames):
            cancel.check()
            way = number / (request.frames - 1)
            page = (first * (1 - way) + last * way).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(page, format="rgb24").reformat(format="yuv420p")
            writer.write(frame.to_ndarray())
            yield Progress(0, number + 1, request.frames, small(page) if number == 0 else None)
        cancel.check()
        yield VideoOutput(
            0, request.seed, writer.finish(), request.width, request.height, request.frames,
            request.fps, {"pages": request.frames},
        )  # fmt: skip

    def sides(self, request: VideoRequest) -> tuple[Pixels, Pixels]:
        words = hashlib.sha256(request.prompt.encode()).digest()
        rng = np.random.default_rng([request.seed, *words])
        plain = np.ones((request.height, request.width, 3), np.uint8) * rng.integers(
            0, 256, 3, np.uint8
        )
        first = plain if request.first_frame is None else request.first_frame
        return first, first if request.last_frame is None else request.last_frame


def small(page: Pixels) -> bytes:
    out = io.BytesIO()
    Image.fromarray(page).resize((48, 48)).save(out, "WEBP")
    return out.getvalue()
