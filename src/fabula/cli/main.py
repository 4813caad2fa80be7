"""All commands; what a command needs is imported when it runs, so that ``--help`` is instant."""

import sys

import typer

from fabula import __version__
from fabula.cli import audit, content, database, engines, jobs, models, operations, people, studio
from fabula.core.errors import FabulaError

app = typer.Typer(
    name="fabula",
    help="A self-hosted studio for generated stories, pictures and films.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def root(
    version: bool = typer.Option(False, "--version", help="Print the version and exit."),
) -> None:
    """A self-hosted studio for generated stories, pictures and films."""
    if version:
        typer.echo(__version__)
        raise typer.Exit


studio.add_to(app)
content.add_to(app)
jobs.add_to(app)
database.add_to(app)
people.add_to(app)
engines.add_to(app)
models.add_to(app)
audit.add_to(app)
operations.add_to(app)


def main() -> None:
    """Run a command. An error of the studio's rules is one sentence on standard error."""
    try:
        app()
    except FabulaError as error:
        typer.echo(f"fabula: {error}", err=True)
        sys.exit(1)
