"""The live inventory: read, compared, rendered."""

from typing import Any

import psycopg
import pytest

from fabula.core.inventory import (
    Allowed,
    allowed_additions,
    differences,
    expected_inventory,
    read_inventory,
)
from fabula.core.inventory_render import render_markdown

# A change by hand, and the sentence that must name it.
CHANGES = [
    ("DROP TABLE videos CASCADE", "videos: this table is missing."),
    ("CREATE TABLE extras (id integer)", "extras: this table is not in the inventory."),
    ("ALTER TABLE jobs DROP COLUMN quality", "jobs.quality: this column is missing."),
    ("ALTER TABLE jobs ADD colour text", "jobs.colour: this column is not in the inventory."),
    (
        "ALTER TABLE workspace_items ALTER seed TYPE bigint",
        "workspace_items.seed: the type is bigint (int8) and should be integer (int4).",
    ),
    (
        "ALTER TABLE jobs ALTER status SET NOT NULL",
        "jobs.status: the column may not be null and should.",
    ),
    (
        "ALTER TABLE jobs ALTER job_type DROP NOT NULL",
        "jobs.job_type: the column may be null and should not.",
    ),
    (
        "ALTER TABLE jobs ALTER max_attempts SET DEFAULT 5",
        "jobs.max_attempts: the default is 5 and should be 3.",
    ),
    (
        "ALTER TABLE jobs ALTER max_attempts DROP DEFAULT",
        "jobs.max_attempts: the default is none and should be 3.",
    ),
    (
        "ALTER TABLE scenes DROP CONSTRAINT scenes_pkey",
        "scenes: the primary key is () and should be (id).",
    ),
    (
        "ALTER TABLE scenes DROP CONSTRAINT scenes_project_id_fkey",
        "scenes: the foreign key scenes_project_id_fkey is missing.",
    ),
    (
        (
            "ALTER TABLE scenes DROP CONSTRAINT scenes_project_id_fkey, ADD CONSTRAINT "
            "scenes_project_id_fkey FOREIGN KEY (project_id) REFERENCES conversations (id)"
        ),
        (
            "scenes: the foreign key scenes_project_id_fkey is project_id → conversations(id) "
            "and should be project_id → projects(id)."
        ),
    ),
    (
        (
            "ALTER TABLE images ADD CONSTRAINT images_test FOREIGN KEY (prompt_test_id) "
            "REFERENCES prompt_ab_tests (id)"
        ),
        "images: the foreign key images_test is not in the inventory.",
    ),
    (
        "ALTER TABLE profiles DROP CONSTRAINT profiles_username_key",
        "profiles: the unique constraint profiles_username_key is missing.",
    ),
    (
        "ALTER TABLE projects ADD CONSTRAINT one_title UNIQUE (user_id, title)",
        "projects: the unique constraint one_title is not in the inventory.",
    ),
    (
        "ALTER TABLE jobs DROP CONSTRAINT jobs_quality_check",
        "jobs: the check constraint jobs_quality_check is missing.",
    ),
    (
        (
            "ALTER TABLE jobs DROP CONSTRAINT jobs_quality_check, "
            "ADD CONSTRAINT jobs_quality_check CHECK (quality IS NOT NULL)"
        ),
        (
            "jobs: the check constraint jobs_quality_check is CHECK (quality IS NOT NULL) "
            "and should be CHECK (quality = ANY (ARRAY['fast'::text, 'high'::text]))."
        ),
    ),
    (
        "ALTER TABLE jobs ADD CONSTRAINT sane CHECK (attempts >= 0)",
        "jobs: the check constraint sane is not in the inventory.",
    ),
    ("DROP INDEX idx_jobs_image_id", "jobs: the index idx_jobs_image_id is missing."),
    (
        "DROP INDEX idx_jobs_image_id; CREATE INDEX idx_jobs_image_id ON jobs (video_id)",
        (
            "jobs: the index idx_jobs_image_id is "
            "CREATE INDEX idx_jobs_image_id ON jobs USING btree (video_id) and should be "
            "CREATE INDEX idx_jobs_image_id ON jobs USING btree (image_id)."
        ),
    ),
    (
        (
            "ALTER TABLE usage_logs DROP COLUMN format, DROP COLUMN quality; "
            "ALTER TABLE usage_logs ADD quality text, ADD format text"
        ),
        "usage_logs: the columns are in another order.",
    ),
]


