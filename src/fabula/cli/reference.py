"""What is made from the code to be read beside it: pages of ``docs/`` and the OpenAPI document."""

import json
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from fabula.cli.commands import render_commands
from fabula.core.embedded_postgres import EmbeddedPostgres
from fabula.core.errors import Invalid, Unavailable
from fabula.core.inventory import Inventory, inventory_sql, read_inventory
from fabula.core.inventory_render import render_columns, render_markdown
from fabula.core.migrate import migrate
from fabula.core.settings import Settings

CHECKOUT = Path(__file__).resolve().parents[3]
INVENTORY_PAGE = "tables/00-INVENTORY.md"
SETTINGS_PAGE = "reference/settings.md"
COMMANDS_PAGE = "reference/cli.md"
_PART = re.compile(
    r"(?P<open><!-- generated: (?P<name>[\w.]+) -->\n).*?(?P<close><!-- end: (?P=name) -->)",
    re.DOTALL,
)
_BOUNDS = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
_WORDS = {
    "Path": "folder",
    "SecretStr": "secret text",
    "bool": "true or false",
    "dict": "table",
    "float": "number",
    "int": "whole number",
    "list": "list of texts",
    "str": "text",
}
_SETTINGS_HEAD = """\
# Settings

Every setting of the studio, in the order of the class `fabula.core.settings.Settings`, from which
this page is made. A setting is looked for in the environment, then in the file `.env` of the
folder that the studio is started in, then in `fabula.toml` in the data folder; the first that has
it wins. In `fabula.toml` the name is the setting's own, such as `port = 9000`. In the environment
the name has the prefix `FABULA_`, and lists and tables are JSON: `FABULA_WORKER_LANES='["image"]'`.

| Setting | Environment variable | Type | Default | Description |
| ------- | -------------------- | ---- | ------- | ----------- |
"""


def refresh(settings: Settings, *, write: bool) -> list[str]:
    """Bring the docs of this checkout up to date, or only look; returns the names of the pages
    that were stale. Raises ``Unavailable`` where there is no checkout."""
    docs = CHECKOUT / "docs"
    if not docs.is_dir():
        raise Unavailable("There is no docs folder here: run `fabula docs` from a checkout.")
    inventory = inventory_of_migrations(settings.postgres_bin)
    return refresh_folder(docs, inventory, write=write)


def refresh_folder(docs: Path, inventory: Inventory, *, write: bool) -> list[str]:
    """As ``refresh``, for any folder; names are relative to it."""
    stale = []
    for name, text in pages(docs, inventory).items():
        page = docs / name
        if page.exists() and page.read_text() == text:
            continue
        stale.append(name)
        if write:
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(text)
    return stale


def pages(docs: Path, inventory: Inventory) -> dict[str, str]:
    """Every page that is generated, whole or in part, as it should be."""
    from fabula.cli.main import app

    made = {
        INVENTORY_PAGE: render_markdown(inventory),
        SETTINGS_PAGE: render_settings(),
        COMMANDS_PAGE: render_commands(app),
    }
    parts = generated_parts(inventory)
    for path in sorted(docs.rglob("*.md")):
        name = path.relative_to(docs).as_posix()
        if name not in made and "<!-- generated: " in (text := path.read_text()):
            made[name] = fill(name, text, parts)
    return made


def generated_parts(inventory: Inventory) -> dict[str, str]:
    """What may stand between markers, by the marker's name: a table's columns, or the SQL command
    of the inventory."""
    parts = {name: render_columns(table.columns) for name, table in inventory.tables.items()}
    return {**parts, "inventory.sql": f"```sql\n{inventory_sql()}```\n"}


def fill(page: str, text: str, parts: Mapping[str, str]) -> str:
    """The page with every part between ``<!-- generated: NAME -->`` and ``<!-- end: NAME -->``
    renewed. Raises ``Invalid`` for a name that nothing is generated for and for a marker that is
    not closed."""

    def renewed(match: re.Match[str]) -> str:
        name = match["name"]
        if name not in parts:
            raise Invalid(f"{page}: nothing is generated for `{name}`: correct the marker.")
        return f"{match['open']}\n{parts[name]}\n{match['close']}"

    filled, count = _PART.subn(renewed, text)
    if count != text.count("<!-- generated: "):
        raise Invalid(f"{page}: a generated part has no end: close it by `<!-- end: NAME -->`.")
    return filled


def inventory_of_migrations(postgres_bin: Path | None = None) -> Inventory:
    """The inventory of a database that only the migrations have touched, made for the moment."""
    with tempfile.TemporaryDirectory(prefix="fabula-docs-") as folder:
        Path(folder).chmod(0o755)  # the server may run as another user, who must pass through
        server = EmbeddedPostgres(Path(folder), bin_dir=postgres_bin, fsync=False)
        dsn = server.acquire()
        try:
            migrate(dsn)
            return read_inventory(dsn)
        finally:
            server.release()
            server.place.socket.rmdir()


def render_settings() -> str:
    """``docs/reference/settings.md``."""
    rows = []
    for name, field in Settings.model_fields.items():
        cells = (f"`{name}`", f"`FABULA_{name.upper()}`", _type(field), _default(field))
        description = _cell(field.description or "")
        rows.append(f"| {' | '.join(cells)} | {description} |\n")
    return _SETTINGS_HEAD + "".join(rows)


def _type(field: FieldInfo) -> str:
    """The type in words, with the limits of a number."""
    parts = get_args(field.annotation)
    optional = type(None) in parts
    words = _word(parts[0] if optional else field.annotation)
    limits = [
        f"{said} {getattr(bound, attribute)}"
        for bound in field.metadata
        for attribute, said in _BOUNDS.items()
        if hasattr(bound, attribute)
    ]
    return ", ".join([words, *limits, *(["optional"] if optional else [])])


def _word(annotation: object) -> str:
    name = getattr(get_origin(annotation) or annotation, "__name__", str(annotation))
    return _WORDS.get(name, name)


def _default(field: FieldInfo) -> str:
    if field.default_factory is not None:
        sentence = " ".join((field.default_factory.__doc__ or "").split())
        return _cell(sentence.replace("``", "`"))
    if field.default is None or field.default is PydanticUndefined:
        return "none"
    return f"`{_cell(json.dumps(field.default))}`"


def openapi_document() -> str:
    """The API as the application describes it, as JSON; needs no database."""
    from fabula.bootstrap import Services, build_events
    from fabula.core.database import Database
    from fabula.engines.base import EngineContext
    from fabula.engines.registry import EngineRegistry
    from fabula.generation.submit import Desk
    from fabula.storage.links import Links
    from fabula.storage.memory import MemoryStore
    from fabula.web.app import create_app

    store = MemoryStore()
    settings = Settings()
    desk = Desk(EngineRegistry(EngineContext(models_dir="")), build_events(store, settings), store)
    services = Services(settings, store, Links(bytes(32)), desk)
    app = create_app(services, Database("dbname=fabula"))
    return json.dumps(app.openapi(), indent=2, ensure_ascii=False) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
