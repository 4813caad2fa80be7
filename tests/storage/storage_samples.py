"""Small real files that the storage tests share."""

import io
from fractions import Fraction

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fabula.storage.s3 import S3Store, connect

S3_BUCKET = "studio"

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><circle r="4"/></svg>'


def gradient(width: int, height: int) -> NDArray[np.uint8]:
    """Red grows to the right, green downwards: every turn and mirror image differs."""
    pixels = np.zeros((height, width, 3), dtype=np.uint8)
    pixels[..., 0] = np.linspace(0, 255, width, dtype=np.uint8)[None, :]
    pixels[..., 1] = np.linspace(0, 255, height, dtype=np.uint8)[:, None]
    pixels[..., 2] = 64
    return pixels


def encoded(form: str, width: int = 24, height: int = 16, **options: object) -> bytes:
    out = io.BytesIO()
    Image.fromarray(gradient(width, height)).save(out, form, **options)
    return out.getvalue()


def clip(
    frames: int = 17, fps: int = 16, size: tuple[int, int] = (64, 48), **options: str
) -> bytes:
    """An MP4 whose frames grow brighter from black."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4", options=options) as container:
        track = container.add_stream("libx264", rate=Fraction(fps))
        track.width, track.height = size
        track.pix_fmt = "yuv420p"
        for index in range(frames):
            pixels = np.full((size[1], size[0], 3), 200 * index // frames, dtype=np.uint8)
            container.mux(track.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(track.encode())
    return out.getvalue()


def s3_store(endpoint: str, *, prefix: str, bucket: str = S3_BUCKET) -> S3Store:
    return connect(
        bucket,
        access_key_id="testing",
        secret_access_key="testing",
        endpoint=endpoint,
        prefix=prefix,
    )
