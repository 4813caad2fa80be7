"""What commands share: settings, logs, and a database that runs while the command does."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from fabula.core.embedded_postgres import EmbeddedPostgres
from fabula.core.logging import configure_logging
from fabula.core.settings import Settings, get_settings


def say(text: str) -> None:
    """A line for the person, on standard error: standard output is for results."""
    typer.echo(text, err=True)


def settings_with_logs(*, quiet: bool = False) -> Settings:
    """The settings, with logs configured; ``quiet`` shows errors only, unless more is asked for."""
    settings = get_settings()
    level = "ERROR" if quiet and settings.log_level.upper() == "INFO" else settings.log_level
    configure_logging(level, settings.log_format)
    return settings


def embedded(settings: Settings) -> EmbeddedPostgres:
    return EmbeddedPostgres(
        settings.data_dir,
        bin_dir=settings.postgres_bin,
        fsync=settings.postgres_fsync,
        report=say,
    )


@contextmanager
def running_database(settings: Settings) -> Iterator[str]:
    """The DSN of the studio's database; an embedded one is started, or shared if it runs."""
    if settings.database_url is not None:
        yield settings.database_url.get_secret_value()
        return
    server = embedded(settings)
    dsn = server.acquire()
    try:
        yield dsn
    finally:
        server.release()


@contextmanager
def ready_database(settings: Settings) -> Iterator[str]:
    """As ``running_database``, with the newest structure and the seed content."""
    from fabula.core.secret_key import secret_of
    from fabula.seeding import prepare

    with running_database(settings) as dsn:
        prepare(dsn, secret_of(settings))
        yield dsn
