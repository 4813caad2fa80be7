"""Two people with one row in every table, and statements that run as one of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

import psycopg

Connection = psycopg.Connection[tuple[Any, ...]]
_SPACE = UUID("6f0c1d52-0a53-4f0a-9c51-5a2f9f4d7e11")
_NAMES = ("job", "image", "video", "asset", "kept", "session", "item", "talk", "project")
_MORE = ("character", "collection", "role", "log", "deed", "upload", "message", "scene", "shot")
_FILE = "bucket, key, thumbnail_key, thumbhash, sha256, width, height"
_STORED = "%(user)s || '/a.png', %(user)s || '/a.webp', '', '', 1, 1"

# One row of a person in each table that holds rows of people, in an order that keys allow.
ROWS = {
    "workspace_sessions": "(id, user_id) VALUES (%(session)s, %(user)s)",
    "user_roles": "(id, user_id, role) VALUES (%(role)s, %(user)s, 'basic_user')",
    "characters": "(id, user_id, name, description, is_public) "
    "VALUES (%(character)s, %(user)s, 'Mira', 'A keeper of bees', false)",
    "projects": "(id, user_id, original_prompt, media_type) "
    "VALUES (%(project)s, %(user)s, 'a harbour', 'image')",
    "scenes": "(id, project_id, scene_number, description) "
    "VALUES (%(scene)s, %(project)s, 1, 'boats')",
    "conversations": "(id, user_id) VALUES (%(talk)s, %(user)s)",
    "messages": "(id, conversation_id, sender, content) "
    "VALUES (%(message)s, %(talk)s, 'user', 'good morning')",
    "jobs": "(id, user_id, job_type, workspace_session_id, project_id) "
    "VALUES (%(job)s, %(user)s, 'sdxl_image_fast', %(session)s, %(project)s)",
    "studio.job_runs": "(job_id, user_id, lane, engine_id, job_type) "
    "VALUES (%(job)s, %(user)s, 'image', 'sketchbook', 'sdxl_image_fast')",
    "studio.idempotency_keys": "(user_id, key, request_hash, job_id) "
    "VALUES (%(user)s, 'once', 'x', %(job)s)",
    "studio.job_previews": "(job_id, output_index, user_id, step, picture) "
    "VALUES (%(job)s, 0, %(user)s, 1, '')",
    "character_scenes": "(id, character_id, scene_prompt, job_id) "
    "VALUES (%(shot)s, %(character)s, 'at the hives', %(job)s)",
    "images": "(id, user_id, prompt, job_id, image_index) "
    "VALUES (%(image)s, %(user)s, 'a harbour', %(job)s, 0)",
    "videos": "(id, user_id) VALUES (%(video)s, %(user)s)",
    "workspace_items": "(id, session_id, user_id, job_id, prompt, content_type) "
    "VALUES (%(item)s, %(session)s, %(user)s, %(job)s, 'a harbour', 'image')",
    "workspace_assets": "(id, user_id, asset_type, temp_storage_path, file_size_bytes, "
    "mime_type, job_id, generation_seed, original_prompt, model_used) "
    "VALUES (%(asset)s, %(user)s, 'image', 'a', 1, 'image/png', %(job)s, 1, 'a harbour', 'm')",
    "studio.workspace_files": f"(asset_id, user_id, {_FILE}) "
    f"VALUES (%(asset)s, %(user)s, 'workspace-temp', {_STORED})",
    "user_collections": "(id, user_id, name) VALUES (%(collection)s, %(user)s, 'Sea')",
    "user_library": "(id, user_id, asset_type, storage_path, file_size_bytes, mime_type, "
    "original_prompt, model_used, collection_id) VALUES (%(kept)s, %(user)s, 'image', "
    "%(user)s || '/a.png', 1, 'image/png', 'a harbour', 'm', %(collection)s)",
    "studio.library_files": f"(asset_id, user_id, source_asset_id, job_id, {_FILE}) "
    f"VALUES (%(kept)s, %(user)s, %(asset)s, %(job)s, 'user-library', {_STORED})",
    "studio.uploads": f"(id, user_id, mime_type, file_size_bytes, {_FILE}) "
    f"VALUES (%(upload)s, %(user)s, 'image/png', 1, 'reference_images', {_STORED})",
    "studio.events": "(user_id, type, data) VALUES (%(user)s, 'job.updated', '{}')",
    "studio.prompt_history": "(user_id, prompt, format, digest) "
    "VALUES (%(user)s, 'a harbour', 'image', sha256('x'))",
    "studio.prompt_lists": "(user_id, name, entries) VALUES (%(user)s, 'sea', '{a,b}')",
    "studio.prompt_snippets": "(user_id, name, text) VALUES (%(user)s, 'film', '35 mm')",
    "studio.preferences": "(user_id, mode) VALUES (%(user)s, 'general')",
    "usage_logs": "(id, user_id, action) VALUES (%(log)s, %(user)s, 'image')",
    "user_activity_log": "(id, user_id, action) VALUES (%(deed)s, %(user)s, 'sign_in')",
}
# How to find a person's rows in a table without the column user_id.
OWNED_BY = {
    "profiles": "id = %(user)s",
    "scenes": "project_id = %(project)s",
    "messages": "conversation_id = %(talk)s",
    "character_scenes": "character_id = %(character)s",
    "studio.ledger_accounts": "user_id = %(user)s AND kind = 'available'",
    "studio.ledger_entries": "account_id IN (SELECT id FROM studio.ledger_accounts "
    "WHERE user_id = %(user)s)",
}
# Rows that follow from others by a trigger.
FOLLOWING = ("studio.library_words", "studio.ledger_accounts", "studio.ledger_entries")
PERSONAL = ("profiles", *ROWS, *FOLLOWING)
_TEMPLATE = uuid5(_SPACE, "template")
# One row of each table that only admins read and write.
ADMIN_ROWS = {
    "prompt_templates": "(id, enhancer_model, use_case, template_name, system_prompt) "
    f"VALUES ('{_TEMPLATE}', 'm', 'u', 'n', 's')",
    "studio.template_versions": "(template_id, number, system_prompt, message) "
    f"VALUES ('{_TEMPLATE}', 7, 's', 'm')",
    "studio.template_labels": f"(template_id, label, number) VALUES ('{_TEMPLATE}', 'tested', 7)",
    "negative_prompts": "(negative_prompt) VALUES ('blurred')",
    "enhancement_presets": "(preset_name, enable_qwen, enable_compel, auto_enhancement) "
    "VALUES ('p', true, true, true)",
    "compel_configs": "(config_name, weights, config_hash) VALUES ('c', '{}', 'h')",
    "model_config_history": "(model_type, config_name, config_data) VALUES ('SDXL', 'c', '{}')",
    "model_performance_logs": "(model_type, date) VALUES ('SDXL', '2026-03-01')",
    "model_test_results": "(model_type, prompt_text, test_series, test_tier) "
    "VALUES ('SDXL', 'a harbour', 's', 'artistic')",
    "prompt_ab_tests": "(test_name, test_series, baseline_config, enhanced_config) "
    "VALUES ('t', 's', '{}', '{}')",
}
# Tables of which nobody but the machine sees a row; system_config has its one row already.
ADMIN_ONLY = (*ADMIN_ROWS, "system_config")
MACHINE_ONLY = (
    "studio.fair_share", "studio.erasures", "studio.engine_servers", "studio.workers",
    "studio.engine_measurements", "studio.alembic_version",
    "studio.trail_chain", "studio.trail_head", "studio.rating_sums",
)  # fmt: skip


@dataclass(frozen=True)
class Person:
    name: str
    user: UUID

    @property
    def ids(self) -> dict[str, Any]:
        """The ids of the person's rows, by the names that ``ROWS`` uses."""
        made = {name: uuid5(self.user, name) for name in (*_NAMES, *_MORE)}
        return {"user": self.user, **made}


