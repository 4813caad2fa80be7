"""Alembic's entry: one connection, handed in by ``fabula.core.migrate``."""

from alembic import context

from fabula.models import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    version_table_schema="studio",
    include_schemas=True,
)
with context.begin_transaction():
    context.run_migrations()
