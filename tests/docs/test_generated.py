"""Generated pages and parts are fresh, and a stale one is named."""

from pathlib import Path
from shutil import copytree

import pytest

from fabula.cli import reference
from fabula.core.errors import Invalid, Unavailable
from fabula.core.inventory import Inventory, read_inventory
from fabula.core.settings import Settings

PART = "tables/30-jobs.md"


@pytest.fixture
def inventory(shared_dsn: str) -> Inventory:
    return read_inventory(shared_dsn)


@pytest.fixture
def copy(docs: Path, tmp_path: Path) -> Path:
    """The docs, to be changed."""
    return copytree(docs, tmp_path / "docs")


def test_the_docs_are_fresh(docs: Path, inventory: Inventory) -> None:
    assert reference.refresh_folder(docs, inventory, write=False) == []


@pytest.mark.parametrize(
    ("page", "old", "new"),
    [
        (reference.INVENTORY_PAGE, "### jobs", "### tasks"),
        (reference.SETTINGS_PAGE, "8787", "80"),
        (PART, "| 5 | status |", "| 5 | state |"),
        ("tables/01-INVENTORY_SQL.md", "jsonb_pretty", "jsonb"),
    ],
)
def test_a_stale_page_is_named_and_renewed(
    copy: Path, inventory: Inventory, page: str, old: str, new: str
) -> None:
    before = (copy / page).read_text()
    (copy / page).write_text(before.replace(old, new))
    assert reference.refresh_folder(copy, inventory, write=False) == [page]
    assert (copy / page).read_text() != before
    assert reference.refresh_folder(copy, inventory, write=True) == [page]
    assert (copy / page).read_text() == before
    assert reference.refresh_folder(copy, inventory, write=False) == []


def test_what_people_write_around_a_part_is_left_alone(copy: Path, inventory: Inventory) -> None:
    page = copy / PART
    page.write_text(page.read_text() + "\nA sentence.\n")
    assert reference.refresh_folder(copy, inventory, write=True) == []
    assert page.read_text().endswith("\nA sentence.\n")


def test_a_page_that_is_missing_is_made(copy: Path, inventory: Inventory) -> None:
    (copy / reference.SETTINGS_PAGE).unlink()
    assert reference.refresh_folder(copy, inventory, write=True) == [reference.SETTINGS_PAGE]
    assert (copy / reference.SETTINGS_PAGE).read_text() == reference.render_settings()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("<!-- generated: jobz -->\n<!-- end: jobz -->\n", "nothing is generated for `jobz`"),
        ("<!-- generated: jobs -->\n", "has no end"),
        ("<!-- generated: jobs -->\n<!-- end: images -->\n", "has no end"),
    ],
)
def test_a_wrong_marker_is_named(
    copy: Path, inventory: Inventory, text: str, sentence: str
) -> None:
    (copy / PART).write_text(text)
    with pytest.raises(Invalid, match=f"{PART}: .*{sentence}"):
        reference.refresh_folder(copy, inventory, write=True)


def test_every_setting_is_documented_with_all_that_is_known_of_it() -> None:
    rows = {
        cells[1].strip(" `"): [cell.strip() for cell in cells[2:6]]
        for line in reference.render_settings().splitlines()
        if (cells := line.replace("\\|", "").split("|"))[1:] and line.startswith("| `")
    }
    assert list(rows) == list(Settings.model_fields)
    for name, (variable, kind, default, description) in rows.items():
        assert variable == f"`FABULA_{name.upper()}`"
        assert kind
        assert default
        assert description == (Settings.model_fields[name].description or "").replace("|", "")
        assert description.endswith(".")
    assert rows["port"][1:3] == ["whole number, at least 1, at most 65535", "`8787`"]
    assert rows["engine_threads"][1:3] == ["whole number, at least 1, optional", "none"]
    assert rows["worker_lanes"][1:3] == ["list of texts", '`["image", "video"]`']
    assert rows["secret_key"][1] == "secret text, optional"


def test_the_inventory_for_the_pages_is_made_by_the_migrations(inventory: Inventory) -> None:
    assert reference.inventory_of_migrations() == inventory


def test_without_a_checkout_there_is_nothing_to_refresh(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reference, "CHECKOUT", tmp_path)
    with pytest.raises(Unavailable, match="checkout"):
        reference.refresh(Settings(), write=False)


def test_the_openapi_document_describes_the_api() -> None:
    document = reference.openapi_document()
    assert '"/api/jobs/{job_id}/cancel"' in document
    assert document.endswith("}\n")
