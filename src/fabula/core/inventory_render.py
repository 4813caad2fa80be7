"""The inventory as Markdown: a section for each table, as in ``docs/tables/00-INVENTORY.md``."""

from collections.abc import Iterator, Sequence

from fabula.core.inventory import Column, Inventory, Table

_HEAD = """\
# Inventory

Every table of the schema `public` with its keys, constraints, indexes and columns, as the
migrations make them. This page is generated: `fabula inventory` prints it for the studio's own
database, and [one SQL command](01-INVENTORY_SQL.md) reads the same from any other. A database may
have further indexes, and further foreign keys to other schemas such as `auth`; anything else that
differs from `src/fabula/core/inventory.json` is named by `fabula inventory --check`.
"""


def render_markdown(inventory: Inventory) -> str:
    """The whole page. Tables and their parts are ordered by name, columns by position."""
    sections = [_HEAD]
    sections += [render_table(name, table) for name, table in sorted(inventory.tables.items())]
    return "\n".join(sections)


def render_table(name: str, table: Table) -> str:
    """The section of one table, under a heading of the third level."""
    lines = [f"### {name}", "", f"- Primary key: {_ticked(table.primary_key)}"]
    lines += _list(
        "Foreign keys",
        (f"`{key.column}` → `{key.target}` (`{key.name}`)" for key in table.foreign_keys),
    )
    lines += _list(
        "Unique constraints",
        (f"`{one.name}` on columns ({_ticked(one.columns)})" for one in table.unique),
    )
    lines += _list(
        "Check constraints", (f"`{check.name}`: `{check.definition}`" for check in table.checks)
    )
    lines += _list("Indexes", (f"`{index.name}` – `{index.definition}`" for index in table.indexes))  # noqa: RUF001
    return "\n".join([*lines, "", "Columns", "", render_columns(table.columns)])


def render_columns(columns: Sequence[Column]) -> str:
    """The table of columns, with a line break at its end."""
    rows = [
        "| Ord | Name | Type | Nullable | Default |",
        "| --- | ---- | ---- | -------- | ------- |",
    ]
    rows += [
        f"| {column.ordinal} | {column.name} | {column.data_type} ({column.udt}) "
        f"| {'YES' if column.nullable else 'NO'} | {_cell(column.default)} |"
        for column in columns
    ]
    return "\n".join(rows) + "\n"


def _list(title: str, items: Iterator[str]) -> list[str]:
    lines = [f"  - {item}" for item in items]
    return [f"- {title}:", *lines] if lines else [f"- {title}: (none)"]


def _ticked(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "(none)"


def _cell(text: str | None) -> str:
    return (text or "").replace("|", "\\|")
