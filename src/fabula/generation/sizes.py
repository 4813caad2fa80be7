"""How large the outputs of a job are."""

import math
from dataclasses import dataclass, field

from fabula.engines.capabilities import ImageCapabilities, Range
from fabula.generation.engine_choice import Capabilities, nearest_size, snapped, within
from fabula.generation.errors import NotPossible
from fabula.generation.job_types import JobType
from fabula.generation.provenance import FrozenExtension
from fabula.generation.schemas import JobIn
from fabula.generation.source_repository import SourcePicture

Size = tuple[int, int]
"""Width and height in pixels."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The size of the outputs, and how far their reference grows to it, in its own pixels."""

    width: int
    height: int
    extension: FrozenExtension | None = None
    warnings: list[dict[str, str]] = field(default_factory=list)


def frame_of(
    body: JobIn, picture: SourcePicture | None, job_type: JobType, limits: Capabilities
) -> Frame:
    """A legal size. What is drawn around or inside a picture has the size of that picture.

    Raises ``NotPossible`` for a size that the engine does not make.
    """
    start = body.reference
    asked = body.width is not None or body.height is not None
    if start and picture and isinstance(limits, ImageCapabilities):
        if start.extend:
            if asked:
                message = "The size of an extended picture follows from it: leave it out."
                raise NotPossible(message, field="height" if body.width is None else "width")
            return _around(picture, FrozenExtension(**start.extend.model_dump()), limits)
        if start.mask and not asked:
            return _around(picture, FrozenExtension(), limits)
    return _asked(body, job_type, limits)


def _asked(body: JobIn, job_type: JobType, limits: Capabilities) -> Frame:
    """The size that was asked for; one between the engine's steps is moved, and said so."""
    width = within("width", limits.width, body.width, job_type.width)
    height = within("height", limits.height, body.height, job_type.height)
    if isinstance(limits, ImageCapabilities) and limits.sizes:
        return Frame(*nearest_size(limits.sizes, width, height))
    legal = snapped(limits.width, width), snapped(limits.height, height)
    asked = body.width is not None or body.height is not None
    if not asked or legal == (width, height):
        return Frame(*legal)
    return Frame(*legal, warnings=[_moved(legal, _steps_of(limits))])


def _around(picture: SourcePicture, wanted: FrozenExtension, limits: ImageCapabilities) -> Frame:
    """The size of a picture with its extension. It is scaled as a whole where that is beyond the
    engine's sizes; else the extension grows to the engine's next step."""
    grown = (
        picture.width + wanted.left + wanted.right,
        picture.height + wanted.top + wanted.bottom,
    )
    if limits.sizes:
        legal = nearest_size(limits.sizes, *grown)
        return _frame(legal, grown, wanted, "the nearest of the sizes that this engine makes")
    scale = _scale(grown, limits)
    if scale != 1:
        legal = snapped(limits.width, grown[0] * scale), snapped(limits.height, grown[1] * scale)
        what = f"this engine's sides go from {_span(limits.width)} and {_span(limits.height)}"
        return _frame(legal, grown, wanted, what)
    width, left, right = _stepped(limits.width, picture.width, wanted.left, wanted.right)
    height, top, bottom = _stepped(limits.height, picture.height, wanted.top, wanted.bottom)
    extension = FrozenExtension(left=left, right=right, top=top, bottom=bottom)
    return _frame((width, height), grown, extension, _steps_of(limits))


def _frame(legal: Size, wanted: Size, extension: FrozenExtension, why: str) -> Frame:
    warnings = [] if legal == wanted else [_moved(legal, why)]
    return Frame(*legal, extension if extension.grows else None, warnings)


def _scale(size: Size, limits: ImageCapabilities) -> float:
    """The factor that brings a size within the engine's. Raises ``NotPossible``."""
    sides = tuple(zip(size, (limits.width, limits.height), strict=True))
    most = min(limit.maximum / side for side, limit in sides)
    least = max(limit.minimum / side for side, limit in sides)
    if least > most:
        raise NotPossible(
            f"A picture of {size[0]} x {size[1]} is too long for this engine: extend it by less, "
            "or choose another picture.",
            field="reference",
        )
    return min(max(1.0, least), most)


def _stepped(limits: Range, side: int, before: int, after: int) -> tuple[int, int, int]:
    """A legal side, and its extension before and after. One that grows is as large as was asked
    for at least; one that does not is moved to the nearest step."""
    if not before and not after:
        return snapped(limits, side), 0, 0
    steps = math.ceil((side + before + after - limits.minimum) / limits.step)
    total = int(min(limits.minimum + steps * limits.step, limits.maximum))
    more = total - side - before - after
    return (total, before + more, after) if before > after else (total, before, after + more)


def _span(limits: Range) -> str:
    return f"{limits.minimum:g} to {limits.maximum:g}"


def _steps_of(limits: Capabilities) -> str:
    return f"this engine's sizes go in steps of {limits.width.step:g} pixels"


def _moved(size: Size, why: str) -> dict[str, str]:
    return {"code": "size_snapped", "message": f"Made at {size[0]} x {size[1]}: {why}."}
