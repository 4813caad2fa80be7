"""What a request may do in every table, by raw SQL."""

import pytest
from access_samples import (
    ADMIN_ONLY,
    ADMIN_ROWS,
    MACHINE_ONLY,
    PERSONAL,
    ROWS,
    Connection,
    World,
    acting,
    become,
    become_machine,
    count,
    insert,
    of,
)
from psycopg.errors import InsufficientPrivilege

_TABLES = """
SELECT CASE n.nspname WHEN 'public' THEN '' ELSE n.nspname || '.' END || c.relname,
       c.relrowsecurity
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ('public', 'studio') AND c.relkind IN ('r', 'p')
"""
_MAY_CHANGE = """
SELECT a.attname FROM pg_attribute a
WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped
  AND has_column_privilege('fabula_app', a.attrelid, a.attnum, 'UPDATE')
"""
# All that a person may change in rows of their own. The columns that are missing here belong to
# the machine, such as a job's status, a balance or a count.
CHANGEABLE = {
    "studio.job_runs": {"dismissed_at"},
    "profiles": {"username"},
    "studio.preferences": {"mode", "blur"},
    "jobs": {"quality_rating"},
    "user_library": {"custom_title", "tags", "is_favorite", "visibility", "collection_id"},
    "user_collections": {"name", "description"},
    "workspace_items": {"status"},
    "workspace_sessions": {"session_name", "is_active", "metadata"},
    "characters": {
        "name", "description", "traits", "appearance_tags", "image_url", "persona",
        "system_prompt", "voice_tone", "mood", "reference_image_url", "is_public", "gender",
        "content_rating", "role",
    },
}  # fmt: skip
# Tables in which people write whole rows of their own.
WRITABLE = {
    "conversations", "messages", "projects", "scenes", "studio.prompt_history",
    "studio.prompt_lists", "studio.prompt_snippets",
}  # fmt: skip
# What people may add in their own name; the machine adds everything else.
ADDABLE = {
    "workspace_sessions", "characters", "projects", "scenes", "conversations", "messages", "jobs",
    "studio.job_runs", "studio.idempotency_keys", "workspace_items", "user_collections",
    "user_library", "studio.library_files", "studio.uploads", "studio.events",
    "studio.preferences", "studio.prompt_history", "studio.prompt_lists", "studio.prompt_snippets",
}  # fmt: skip
REMOVABLE = {
    "workspace_sessions", "workspace_items", "workspace_assets", "characters", "projects",
    "scenes", "conversations", "messages", "user_collections", "user_library",
    "studio.prompt_history", "studio.prompt_lists", "studio.prompt_snippets",
}  # fmt: skip
# What moderators and admins read of others.
REVIEWED = {
    "jobs", "images", "videos", "profiles", "user_roles", "characters", "character_scenes",
}  # fmt: skip
OVERSEEN = REVIEWED | {
    "projects", "scenes", "usage_logs", "user_activity_log", "studio.ledger_accounts",
    "studio.ledger_entries",
}  # fmt: skip
REVIEWED_OF_OPERATORS = {
    "prompt_templates", "negative_prompts", "enhancement_presets", "compel_configs",
    "studio.template_versions", "studio.template_labels",
}  # fmt: skip


def tables(connection: Connection) -> dict[str, bool]:
    """Every table of ours, and whether row-level security is on."""
    return {str(name): bool(on) for name, on in connection.execute(_TABLES)}


def columns(connection: Connection, table: str) -> set[str]:
    """The columns that the role of requests may change."""
    return {str(row[0]) for row in connection.execute(_MAY_CHANGE, [table])}


def test_row_security_is_on_everywhere(world: World) -> None:
    assert [name for name, on in tables(world.connection).items() if not on] == []


def test_every_table_has_its_test_row_or_is_for_admins_or_the_machine(world: World) -> None:
    assert sorted(tables(world.connection)) == sorted((*PERSONAL, *ADMIN_ONLY, *MACHINE_ONLY))


@pytest.mark.parametrize("table", PERSONAL)
def test_a_person_reads_their_own_rows_and_nobody_elses(world: World, table: str) -> None:
    with acting(world.connection, world.ada) as connection:
        assert count(connection, table, world.ada) == 1
        assert count(connection, table, world.bob) == 0


@pytest.mark.parametrize("table", [*PERSONAL, *ADMIN_ONLY, *MACHINE_ONLY])
def test_nobody_reads_nothing(world: World, table: str) -> None:
    with acting(world.connection, None) as connection:
        row = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()  # noqa: S608
        assert row == (0,)


@pytest.mark.parametrize("table", ROWS)
def test_nobody_adds_a_row_in_anothers_name(world: World, table: str) -> None:
    with acting(world.connection, world.ada) as connection, pytest.raises(InsufficientPrivilege):
        insert(connection, table, world.bob)


