"""Parts of a picture that are drawn anew: by a mask, or around it.

Engines know masks only. A picture that grows is put on a larger canvas whose new part continues its
edges, and which is white in the mask.
"""

import asyncio

import numpy as np

from fabula.core.errors import Invalid
from fabula.engines.base import Pixels, Reference
from fabula.engines.image_masks import mask_channel
from fabula.generation.errors import SourceNotFound
from fabula.generation.provenance import FrozenExtension, FrozenPicture
from fabula.storage.base import BlobNotFound, BlobStore
from fabula.storage.pictures import read_picture

MASK_FIELD = "reference.mask"
WHITE = 128
"""Grey from which on a mask counts as white: masks have two values, so that nothing shines
through them."""


async def refuse_black_mask(store: BlobStore, mask: FrozenPicture) -> None:
    """Raise ``Invalid`` for a mask that leaves everything as it is."""
    pixels = await read_source(store, mask, MASK_FIELD)
    if not (_grey(pixels) >= WHITE).any():
        raise Invalid(
            "The mask is black all over, so that nothing would be drawn anew: paint what should "
            "change in white.",
            field=MASK_FIELD,
        )


async def read_source(store: BlobStore, source: FrozenPicture, field: str) -> Pixels:
    """The pixels of a source picture. Raises ``SourceNotFound`` when it went away."""
    try:
        data = await store.get(source.bucket, source.key)
    except BlobNotFound as error:
        raise SourceNotFound(field) from error
    return (await asyncio.to_thread(read_picture, data)).pixels


def repainted(
    pixels: Pixels, strength: float, mask: Pixels | None, extension: FrozenExtension | None
) -> Reference:
    """The reference as an engine gets it; a mask is brought to the size of the picture."""
    if mask is None and extension is None:
        return Reference(pixels, strength)
    height, width = pixels.shape[:2]
    white = np.zeros((height, width), bool)
    if mask is not None:
        white = mask_channel(mask, (width, height)) >= WHITE
    if extension is not None:
        around = ((extension.top, extension.bottom), (extension.left, extension.right))
        pixels = np.pad(pixels, (*around, (0, 0)), mode="edge")
        white = np.pad(white, around, constant_values=True)
    anew = np.repeat(white[..., None], 3, axis=2).astype(np.uint8) * np.uint8(255)
    return Reference(pixels, strength, anew)


def _grey(mask: Pixels) -> Pixels:
    return mask_channel(mask, (mask.shape[1], mask.shape[0]))
