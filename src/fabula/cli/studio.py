"""``fabula up``, ``serve`` and ``worker``."""

import asyncio
import os
import sys
from contextlib import AbstractContextManager
from typing import Annotated

import typer

from fabula.cli.running import ready_database, running_database, say, settings_with_logs
from fabula.core.settings import Settings


def add_to(app: typer.Typer) -> None:
    app.command()(up)
    app.command()(serve)
    app.add_typer(worker, name="worker")
    app.command()(setup)


def up(
    workers: Annotated[int, typer.Option(min=0, max=64, help="Worker processes.")] = 1,
    offline: Annotated[
        bool, typer.Option("--offline", help="Do not fetch models that are missing.")
    ] = False,
) -> None:
    """Start the whole studio: database, server, page and workers. Ctrl-C stops all of it."""
    from fabula.cli.supervisor import Supervisor

    settings = settings_with_logs(quiet=True)
    with Supervisor(settings, workers=workers, report=say) as studio:
        if not offline:
            _fetch_missing(settings)
        sys.exit(studio.run())


Prepared = Annotated[bool, typer.Option("--prepared", hidden=True)]
"""Set by ``fabula up``, which has migrated already."""


def serve(prepared: Prepared = False) -> None:
    """Serve the API and the page."""
    from fabula.web.serving import serve_until_stopped

    settings = settings_with_logs()
    with _database(settings, prepared) as dsn:
        os.environ["FABULA_DATABASE_URL"] = dsn
        serve_until_stopped(settings)


worker = typer.Typer(invoke_without_command=True)


@worker.callback()
def work(context: typer.Context, prepared: Prepared = False) -> None:
    """Run jobs and housekeeping; start as many as there are machines."""
    if context.invoked_subcommand is not None:
        return
    from fabula import bootstrap
    from fabula.worker import run_worker

    settings = settings_with_logs()
    with _database(settings, prepared) as dsn:
        asyncio.run(run_worker(bootstrap.build(settings), dsn))


@worker.command("list")
def list_workers() -> None:
    """Name, machine, what it may take, what it does and when it was last heard, of every worker."""
    from fabula.cli.workers import read_workers, worker_lines

    settings = settings_with_logs(quiet=True)
    with ready_database(settings) as dsn:
        for line in worker_lines(asyncio.run(read_workers(dsn))):
            typer.echo(line)


def _database(settings: Settings, prepared: bool) -> AbstractContextManager[str]:
    return running_database(settings) if prepared else ready_database(settings)


def setup(
    lenient: Annotated[
        bool, typer.Option("--lenient", help="Go on without what cannot be fetched.")
    ] = False,
) -> None:
    """Fetch the built-in models that are missing."""
    _fetch_missing(settings_with_logs(quiet=True), strict=not lenient)


def _fetch_missing(settings: Settings, *, strict: bool = False) -> None:
    """The studio works without these models, so a failure only ends `fabula setup`."""
    from fabula.engines.setup import SetupFailed, fetch, missing_models

    for model in missing_models(settings.models_folder):
        say(f"fetching {model.name}")
        try:
            fetch(model, settings.models_folder, lambda line, _done: say(f"  {line}"))
        except SetupFailed as error:
            say(f"{error}")
            if strict:
                raise
