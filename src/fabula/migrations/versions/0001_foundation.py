"""The 27 tables of the inventory, accounts, our own tables, the task queue and access rules."""

from importlib import resources

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_PARTS = ("0001_auth.sql", "0001_inventory.sql", "0001_studio.sql", "0001_access.sql")


def upgrade() -> None:
    for name in _PARTS:
        _run(resources.files("fabula.migrations").joinpath("sql", name).read_text())
    _run("CREATE SCHEMA queue; SET LOCAL search_path TO queue;")
    _run(SchemaManager.get_schema())
    _run("SET LOCAL search_path TO public;")


def downgrade() -> None:
    msg = "The first migration has no way back: drop the database instead."
    raise RuntimeError(msg)


def _run(sql: str) -> None:
    """Run a script of several statements; percent signs and colons in it are literal."""
    op.get_bind().connection.dbapi_connection.execute(sql)  # type: ignore[union-attr]
