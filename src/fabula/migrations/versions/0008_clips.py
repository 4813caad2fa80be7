"""Small moving previews of clips beside their posters."""

from importlib import resources

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql = resources.files("fabula.migrations").joinpath("sql", "0008_clips.sql").read_text()
    op.get_bind().connection.dbapi_connection.execute(sql)  # type: ignore[union-attr]


def downgrade() -> None:
    op.drop_column("workspace_files", "preview_key", schema="studio")
    op.drop_column("library_files", "preview_key", schema="studio")
