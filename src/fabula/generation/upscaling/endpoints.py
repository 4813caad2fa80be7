"""Upscaling of pictures."""

from fastapi import APIRouter, status

from fabula.accounts.access import CallerDep, SessionDep
from fabula.generation import service, views
from fabula.generation.access import DeskDep, FreshRegistryDep, LinksDep
from fabula.generation.endpoints import IdempotencyKeyHeader
from fabula.generation.schemas import JobOut
from fabula.generation.upscaling import service as upscaling
from fabula.generation.upscaling.schemas import UpscaleIn, UpscalingOut

router = APIRouter(tags=["jobs"])


@router.get("/upscaling")
async def show_upscaling(_: CallerDep, registry: FreshRegistryDep) -> UpscalingOut:
    """By which models and factors pictures can be upscaled here, and what it costs."""
    return upscaling.possible(registry)


@router.post("/jobs/upscale", status_code=status.HTTP_202_ACCEPTED)
async def upscale_picture(
    body: UpscaleIn,
    caller: CallerDep,
    session: SessionDep,
    desk: DeskDep,
    links: LinksDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> JobOut:
    """Queue the upscaling of a picture, which keeps its words, seed and rating. With an
    `Idempotency-Key`, sending it twice makes one job."""
    job_id = await upscaling.submit(session, caller, body, desk, key=idempotency_key)
    row = await service.get_job(session, caller, job_id)
    return (await views.show(session, [row], desk.registry, links))[0]
