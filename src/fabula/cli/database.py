"""``fabula db`` and ``fabula inventory``."""

import sys

import typer

from fabula.cli.running import embedded, running_database, say, settings_with_logs
from fabula.core.errors import Unavailable

db = typer.Typer(help="The database of the studio.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    app.add_typer(db, name="db")
    app.command()(inventory)


@db.command()
def url() -> None:
    """Print the DSN of the running database and nothing else."""
    settings = settings_with_logs(quiet=True)
    if settings.database_url is not None:
        typer.echo(settings.database_url.get_secret_value())
        return
    dsn = embedded(settings).running_dsn()
    if dsn is None:
        raise Unavailable("The embedded database does not run: start the studio by `fabula up`.")
    typer.echo(dsn)


@db.command("migrate")
def migrate_command() -> None:
    """Bring the database to the newest structure and add missing seed content."""
    from fabula.core.migrate import newest_revision
    from fabula.core.secret_key import secret_of
    from fabula.seeding import prepare

    settings = settings_with_logs(quiet=True)
    with running_database(settings) as dsn:
        prepare(dsn, secret_of(settings))
    say(f"the database is at revision {newest_revision()}")


def inventory(
    check: bool = typer.Option(False, "--check", help="Compare with what the studio expects."),
) -> None:
    """Write the inventory of the live database as Markdown, or compare it with ours."""
    from fabula.core.inventory import differences, read_inventory
    from fabula.core.inventory_render import render_markdown

    settings = settings_with_logs(quiet=True)
    with running_database(settings) as dsn:
        live = read_inventory(dsn)
    if not check:
        typer.echo(render_markdown(live), nl=False)
        return
    found = differences(live)
    for difference in found:
        typer.echo(difference)
    typer.echo(f"{len(found)} differences")
    sys.exit(1 if found else 0)