def test_the_migrated_database_is_as_expected(shared_dsn: str) -> None:
    live = read_inventory(shared_dsn)
    assert differences(live) == []
    assert len(live.tables) == len(expected_inventory().tables) == 27


@pytest.mark.parametrize(("change", "sentence"), CHANGES, ids=[change for change, _ in CHANGES])
def test_a_change_by_hand_is_found_and_named(
    dsn: str, connection: psycopg.Connection[Any], change: str, sentence: str
) -> None:
    connection.execute(change)  # type: ignore[call-overload]
    assert sentence in differences(read_inventory(dsn))


def test_only_the_change_is_named(dsn: str, connection: psycopg.Connection[Any]) -> None:
    connection.execute("ALTER TABLE jobs ALTER max_attempts SET DEFAULT 5")
    assert len(differences(read_inventory(dsn))) == 1


def test_an_empty_database_lacks_every_table(empty_dsn: str) -> None:
    found = differences(read_inventory(empty_dsn))
    assert found == [
        f"{name}: this table is missing." for name in sorted(expected_inventory().tables)
    ]


def test_further_indexes_and_keys_to_other_schemas_are_counted_only(
    dsn: str, connection: psycopg.Connection[Any]
) -> None:
    before = allowed_additions(read_inventory(dsn))
    connection.execute("CREATE INDEX jobs_by_template ON jobs (template_name)")
    connection.execute(
        "ALTER TABLE jobs ADD CONSTRAINT jobs_account FOREIGN KEY (user_id) "
        "REFERENCES auth.accounts (id)"
    )
    live = read_inventory(dsn)
    assert differences(live) == []
    assert allowed_additions(live) == Allowed(
        indexes=before.indexes + 1, foreign_keys=before.foreign_keys + 1
    )


def test_a_key_over_several_columns_is_read_whole(
    dsn: str, connection: psycopg.Connection[Any]
) -> None:
    connection.execute(
        "CREATE TABLE a (x integer, y integer, PRIMARY KEY (y, x));"
        "CREATE TABLE b (p integer, q integer, FOREIGN KEY (q, p) REFERENCES a (y, x))"
    )
    tables = read_inventory(dsn).tables
    assert tables["a"].primary_key == ("y", "x")
    assert [str(key) for key in tables["b"].foreign_keys] == ["q, p → a(y, x)"]


def test_the_page_says_everything_of_a_table(shared_dsn: str) -> None:
    text = render_markdown(read_inventory(shared_dsn))
    section = text.split("### user_roles\n")[1].split("### ")[0]
    assert section == (
        "\n- Primary key: `id`\n"
        "- Foreign keys:\n"
        "  - `user_id` → `auth.accounts(id)` (`user_roles_user_id_account_fkey`)\n"
        "- Unique constraints:\n"
        "  - `user_roles_user_id_role_key` on columns (`user_id`, `role`)\n"
        "- Check constraints: (none)\n"
        "- Indexes:\n"
        "  - `user_roles_pkey` \u2013 "
        "`CREATE UNIQUE INDEX user_roles_pkey ON public.user_roles USING btree (id)`\n"
        "  - `user_roles_user_id_role_key` \u2013 "
        "`CREATE UNIQUE INDEX user_roles_user_id_role_key ON public.user_roles "
        "USING btree (user_id, role)`\n"
        "\nColumns\n\n"
        "| Ord | Name | Type | Nullable | Default |\n"
        "| --- | ---- | ---- | -------- | ------- |\n"
        "| 1 | id | uuid (uuid) | NO | gen_random_uuid() |\n"
        "| 2 | user_id | uuid (uuid) | NO |  |\n"
        "| 3 | role | USER-DEFINED (app_role) | NO |  |\n"
        "| 4 | created_at | timestamp with time zone (timestamptz) | YES | now() |\n"
        "\n"
    )
    assert text.count("\n### ") == 27