@pytest.mark.parametrize("table", ROWS)
def test_people_add_what_is_theirs_to_add(world: World, table: str) -> None:
    """Ada's row is taken out by the machine, and she makes it again."""
    with acting(world.connection, world.ada) as connection:
        become_machine(connection)
        delete = f"DELETE FROM {table} WHERE {of(table)}"  # noqa: S608 - names of ours
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(delete.encode(), world.ada.ids)
        connection.execute("SET LOCAL session_replication_role = origin")
        become(connection, world.ada)
        if table in ADDABLE:
            insert(connection, table, world.ada)
            assert count(connection, table, world.ada) == 1
        else:
            with pytest.raises(InsufficientPrivilege):
                insert(connection, table, world.ada)


@pytest.mark.parametrize("table", PERSONAL)
def test_only_these_columns_can_be_changed(world: World, table: str) -> None:
    found = columns(world.connection, table)
    if table in WRITABLE:
        assert found
    else:
        assert found == CHANGEABLE.get(table, set())


@pytest.mark.parametrize("table", PERSONAL)
def test_nobody_changes_anothers_row(world: World, table: str) -> None:
    allowed = columns(world.connection, table)
    for column in sorted(allowed):
        change = f"UPDATE {table} SET {column} = {column}"  # noqa: S608 - names of ours
        with acting(world.connection, world.ada) as connection:
            assert connection.execute(change.encode()).rowcount == 1  # her own
            where = f"{change} WHERE {of(table)}"
            assert connection.execute(where.encode(), world.bob.ids).rowcount == 0
    if not allowed:
        key = of(table).split()[0]
        change = f"UPDATE {table} SET {key} = {key}"  # noqa: S608 - names of ours
        with (
            acting(world.connection, world.ada) as connection,
            pytest.raises(InsufficientPrivilege),
        ):
            connection.execute(change.encode())


@pytest.mark.parametrize("table", PERSONAL)
def test_nobody_removes_anothers_row(world: World, table: str) -> None:
    delete = f"DELETE FROM {table} WHERE {of(table)}"  # noqa: S608 - names of ours
    with acting(world.connection, world.ada) as connection:
        if table in REMOVABLE:
            assert connection.execute(delete.encode(), world.bob.ids).rowcount == 0
            assert connection.execute(delete.encode(), world.ada.ids).rowcount == 1
        else:
            with pytest.raises(InsufficientPrivilege):
                connection.execute(delete.encode(), world.ada.ids)


@pytest.mark.parametrize("table", PERSONAL)
def test_no_row_is_given_away(world: World, table: str) -> None:
    """Also where whole rows can be written, the owner stays."""
    if "user_id" not in columns(world.connection, table):
        return
    give = f"UPDATE {table} SET user_id = %(user)s"  # noqa: S608 - names of ours
    with acting(world.connection, world.ada) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(give.encode(), world.bob.ids)


@pytest.mark.parametrize("table", PERSONAL)
def test_what_moderators_and_admins_read_of_others(world: World, table: str) -> None:
    with acting(world.connection, world.moderator) as connection:
        assert count(connection, table, world.bob) == int(table in REVIEWED)
    with acting(world.connection, world.admin) as connection:
        assert count(connection, table, world.bob) == int(table in OVERSEEN)


@pytest.mark.parametrize("table", ADMIN_ROWS)
def test_tables_of_operators_are_for_admins(world: World, table: str) -> None:
    seen = f"SELECT count(*) FROM {table}".encode()  # noqa: S608 - names of ours
    add = f"INSERT INTO {table} {ADMIN_ROWS[table]}".encode()
    empty = f"DELETE FROM {table}".encode()  # noqa: S608 - names of ours
    (there,) = world.connection.execute(seen).fetchone() or (0,)
    for person in (world.ada, world.moderator):
        with acting(world.connection, person) as connection:
            reads = person is world.moderator and table in REVIEWED_OF_OPERATORS
            assert connection.execute(seen).fetchone() == (there if reads else 0,)
            assert connection.execute(empty).rowcount == 0
            with pytest.raises(InsufficientPrivilege):
                connection.execute(add)
    with acting(world.connection, world.admin) as connection:
        assert connection.execute(empty).rowcount == there > 0
        connection.execute(add)
        assert connection.execute(seen).fetchone() == (1,)


def test_the_configuration_is_changed_by_admins_and_never_doubled(world: World) -> None:
    change = "UPDATE system_config SET config = config"
    with acting(world.connection, world.ada) as connection:
        assert connection.execute(change).rowcount == 0
    with acting(world.connection, world.admin) as connection:
        assert connection.execute(change).rowcount == 1
        with pytest.raises(InsufficientPrivilege):
            connection.execute("INSERT INTO system_config (id) VALUES (2)")


@pytest.mark.parametrize("table", MACHINE_ONLY)
def test_admins_see_nothing_of_the_machines_own_tables(world: World, table: str) -> None:
    with acting(world.connection, world.admin) as connection:
        row = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()  # noqa: S608
        assert row == (0,)


@pytest.mark.parametrize("schema", ["auth", "queue"])
def test_accounts_and_tasks_are_out_of_reach(world: World, schema: str) -> None:
    table = {"auth": "accounts", "queue": "procrastinate_jobs"}[schema]
    with (
        acting(world.connection, world.admin) as connection,
        pytest.raises(InsufficientPrivilege, match=f"schema {schema}"),
    ):
        connection.execute(f"SELECT * FROM {schema}.{table}".encode())  # noqa: S608