@dataclass(frozen=True)
class World:
    """Ada and Bob have rows in every table, the admin and the moderator only their roles."""

    connection: Connection
    ada: Person
    bob: Person
    admin: Person
    moderator: Person


def add_person(connection: Connection, name: str, *, role: str = "", rows: bool = True) -> Person:
    """An account with its profile, its role and one row in every table of people."""
    person = Person(name, uuid5(_SPACE, name))
    connection.execute(
        "INSERT INTO auth.accounts (id, username) VALUES (%s, %s)", [person.user, name]
    )
    connection.execute("INSERT INTO profiles (id, username) VALUES (%s, %s)", [person.user, name])
    if role:
        connection.execute(
            "INSERT INTO user_roles (user_id, role) VALUES (%s, %s)", [person.user, role]
        )
    if rows:
        for table in ROWS:
            insert(connection, table, person)
    return person


def insert(connection: Connection, table: str, person: Person) -> None:
    insert_as(connection, table, person.ids)


def insert_as(connection: Connection, table: str, ids: dict[str, Any]) -> None:
    """A sample row with ids of one's choice, by the names that ``ROWS`` uses."""
    connection.execute(f"INSERT INTO {table} {ROWS[table]}".encode(), ids)


def of(table: str) -> str:
    """The condition for a person's rows."""
    return OWNED_BY.get(table, "user_id = %(user)s")


def count(connection: Connection, table: str, person: Person) -> int:
    """How many rows of a person can be seen."""
    query = f"SELECT count(*) FROM {table} WHERE {of(table)}"  # noqa: S608 - names of ours
    row = connection.execute(query.encode(), person.ids).fetchone()
    return int(row[0]) if row else 0


@contextmanager
def acting(connection: Connection, person: Person | None) -> Iterator[Connection]:
    """A transaction as a request of a person, or of nobody; it is rolled back."""
    with connection.transaction(force_rollback=True):
        become(connection, person)
        yield connection


def become(connection: Connection, person: Person | None) -> None:
    connection.execute(
        "SELECT set_config('role', 'fabula_app', true), set_config('fabula.user_id', %s, true)",
        [str(person.user) if person else ""],
    )


def become_machine(connection: Connection) -> None:
    connection.execute("SELECT set_config('role', 'none', true)")
