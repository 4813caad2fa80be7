"""Model files, uploads of them, and how often they are asked for."""

from importlib import resources

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql = resources.files("fabula.migrations").joinpath("sql", "0011_model_files.sql")
    op.get_bind().connection.dbapi_connection.execute(sql.read_text())  # type: ignore[union-attr]


def downgrade() -> None:
    op.execute("DROP TABLE studio.model_files, studio.model_uploads, studio.model_uses")
