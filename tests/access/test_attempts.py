"""Ways around the rules that somebody with raw SQL might try, each against the rows of another."""

import pytest
from access_samples import World, acting, become, become_machine, count
from psycopg.errors import InsufficientPrivilege, InvalidTextRepresentation, UniqueViolation

_FILE = "bucket, key, thumbnail_key, thumbhash, sha256, width, height"
_JOB = "INSERT INTO jobs (user_id, job_type, {column}) VALUES (%(me)s, 'sdxl_image_fast', {value})"
_RUN = (
    "INSERT INTO studio.job_runs (job_id, user_id, lane, engine_id, job_type, {column}) "
    "VALUES (%(job)s, %(me)s, 'image', 'sketchbook', 'sdxl_image_fast', {value})"
)
_UPLOAD = (
    f"INSERT INTO studio.uploads (user_id, mime_type, file_size_bytes, {_FILE}) "  # noqa: S608
    "VALUES (%(me)s, 'image/png', 1, {bucket}, {key}, {thumbnail}, '', '', 1, 1)"
)
_KEPT = (
    "INSERT INTO user_library (id, user_id, asset_type, storage_path, file_size_bytes, mime_type, "
    "original_prompt, model_used, collection_id) VALUES ('00000000-0000-0000-0000-000000000009', "
    "%(me)s, 'image', {path}, 1, 'image/png', 'a harbour', 'm', {collection})"
)
_KEPT_FILE = (
    f"INSERT INTO studio.library_files (asset_id, user_id, source_asset_id, job_id, {_FILE}) "  # noqa: S608
    "VALUES ('00000000-0000-0000-0000-000000000009', %(me)s, {source}, {job}, {bucket}, {key}, "
    "{thumbnail}, '', '', 1, 1)"
)
_MINE = {"bucket": "'user-library'", "source": "NULL", "job": "NULL"}
_MY_KEYS = {"key": "%(me)s || '/b.png'", "thumbnail": "%(me)s || '/b.webp'"}
_MY_UPLOAD = {"bucket": "'reference_images'", **_MY_KEYS}
_HIS_KEY = "%(his_user)s || '/a.png'"


def attempt(world: World, statement: str) -> None:
    """Run a statement as Ada; ``%(my_…)s`` are her ids and ``%(his_…)s`` Bob's."""
    with acting(world.connection, world.ada) as connection:
        connection.execute(statement.encode(), names(world))


def names(world: World) -> dict[str, object]:
    mine = {f"my_{name}": value for name, value in world.ada.ids.items()}
    his = {f"his_{name}": value for name, value in world.bob.ids.items()}
    return {"me": world.ada.user, "job": world.ada.ids["job"], **mine, **his}


@pytest.mark.parametrize(
    "change",
    ["token_balance = 1000000", "subscription_status = 'creator'", "age_verified = true"],
)
def test_nobody_raises_their_own_account(world: World, change: str) -> None:
    with pytest.raises(InsufficientPrivilege):
        attempt(world, f"UPDATE profiles SET {change} WHERE id = %(me)s")  # noqa: S608


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO user_roles (user_id, role) VALUES (%(me)s, 'admin')",
        "UPDATE user_roles SET role = 'admin' WHERE user_id = %(me)s",
        "DELETE FROM user_roles WHERE user_id = %(his_user)s",
    ],
)
def test_nobody_writes_roles(world: World, statement: str) -> None:
    with pytest.raises(InsufficientPrivilege):
        attempt(world, statement)


def test_not_even_an_admin_writes_roles_by_a_request(world: World) -> None:
    with (
        acting(world.connection, world.admin) as connection,
        pytest.raises(InsufficientPrivilege),
    ):
        connection.execute(
            "INSERT INTO user_roles (user_id, role) VALUES (%s, 'admin')", [world.ada.user]
        )


def test_a_role_counts_only_where_it_is_kept(world: World) -> None:
    """A setting of that name, as a client might send it, gives nothing."""
    with acting(world.connection, world.ada) as connection:
        connection.execute("SELECT set_config('fabula.roles', 'admin', true)")
        assert connection.execute("SELECT studio.caller_has('admin')").fetchone() == (False,)
    with acting(world.connection, world.admin) as connection:
        assert connection.execute("SELECT studio.caller_has('admin')").fetchone() == (True,)
    with acting(world.connection, None) as connection:
        assert connection.execute("SELECT studio.caller_has('admin')").fetchone() == (False,)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("status", "'completed'"),
        ("status", "'processing'"),
        ("attempts", "1"),
        ("max_attempts", "100"),
        ("started_at", "now()"),
        ("completed_at", "now()"),
        ("error_message", "'broken'"),
        ("moderation_status", "'approved'"),
        ("reviewed_by", "%(me)s"),
        ("reviewed_at", "now()"),
        ("review_notes", "'fine'"),
        ("image_id", "%(his_image)s"),
        ("video_id", "%(his_video)s"),
        ("project_id", "%(his_project)s"),
        ("workspace_session_id", "%(his_session)s"),
        (
            "metadata",
            "jsonb_build_object('reference', jsonb_build_object('key', %(his_user)s || '/a.png'))",
        ),
    ],
)
def test_a_job_starts_at_the_beginning_and_among_ones_own(
    world: World, column: str, value: str
) -> None:
    with pytest.raises(InsufficientPrivilege, match="row-level security"):
        attempt(world, _JOB.format(column=column, value=value))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("project_id", "%(my_project)s"),
        ("workspace_session_id", "%(my_session)s"),
        (
            "metadata",
            "jsonb_build_object('reference', jsonb_build_object('key', %(me)s || '/a.png'))",
        ),
    ],
)
def test_a_job_among_ones_own_is_fine(world: World, column: str, value: str) -> None:
    attempt(world, _JOB.format(column=column, value=value))


