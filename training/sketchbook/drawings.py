"""Reads the drawings of a subject out of the four pictogram packages.

Every drawing is returned as straight RGBA, cropped to its outline and set on the bottom line of
a square, so that the renderer knows where a subject touches the ground.
"""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import resvg_py
from numpy.typing import NDArray
from PIL import Image
from subjects import CACHE, Subject

STYLES = ("fluent-3d", "noto", "noto-v1", "twemoji")
RASTER, MARGIN = 192, 10
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'viewBox="0 0 {0} {1}" width="{2}" height="{2}">{3}</svg>'
)

Rgba = NDArray[np.float32]
"""Shape (RASTER, RASTER, 4), values 0-1, colour not multiplied by alpha."""


class Icons:
    """One Iconify package: pictogram bodies as SVG, found by code points."""

    def __init__(self, name: str, codes: dict[str, str]) -> None:
        package = json.loads((CACHE / f"iconify-json-{name}/package/icons.json").read_text())
        self._icons = package["icons"]
        self._side = package.get("width", 36 if name == "twemoji" else 128)
        self._codes = codes

    def picture(self, code: str) -> Image.Image | None:
        icon = self._icons.get(self._codes.get(code) or self._codes.get(bare(code), ""))
        if icon is None:
            return None
        size = icon.get("width", self._side), icon.get("height", self._side)
        svg = SVG.format(*size, 2 * RASTER, icon["body"])
        return Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=svg))))


class Fluent:
    """The Fluent 3D package: one WebP a pictogram, named by code points."""

    def __init__(self) -> None:
        folder = CACHE / "lobehub-fluent-emoji-3d/package/assets"
        self._files = {path.stem.lower(): path for path in sorted(folder.iterdir())}

    def picture(self, code: str) -> Image.Image | None:
        names = (code, bare(code), f"{bare(code)}-fe0f")
        path: Path | None = next((self._files[n] for n in names if n in self._files), None)
        return Image.open(path) if path else None


def bare(code: str) -> str:
    """The code points without the emoji variation selector."""
    return code.replace("-fe0f", "")


def load_drawings(subjects: list[Subject]) -> Iterator[tuple[int, int, Rgba]]:
    """(subject, style, picture) of every drawing there is, style 0 first."""
    codes: dict[str, str] = {}
    for name in ("twemoji", "noto"):
        codes |= json.loads((CACHE / f"iconify-json-{name}/package/chars.json").read_text())
    packages = [Fluent(), *(Icons(name, codes) for name in STYLES[1:])]
    for style, package in enumerate(packages):
        for index, subject in enumerate(subjects):
            picture = package.picture(subject.code)
            if picture is not None:
                yield index, style, framed(picture.convert("RGBA"))


def framed(picture: Image.Image) -> Rgba:
    """Crop to the outline, fit, centre, and stand on the bottom margin."""
    box = picture.getchannel("A").point(lambda a: 255 if a > 100 else 0).getbbox()
    cut = picture.crop(box)
    room = RASTER - 2 * MARGIN
    factor = room / max(cut.size)
    width, height = (max(1, round(side * factor)) for side in cut.size)
    cut = resized(cut, width, height)
    square = np.zeros((RASTER, RASTER, 4), np.float32)
    top, left = RASTER - MARGIN - height, (RASTER - width) // 2
    square[top : top + height, left : left + width] = cut
    return square


def resized(picture: Image.Image, width: int, height: int) -> NDArray[np.float32]:
    """Resize with colour weighted by alpha, so that no fringe appears; straight RGBA 0-1."""
    rgba = np.asarray(picture, np.float32) / 255
    rgba = np.concatenate([rgba[..., :3] * rgba[..., 3:], rgba[..., 3:]], -1)
    planes = [
        np.asarray(Image.fromarray(rgba[..., c]).resize((width, height), Image.Resampling.LANCZOS))
        for c in range(4)
    ]
    alpha = np.clip(planes[3], 0, 1)[..., None]
    colour = np.stack(planes[:3], -1) / np.maximum(alpha, 1e-3)
    return np.concatenate([np.clip(colour, 0, 1), alpha], -1)
