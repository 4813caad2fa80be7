"""Bring a database up to the newest version of its structure."""

from importlib import resources

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

from fabula.core.database import engine_url

_LOCK = 0x_FAB_01A


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's configuration over the migrations that ship in the package."""
    config = Config()
    config.set_main_option("script_location", str(resources.files("fabula.migrations")))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def migrate(dsn: str, revision: str = "head") -> bool:
    """Run what is missing, all or nothing. Two at once wait for one another.

    Returns whether anything was changed.
    """
    engine = create_engine(engine_url(dsn))
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            connection.execute(text("CREATE SCHEMA IF NOT EXISTS studio"))
            before = current_revision(connection)
            command.upgrade(alembic_config(connection), revision)
            return before != current_revision(connection)
    finally:
        engine.dispose()


def current_revision(connection: Connection) -> str | None:
    context = MigrationContext.configure(connection, opts={"version_table_schema": "studio"})
    return context.get_current_revision()


def newest_revision() -> str | None:
    return ScriptDirectory.from_config(alembic_config()).get_current_head()
