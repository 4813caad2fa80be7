"""Workers, what engines take on a machine, and the model of a waiting job."""

from importlib import resources

from alembic import op

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql = resources.files("fabula.migrations").joinpath("sql", "0012_workers.sql").read_text()
    op.get_bind().connection.dbapi_connection.execute(sql)  # type: ignore[union-attr]


def downgrade() -> None:
    op.drop_column("job_runs", "model", schema="studio")
    op.execute("DROP TABLE studio.workers, studio.engine_measurements")
