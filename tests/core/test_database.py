"""Sessions: as the machine, as a person, and for a moment as the machine again."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from uuid import UUID

import pytest
from sqlalchemy import TextClause, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts.caller import Caller
from fabula.core.database import Database, elevated, engine_url

MakeCaller = Callable[..., Awaitable[Caller]]
_ADD = text("INSERT INTO workspace_sessions (user_id) VALUES (:user_id)")
_WHO = text("SELECT current_user::text, current_setting('fabula.user_id', true)")


async def owners(session: AsyncSession) -> set[UUID]:
    """Whose sessions of the workspace can be seen."""
    return set(await session.scalars(text("SELECT user_id FROM workspace_sessions")))


async def broken(opened: AbstractAsyncContextManager[AsyncSession], statement: TextClause) -> None:
    """Run a statement, then fail before the session ends."""

    async def fail() -> None:
        async with opened as session:
            await session.execute(statement)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()


@pytest.fixture
async def two(database: Database, make_caller: MakeCaller) -> tuple[Caller, Caller]:
    """Two people with one row each."""
    people = await make_caller("ada"), await make_caller("bob")
    async with database.system() as session:
        for person in people:
            await session.execute(_ADD, {"user_id": person.user_id})
    return people


async def test_a_request_runs_as_a_role_that_cannot_bypass_the_rules(
    database: Database, two: tuple[Caller, Caller]
) -> None:
    async with database.request(two[0].user_id) as session:
        row = (
            await session.execute(
                text(
                    "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, "
                    "rolcanlogin FROM pg_roles WHERE rolname = current_user"
                )
            )
        ).one()
        assert tuple(row) == ("fabula_app", False, False, False, False, False)
        owned = await session.scalar(
            text("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole")
        )
        assert owned == 0
        with pytest.raises(ProgrammingError, match="must be owner"):
            await session.execute(text("ALTER TABLE jobs DISABLE ROW LEVEL SECURITY"))


async def test_a_person_sees_their_own_rows_and_the_machine_all(
    database: Database, two: tuple[Caller, Caller]
) -> None:
    ada, bob = (person.user_id for person in two)
    async with database.request(ada) as session:
        assert await owners(session) == {ada}
    async with database.request(bob) as session:
        assert await owners(session) == {bob}
    async with database.request(None) as session:
        assert await owners(session) == set()
    async with database.system() as session:
        assert await owners(session) == {ada, bob}


async def test_a_request_does_not_run_without_its_row_rules(
    database: Database, two: tuple[Caller, Caller]
) -> None:
    """With ``row_security`` off a query that rules would filter is an error, not unfiltered."""
    async with database.request(two[0].user_id) as session:
        await session.execute(text("SET LOCAL row_security = off"))
        with pytest.raises(ProgrammingError, match="row-level security"):
            await owners(session)


async def test_the_schema_auth_is_shut(database: Database, two: tuple[Caller, Caller]) -> None:
    async with database.request(two[0].user_id) as session:
        with pytest.raises(ProgrammingError, match="permission denied for schema auth"):
            await session.execute(text("SELECT * FROM auth.accounts"))


async def test_the_person_ends_with_the_transaction(dsn: str) -> None:
    database = Database(dsn, pool_size=1)
    person = UUID(int=1)
    try:
        async with database.request(person) as session:
            assert tuple((await session.execute(_WHO)).one()) == ("fabula_app", str(person))
        async with database.system() as session:
            assert tuple((await session.execute(_WHO)).one()) == ("fabula_owner", "")
        await broken(database.request(person), _WHO)
        async with database.system() as session:
            assert tuple((await session.execute(_WHO)).one()) == ("fabula_owner", "")
    finally:
        await database.close()


async def test_a_session_is_one_transaction(database: Database, two: tuple[Caller, Caller]) -> None:
    await broken(database.system(), text("DELETE FROM workspace_sessions"))
    async with database.system() as session:
        assert len(await owners(session)) == 2
        await session.execute(text("DELETE FROM workspace_sessions"))
    async with database.system() as session:
        assert await owners(session) == set()


async def test_elevated_is_the_machine_for_a_few_statements(
    database: Database, two: tuple[Caller, Caller]
) -> None:
    ada = two[0].user_id
    async with database.request(ada) as session:
        async with elevated(session):
            assert len(await owners(session)) == 2
            async with elevated(session):
                assert len(await owners(session)) == 2
            assert len(await owners(session)) == 2
        assert await owners(session) == {ada}


async def test_elevated_changes_nothing_for_the_machine(
    database: Database, two: tuple[Caller, Caller]
) -> None:
    async with database.system() as session:
        async with elevated(session):
            assert len(await owners(session)) == 2
        assert len(await owners(session)) == 2


async def test_an_error_while_elevated_loses_the_transaction(
    database: Database, two: tuple[Caller, Caller]
) -> None:

    @asynccontextmanager
    async def lifted() -> AsyncIterator[AsyncSession]:
        async with database.request(two[0].user_id) as session, elevated(session):
            yield session

    await broken(lifted(), text("DELETE FROM workspace_sessions"))
    async with database.system() as session:
        assert len(await owners(session)) == 2


async def test_a_connection_of_its_own_hears_notices(database: Database) -> None:
    connection = await database.connect()
    async with connection:
        await connection.execute("LISTEN test")
        async with database.system() as session:
            await session.execute(text("SELECT pg_notify('test', 'hello')"))
        async for notice in connection.notifies(timeout=10, stop_after=1):
            assert notice.payload == "hello"
            return
    pytest.fail("No notice came.")


@pytest.mark.parametrize(
    ("dsn", "url"),
    [
        (
            "postgresql:///fabula?host=/run/x&user=postgres",
            "postgresql+psycopg://postgres@/fabula?host=%2Frun%2Fx",
        ),
        (
            "host=db.example port=6432 dbname=studio user=ada password='a b'",
            "postgresql+psycopg://ada:a b@db.example:6432/studio",
        ),
        (
            "postgresql://ada:p%40ss@db.example/studio?sslmode=require",
            "postgresql+psycopg://ada:p%40ss@db.example/studio?sslmode=require",
        ),
    ],
)
def test_any_form_of_a_dsn_will_do(dsn: str, url: str) -> None:
    assert engine_url(dsn).render_as_string(hide_password=False) == url
