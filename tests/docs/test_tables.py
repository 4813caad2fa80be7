"""The pages of the tables: complete, true of the API, and with examples that work."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import psycopg
import pytest
from markdown import blocks, headings

import fabula.web.schemas as events
from fabula import housekeeping
from fabula.cli.reference import openapi_document
from fabula.core.inventory import Inventory, expected_inventory, read_inventory
from studio import Studio

TABLES = Path(__file__).resolve().parents[2] / "docs" / "tables"
PAGES = sorted(page for page in TABLES.glob("[1-9]*.md"))
SECTIONS = ["Schema overview", "Integration map", "Behaviour", "Example queries"]
_CALL = re.compile(r"`(GET|POST|PUT|PATCH|DELETE) (/api/[^`?\s]*)`")
_TASK = re.compile(r"Task `([^`]+)`")
_GENERATED = re.compile(r"<!-- generated: (\w+) -->")
NAMES = [page.name for page in PAGES]


def run(dsn: str, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        return connection.execute(statement.encode()).fetchall()


async def test_every_example_works_and_finds_something(lived_in: Studio) -> None:
    failed = []
    for page in PAGES:
        for statement in blocks(page.read_text(), "sql"):
            try:
                found = run(lived_in.database.dsn, statement)
            except psycopg.Error as error:
                failed.append(f"{page.name}: {error}\n{statement}")
                continue
            if not found:
                failed.append(f"{page.name}: no row\n{statement}")
    assert not failed, "\n".join(failed)


def test_the_one_command_yields_the_whole_inventory(shared_dsn: str) -> None:
    (command,) = blocks((TABLES / "01-INVENTORY_SQL.md").read_text(), "sql")
    assert command.count(";") == 1
    ((answer,),) = run(shared_dsn, command)
    assert Inventory.model_validate_json(answer) == read_inventory(shared_dsn)
    assert json.loads(answer).keys() == expected_inventory().tables.keys()


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_a_page_has_every_section_with_an_example(page: Path) -> None:
    text = page.read_text()
    assert headings(text)[1:] == SECTIONS
    assert blocks(text, "sql")


def test_pages_show_every_table_at_most_once() -> None:
    shown = [name for page in PAGES for name in _GENERATED.findall(page.read_text())]
    assert len(shown) == len(set(shown))
    assert set(shown) <= expected_inventory().tables.keys()


def test_the_index_lists_every_page() -> None:
    index = (TABLES / "README.md").read_text()
    listed = set(re.findall(r"\]\(([^)]+)\)", index))
    assert listed == {page.name for page in TABLES.glob("*.md")} - {"README.md"}


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_calls_that_a_page_names_exist(page: Path) -> None:
    paths = json.loads(openapi_document())["paths"]
    known = {(method.upper(), path) for path, found in paths.items() for method in found}
    assert sorted(set(_CALL.findall(page.read_text())) - known) == []


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_tasks_and_events_that_a_page_names_exist(page: Path) -> None:
    text = page.read_text()
    assert set(_TASK.findall(text)) <= set(housekeeping.app.tasks)
    told = {
        name
        for line in text.splitlines()
        if line.startswith(("| Event `", "| Events `"))
        for name in re.findall(r"`([^`]+)`", line.split("|")[1])
    }
    assert told <= event_types()


def event_types() -> set[str]:
    """What the stream of live events may say."""
    models = [found for found in vars(events).values() if hasattr(found, "model_fields")]
    kinds = [
        found.model_fields["type"].annotation for found in models if "type" in found.model_fields
    ]
    return {name for kind in kinds for name in get_args(kind)}


def test_there_are_pages_and_events_to_look_at() -> None:
    assert len(PAGES) >= 10
    assert {"job.updated", "library.changed"} <= event_types()
