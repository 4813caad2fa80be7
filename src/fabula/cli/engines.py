"""``fabula engine``: servers that draw and write for the studio."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args

import typer

from fabula.cli.running import ready_database, say, settings_with_logs
from fabula.core.database import Database
from fabula.core.errors import Invalid, NotFound
from fabula.core.secret_key import secret_of
from fabula.models import EngineServer

T = TypeVar("T")
_NAMED = 8
engine = typer.Typer(help="Servers that draw and write for the studio.", no_args_is_help=True)
Named = Annotated[str, typer.Argument(help="Name or engine id, as `fabula engine list` has them.")]


def add_to(app: typer.Typer) -> None:
    app.add_typer(engine, name="engine")


@engine.command()
def add(
    kind: Annotated[str, typer.Argument(help="comfyui, a1111, openai-images or openai-chat.")],
    address: Annotated[str, typer.Argument(help="Such as http://192.168.1.20:8188.")],
    name: Annotated[str, typer.Option(help="What people read; the kind and host without it.")] = "",
    key_file: Annotated[
        Path | None, typer.Option(help="File with the key or password, or - for standard input.")
    ] = None,
    username: Annotated[
        str, typer.Option(help="Name that the password is of: A1111's --api-auth.")
    ] = "",
    model: Annotated[str, typer.Option(help="The model of jobs that name none.")] = "",
    workflow: Annotated[
        Path | None, typer.Option(help="A ComfyUI workflow in API form, as a file.")
    ] = None,
) -> None:
    """Connect a server, ask it what it has, and print its engine id. It is used for what
    `fabula engine default` or a job says."""
    from pydantic import SecretStr

    from fabula.engine_servers import service
    from fabula.engine_servers.schemas import EngineServerIn, KindName

    if kind not in get_args(KindName):
        raise Invalid(f"{kind} is no kind of server: use one of {', '.join(get_args(KindName))}.")
    body = EngineServerIn(
        kind=kind,  # type: ignore[arg-type]  # checked above
        name=name or f"{kind} at {address.partition('://')[2].partition('/')[0]}"[:60],
        address=address,
        key=SecretStr(_text(key_file).strip()) if key_file else None,
        username=username,
        model=model,
        workflow=_graph(workflow),
    )
    _show(_run(lambda database: service.add(database, None, body)))


@engine.command()
def test(name: Named) -> None:
    """Ask a server what it has, and print its version, its models and how long it took; the exit
    status is 1 where it does not work."""
    from fabula.engine_servers import service

    async def work(database: Database) -> EngineServer:
        return await service.test(database, None, (await _named(database, name)).id)

    _show(_run(work))


@engine.command("list")
def list_command() -> None:
    """Engine id, name, address and state of every server."""
    from fabula.engine_servers import repository
    from fabula.engine_servers.views import server_out

    async def work(database: Database) -> list[EngineServer]:
        async with database.system() as session:
            return await repository.servers(session)

    for row in _run(work):
        out = server_out(row)
        state = "works" if out.works else out.fault or "off"
        typer.echo(f"{out.engine_id}\t{out.name}\t{out.address}\t{state}")


@engine.command()
def remove(name: Named) -> None:
    """Forget a server with its key."""
    from fabula.engine_servers import service

    async def work(database: Database) -> None:
        await service.remove(database, None, (await _named(database, name)).id)

    _run(work)


@engine.command("default")
def default_command(
    use: Annotated[str, typer.Argument(help="A job type, or text for the engine that writes.")],
    engine_id: Annotated[str, typer.Argument(help="The engine; - for the built-in choice.")],
    model: Annotated[str, typer.Option(help="One of its models.")] = "",
) -> None:
    """Choose the engine that the studio uses for something."""
    from fabula import bootstrap
    from fabula.core.settings import get_settings
    from fabula.engine_servers.defaults import EngineDefault
    from fabula.generation.engine_defaults import choose_default

    wanted = None if engine_id == "-" else EngineDefault(engine_id, model)

    async def work(database: Database) -> None:
        desk = bootstrap.build(get_settings()).desk
        async with database.system() as session:
            await choose_default(session, None, desk, use, wanted)

    _run(work)


def _run(work: Callable[[Database], Awaitable[T]]) -> T:
    """Do something with the studio's database."""
    settings = settings_with_logs(quiet=True)

    async def run(dsn: str) -> T:
        database = Database(dsn, pool_size=1, secret=secret_of(settings))
        try:
            return await work(database)
        finally:
            await database.close()

    with ready_database(settings) as dsn:
        return asyncio.run(run(dsn))


async def _named(database: Database, name: str) -> EngineServer:
    from fabula.engine_servers import repository

    async with database.system() as session:
        rows = await repository.servers(session)
    found = next((row for row in rows if name in {row.name, row.engine_id}), None)
    if found is None:
        raise NotFound(f"There is no server {name}: `fabula engine list` shows them all.")
    return found


def _text(file: Path) -> str:
    return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")


def _graph(file: Path | None) -> dict[str, Any] | None:

    if file is None:
        return None
    try:
        graph = json.loads(_text(file))
    except ValueError as error:
        raise Invalid(f"{file} is no JSON: export the workflow in API form.") from error
    if not isinstance(graph, dict):
        raise Invalid(f"{file} is no workflow: export it in API form.")
    return graph


def _show(row: EngineServer) -> None:
    """The engine id on standard output; what was found beside it."""
    from fabula.engine_servers.views import server_out

    out = server_out(row)
    typer.echo(out.engine_id)
    for note in out.notes:
        say(note)
    if not out.works:
        say(f"It does not work: {out.fault or 'it is switched off.'}")
        raise typer.Exit(1)
    say(f"{out.name} works: version {out.version or 'unknown'}, answered in {out.answer_ms} ms.")
    for what, names in (("model", out.models), ("model for clips", out.clip_models)):
        if names:
            say(f"{_several(len(names), what)}: {_shortened(names)}")


def _several(number: int, what: str) -> str:
    """As in `2 models for clips`."""
    noun, _, rest = what.partition(" ")
    return f"{number} {noun}{'' if number == 1 else 's'}{' ' if rest else ''}{rest}"


def _shortened(names: list[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
