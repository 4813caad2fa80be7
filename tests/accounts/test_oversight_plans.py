"""Lists of the whole studio are read by an index, a page at a time."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, text

from fabula.accounts.oversight import repository
from fabula.accounts.oversight.repository import ActivitySearch, LedgerSearch
from fabula.accounts.people.repository import Search, people
from fabula.core.clock import now
from fabula.core.pagination import Cursor
from studio import Studio

_FILL = """
SET LOCAL session_replication_role = replica;
INSERT INTO auth.accounts (username) SELECT 'p' || md5(n::text) FROM generate_series(1, 4000) n;
INSERT INTO profiles (id, username) SELECT id, username FROM auth.accounts ON CONFLICT DO NOTHING;
INSERT INTO studio.ledger_accounts (user_id, kind, balance)
    SELECT id, 'available', 0 FROM profiles ON CONFLICT DO NOTHING;
INSERT INTO studio.ledger_entries (kind, reference, account_id, amount, created_at)
    SELECT CASE WHEN hashtext(a.id::text) % 20 = 0 THEN 'grant' ELSE 'settle' END,
           gen_random_uuid(), a.id, 1,
           now() - make_interval(secs => row_number() OVER (ORDER BY n, a.id))
    FROM generate_series(1, 3) n, studio.ledger_accounts a WHERE a.kind = 'available';
INSERT INTO user_activity_log (action, resource_type, resource_id, created_at)
    SELECT 'sign_in', 'session', n::text, now() - make_interval(secs => n)
    FROM generate_series(1, 6000) n;
ANALYZE auth.accounts, profiles, studio.ledger_accounts, studio.ledger_entries, user_activity_log;
"""


@pytest.fixture
async def filled(studio: Studio, connection: psycopg.Connection[Any]) -> Studio:
    with connection.transaction():
        connection.execute(_FILL)
    return studio


async def plan_of(studio: Studio, work: Any) -> str:
    """How the database would do the last statement of some work of an admin."""
    seen: list[tuple[str, Any]] = []

    def note(_c: Any, _k: Any, statement: str, parameters: Any, _x: Any, _m: Any) -> None:
        seen.append((statement, parameters))

    engine = studio.database.engine.sync_engine
    async with studio.database.system() as session:
        event.listen(engine, "before_cursor_execute", note)
        await work(session)
        event.remove(engine, "before_cursor_execute", note)
        statement, parameters = seen[-1]
        connection = await session.connection()
        # These tables are small; what counts is that an index can be used at all.
        await connection.execute(text("SET LOCAL enable_seqscan = off"))
        plan = await connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
        return "\n".join(plan.scalars())


@pytest.mark.parametrize(
    ("search", "index"),
    [(LedgerSearch(), "ledger_entries_all"), (LedgerSearch(kind="grant"), "ledger_entries_kind")],
)
@pytest.mark.parametrize("deep", [False, True])
async def test_a_page_of_the_ledger(
    filled: Studio, search: LedgerSearch, index: str, deep: bool
) -> None:
    place = Cursor(now() - timedelta(hours=1), filled.caller.user_id) if deep else None
    plan = await plan_of(filled, lambda s: repository.ledger(s, search, place, 51))
    assert index in plan, plan
    assert "Seq Scan on ledger_entries" not in plan, plan


async def test_what_was_done_to_one_thing(filled: Studio) -> None:
    search = ActivitySearch(resource="session:77")
    plan = await plan_of(filled, lambda s: repository.activity(s, search, None, 51))
    assert "user_activity_log_resource" in plan, plan


async def test_a_part_of_a_name(filled: Studio) -> None:
    async with filled.database.system() as session:
        some = await session.scalar(
            text("SELECT substr(max(username), 5, 9) FROM auth.accounts WHERE username LIKE 'p%'")
        )
    plan = await plan_of(filled, lambda s: people(s, Search(name=some), None, 51))
    assert "accounts_name_part" in plan, plan
