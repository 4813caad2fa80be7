"""Failed jobs that their person has put out of sight."""

from importlib import resources

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql = resources.files("fabula.migrations").joinpath("sql", "0007_dismissed_jobs.sql")
    op.get_bind().connection.dbapi_connection.execute(sql.read_text())  # type: ignore[union-attr]


def downgrade() -> None:
    op.execute("DROP POLICY dismiss_own ON studio.job_runs")
    op.execute("ALTER TABLE studio.job_runs DROP COLUMN dismissed_at")
