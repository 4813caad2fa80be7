"""What every image engine refuses before any work, read off its own capabilities."""

import numpy as np

from fabula.engines.base import EngineError, ImageRequest, Pixels, Reference
from fabula.engines.capabilities import ImageCapabilities

_NUMBERS = ("width", "height", "steps", "guidance_scale")
_SEEDS = 2**63


def refused(message: str) -> EngineError:
    """The error for a request that cannot be drawn as it stands."""
    return EngineError(message, code="bad_request")


def refuse_out_of_range(request: ImageRequest, able: ImageCapabilities) -> None:
    """Raise ``EngineError`` (``bad_request``) for numbers outside of the engine's limits and for
    options that it does not have. Whether it has the model named is the engine's own question."""
    for name in _NUMBERS:
        limits, value = getattr(able, name), getattr(request, name)
        if not limits.minimum <= value <= limits.maximum:
            raise refused(f"{name} must lie between {limits.minimum:g} and {limits.maximum:g}.")
    if able.sizes and (request.width, request.height) not in able.sizes:
        sizes = ", ".join(f"{width} x {height}" for width, height in able.sizes)
        raise refused(f"The size must be one of {sizes}.")
    if able.max_pixels and request.width * request.height > able.max_pixels:
        raise refused(
            f"A picture may have {able.max_pixels / 1e6:.1f} million pixels: take a smaller size."
        )
    if not 1 <= request.count <= able.max_count:
        raise refused(f"count must lie between 1 and {able.max_count}.")
    if not 0 <= request.start_index < request.count:
        raise refused("start_index must lie below count.")
    if not 0 <= request.seed < _SEEDS:
        raise refused("seed must lie between 0 and 2**63.")
    _check_options(request, able)
    if request.reference is not None:
        _check_reference(request.reference, able)
    elif able.reference_required:
        raise refused("This engine starts from a picture: add a reference.")


def _check_options(request: ImageRequest, able: ImageCapabilities) -> None:
    if request.scheduler is not None and request.scheduler not in able.schedulers:
        known = ", ".join(able.schedulers)
        raise refused(
            f"scheduler must be one of {known}." if known else "This engine has one scheduler."
        )
    if request.loras and not able.loras:
        raise refused("This engine takes no LoRA.")


def _check_reference(reference: Reference, able: ImageCapabilities) -> None:
    if not able.image_to_image:
        raise refused("This engine cannot start from a picture.")
    if reference.mask is not None and not able.inpainting:
        raise refused("This engine does not inpaint: leave the mask out.")
    if not 0 <= reference.strength <= 1:
        raise refused("strength must lie between 0 and 1.")
    if not _is_picture(reference.pixels):
        raise refused("The reference must be an RGB picture with 8 bits a channel.")
    if reference.mask is not None and not _is_picture(reference.mask):
        raise refused("The mask must be an RGB picture with 8 bits a channel.")


def _is_picture(pixels: Pixels) -> bool:
    rgb = pixels.ndim == 3 and pixels.shape[2] == 3 and min(pixels.shape[:2]) >= 1
    return rgb and pixels.dtype == np.uint8
