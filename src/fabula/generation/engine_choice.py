"""Which engine does a job, and whether it can do what was asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fabula.engine_servers.defaults import EngineDefault
from fabula.engines.capabilities import ImageCapabilities, Range, VideoCapabilities
from fabula.engines.registry import EngineEntry, EngineRegistry
from fabula.generation.errors import NoEngine, NotPossible
from fabula.generation.job_types import JOB_TYPES, UPSCALE_ENGINES, JobType
from fabula.generation.schemas import JobIn

Capabilities = ImageCapabilities | VideoCapabilities
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Choice:
    """The engine of a job type on this machine, or why there is none. ``model`` is the name of one
    of its models; empty for the engine's own choice."""

    entry: EngineEntry | None
    reason: str = ""
    remedy: str = ""
    model: str = ""

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

    @property
    def model_name(self) -> str:
        """The model by its name, also where nobody named one; empty for the engine's only one."""
        return self.model or self.capabilities.default_model

    @property
    def model_label(self) -> str:
        """The model as people read it. What upscales has models without names of their own."""
        info = self.chosen.info
        if upscales(self.chosen):
            return f"{info.name}, {self.model}" if self.model else info.name
        return self.model_name or info.model


def choose(
    job_type: JobType,
    registry: EngineRegistry,
    *,
    default: EngineDefault | None = None,
    engine: str | None = None,
    model: str | None = None,
) -> Choice:
    """The engine that a person named, else the studio's default, else the first that can run.

    Raises ``NotPossible`` for an engine or model that was named and cannot do the job.
    """
    if engine is not None:
        choice = _named(job_type, registry, engine)
    elif default is not None:
        choice = _default(registry, default)
    else:
        choice = _first(job_type, registry)
    wanted = model
    if wanted is None and default and choice.entry and choice.entry.info.id == default.engine:
        wanted = default.model
    return with_model(choice, wanted or "", asked=model is not None)


def choose_upscaler(registry: EngineRegistry, model: str | None = None) -> Choice:
    """The first engine that upscales and can run, with the model that was named or its first one.

    Raises ``NotPossible`` for a model that it does not have.
    """
    found = next((e for e in registry.all() if upscales(e) and e.availability.available), None)
    if found is None:
        listed = [registry.get(name) for name in UPSCALE_ENGINES]
        missing = next((entry for entry in listed if entry is not None), None)
        if missing is None:
            return Choice(
                None, "No engine of this studio upscales pictures.", "Run `fabula doctor`."
            )
        why = f"{missing.info.name} cannot run here: {missing.availability.reason}"
        return Choice(None, why, missing.availability.remedy)
    able = found.capabilities
    models = able.models if isinstance(able, ImageCapabilities) else ()
    return with_model(Choice(found), model or next(iter(models), ""), asked=model is not None)


def upscales(entry: EngineEntry) -> bool:
    """Whether the engine enlarges pictures, and so draws none."""
    able = entry.capabilities
    return isinstance(able, ImageCapabilities) and bool(able.factors)


def candidates(job_type: JobType, registry: EngineRegistry) -> list[EngineEntry]:
    """Engines that can do the job type here, those of the job table first."""
    order = {name: at for at, name in enumerate(job_type.engines)}
    found = [e for e in registry.all() if e.availability.available and serves(e, job_type)]
    return sorted(found, key=lambda entry: order.get(entry.info.id, len(order)))


def serves(entry: EngineEntry, job_type: JobType) -> bool:
    """Whether the engine makes what the job type is of."""
    able = entry.capabilities
    kind = VideoCapabilities if job_type.format == "video" else ImageCapabilities
    if not isinstance(able, kind):
        return False
    return entry.info.id in job_type.engines or job_type.family in able.families


def _named(job_type: JobType, registry: EngineRegistry, engine: str) -> Choice:
    entry = registry.get(engine)
    if entry and entry.availability.available and serves(entry, job_type):
        return Choice(entry)
    if entry is None:
        why = "This studio has no engine of this name."
    elif not entry.availability.available:
        why = f"{entry.info.name} cannot run here: {entry.availability.reason}"
    else:
        why = f"{entry.info.name} does not do jobs of the type {job_type.name}."
    raise NotPossible(f"{why} {possible_with(job_type, registry, lambda _: True)}", field="engine")


def _default(registry: EngineRegistry, default: EngineDefault) -> Choice:
    """The engine that an admin chose, or no other: what replaces it would not be the same."""
    entry = registry.get(default.engine)
    if entry is None:
        why = f"The engine {default.engine}, which is this studio's choice for it, is not there."
        return Choice(None, why, "An admin can choose another one.")
    if not entry.availability.available:
        why = f"{entry.info.name} cannot run here: {entry.availability.reason}"
        return Choice(None, why, entry.availability.remedy)
    return Choice(entry)


def _first(job_type: JobType, registry: EngineRegistry) -> Choice:
    """The first of the job table that can run here. Servers are not among them: prompts go to
    other machines only where somebody chose so."""
    listed = [registry.get(name) for name in job_type.engines]
    known = [entry for entry in listed if entry is not None]
    found = [entry for entry in known if entry.availability.available]
    return Choice(found[0]) if found else _none(job_type, known)


