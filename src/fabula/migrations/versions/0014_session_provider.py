"""By which OpenID provider a session was opened."""

from importlib import resources

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql = resources.files("fabula.migrations").joinpath("sql", "0014_session_provider.sql")
    op.get_bind().connection.dbapi_connection.execute(sql.read_text())  # type: ignore[union-attr]


def downgrade() -> None:
    op.execute("ALTER TABLE auth.sessions DROP COLUMN provider")
