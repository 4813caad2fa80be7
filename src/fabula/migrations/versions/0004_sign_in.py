"""Identities of OpenID providers, the guests' account, sealed secrets of the second factor."""

from importlib import resources

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql = resources.files("fabula.migrations").joinpath("sql", "0004_sign_in.sql").read_text()
    op.get_bind().connection.dbapi_connection.execute(sql)  # type: ignore[union-attr]


def downgrade() -> None:
    msg = "Identities are not thrown away: restore a backup of before instead."
    raise RuntimeError(msg)
