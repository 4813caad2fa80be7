"""``fabula audit``: whether the trail is whole."""

import asyncio
import sys
from typing import Annotated

import typer

from fabula.cli.running import running_database, say, settings_with_logs
from fabula.core.settings import Settings

audit = typer.Typer(help="The trail of privileged actions.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    app.add_typer(audit, name="audit")


@audit.command()
def verify(
    head: Annotated[
        str | None, typer.Option(help="The head that an earlier run printed, NUMBER:HMAC.")
    ] = None,
) -> None:
    """Walk the trail and name the first entry that was changed, removed or added beside it.

    Prints the head. Kept elsewhere and given the next time, it also finds a trail that was set
    back as a whole.
    """
    settings = settings_with_logs(quiet=True)
    with running_database(settings) as dsn:
        entries, fault, printed = asyncio.run(_walk(settings, dsn, head))
    if fault:
        typer.echo(fault)
        say(f"{entries} entries before it are whole")
        sys.exit(1)
    typer.echo(printed)
    say(f"{entries} entries, all whole")


async def _walk(settings: Settings, dsn: str, head: str | None) -> tuple[int, str, str]:
    from fabula.accounts import trail
    from fabula.core.database import Database
    from fabula.core.secret_key import secret_of

    database = Database(dsn, pool_size=1, secret=secret_of(settings))
    try:
        async with database.system() as session:
            found = await trail.verify(session, head)
    finally:
        await database.close()
    row = f" Row {found.entry_id} of user_activity_log." if found.entry_id else ""
    return found.entries, f"{found.fault}{row}" if found.fault else "", found.head
