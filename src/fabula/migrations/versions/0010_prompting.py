"""The history of templates, sums of ratings, and the prompt book."""

from importlib import resources

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql = resources.files("fabula.migrations").joinpath("sql", "0010_prompting.sql").read_text()
    op.get_bind().connection.dbapi_connection.execute(sql)  # type: ignore[union-attr]


def downgrade() -> None:
    msg = "A history is not thrown away: restore a backup of before instead."
    raise RuntimeError(msg)
