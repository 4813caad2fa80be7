"""``fabula job``: what is done with jobs that were made."""

import asyncio
from typing import Annotated
from uuid import UUID

import typer

from fabula.cli.running import ready_database, settings_with_logs
from fabula.core.settings import Settings

jobs = typer.Typer(help="Jobs that were made.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    app.add_typer(jobs, name="job")


@jobs.command()
def rate(
    job_id: Annotated[UUID, typer.Argument(help="The job.")],
    quality: Annotated[
        int | None, typer.Argument(min=0, max=10, help="0 to 10; without it, no rating any more.")
    ] = None,
    user: Annotated[
        str | None, typer.Option(help="Whose job it is; the owner's without it.")
    ] = None,
) -> None:
    """Say how good a finished job is, or take that back. Its preset and weights follow."""
    settings = settings_with_logs(quiet=True)
    with ready_database(settings) as dsn:
        asyncio.run(_rate(settings, dsn, user, job_id, quality))
    typer.echo("not rated" if quality is None else f"rated {quality} of 10")


async def _rate(
    settings: Settings, dsn: str, user: str | None, job_id: UUID, quality: int | None
) -> None:
    from fabula.cli.making import acting_as
    from fabula.core.database import Database
    from fabula.core.secret_key import secret_of
    from fabula.generation import service

    database = Database(dsn, pool_size=1, name="fabula-cli", secret=secret_of(settings))
    try:
        caller = await acting_as(database, user, settings)
        async with database.request(caller.user_id, adult=caller.adult) as session:
            await service.rate(session, caller, job_id, quality)
    finally:
        await database.close()
