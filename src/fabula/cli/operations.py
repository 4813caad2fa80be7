"""``fabula doctor``, ``openapi`` and ``docs``."""

import sys
from typing import Annotated

import typer

from fabula.cli.running import settings_with_logs


def add_to(app: typer.Typer) -> None:
    app.command()(doctor)
    app.command()(openapi)
    app.command()(docs)


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable.")] = False,
) -> None:
    """Say what is installed, what can run here and why the rest cannot, and what to do."""
    from fabula.cli.doctor import examine, render

    findings = examine(settings_with_logs(quiet=True))
    if as_json:
        import orjson

        typer.echo(orjson.dumps(findings, default=str, option=orjson.OPT_INDENT_2).decode())
    else:
        typer.echo(render(findings), nl=False)
    sys.exit(0 if findings.works else 1)


def openapi() -> None:
    """Print the OpenAPI document."""
    from fabula.cli.reference import openapi_document

    settings_with_logs(quiet=True)
    typer.echo(openapi_document(), nl=False)


def docs(
    check: Annotated[bool, typer.Option("--check", help="Only say what is stale.")] = False,
) -> None:
    """Write the generated pages of a checkout's docs, or fail where they are stale."""
    from fabula.cli.reference import refresh

    settings = settings_with_logs(quiet=True)
    stale = refresh(settings, write=not check)
    for name in stale:
        typer.echo(f"{'stale' if check else 'written'}: {name}")
    sys.exit(1 if check and stale else 0)
