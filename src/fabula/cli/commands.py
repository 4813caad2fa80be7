"""The reference of all commands, made from their own help."""

from collections.abc import Iterator
from typing import Any

import typer
from typer.main import get_command

_HEAD = """\
# Commands

Every command obeys the [settings](settings.md), above all `FABULA_DATA_DIR`, `FABULA_PORT` and
`FABULA_DATABASE_URL`. Results go to standard output, everything else to standard error; the exit
status is 0 when it worked. In a checkout the command is `.venv/bin/fabula`. This page is made from
the commands themselves.
"""


def render_commands(app: typer.Typer) -> str:
    """The page: each command with its arguments and options."""
    return _HEAD + "".join(_sections(get_command(app), "fabula"))


def _sections(command: Any, name: str) -> Iterator[str]:  # noqa: ANN401 - typer's own classes are private
    children = getattr(command, "commands", {})
    if not children or (" " in name and command.invoke_without_command):
        yield from _section(command, name)
    for child in children:
        yield from _sections(children[child], f"{name} {child}")


def _section(command: Any, name: str) -> Iterator[str]:  # noqa: ANN401
    shown = [p for p in command.params if not getattr(p, "hidden", False) and p.name != "help"]
    arguments = [p for p in shown if p.param_type_name == "argument"]
    options = [p for p in shown if p.param_type_name == "option"]
    words = [p.name.upper() if p.required else f"[{p.name.upper()}]" for p in arguments]
    usage = " ".join([name, *words, *(["[options]"] if options else [])])
    yield f"\n## {name}\n\n{command.help.strip()}\n\n```\n{usage}\n```\n"
    if options:
        yield "\n| option | default | meaning |\n| --- | --- | --- |\n"
        yield from (_row(option) for option in options)


def _row(option: Any) -> str:  # noqa: ANN401
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    default = "required" if option.required else _default(option.default)
    return f"| {names} | {default} | {(option.help or '').strip()} |\n"


def _default(value: object) -> str:
    return "" if value is None or value is False else f"`{value}`"