def _none(job_type: JobType, known: Sequence[EngineEntry]) -> Choice:
    what = "clips" if job_type.format == "video" else "pictures"
    if not known:
        return Choice(
            None,
            f"No engine of this studio makes {what} of the type {job_type.name}.",
            "Run `fabula doctor` to see which engines there are.",
        )
    missing = known[-1]
    return Choice(
        None,
        f"{missing.info.name} cannot run here: {missing.availability.reason}",
        missing.availability.remedy,
    )


def with_model(choice: Choice, model: str, *, asked: bool) -> Choice:
    """The choice with one of its engine's models. One that is not there is refused by
    ``NotPossible`` where somebody asked for it; else there is no engine, with the reason."""
    able = choice.entry.capabilities if choice.entry else None
    if not model or choice.entry is None:
        return choice
    models = able.models if isinstance(able, ImageCapabilities | VideoCapabilities) else ()
    if model in models:
        return replace(choice, model=model)
    name = choice.entry.info.name
    if asked:
        has = f"It has {', '.join(models[:_NAMED])}." if models else "It has one model: name none."
        raise NotPossible(f"{name} has no model {model}. {has}", field="model")
    return Choice(None, f"{name} no longer has the model {model}.", "An admin can choose another.")


def refuse_impossible(
    body: JobIn, job_type: JobType, choice: Choice, registry: EngineRegistry
) -> None:
    """Raise ``NotPossible`` for what the chosen engine cannot do, with what would work."""
    name, limits = choice.chosen.info.name, choice.capabilities
    if body.count > limits.max_count:
        what = "clip" if job_type.format == "video" else "picture"
        message = f"This engine makes at most {limits.max_count} {what}"
        message += f"{'s' * (limits.max_count > 1)} at once."
        others = possible_with(job_type, registry, lambda able: able.max_count >= body.count)
        raise NotPossible(f"{message} {others}".strip(), field="count")
    if isinstance(limits, ImageCapabilities):
        _refuse_for_pictures(body, job_type, name, limits, registry)
    elif body.scheduler is not None:
        raise NotPossible(f"{name} has no samplers to choose from: name none.", field="scheduler")


def _refuse_for_pictures(
    body: JobIn, job_type: JobType, name: str, limits: ImageCapabilities, registry: EngineRegistry
) -> None:
    def refuse(message: str, field: str, can: Callable[[ImageCapabilities], bool]) -> NotPossible:
        def pictures(able: Capabilities) -> bool:
            return isinstance(able, ImageCapabilities) and can(able)

        others = possible_with(job_type, registry, pictures)
        return NotPossible(f"{message} {others}".strip(), field=field)

    if body.reference and not limits.image_to_image:
        message = f"{name} cannot start from a picture."
        raise refuse(message, "reference", lambda able: able.image_to_image)
    if body.reference and body.reference.in_part and not limits.inpainting:
        message = f"{name} cannot draw a part of a picture anew."
        field = "reference.extend" if body.reference.mask is None else "reference.mask"
        raise refuse(message, field, lambda able: able.inpainting)
    if body.reference is None and limits.reference_required:
        message = f"{name} starts from a picture: add a reference."
        raise refuse(message, "reference", lambda able: not able.reference_required)
    asked = body.width, body.height
    if limits.sizes and None not in asked and asked not in limits.sizes:
        sizes = ", ".join(f"{width} x {height}" for width, height in limits.sizes)
        raise NotPossible(f"{name} makes pictures of {sizes}.", field="width")
    if body.scheduler is not None and body.scheduler not in limits.schedulers:
        has = ", ".join(limits.schedulers[:_NAMED]) or "one of its own: name none"
        raise NotPossible(f"{name} has no such sampler. It has {has}.", field="scheduler")


def inpaints(able: Capabilities) -> bool:
    """Whether an engine can draw a part of a picture anew."""
    return isinstance(able, ImageCapabilities) and able.inpainting


def possible_with(
    job_type: JobType, registry: EngineRegistry, can: Callable[[Capabilities], bool]
) -> str:
    """Which engines could, as a sentence; empty where none could."""
    names = [
        entry.info.name
        for entry in candidates(job_type, registry)
        if can(Choice(entry).capabilities)
    ]
    return f"Possible with {', '.join(names[:_NAMED])}." if names else ""


def own_settings(job_type: JobType, choice: Choice) -> JobType:
    """The job type with the settings of its engine, as far as no configuration has changed them.

    A clip has the size and length that the engine's model was made for. The guidance scale is the
    table's, but for an engine that only stands in for the model; a clip of high quality is as large
    as such an engine makes it.
    """
    limits, stand_in = choice.capabilities, choice.chosen.info.stand_in
    own: dict[str, Any] = {"guidance_scale": limits.guidance_scale.default} if stand_in else {}
    if isinstance(limits, ImageCapabilities):
        return replace(job_type, **own)
    sides = (limits.width, limits.height)
    room = 1.0
    if stand_in and job_type.quality == "high":
        room = min(side.maximum / side.default for side in sides)
    width, height = (snapped(side, side.default * room) for side in sides)
    own |= {
        "width": width,
        "height": height,
        "frames": int(limits.frames.default),
        "fps": limits.fps.default,
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


def nearest_size(sizes: Sequence[tuple[int, int]], width: float, height: float) -> tuple[int, int]:
    """The size that is the most like another one, first in its shape and then in its area."""
    return min(
        sizes,
        key=lambda size: (abs(size[0] / size[1] - width / height), abs(size[0] - width)),
    )
