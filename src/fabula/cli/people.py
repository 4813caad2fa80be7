"""``fabula user``: accounts from the machine that the studio runs on."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts import refusals, repository, service, trail
from fabula.accounts.credits import service as credits_
from fabula.cli.running import ready_database, say, settings_with_logs
from fabula.core.database import Database
from fabula.core.errors import Invalid, NotFound
from fabula.core.secret_key import secret_of
from fabula.core.settings import Settings
from fabula.models import Account
from fabula.moderation.policy import ContentRefused

T = TypeVar("T")
user = typer.Typer(help="Accounts of the studio.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    app.add_typer(user, name="user")


def _with_database(work: Callable[[Database, Settings], Awaitable[T]]) -> T:
    async def run(dsn: str) -> T:
        database = Database(dsn, pool_size=1, secret=secret_of(settings))
        try:
            return await work(database, settings)
        except ContentRefused as refusal:
            await refusals.note(database, None, refusal, trail.COMMAND_LINE)
            raise
        finally:
            await database.close()

    settings = settings_with_logs(quiet=True)
    with ready_database(settings) as dsn:
        return asyncio.run(run(dsn))


def _in_database(work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    async def run(database: Database, _: Settings) -> T:
        async with database.system() as session:
            return await work(session)

    return _with_database(run)


async def _named(session: AsyncSession, name: str) -> Account:
    row = await repository.account_named(session, name)
    if row is None:
        raise NotFound(f"There is no account named {name}: `fabula user list` shows them all.")
    return row


@user.command()
def create(
    name: str,
    role: Annotated[str, typer.Option(help="admin, moderator, premium_user, basic_user, guest.")],
    api_key: Annotated[bool, typer.Option("--api-key", help="Print a new API key.")] = False,
) -> None:
    """Make an account and print its one-time sign-in link, or with --api-key only its key."""

    async def work(session: AsyncSession) -> str:
        row = await service.create_account(session, name, role)
        if api_key:
            return (await service.create_api_key(session, row.id, "made on the command line"))[1]
        return await service.new_link(session, row.id)

    result = _in_database(work)
    typer.echo(result if api_key else link_address(result))


@user.command()
def link(name: Annotated[str, typer.Argument()] = service.OWNER_NAME) -> None:
    """Print a one-time sign-in link of an account."""

    async def work(session: AsyncSession) -> str:
        return await service.new_link(session, (await _named(session, name)).id)

    typer.echo(link_address(_in_database(work)))
    say("The link works once, within a day.")


@user.command("api-key")
def api_key_command(name: str) -> None:
    """Print a new API key of an account and nothing else."""

    async def work(session: AsyncSession) -> str:
        row = await _named(session, name)
        return (await service.create_api_key(session, row.id, "made on the command line"))[1]

    typer.echo(_in_database(work))


@user.command("grant", context_settings={"ignore_unknown_options": True})
def grant_command(
    name: str,
    amount: Annotated[int, typer.Argument(help="Credits to give; a negative number takes some.")],
    reason: Annotated[str, typer.Option(help="Why; the person reads it in their ledger.")],
) -> None:
    """Give an account credits and print its new balance."""

    async def work(session: AsyncSession) -> int:
        row = await _named(session, name)
        if await credits_.grant(session, row.id, amount, reason, None):
            await credits_.record_grant(session, None, row.id, amount, reason)
        return (await credits_.balance(session, row.id)).available

    typer.echo(_in_database(work))


@user.command("export")
def export_command(
    name: str,
    to: Annotated[
        Path | None, typer.Option(help="The archive; fabula-NAME-DATE.zip in this folder without.")
    ] = None,
) -> None:
    """Write everything that the studio keeps of an account into one ZIP, and print its place."""
    from fabula.accounts.export import service as export
    from fabula.bootstrap import build_store
    from fabula.storage.durable import replacing

    async def work(database: Database, settings: Settings) -> Path:
        async with database.system() as session:
            row = await _named(session, name)
            archive = await export.as_machine(
                session, database, build_store(settings), row.id, row.username
            )
        place = (to or Path(archive.name)).absolute()
        with replacing(place) as file:
            async for chunk in archive.chunks():
                file.write(chunk)
        return place

    typer.echo(_with_database(work))


@user.command("delete")
def delete_command(
    name: str,
    yes: Annotated[bool, typer.Option("--yes", help="Say that it is meant.")] = False,
    reason: Annotated[str | None, typer.Option(help="Why; it stands in the trail.")] = None,
) -> None:
    """Delete an account with everything in it. This cannot be taken back."""
    from fabula.accounts.leaving import erasure
    from fabula.accounts.leaving import service as leaving
    from fabula.bootstrap import build_store

    if not yes:
        raise Invalid(f"This deletes {name} with everything they made, for good: add --yes.")

    async def work(database: Database, settings: Settings) -> int:
        async with database.system() as session:
            row = await _named(session, name)
        await leaving.delete_account(database, row.id, by=None, reason=reason)
        return await erasure.erase_files(database, build_store(settings))

    removed = _with_database(work)
    say(f"{name} is gone, and {removed} files with the account")


@user.command("list")
def list_command() -> None:
    """Name and roles of every account."""
    for name, roles in _in_database(repository.names_and_roles):
        typer.echo(f"{name}\t{', '.join(roles)}")


def link_address(token: str) -> str:
    """The token stands behind the #, which browsers never send: it stays out of logs."""
    from fabula.core.settings import get_settings

    return f"{get_settings().base_url}/sign-in#token={token}"
