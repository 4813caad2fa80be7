"""Servers that ask for a name and a password."""

from importlib import resources

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql = resources.files("fabula.migrations").joinpath("sql", "0013_server_username.sql")
    op.get_bind().connection.dbapi_connection.execute(sql.read_text())  # type: ignore[union-attr]


def downgrade() -> None:
    op.execute("ALTER TABLE studio.engine_servers DROP COLUMN username")
