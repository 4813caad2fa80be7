"""Writing frames as an H.264 MP4.

Equal frames give equal bytes. So every frame goes through one thread of x264, as the number of
threads changes the file; and the macroblock tree is off: its AVX-512 code gives other results from
run to run (seen with the x264 of av 18.1.0: ten runs, ten files; without it, one).
"""

from __future__ import annotations

import io
from fractions import Fraction

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from numpy.typing import NDArray

from fabula.engines.base import Pixels

OPTIONS = {"preset": "veryfast", "crf": "19", "threads": "1", "x264-params": "mbtree=0"}
KEYFRAME_SECONDS = 1.0
"""A player can jump to every second."""


class H264Writer:
    """Takes frames in order as YUV 4:2:0 (BT.709, limited range) and gives the file at the end.

    ``width`` and ``height`` are even numbers of pixels.
    """

    def __init__(self, width: int, height: int, fps: float) -> None:
        rate = Fraction(fps).limit_denominator(1001)
        self._file = io.BytesIO()
        self._container = av.open(self._file, "w", format="mp4")
        self._track = self._container.add_stream("libx264", rate=rate)
        self._track.width, self._track.height = width, height
        self._track.pix_fmt = "yuv420p"
        self._track.options = {**OPTIONS, "g": str(max(1, round(fps * KEYFRAME_SECONDS)))}
        context = self._track.codec_context
        context.color_range = ColorRange.MPEG
        context.colorspace = Colorspace.ITU709
        context.color_primaries = ColorPrimaries.BT709
        context.color_trc = ColorTrc.BT709

    def write(self, planes: NDArray[np.uint8]) -> None:
        """Add a frame of shape (height * 3 / 2, width): Y, then U, then V."""
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        self._container.mux(self._track.encode(frame))

    def write_picture(self, pixels: Pixels) -> None:
        """Add a frame in RGB, of shape (height, width, 3)."""
        frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(
            format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
        )
        self._container.mux(self._track.encode(frame))

    def finish(self) -> bytes:
        """The whole file; nothing can be written afterwards."""
        self._container.mux(self._track.encode())
        self._container.close()
        return self._file.getvalue()

    def close(self) -> None:
        """Let go of a file that nobody wants any more."""
        self._container.close()
