"""Templates: list, versions, publication, checks, simulator, coverage, files. Admins only."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response, status

from fabula.accounts.access import CallerDep, CursorDep, DatabaseDep, Limit, SessionDep
from fabula.accounts.permissions import Permission
from fabula.core.pagination import Cursor, Page, page_of
from fabula.moderation.rating import Mode as ContentRating
from fabula.prompting.endpoints import EnhancerDep
from fabula.prompting.keys import TemplateKey
from fabula.prompting.lookups import template_for
from fabula.prompting.schemas import EnhanceOut
from fabula.prompting.templates import checks, coverage, exchange, service, trial
from fabula.prompting.templates.kinds import USE_CASES
from fabula.prompting.templates.repository import Search
from fabula.prompting.templates.schemas import (
    MAX_VERSION,
    AnswerIn,
    AnswerOut,
    CheckIn,
    CheckOut,
    CoverageOut,
    DiffOut,
    DuplicateIn,
    Enhancer,
    ImportedOut,
    ImportIn,
    ImportOut,
    Label,
    LabelIn,
    Made,
    Mode,
    NewTemplateIn,
    NewVersionIn,
    PublishIn,
    SimulationOut,
    Target,
    TemplateChangeIn,
    TemplateDetailOut,
    TryIn,
    UseCaseName,
    UseCaseOut,
    VersionOut,
)
from fabula.prompting.templates.views import (
    cell_out,
    detail_out,
    diff_out,
    simulation_out,
    version_out,
)
from fabula.prompting.views import enhanced_out

router = APIRouter(prefix="/prompts/templates", tags=["prompts"])
Number = Annotated[int, Query(ge=1)]


@router.get("")
async def list_prompt_templates(
    caller: CallerDep,
    session: SessionDep,
    cursor: CursorDep,
    limit: Limit = 50,
    search: Annotated[str | None, Query(max_length=100, pattern=r"^[^\x00]*$")] = None,
    use_case: Annotated[UseCaseName | None, Query()] = None,
    target_model: Annotated[Target | None, Query()] = None,
    enhancer_model: Annotated[Enhancer | None, Query()] = None,
    job_type: Annotated[Made | None, Query()] = None,
    content_mode: Annotated[Mode | None, Query()] = None,
    active: Annotated[bool | None, Query()] = None,
    drafts: Annotated[bool | None, Query()] = None,
) -> Page[TemplateDetailOut]:
    """Templates, newest first; `search` is in the name or the text, `drafts` are those with a
    version that waits to be published."""
    asked = Search(
        search.strip() if search else None,
        use_case,
        target_model,
        enhancer_model,
        job_type,
        content_mode,
        active,
        drafts,
    )
    found = await service.find(session, caller, asked, cursor, limit + 1)
    kept, following = page_of(found, limit, lambda one: Cursor(one.row.created_at, one.row.id))
    return Page(items=[detail_out(one) for one in kept], next_cursor=following)


@router.post("", status_code=status.HTTP_201_CREATED)
async def make_prompt_template(
    body: NewTemplateIn, caller: CallerDep, session: SessionDep
) -> TemplateDetailOut:
    """Make a template as a draft."""
    made = await service.make(session, caller, body.place(), body.text(), body.message)
    return detail_out(made)


@router.get("/use-cases")
async def list_use_cases(caller: CallerDep) -> Page[UseCaseOut]:
    """What templates are for, with the placeholders and limits of each."""
    caller.require(Permission.TEMPLATES)
    items = [
        UseCaseOut(
            name=case.name,
            label=case.label,
            placeholders=list(case.placeholders),
            least_tokens=case.least,
            most_tokens=case.most,
        )
        for case in USE_CASES.values()
    ]
    return Page(items=items, next_cursor=None)


@router.post("/check")
async def check_prompt_template(body: CheckIn, caller: CallerDep) -> CheckOut:
    """Look at a text without saving it: tokens, placeholders, and what speaks against it."""
    caller.require(Permission.TEMPLATES)
    report = checks.check(
        body.system_prompt,
        use_case=body.use_case,
        target_model=body.target_model,
        token_limit=body.token_limit,
    )
    return CheckOut.model_validate(
        {
            "tokens": report.tokens,
            "placeholders_used": report.used,
            "placeholders_unused": report.unused,
            "remarks": report.remarks,
        },
        from_attributes=True,
    )


@router.post("/try")
async def try_prompt_template(body: TryIn, caller: CallerDep, enhancer: EnhancerDep) -> EnhanceOut:
    """Rewrite a prompt with a text that need not be saved. Nothing is made or kept of it."""
    return enhanced_out(
        await trial.rewrite_with(
            enhancer,
            caller,
            trial.Draft(body.system_prompt, body.token_limit, _mode(body.content_mode)),
            target_model=body.target_model,
            made=body.job_type,
            prompt=body.prompt,
            seed=body.seed,
        )
    )


@router.post("/answer")
async def answer_by_prompt_template(
    body: AnswerIn, caller: CallerDep, enhancer: EnhancerDep
) -> AnswerOut:
    """Let the text engine answer a message by a text that need not be saved. Nothing is kept of
    it."""
    answer = await trial.answer_with(
        enhancer.text,
        caller,
        trial.Draft(body.system_prompt, body.token_limit, _mode(body.content_mode)),
        use_case=body.use_case,
        message=body.message,
        seed=body.seed,
    )
    return AnswerOut.model_validate(answer, from_attributes=True)


def _mode(content_mode: str) -> ContentRating:
    return "adult" if content_mode == "nsfw" else "general"


@router.get("/simulate")
async def simulate_prompt_template(
    caller: CallerDep,
    database: DatabaseDep,
    use_case: Annotated[UseCaseName, Query()],
    enhancer_model: Annotated[Enhancer, Query()] = "qwen_instruct",
    content_mode: Annotated[Mode, Query()] = "sfw",
    target_model: Annotated[Target | None, Query()] = None,
    job_type: Annotated[Made | None, Query()] = None,
) -> SimulationOut:
    """Which template a request would get now, and why."""
    caller.require(Permission.TEMPLATES)
    key = TemplateKey(target_model, enhancer_model, job_type, use_case, content_mode)
    return simulation_out(await template_for(database, key))


@router.get("/coverage")
async def get_template_coverage(caller: CallerDep, session: SessionDep) -> CoverageOut:
    """Every kind of request with the template that answers it."""
    cells = await coverage.coverage(session, caller)
    return CoverageOut(
        cells=[cell_out(cell) for cell in cells],
        exact=sum(cell.exact for cell in cells),
        built_in=sum(cell.found.fallback_level == "built_in" for cell in cells),
    )


@router.get(
    "/export",
    response_class=Response,
    responses={200: {"content": {"application/json": {}, "text/csv": {}}}},
)
async def export_prompt_templates(
    caller: CallerDep,
    session: SessionDep,
    format: Annotated[Literal["json", "csv"], Query()] = "json",  # noqa: A002
) -> Response:
    """All templates as a file."""
    rows = await exchange.export(session, caller)
    text, kind = (
        (exchange.as_json(rows), "application/json")
        if format == "json"
        else (exchange.as_csv(rows), "text/csv; charset=utf-8")
    )
    name = f'attachment; filename="templates.{format}"'
    return Response(text, media_type=kind, headers={"Content-Disposition": name})


@router.post("/import")
async def import_prompt_templates(
    body: ImportIn, caller: CallerDep, session: SessionDep
) -> ImportOut:
    """Read such a file: new templates become drafts, changed ones get a version, and nothing is
    published. All of it or nothing."""
    rows = exchange.read(body.text)
    async with session.begin_nested() as step:
        done = await exchange.bring_in(session, caller, rows)
        if body.dry_run:
            await step.rollback()
    items = [ImportedOut(template_name=one.template_name, done=one.done) for one in done]
    return ImportOut(dry_run=body.dry_run, items=items)


@router.get("/{template_id}")
async def get_prompt_template(
    template_id: UUID, caller: CallerDep, session: SessionDep
) -> TemplateDetailOut:
    """One template."""
    return detail_out(await service.get(session, caller, template_id))


@router.patch("/{template_id}")
async def change_prompt_template(
    template_id: UUID, body: TemplateChangeIn, caller: CallerDep, session: SessionDep
) -> TemplateDetailOut:
    """Rename a template, or take it out of use and back."""
    changed = await service.change(
        session,
        caller,
        template_id,
        template_name=body.template_name,
        is_active=body.is_active,
    )
    return detail_out(changed)


@router.delete("/{template_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_prompt_template(template_id: UUID, caller: CallerDep, session: SessionDep) -> None:
    """Delete a template with its history."""
    await service.delete(session, caller, template_id)


@router.post("/{template_id}/duplicate", status_code=status.HTTP_201_CREATED)
async def duplicate_prompt_template(
    template_id: UUID, body: DuplicateIn, caller: CallerDep, session: SessionDep
) -> TemplateDetailOut:
    """A draft with the newest text of this one, for something else."""
    changes = body.model_dump(exclude_unset=True)
    return detail_out(await service.duplicate(session, caller, template_id, changes))


@router.get("/{template_id}/versions")
async def list_template_versions(
    template_id: UUID,
    caller: CallerDep,
    session: SessionDep,
    before: Annotated[int | None, Query(ge=1, le=MAX_VERSION)] = None,
    limit: Limit = 50,
) -> Page[VersionOut]:
    """The history, newest first; `before` is the number that the last page ended with."""
    template = await service.get(session, caller, template_id)
    rows = await service.versions(session, caller, template_id, before, limit + 1)
    kept = rows[:limit]
    return Page(
        items=[version_out(version, template) for version in kept],
        next_cursor=str(kept[-1].row.number) if len(rows) > limit else None,
    )


@router.post("/{template_id}/versions", status_code=status.HTTP_201_CREATED)
async def save_template_version(
    template_id: UUID, body: NewVersionIn, caller: CallerDep, session: SessionDep
) -> TemplateDetailOut:
    """Save a further version as a draft."""
    await service.save_version(
        session, caller, template_id, body.text(), body.message, body.based_on
    )
    return detail_out(await service.get(session, caller, template_id))


@router.post("/{template_id}/versions/{number}/publish")
async def publish_template_version(
    template_id: UUID,
    number: Annotated[int, Path(ge=1, le=MAX_VERSION)],
    body: PublishIn,
    caller: CallerDep,
    session: SessionDep,
) -> TemplateDetailOut:
    """Put a version in use at once; an older one comes back as a new version."""
    published = await service.publish(
        session, caller, template_id, number, replace_rivals=body.replace
    )
    return detail_out(published)


@router.get("/{template_id}/diff")
async def diff_template_versions(
    template_id: UUID, old: Number, new: Number, caller: CallerDep, session: SessionDep
) -> DiffOut:
    """What changed from one version to another."""
    return diff_out(
        await service.version(session, caller, template_id, old),
        await service.version(session, caller, template_id, new),
    )


@router.put("/{template_id}/labels/{label}")
async def set_template_label(
    template_id: UUID, label: Label, body: LabelIn, caller: CallerDep, session: SessionDep
) -> TemplateDetailOut:
    """Let a label point at a version."""
    return detail_out(await service.set_label(session, caller, template_id, label, body.version))


@router.delete("/{template_id}/labels/{label}")
async def drop_template_label(
    template_id: UUID, label: Label, caller: CallerDep, session: SessionDep
) -> TemplateDetailOut:
    """Take a label away."""
    return detail_out(await service.drop_label(session, caller, template_id, label))
