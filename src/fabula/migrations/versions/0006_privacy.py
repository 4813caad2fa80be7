"""Balances after entries, indexes for admins' lists, and files of people who have left."""

from importlib import resources

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql = resources.files("fabula.migrations").joinpath("sql", "0006_privacy.sql").read_text()
    op.get_bind().connection.dbapi_connection.execute(sql)  # type: ignore[union-attr]


def downgrade() -> None:
    msg = "Files that are still to be removed would be forgotten: restore a backup instead."
    raise RuntimeError(msg)
