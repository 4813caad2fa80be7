"""``fabula user``: accounts from the machine that the studio runs on."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts import refusals, repository, service, trail
from fabula.accounts.credits import service as credits_
from fabula.cli.running import ready_database, say, settings_with_logs
from fabula.core.database import Database
from fabula.core.errors import NotFound
from fabula.core.secret_key import secret_of
from fabula.models import Account
from fabula.moderation.policy import ContentRefused

T = TypeVar("T")
user = typer.Typer(help="Accounts of the studio.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    app.add_typer(user, name="user")


def _in_database(work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    async def run(dsn: str) -> T:
        database = Database(dsn, pool_size=1, secret=secret_of(settings))
        try:
            async with database.system() as session:
                return await work(session)
        except ContentRefused as refusal:
            await refusals.note(database, None, refusal, trail.COMMAND_LINE)
            raise
        finally:
            await database.close()

    settings = settings_with_logs(quiet=True)
    with ready_database(settings) as dsn:
        return asyncio.run(run(dsn))


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


@user.command("list")
def list_command() -> None:
    """Name and roles of every account."""
    for name, roles in _in_database(repository.names_and_roles):
        typer.echo(f"{name}\t{', '.join(roles)}")


def link_address(token: str) -> str:
    """The token stands behind the #, which browsers never send: it stays out of logs."""
    from fabula.core.settings import get_settings

    return f"{get_settings().base_url}/sign-in#token={token}"