@pytest.mark.parametrize(
    "change", ["status = 'completed'", "attempts = 0", "metadata = '{}'", "error_message = NULL"]
)
def test_nobody_sets_a_jobs_state(world: World, change: str) -> None:
    with pytest.raises(InsufficientPrivilege):
        attempt(world, f"UPDATE jobs SET {change} WHERE user_id = %(me)s")  # noqa: S608


def test_people_rate_their_own_jobs(world: World) -> None:
    with acting(world.connection, world.ada) as connection:
        rated = connection.execute("UPDATE jobs SET quality_rating = 8")
        assert rated.rowcount == 1


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("priority", "1000"),
        ("state", "'done'"),
        ("attempt", "1"),
        ("run_at", "now() - interval '1 day'"),
        ("run_seconds", "0.001"),
        ("cancel_requested", "true"),
        ("retry_of", "%(his_job)s"),
    ],
)
def test_nobody_jumps_the_queue(world: World, column: str, value: str) -> None:
    with pytest.raises(InsufficientPrivilege, match="row-level security"):
        attempt(world, _RUN.format(column=column, value=value))


def test_nobody_delivers_anothers_job(world: World) -> None:
    statement = _RUN.format(column="stage", value="'waiting'").replace("%(job)s", "%(his_job)s")
    with pytest.raises(InsufficientPrivilege, match="row-level security"):
        attempt(world, statement)


def test_nobody_answers_a_key_with_anothers_job(world: World) -> None:
    with pytest.raises(InsufficientPrivilege, match="row-level security"):
        attempt(
            world,
            "INSERT INTO studio.idempotency_keys (user_id, key, request_hash, job_id) "
            "VALUES (%(me)s, 'twice', 'x', %(his_job)s)",
        )


@pytest.mark.parametrize(
    "part",
    [
        {"key": _HIS_KEY},
        {"thumbnail": _HIS_KEY},
        {"key": "'a.png'"},
        {"bucket": "'user-library'"},
    ],
)
def test_an_upload_lies_in_ones_own_folder(world: World, part: dict[str, str]) -> None:
    """A link is signed for whatever place such a row names."""
    with pytest.raises(InsufficientPrivilege, match="row-level security"):
        attempt(world, _UPLOAD.format(**{**_MY_UPLOAD, **part}))


def test_an_upload_in_ones_own_folder_is_fine(world: World) -> None:
    attempt(world, _UPLOAD.format(**_MY_UPLOAD))


@pytest.mark.parametrize(
    ("path", "collection"),
    [(_HIS_KEY, "NULL"), ("%(me)s || '/b.png'", "%(his_collection)s")],
)
def test_a_kept_picture_lies_among_ones_own(world: World, path: str, collection: str) -> None:
    with pytest.raises(InsufficientPrivilege, match="row-level security"):
        attempt(world, _KEPT.format(path=path, collection=collection))


@pytest.mark.parametrize(
    "part",
    [
        {"key": _HIS_KEY},
        {"thumbnail": _HIS_KEY},
        {"bucket": "'workspace-temp'"},
        {"source": "%(his_asset)s"},
        {"job": "%(his_job)s"},
    ],
)
def test_the_file_of_a_kept_picture_is_ones_own(world: World, part: dict[str, str]) -> None:
    with acting(world.connection, world.ada) as connection:
        kept = _KEPT.format(path="%(me)s || '/b.png'", collection="NULL")
        connection.execute(kept.encode(), names(world))
        file = _KEPT_FILE.format(**{**_MINE, **_MY_KEYS, **part})
        with pytest.raises(InsufficientPrivilege, match="row-level security"):
            connection.execute(file.encode(), names(world))


def test_nobody_gives_a_file_to_anothers_picture(world: World) -> None:
    file = _KEPT_FILE.format(**{**_MINE, **_MY_KEYS})
    file = file.replace("'00000000-0000-0000-0000-000000000009'", "%(his_kept)s")
    with pytest.raises(InsufficientPrivilege, match="row-level security"):
        attempt(world, file)


def test_a_picture_is_not_moved_into_anothers_collection(world: World) -> None:
    with pytest.raises(InsufficientPrivilege, match="row-level security"):
        attempt(world, "UPDATE user_library SET collection_id = %(his_collection)s")


