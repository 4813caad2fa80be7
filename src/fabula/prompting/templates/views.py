"""Rows and results as the API shows them."""

from collections.abc import Iterable

from fabula.models import TemplateLabel, TemplateVersion
from fabula.prompting.schemas import UsedTemplateOut
from fabula.prompting.selection import Selected, Step
from fabula.prompting.templates.coverage import Cell
from fabula.prompting.templates.diffing import diff
from fabula.prompting.templates.repository import Version
from fabula.prompting.templates.schemas import (
    CellOut,
    DiffLineOut,
    DiffOut,
    LabelOut,
    PieceOut,
    SimulationOut,
    TemplateDetailOut,
    VersionOut,
)
from fabula.prompting.templates.service import Template
from fabula.prompting.views import template_out, trace_out

_ASKED: dict[Step, str] = {
    "exact": "for exactly this request",
    "swap_enhancer": "for the other enhancer",
    "milder_mode": "for the general mode",
    "built_in": "in the program",
}


def detail_out(template: Template) -> TemplateDetailOut:
    return TemplateDetailOut(
        **template_out(template.row).model_dump(),
        latest_version=template.latest,
        labels=[LabelOut(label=one.label, version=one.number) for one in template.labels],
    )


def version_out(version: Version, template: Template) -> VersionOut:
    row = version.row
    return VersionOut(
        number=row.number,
        system_prompt=row.system_prompt,
        token_limit=row.token_limit,
        description=row.description,
        comment=row.comment,
        message=row.message,
        author=version.author,
        created_at=row.created_at,
        published_at=row.published_at,
        in_use=bool(template.row.is_active) and template.row.version == row.number,
        labels=_labels_of(template.labels, row.number),
    )


def diff_out(old: TemplateVersion, new: TemplateVersion) -> DiffOut:
    return DiffOut(
        old_version=old.number,
        new_version=new.number,
        lines=[
            DiffLineOut(
                kind=line.kind,
                old=line.old,
                new=line.new,
                pieces=[PieceOut(text=p.text, changed=p.changed) for p in line.pieces],
            )
            for line in diff(old.system_prompt, new.system_prompt)
        ],
        old_token_limit=old.token_limit,
        new_token_limit=new.token_limit,
    )


def simulation_out(found: Selected) -> SimulationOut:
    return SimulationOut(
        template=_used(found),
        fallback_level=found.fallback_level,
        system_prompt=found.system_prompt,
        token_limit=found.token_limit,
        trace=trace_out(found.trace),
        sentences=list(_sentences(found)),
    )


def cell_out(cell: Cell) -> CellOut:
    return CellOut(
        use_case=cell.key.use_case,
        target_model=cell.key.target_model,
        job_type=cell.key.job_type,
        enhancer_model=cell.key.enhancer_model,
        content_mode=cell.key.content_mode,
        step=cell.found.fallback_level,
        template=_used(cell.found),
    )


def _used(found: Selected) -> UsedTemplateOut:
    return UsedTemplateOut(id=found.id, name=found.name, version=found.version)


def _labels_of(labels: Iterable[TemplateLabel], number: int) -> list[str]:
    return [one.label for one in labels if one.number == number]


_UNITS = (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1))


def _span(seconds: float) -> str:
    """``1948`` as "32 minutes"."""
    unit, size = next(each for each in _UNITS if seconds >= each[1] or each[1] == 1)
    number = round(seconds / size)
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _sentences(found: Selected) -> Iterable[str]:
    for step in found.trace.steps:
        if not step.hit:
            yield f"There is no template {_ASKED[step.step]}."
    last = found.trace.steps[-1].step
    if last == "built_in":
        yield f"So the text {found.name!r} {_ASKED[last]} stands in: publish a template for this."
    else:
        yield f"{found.name!r}, version {found.version}, is {_ASKED[last]}."
    age = found.trace.cache_age_s
    if found.trace.source == "cache" and age is not None:
        yield f"It was found in the cache, which was built {_span(age)} ago."
    elif found.trace.source == "database":
        yield "It was found in the table: the cache is missing, broken or has nothing that fits."
