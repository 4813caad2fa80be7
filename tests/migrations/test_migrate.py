"""Bringing databases to the newest structure."""

from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine

from fabula.core.database import engine_url
from fabula.core.inventory import differences, read_inventory
from fabula.core.migrate import current_revision, migrate, newest_revision


def revision_of(dsn: str) -> str | None:
    engine = create_engine(engine_url(dsn))
    with engine.connect() as connection:
        revision = current_revision(connection)
    engine.dispose()
    return revision


def test_an_empty_database_reaches_the_newest_revision(empty_dsn: str) -> None:
    assert migrate(empty_dsn) is True
    assert revision_of(empty_dsn) == newest_revision() is not None
    assert differences(read_inventory(empty_dsn)) == []


def test_a_second_run_changes_nothing(dsn: str) -> None:
    before = read_inventory(dsn)
    assert migrate(dsn) is False
    assert read_inventory(dsn) == before


def test_two_at_once_wait_for_one_another(empty_dsn: str) -> None:
    with ThreadPoolExecutor(2) as pool:
        changed = list(pool.map(migrate, [empty_dsn, empty_dsn]))
    assert sorted(changed) == [False, True]
    assert differences(read_inventory(empty_dsn)) == []


def test_a_migration_that_fails_leaves_nothing_behind(empty_dsn: str) -> None:
    with psycopg.connect(empty_dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE public.videos (id integer)")
    with pytest.raises(Exception, match="videos"):
        migrate(empty_dsn)
    assert revision_of(empty_dsn) is None
    assert list(read_inventory(empty_dsn).tables) == ["videos"]


def test_the_queue_has_its_own_schema(connection: psycopg.Connection[Any]) -> None:
    found = connection.execute(
        "SELECT count(*) FROM pg_tables WHERE schemaname = 'queue' AND tablename = %s",
        ["procrastinate_jobs"],
    ).fetchone()
    assert found == (1,)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("queued", "completed"),
        ("completed", "processing"),
        ("completed", "failed"),
        ("failed", "processing"),
    ],
)
def test_a_job_takes_no_forbidden_step(
    connection: psycopg.Connection[Any], start: str, end: str
) -> None:
    job = _job(connection, start)
    with pytest.raises(psycopg.errors.CheckViolation, match=f"from {start} to {end}"):
        connection.execute("UPDATE jobs SET status = %s WHERE id = %s", [end, job])


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("queued", "processing"),
        ("queued", "failed"),
        ("processing", "queued"),
        ("processing", "completed"),
        ("failed", "queued"),
    ],
)
def test_a_job_takes_every_allowed_step(
    connection: psycopg.Connection[Any], start: str, end: str
) -> None:
    job = _job(connection, start)
    connection.execute("UPDATE jobs SET status = %s WHERE id = %s", [end, job])
    assert connection.execute("SELECT status FROM jobs WHERE id = %s", [job]).fetchone() == (end,)


def test_every_table_with_updated_at_keeps_it(connection: psycopg.Connection[Any]) -> None:
    connection.execute(
        "INSERT INTO prompt_ab_tests (test_name, test_series, baseline_config, enhanced_config) "
        "VALUES ('a', 'b', '{}', '{}')"
    )
    tables = {
        row[0]
        for row in connection.execute(
            "SELECT table_name FROM information_schema.columns "
            "WHERE table_schema = 'public' AND column_name = 'updated_at'"
        )
    }
    touched = {
        row[0]
        for row in connection.execute(
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE t.tgname = 'touch_updated_at' AND c.relnamespace = 'public'::regnamespace"
        )
    }
    assert touched == tables
    old = "2001-01-01T00:00:00Z"
    connection.execute("UPDATE system_config SET updated_at = %s", [old])
    later = connection.execute("SELECT updated_at > %s FROM system_config", [old]).fetchone()
    assert later == (True,)


def test_every_file_of_sql_is_run() -> None:
    folder = resources.files("fabula.migrations")
    code = "".join(
        file.read_text()
        for file in folder.joinpath("versions").iterdir()
        if file.name.endswith(".py")
    )
    names = {file.name for file in folder.joinpath("sql").iterdir() if file.name.endswith(".sql")}
    assert names
    assert {name for name in names if name in code} == names


def _job(connection: psycopg.Connection[Any], status: str) -> Any:
    """A job with a status, of a person made for it."""
    row = connection.execute(
        "INSERT INTO auth.accounts (username) VALUES ('ada') RETURNING id"
    ).fetchone()
    assert row
    connection.execute("INSERT INTO profiles (id, username) VALUES (%s, 'ada')", row)
    job = connection.execute(
        "INSERT INTO jobs (user_id, job_type, status) VALUES (%s, 'sdxl_image_fast', %s) "
        "RETURNING id",
        [row[0], status],
    ).fetchone()
    assert job
    return job[0]


def test_no_index_of_ours_repeats_another(connection: psycopg.Connection[Any]) -> None:
    """The inventory has one pair of its own; further indexes must earn their keep."""
    repeated = connection.execute(
        "SELECT array_agg(indexrelid::regclass::text ORDER BY indexrelid::regclass::text) "
        "FROM pg_index JOIN pg_class ON pg_class.oid = indrelid "
        "WHERE relnamespace IN "
        "('public'::regnamespace, 'studio'::regnamespace, 'auth'::regnamespace) "
        "GROUP BY indrelid, indkey::text, indclass::text, indoption::text, "
        "pg_get_expr(indpred, indrelid), pg_get_expr(indexprs, indrelid) HAVING count(*) > 1"
    ).fetchall()
    assert repeated == [(["idx_workspace_job", "workspace_assets_job_id_asset_index_unique"],)]
