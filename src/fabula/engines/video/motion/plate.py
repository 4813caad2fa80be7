"""A picture that the camera moves over, and the frames that it sees.

Frames are computed in the planes of the video, Y at full size and the colours at half, which is
half of the work of RGB. A picture is brought to a size a little above that of the frame once, by
a slow filter; then flat moves cut a box with a bicubic filter, and moves with depth bend a mesh
with a bilinear one, at less than half the time of a bicubic mesh and as sharp. Pillow lets go of
the interpreter while it computes, so that threads run side by side.
"""

from __future__ import annotations

from dataclasses import dataclass

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace
from numpy.typing import NDArray
from PIL import Image

from fabula.engines.base import Pixels
from fabula.engines.video.motion.camera import FOCUS, Array, Views
from fabula.engines.video.motion.nearness import Nearness, at

BICUBIC, BILINEAR = Image.Resampling.BICUBIC, Image.Resampling.BILINEAR
CELLS = 24
"""Cells of the mesh along the longer side."""
OVERSIZE = 1.4
"""Pixels of the plate to one of the frame, before the camera comes closer."""

Planes = tuple[Image.Image, Image.Image, Image.Image]


@dataclass(frozen=True, slots=True)
class Plate:
    """The planes of a picture (BT.709, limited range) and how near its parts are."""

    planes: Planes
    nearness: Nearness

    @property
    def size(self) -> tuple[int, int]:
        return self.planes[0].size


def plate_of(pixels: Pixels, nearness: Nearness, width: int, height: int) -> Plate:
    """Prepare a picture for frames of a size in pixels."""
    scale = OVERSIZE * max(width / pixels.shape[1], height / pixels.shape[0])
    size = (_even(pixels.shape[1] * scale), _even(pixels.shape[0] * scale))
    rgb = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS))
    frame = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(
        format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
    )
    y, u, v = (Image.fromarray(_values(plane)) for plane in frame.planes)
    return Plate((y, u, v), nearness)


def _even(pixels: float) -> int:
    return max(2, round(pixels / 2) * 2)


def _values(plane: av.video.plane.VideoPlane) -> NDArray[np.uint8]:
    whole = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
    return np.ascontiguousarray(whole[:, : plane.width])


class Shot:
    """A camera's way over a plate: ``frame(i)`` gives the planes of one frame.

    Where the way would leave the picture, the whole shot is brought as much closer as it needs.
    """

    def __init__(self, plate: Plate, views: Views, width: int, height: int) -> None:
        self._plate = plate
        self._views = views
        self._size = (width, height)
        across, down = plate.size
        cover = min(across / width, down / height)
        self._reach = np.array([cover * width / across, cover * height / down])
        self._nodes = _nodes(width, height)
        self._closer = 1.0
        self._closer = max(1.0, *map(self._overshoot, range(len(views.zoom))))

    def frame(self, index: int) -> Planes:
        nodes = self._places(index)
        half = (self._size[0] // 2, self._size[1] // 2)
        y, u, v = self._plate.planes
        if self._views.has_depth:
            return (
                _bent(y, nodes, self._nodes, self._size, 2),
                _bent(u, nodes, self._nodes, half, 1),
                _bent(v, nodes, self._nodes, half, 1),
            )
        return _cut(y, nodes, self._size), _cut(u, nodes, half), _cut(v, nodes, half)

    def _places(self, index: int) -> Array:
        """Where the nodes of the frame lie on the plate: shape (rows, columns, 2), -1 to 1."""
        views, (xs, ys) = self._views, self._nodes
        grid = np.stack(np.meshgrid(xs / xs[-1] * 2 - 1, ys / ys[-1] * 2 - 1), -1)
        places = grid / views.zoom[index] + views.flat[index]
        if views.has_depth:
            middle = grid * self._reach
            near = (at(self._plate.nearness, middle[..., 0], middle[..., 1]) - FOCUS)[..., None]
            places = places / (1 + views.push[index] * near) + views.deep[index] * near
        return np.asarray(places * self._reach / self._closer)

    def _overshoot(self, index: int) -> float:
        return float(np.abs(self._places(index)).max())


def _nodes(width: int, height: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Columns and rows of the mesh in pixels of the half-size planes."""
    cell = max(width, height) / CELLS
    return (
        np.linspace(0, width // 2, max(2, round(width / cell)) + 1).round().astype(np.int64),
        np.linspace(0, height // 2, max(2, round(height / cell)) + 1).round().astype(np.int64),
    )


def _pixels(plane: Image.Image, places: Array) -> Array:
    """Places of -1 to 1 as pixels of a plane, never quite at its far edge."""
    size = np.array(plane.size)
    return np.asarray(np.clip((places + 1) / 2 * size, 0, size - 1e-3))


def _cut(plane: Image.Image, places: Array, size: tuple[int, int]) -> Image.Image:
    corners = _pixels(plane, places[[0, -1], [0, -1]])
    (left, top), (right, bottom) = corners.tolist()
    return plane.resize(size, BICUBIC, box=(left, top, right, bottom))


def _bent(
    plane: Image.Image,
    places: Array,
    nodes: tuple[NDArray[np.int64], NDArray[np.int64]],
    size: tuple[int, int],
    scale: int,
) -> Image.Image:
    xs, ys = (nodes[0] * scale).tolist(), (nodes[1] * scale).tolist()
    source = _pixels(plane, places)
    # Pillow wants the corners of a cell from the upper left one on, against the clock.
    corners = np.concatenate(
        [source[:-1, :-1], source[1:, :-1], source[1:, 1:], source[:-1, 1:]], -1
    ).tolist()
    cells = [
        ((xs[i], ys[j], xs[i + 1], ys[j + 1]), corners[j][i])
        for j in range(len(ys) - 1)
        for i in range(len(xs) - 1)
    ]
    return plane.transform(size, Image.Transform.MESH, cells, BILINEAR)
