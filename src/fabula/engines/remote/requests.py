"""What picture engines on servers have in common: refusals and notes."""

from collections.abc import Callable

from fabula.engines.base import (
    EngineError,
    EngineWarning,
    ImageRequest,
    Pixels,
    WeightedText,
)
from fabula.engines.image_checks import refused
from fabula.engines.remote.connection import Connection


def connected(to: Connection | None) -> Connection:
    """The connection, or ``EngineError`` where there is none."""
    if to is None:
        raise EngineError("No server is connected.", code="unavailable")
    return to


def private_texts(
    request: ImageRequest, written: Callable[[str, WeightedText | None], str]
) -> tuple[str, ...]:
    """The texts of a request that no message may repeat, as they are and as ``written`` for the
    server; the longer ones first."""
    texts = {request.prompt, request.negative_prompt}
    texts |= {written(request.prompt, request.weighted_prompt)}
    texts |= {written(request.negative_prompt, request.weighted_negative)}
    return tuple(sorted(filter(None, texts), key=len, reverse=True))


def refuse_off_the_grid(request: ImageRequest, step: int) -> None:
    """Raise ``EngineError`` (``bad_request``) for sides that are no multiples of ``step``."""
    if request.width % step or request.height % step:
        raise refused(f"width and height must be multiples of {step}.")


def refuse_unknown(request: ImageRequest, to: Connection) -> None:
    """Raise ``EngineError`` (``bad_request``) for names that the server does not have."""
    asked = [("model", request.model, to.facts.models)]
    asked += [("schedule", request.options.get("schedule"), to.facts.schedules)]
    asked += [("LoRA", lora.path, to.facts.loras) for lora in request.loras]
    for what, name, known in asked:
        if name is not None and name not in known:
            raise refused(f"{to.name} has no {what} of this name: {name}.")


def size_note(request: ImageRequest, pixels: Pixels, name: str) -> EngineWarning | None:
    """A warning where the server made another size than was asked for."""
    height, width = pixels.shape[:2]
    if (width, height) == (request.width, request.height):
        return None
    return EngineWarning("size_changed", f"{name} made the picture at {width} x {height}.")
