"""Own preferences of content, and the rating of what was made."""

from importlib import resources

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql = resources.files("fabula.migrations").joinpath("sql", "0005_rating.sql").read_text()
    op.get_bind().connection.dbapi_connection.execute(sql)  # type: ignore[union-attr]


def downgrade() -> None:
    msg = "Ratings are not thrown away: restore a backup of before instead."
    raise RuntimeError(msg)
