"""What the workspace does when jobs are accepted, deliver and end."""

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.events import live
from fabula.generation.events import JobAccepted, JobClosed, OutputReady
from fabula.workspace import repository


async def open_cards(session: AsyncSession, event: JobAccepted) -> None:
    """A card for every expected output, in the person's active session."""
    if event.destination != "workspace":
        return
    active = await repository.active_session(session, event.user_id)
    await repository.attach_job(session, event.job_id, active.id)
    await repository.add_cards(session, event, active.id)


async def stage_output(session: AsyncSession, event: OutputReady) -> None:
    """A finished file becomes a staged asset, and its card turns to generated."""
    if event.destination != "workspace":
        return
    asset_id = await repository.stage(session, event)
    await repository.card_generated(session, event)
    data = {"asset_id": str(asset_id), "job_id": str(event.job_id)}
    await live.publish(session, event.user_id, "asset.created", data)


async def close_cards(session: AsyncSession, event: JobClosed) -> None:
    """Cards whose output never came are failed."""
    if not event.succeeded:
        await repository.cards_failed(session, event.job_id)
