"""Pages of a library cost what a page costs, whatever lies before it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, text

from fabula.core.clock import now
from fabula.core.pagination import Cursor
from fabula.library import repository
from fabula.library.repository import Filters
from fabula.moderation.rating import Mode
from studio import Studio

_FILL = text("""
WITH rows AS (
    INSERT INTO user_library (user_id, asset_type, storage_path, file_size_bytes, mime_type,
        original_prompt, model_used, generation_seed, tags, created_at)
    SELECT :user, 'image', 'x/' || n, 1, 'image/png',
        CASE WHEN n % 500 = 0 THEN 'a rare lighthouse' ELSE 'a common fox' END,
        'test', n, '{}', now() - make_interval(secs => n)
    FROM generate_series(1, 6000) n RETURNING id, user_id)
INSERT INTO studio.library_files (asset_id, user_id, bucket, key, thumbnail_key, thumbhash,
    sha256, width, height, rating)
SELECT id, user_id, 'user-library', 'a', 'b', 'c', 'd', 1, 1,
    CASE WHEN row_number() OVER () % 3 = 0 THEN 'adult' ELSE 'general' END FROM rows
""")


@contextmanager
def statements(studio: Studio) -> Iterator[list[tuple[str, Any]]]:
    """What is sent to the database meanwhile."""
    seen: list[tuple[str, Any]] = []
    engine = studio.database.engine.sync_engine

    def note(_c: Any, _k: Any, statement: str, parameters: Any, _x: Any, _m: Any) -> None:
        seen.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
async def shelf(studio: Studio) -> Studio:
    async with studio.database.system() as session:
        await session.execute(_FILL, {"user": studio.caller.user_id})
        await session.execute(text("ANALYZE user_library, studio.library_words"))
    return studio


@pytest.mark.parametrize("mode", ["general", "adult"])
@pytest.mark.parametrize(
    ("filters", "deep"),
    [
        (Filters(), False),
        (Filters(), True),
        (Filters(words="fox:*"), True),
        (Filters(words="lighthouse:*"), False),
    ],
)
async def test_no_page_reads_the_whole_library(
    shelf: Studio, filters: Filters, deep: bool, mode: Mode
) -> None:
    user = shelf.caller.user_id
    cursor = Cursor(now().replace(year=now().year - 1), user) if deep else None
    async with shelf.database.request(user) as session:
        with statements(shelf) as seen:
            await repository.shelf(session, user, mode, filters, cursor, 61)
        queries = [(s, p) for s, p in seen if "user_library" in s]
        assert 1 <= len(queries) <= 3
    for statement, parameters in queries:
        role = "none" if "library_words" in statement else "fabula_app"
        async with shelf.database.request(user) as session:
            connection = await session.connection()
            await connection.execute(text("SELECT set_config('role', :role, true)"), {"role": role})
            # These tables are small; what counts is that an index can be used at all.
            await connection.execute(text("SET LOCAL enable_seqscan = off"))
            plan = await connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
            lines = "\n".join(plan.scalars())
            assert "Seq Scan on user_library" not in lines, lines
            assert "Seq Scan on library_words" not in lines, lines
            assert "Seq Scan on library_files" not in lines, lines


@pytest.mark.parametrize(("word", "expected"), [("fox", 3992), ("lighthouse", 8), ("owl", 0)])
async def test_a_search_pages_through_everything_once(
    shelf: Studio, word: str, expected: int
) -> None:
    seen: list[str] = []
    query = {"q": word, "limit": "200"}
    while True:
        page = (await shelf.client.get("/api/library/assets", params=query)).json()
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert len(seen) == len(set(seen)) == expected


async def test_a_list_of_jobs_takes_a_fixed_number_of_queries(studio: Studio) -> None:
    counts = []
    for more in (1, 6):
        for seed in range(more):
            await studio.submit(seed=seed)
        with statements(studio) as seen:
            await studio.client.get("/api/jobs")
        counts.append(len(seen))
    assert counts[0] == counts[1]
