"""``fabula model``: the files of models, on the studio's machine."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar
from uuid import UUID

import typer

from fabula.cli.running import ready_database, say, settings_with_logs
from fabula.core.database import Database
from fabula.core.errors import Conflict, NotFound
from fabula.core.secret_key import secret_of
from fabula.core.settings import Settings

if TYPE_CHECKING:
    from fabula.model_files.schemas import ModelFileOut

T = TypeVar("T")
Work = Callable[[Database, Settings], Awaitable[T]]
model = typer.Typer(help="The files of models.", no_args_is_help=True)
Named = Annotated[
    str, typer.Argument(help="Name or path, as `fabula model list` has them.", show_default=False)
]


def add_to(app: typer.Typer) -> None:
    app.add_typer(model, name="model")


@model.command("list")
def list_command(
    kind: Annotated[
        str | None, typer.Option(help="Only one kind, such as lora or checkpoint.")
    ] = None,
) -> None:
    """Name, kind, family, size and state of every file."""
    from fabula.model_files import repository
    from fabula.model_files.repository import FileRow, Filters

    async def work(database: Database, _: Settings) -> list[FileRow]:
        async with database.system() as session:
            return await repository.page(session, Filters(kind=kind), None, None)

    for row in _run(work):
        file = row.file
        state = "missing" if file.missing_since else file.fault or f"used {row.uses} times"
        columns = (file.name, file.kind, file.family or "-", _size(file.size), state)
        typer.echo("\t".join(columns))


@model.command()
def show(name: Named) -> None:
    """Everything that is known of a file."""
    from fabula.model_files import service

    async def work(database: Database, settings: Settings) -> "ModelFileOut":
        file_id = await _named(database, name)
        async with database.system() as session:
            return await service.get(session, settings, None, file_id)

    for key, value in _run(work).model_dump(mode="json").items():
        if value not in (None, "", [], 0):
            shown = ", ".join(value) if isinstance(value, list) else value
            typer.echo(f"{key:16}{shown}")


@model.command()
def scan(
    sums: Annotated[bool, typer.Option("--sums", help="Find the SHA-256 of all, too.")] = False,
) -> None:
    """Look at the folders of models now; a running studio does so every minute."""
    from fabula.model_files import repository, scanning, service
    from fabula.model_files.scanning import Scan

    async def work(database: Database, settings: Settings) -> Scan:
        found = await service.rescan(
            database, settings, None, lambda done, of: say(f"{done} of {of} files are read")
        )
        while sums:
            async with database.system() as session:
                file = await repository.unhashed(session)
            if file is None or not await scanning.hash_some(database, 0.001):
                break
            say(f"{file.name}: its sum is found")
        return found

    found = _run(work)
    typer.echo(f"{found.found} found, {found.changed} new or changed, {found.missing} gone")


@model.command()
def install(
    path: Annotated[
        Path, typer.Argument(help="A .safetensors or .gguf file, or a folder of diffusers.")
    ],
    link: Annotated[bool, typer.Option("--link", help="Put a link there, not a copy.")] = False,
) -> None:
    """Put a model into the studio's folder and print where it is."""
    from fabula.model_files import service
    from fabula.models import ModelFile

    async def work(database: Database, settings: Settings) -> ModelFile:
        return await service.install(database, settings, path, link=link)

    installed = _run(work)
    typer.echo(installed.path)
    say(f"{installed.name}: {installed.kind} {installed.family}".rstrip())


@model.command()
def remove(
    name: Named,
    force: Annotated[bool, typer.Option("--force", help="Also while something needs it.")] = False,
) -> None:
    """Remove a file from the disk; of a link, the link alone."""
    from fabula.bootstrap import build_registry
    from fabula.model_files import service

    async def work(database: Database, settings: Settings) -> None:
        registry = build_registry(settings)
        file_id = await _named(database, name)
        await service.remove(database, settings, registry, None, file_id, force=force)

    _run(work)


def _run(work: Work[T]) -> T:
    """Do something with the studio's database."""
    settings = settings_with_logs(quiet=True)

    async def run(dsn: str) -> T:
        database = Database(dsn, pool_size=1, secret=secret_of(settings))
        try:
            return await work(database, settings)
        finally:
            await database.close()

    with ready_database(settings) as dsn:
        return asyncio.run(run(dsn))


async def _named(database: Database, name: str) -> UUID:
    from fabula.model_files import repository

    async with database.system() as session:
        found = await repository.named(session, name)
    if not found:
        raise NotFound(f"There is no model file {name}: `fabula model list` shows them all.")
    if len(found) > 1:
        paths = ", ".join(file.path for file in found)
        message = f"Several files have this name, so give a path: {paths}."
        raise Conflict(message, code="model_file_ambiguous")
    return found[0].id


def _size(size: int) -> str:
    return f"{size / 1e9:.2f} GB" if size >= 10**9 else f"{size / 1e6:.1f} MB"
