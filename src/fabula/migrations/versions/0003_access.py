"""The trail, sessions and keys in full, sign-in limits, a second factor, the last admin."""

from importlib import resources

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql = resources.files("fabula.migrations").joinpath("sql", "0003_access.sql").read_text()
    op.get_bind().connection.dbapi_connection.execute(sql)  # type: ignore[union-attr]


def downgrade() -> None:
    msg = "A trail is not thrown away: restore a backup of before instead."
    raise RuntimeError(msg)
