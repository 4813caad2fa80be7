"""Jobs, job types and engines."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Query, Response, UploadFile, status
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts.access import CallerDep, CursorDep, Limit, SessionDep, signed_in
from fabula.accounts.caller import Caller
from fabula.accounts.credits.access import SettingsDep
from fabula.core.pagination import Cursor, Page, page_of
from fabula.engine_servers.defaults import EngineDefault, default_out
from fabula.engine_servers.schemas import EngineDefaultIn, EngineDefaultOut
from fabula.generation import (
    catalogue,
    engine_defaults,
    lora_list,
    model_configs,
    repository,
    service,
    submit,
    uploads,
    views,
)
from fabula.generation.access import (
    DeskDep,
    FreshRegistryDep,
    LinksDep,
    RegistryDep,
    StoreDep,
)
from fabula.generation.errors import JobNotFound
from fabula.generation.lora_schemas import LoraOut
from fabula.generation.schemas import (
    EngineStateOut,
    JobIn,
    JobOut,
    JobRatingIn,
    JobTypeOut,
    ModelConfigIn,
    ModelConfigOut,
    ModelType,
    UploadOut,
)
from fabula.generation.submit import Desk
from fabula.storage.links import Links

router = APIRouter(tags=["jobs"])
UseName = Annotated[str, Path(max_length=100, pattern=r"^[a-z0-9_]+$")]
IdempotencyKeyHeader = Annotated[
    str | None, Header(min_length=1, max_length=200, pattern=r"^[\x20-\x7e]+$")
]


async def _one(
    session: AsyncSession, caller: Caller, job_id: UUID, desk: Desk, links: Links
) -> JobOut:
    row = await service.get_job(session, caller, job_id)
    return (await views.show(session, [row], desk.registry, links))[0]


@router.post("/jobs", status_code=status.HTTP_202_ACCEPTED)
async def create_job(
    body: JobIn,
    caller: CallerDep,
    session: SessionDep,
    desk: DeskDep,
    links: LinksDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> JobOut:
    """Queue a job. With an `Idempotency-Key`, sending it twice makes one job."""
    job_id = await submit.submit(session, caller, body, desk, key=idempotency_key)
    return await _one(session, caller, job_id, desk, links)


@router.get("/jobs")
async def list_jobs(
    caller: CallerDep,
    session: SessionDep,
    registry: RegistryDep,
    links: LinksDep,
    cursor: CursorDep,
    limit: Limit = 50,
    status: Annotated[
        Literal["queued", "processing", "completed", "failed"] | None, Query()
    ] = None,
    destination: Annotated[Literal["workspace", "library"] | None, Query()] = None,
    dismissed: Annotated[bool | None, Query()] = None,
) -> Page[JobOut]:
    """The caller's jobs, newest first; `dismissed=false` leaves out those put out of sight."""
    rows = await repository.list_jobs(
        session,
        caller.user_id,
        caller.mode,
        cursor=cursor,
        limit=limit + 1,
        status=status,
        destination=destination,
        dismissed=dismissed,
    )
    kept, following = page_of(rows, limit, lambda row: Cursor(row.job.created_at, row.job.id))
    items = await views.show(session, list(kept), registry, links)
    return Page(items=items, next_cursor=following)


@router.get("/jobs/{job_id}")
async def get_job(
    job_id: UUID, caller: CallerDep, session: SessionDep, desk: DeskDep, links: LinksDep
) -> JobOut:
    """A job with its progress and outputs."""
    return await _one(session, caller, job_id, desk, links)


@router.post("/jobs/{job_id}/cancel")
async def cancel_job(
    job_id: UUID, caller: CallerDep, session: SessionDep, desk: DeskDep, links: LinksDep
) -> JobOut:
    """Cancel a job; one that runs stops at its engine's next step."""
    await service.cancel(session, caller, job_id, desk)
    return await _one(session, caller, job_id, desk, links)


@router.post("/jobs/{job_id}/dismiss", status_code=status.HTTP_204_NO_CONTENT)
async def dismiss_job(job_id: UUID, caller: CallerDep, session: SessionDep) -> None:
    """Put a failed job out of sight; it is still there when it is asked for."""
    await service.dismiss(session, caller, job_id)


@router.post("/jobs/{job_id}/retry", status_code=status.HTTP_202_ACCEPTED)
async def retry_job(
    job_id: UUID, caller: CallerDep, session: SessionDep, desk: DeskDep, links: LinksDep
) -> JobOut:
    """Try a failed job again, as a new job that is linked to it."""
    new_id = await service.retry(session, caller, job_id, desk)
    return await _one(session, caller, new_id, desk, links)


@router.post("/jobs/{job_id}/again", status_code=status.HTTP_202_ACCEPTED)
async def repeat_job(
    job_id: UUID, caller: CallerDep, session: SessionDep, desk: DeskDep, links: LinksDep
) -> JobOut:
    """Make the same once more: same parameters, same seed."""
    new_id = await service.again(session, caller, job_id, desk)
    return await _one(session, caller, new_id, desk, links)


@router.put("/jobs/{job_id}/rating")
async def rate_job(
    job_id: UUID,
    body: JobRatingIn,
    caller: CallerDep,
    session: SessionDep,
    desk: DeskDep,
    links: LinksDep,
) -> JobOut:
    """Rate a finished job from 0 to 10; null takes the rating back."""
    await service.rate(session, caller, job_id, body.quality)
    return await _one(session, caller, job_id, desk, links)


