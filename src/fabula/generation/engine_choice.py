"""Which engine does a job, and whether it can do what was asked."""

from dataclasses import dataclass, replace
from typing import Any

from fabula.engines.base import ImageCapabilities, Range, VideoCapabilities
from fabula.engines.registry import EngineEntry, EngineRegistry
from fabula.generation.errors import NoEngine, NotPossible
from fabula.generation.job_types import JOB_TYPES, JobType

Capabilities = ImageCapabilities | VideoCapabilities


@dataclass(frozen=True, slots=True)
class Choice:
    """The engine of a job type on this machine, or why there is none."""

    entry: EngineEntry | None
    reason: str = ""
    remedy: str = ""

    @property
    def capabilities(self) -> Capabilities:
        found = self.entry.capabilities if self.entry else None
        if not isinstance(found, ImageCapabilities | VideoCapabilities):
            raise NoEngine(f"{self.reason} {self.remedy}".strip())
        return found

    @property
    def chosen(self) -> EngineEntry:
        if self.entry is None:
            raise NoEngine(f"{self.reason} {self.remedy}".strip())
        return self.entry


def choose(job_type: JobType, registry: EngineRegistry) -> Choice:
    """The first engine of the job type that can run here."""
    missing = None
    for name in job_type.engines:
        entry = registry.get(name)
        if entry is None:
            continue
        if entry.availability.available:
            return Choice(entry)
        missing = entry
    what = "clips" if job_type.format == "video" else "pictures"
    if missing is None:
        return Choice(
            None,
            f"No engine of this studio makes {what} of the type {job_type.name}.",
            "Run `fabula doctor` to see which engines there are.",
        )
    return Choice(
        None,
        f"{missing.info.name} cannot run here: {missing.availability.reason}",
        missing.availability.remedy,
    )


def own_settings(job_type: JobType, choice: Choice) -> JobType:
    """The job type with the settings of an engine that only stands in for its model, since the
    table's figures are those of the model: of a picture the guidance scale; of a clip also size
    and length, as far as no configuration has changed them. A clip of high quality is as large as
    the engine makes it."""
    limits = choice.capabilities
    if not choice.chosen.info.stand_in:
        return job_type
    high = job_type.quality == "high"
    if isinstance(limits, ImageCapabilities):
        return replace(job_type, guidance_scale=limits.guidance_scale.default)
    sides = (limits.width, limits.height)
    room = min(side.maximum / side.default for side in sides)
    width, height = (snapped(s, s.default * (room if high else 1)) for s in sides)
    own: dict[str, Any] = {
        "width": width,
        "height": height,
        "frames": int(limits.frames.default),
        "fps": limits.fps.default,
        "guidance_scale": limits.guidance_scale.default,
    }
    table = JOB_TYPES[job_type.name]
    return replace(
        job_type,
        **{n: value for n, value in own.items() if getattr(job_type, n) == getattr(table, n)},
    )


def within(name: str, limits: Range, asked: float | None, default: float) -> float:
    """A value inside the engine's limits. A default is moved inside; a person's wish is not."""
    if asked is None:
        return min(max(default, limits.minimum), limits.maximum)
    if not limits.minimum <= asked <= limits.maximum:
        label = name.replace("_", " ")
        raise NotPossible(
            f"This engine takes a {label} from {limits.minimum:g} to {limits.maximum:g}: "
            f"{asked:g} is outside.",
            field=name,
        )
    return asked


def snapped(limits: Range, value: float) -> int:
    """The nearest legal multiple of the engine's step."""
    step = limits.step or 1
    nearest = limits.minimum + round((value - limits.minimum) / step) * step
    return int(min(max(nearest, limits.minimum), limits.maximum))