def test_a_collections_count_belongs_to_its_trigger(world: World) -> None:
    with acting(world.connection, world.ada) as connection:
        assert connection.execute("SELECT asset_count FROM user_collections").fetchone() == (1,)
        connection.execute("UPDATE user_library SET collection_id = NULL")
        assert connection.execute("SELECT asset_count FROM user_collections").fetchone() == (0,)
        with pytest.raises(InsufficientPrivilege):
            connection.execute("UPDATE user_collections SET asset_count = 9")


def test_a_new_collection_is_empty(world: World) -> None:
    with pytest.raises(InsufficientPrivilege, match="row-level security"):
        attempt(
            world,
            "INSERT INTO user_collections (user_id, name, asset_count) VALUES (%(me)s, 'x', 9)",
        )


def test_a_card_lies_in_ones_own_session_and_job(world: World) -> None:
    statement = (
        "INSERT INTO workspace_items (session_id, user_id, job_id, prompt, content_type) "
        "VALUES ({session}, %(me)s, {job}, 'a harbour', 'image')"
    )
    attempt(world, statement.format(session="%(my_session)s", job="NULL"))
    for session, job in (("%(his_session)s", "NULL"), ("%(my_session)s", "%(his_job)s")):
        with pytest.raises(InsufficientPrivilege, match="row-level security"):
            attempt(world, statement.format(session=session, job=job))


@pytest.mark.parametrize(
    ("column", "value"),
    [("likes_count", "9"), ("interaction_count", "9"), ("creator_id", "%(his_user)s")],
)
def test_a_new_character_is_unknown_yet(world: World, column: str, value: str) -> None:
    statement = (
        f"INSERT INTO characters (user_id, name, description, {column}) "  # noqa: S608
        f"VALUES (%(me)s, 'Mira', 'A keeper of bees', {value})"
    )
    with pytest.raises(InsufficientPrivilege, match="row-level security"):
        attempt(world, statement)


def test_public_characters_are_read_by_everybody_if_they_are_for_everybody(world: World) -> None:
    with acting(world.connection, world.ada) as connection:
        become_machine(connection)
        mine = "user_id = %(his_user)s"
        connection.execute(
            f"UPDATE characters SET is_public = true WHERE {mine}".encode(),  # noqa: S608
            names(world),
        )
        become(connection, world.ada)
        assert count(connection, "characters", world.bob) == 1
        become(connection, None)
        assert count(connection, "characters", world.bob) == 1
        become_machine(connection)
        connection.execute("UPDATE characters SET content_rating = 'nsfw'")
        become(connection, world.ada)
        assert count(connection, "characters", world.bob) == 0


def test_a_message_needs_ones_own_conversation(world: World) -> None:
    with pytest.raises(InsufficientPrivilege, match="row-level security"):
        attempt(
            world,
            "INSERT INTO messages (conversation_id, sender, content) "
            "VALUES (%(his_talk)s, 'user', 'hello')",
        )
    with pytest.raises(InsufficientPrivilege, match="row-level security"):
        attempt(world, "UPDATE messages SET conversation_id = %(his_talk)s")


def test_a_scene_needs_ones_own_project(world: World) -> None:
    with pytest.raises(InsufficientPrivilege, match="row-level security"):
        attempt(
            world,
            "INSERT INTO scenes (project_id, scene_number, description) "
            "VALUES (%(his_project)s, 2, 'boats')",
        )


def test_nobody_speaks_for_another_in_live_events(world: World) -> None:
    with pytest.raises(InsufficientPrivilege, match="row-level security"):
        attempt(
            world,
            "INSERT INTO studio.events (user_id, type, data) "
            "VALUES (%(his_user)s, 'job.updated', '{}')",
        )


def test_a_person_has_one_active_session(world: World) -> None:
    with pytest.raises(UniqueViolation):
        attempt(world, "INSERT INTO workspace_sessions (user_id) VALUES (%(me)s)")


def test_a_caller_that_is_no_id_is_an_error(world: World) -> None:
    with acting(world.connection, world.ada) as connection:
        connection.execute("SELECT set_config('fabula.user_id', 'somebody', true)")
        with pytest.raises(InvalidTextRepresentation, match="uuid"):
            connection.execute("SELECT count(*) FROM jobs")


def test_nobody_grants_what_they_do_not_have(world: World) -> None:
    """PostgreSQL warns that nothing was granted, and nothing was."""
    with acting(world.connection, world.ada) as connection:
        connection.execute("GRANT UPDATE (status) ON jobs TO fabula_app")
        with pytest.raises(InsufficientPrivilege):
            connection.execute("UPDATE jobs SET status = 'completed'")


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE jobs",
        "CREATE TABLE public.mine (id integer)",
        "CREATE TABLE studio.mine (id integer)",
        "CREATE POLICY open ON jobs FOR SELECT TO fabula_app USING (true)",
        "ALTER TABLE jobs DISABLE ROW LEVEL SECURITY",
        "CREATE OR REPLACE FUNCTION studio.caller() RETURNS uuid LANGUAGE sql AS 'SELECT NULL'",
        "COPY jobs TO PROGRAM 'true'",
    ],
)
def test_the_rules_themselves_are_out_of_reach(world: World, statement: str) -> None:
    with pytest.raises(InsufficientPrivilege):
        attempt(world, statement.replace("%", "%%"))