@router.get("/jobs/{job_id}/preview/{index}", response_class=Response)
async def job_preview(
    job_id: UUID,
    index: Annotated[int, Path(ge=0, le=100)],
    caller: CallerDep,
    session: SessionDep,
) -> Response:
    """The latest preview of an output in the making."""
    await service.get_job(session, caller, job_id)
    picture = await repository.preview(session, caller.user_id, job_id, index)
    if picture is None:
        raise JobNotFound
    kind = "image/webp" if picture[8:12] == b"WEBP" else "image/jpeg"
    return Response(picture, media_type=kind, headers={"Cache-Control": "private, no-store"})


@router.get("/job-types")
async def list_job_types(session: SessionDep, desk: DeskDep) -> Page[JobTypeOut]:
    """What can be made here, by which engines, within which limits."""
    items = await catalogue.job_types(session, desk)
    return Page(items=items, next_cursor=None)


@router.get("/engines", dependencies=[Depends(signed_in)])
async def list_engines(registry: FreshRegistryDep) -> Page[EngineStateOut]:
    """All engines, and why those that cannot run here cannot."""
    return Page(items=catalogue.engines(registry), next_cursor=None)


@router.get("/engines/{engine_id}/loras", dependencies=[Depends(signed_in)])
async def list_engine_loras(
    engine_id: Annotated[str, Path(max_length=100)],
    session: SessionDep,
    desk: DeskDep,
    model: Annotated[str | None, Query(max_length=300)] = None,
    search: Annotated[str, Query(max_length=100)] = "",
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
    limit: Limit = 50,
) -> Page[LoraOut]:
    """LoRAs that an engine has and that fit its model, or the one that is named; by name."""
    return await lora_list.lora_choices(
        session, desk.registry, engine_id, model=model, search=search, cursor=cursor, limit=limit
    )


@router.get("/engine-defaults")
async def list_engine_defaults(
    caller: CallerDep, session: SessionDep, desk: DeskDep
) -> Page[EngineDefaultOut]:
    """Which engine is used for what, where an admin chose. Admins only."""
    found = await engine_defaults.listed(session, caller, desk)
    items = [default_out(use, default) for use, default in sorted(found.items())]
    return Page(items=items, next_cursor=None)


@router.put("/engine-defaults/{use}", status_code=status.HTTP_204_NO_CONTENT)
async def choose_engine_default(
    use: UseName, body: EngineDefaultIn, caller: CallerDep, session: SessionDep, desk: DeskDep
) -> None:
    """Choose the engine of a job type, or of `text`, and its model. Admins only."""
    wanted = EngineDefault(body.engine, body.model)
    await engine_defaults.choose_default(session, caller, desk, use, wanted)


@router.delete("/engine-defaults/{use}", status_code=status.HTTP_204_NO_CONTENT)
async def clear_engine_default(
    use: UseName, caller: CallerDep, session: SessionDep, desk: DeskDep
) -> None:
    """Go back to the built-in choice. Admins only."""
    await engine_defaults.choose_default(session, caller, desk, use, None)


@router.post("/uploads", status_code=status.HTTP_201_CREATED)
async def upload_reference(
    file: UploadFile,
    caller: CallerDep,
    session: SessionDep,
    store: StoreDep,
    links: LinksDep,
    settings: SettingsDep,
) -> UploadOut:
    """Bring a picture along, to be used as a reference."""
    uploads.check_name(file.filename)
    data = await file.read(uploads.upload_limit(settings) + 1)
    return await uploads.bring(session, caller, store, links, data, settings)


@router.get("/model-configs")
async def list_model_configs(
    caller: CallerDep,
    session: SessionDep,
    cursor: CursorDep,
    limit: Limit = 50,
    model_type: Annotated[ModelType | None, Query()] = None,
) -> Page[ModelConfigOut]:
    """Configurations of models, newest first. Admins only."""
    rows = await model_configs.list_configs(session, caller, model_type, cursor, limit + 1)
    kept, following = page_of(rows, limit, lambda row: Cursor(row.created_at, row.id))
    items = [ModelConfigOut.model_validate(row, from_attributes=True) for row in kept]
    return Page(items=items, next_cursor=following)


@router.post("/model-configs", status_code=status.HTTP_201_CREATED)
async def add_model_config(
    body: ModelConfigIn, caller: CallerDep, session: SessionDep, registry: FreshRegistryDep
) -> ModelConfigOut:
    """Save a configuration; it is the active one of its model at once, unless told otherwise.
    Admins only."""
    row = await model_configs.add_config(session, caller, body, registry)
    return ModelConfigOut.model_validate(row, from_attributes=True)


@router.post("/model-configs/{config_id}/activate")
async def activate_model_config(
    config_id: UUID, caller: CallerDep, session: SessionDep
) -> ModelConfigOut:
    """Roll a model back or forward to a configuration. Admins only."""
    row = await model_configs.activate(session, caller, config_id)
    return ModelConfigOut.model_validate(row, from_attributes=True)


@router.post("/model-configs/{config_id}/deactivate")
async def deactivate_model_config(
    config_id: UUID, caller: CallerDep, session: SessionDep
) -> ModelConfigOut:
    """Go back to the built-in settings of the model. Admins only."""
    row = await model_configs.deactivate(session, caller, config_id)
    return ModelConfigOut.model_validate(row, from_attributes=True)
