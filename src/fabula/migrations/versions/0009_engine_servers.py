"""Servers that are connected as engines."""

from importlib import resources

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql = resources.files("fabula.migrations").joinpath("sql", "0009_engine_servers.sql")
    op.get_bind().connection.dbapi_connection.execute(sql.read_text())  # type: ignore[union-attr]


def downgrade() -> None:
    op.execute("DROP TABLE studio.engine_servers")
