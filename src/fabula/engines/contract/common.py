"""Checks for engines of every modality."""

import re
from dataclasses import fields

from fabula.engines.base import Engine, ImageEngine, Modality, TextEngine, VideoEngine
from fabula.engines.capabilities import (
    ImageCapabilities,
    Range,
    TextCapabilities,
    VideoCapabilities,
)
from fabula.engines.contract.check import Check, require

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CAPABILITIES = {
    Modality.IMAGE: ImageCapabilities,
    Modality.VIDEO: VideoCapabilities,
    Modality.TEXT: TextCapabilities,
}
AnyEngine = ImageEngine | VideoEngine | TextEngine


def the_info_is_complete(engine: Engine) -> None:
    info = engine.info
    require(type(engine).info is info, "info must be an attribute of the class.")
    require(_ID.fullmatch(info.id), f"The id “{info.id}” is not of the form words-with-hyphens.")
    for name in ("name", "version", "summary", "model", "licence"):
        require(getattr(info, name).strip(), f"info.{name} is empty.")


def availability_is_explained(engine: Engine) -> None:
    here = engine.availability()
    explained = here.reason.strip() and here.remedy.strip()
    require(here.available or explained, "Without availability there must be reason and remedy.")


def capabilities_are_sane(engine: AnyEngine) -> None:
    able = engine.capabilities()
    kind = _CAPABILITIES[engine.info.modality]
    require(isinstance(able, kind), f"The capabilities are not {kind.__name__}.")
    require(able == engine.capabilities(), "The capabilities change from call to call.")
    for item in fields(able):
        value = getattr(able, item.name)
        if isinstance(value, Range):
            _range_is_sane(item.name, value)
    if isinstance(able, TextCapabilities):
        require(able.context > 0, "The context must be above 0 tokens.")
    else:
        require(able.max_count >= 1, "max_count must be at least 1.")
        upscales = isinstance(able, ImageCapabilities) and able.factors
        require(able.families or upscales, "At least one model family must be served.")
        require(not (able.families and upscales), "What upscales belongs to no model family.")


def _range_is_sane(name: str, limits: Range) -> None:
    within = limits.minimum <= limits.default <= limits.maximum
    require(within, f"The default of {name} is outside its limits.")
    require(limits.step > 0, f"The step of {name} must be above 0.")
    if name in {"width", "height", "steps", "frames"}:
        whole = all(float(v).is_integer() for v in (limits.minimum, limits.maximum, limits.step))
        require(whole and limits.minimum >= 1, f"{name} must be whole numbers from 1 on.")


CHECKS = tuple(map(Check, (the_info_is_complete, availability_is_explained, capabilities_are_sane)))
