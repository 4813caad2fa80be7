"""What endpoints ask for: the caller, and a session that runs as the caller."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts import service as accounts
from fabula.accounts.caller import Caller
from fabula.core.database import Database
from fabula.core.errors import Forbidden, NotSignedIn
from fabula.core.pagination import MAX_LIMIT, Cursor

COOKIE = "fabula_session"
CSRF_HEADER = "x-fabula-csrf"
_SAFE = {"GET", "HEAD", "OPTIONS"}


def database_of(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


DatabaseDep = Annotated[Database, Depends(database_of)]


def bearer_key(request: Request) -> str | None:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" and key.strip() else None


def check_origin(request: Request) -> None:
    """A cookie alone does not prove that our page asked: the header cannot be set across sites."""
    if request.method not in _SAFE and request.headers.get(CSRF_HEADER) != "1":
        raise Forbidden(
            "This request came with a session cookie but without the header X-Fabula-CSRF: 1."
        )


async def caller_or_none(request: Request, database: DatabaseDep) -> Caller | None:
    key, cookie = bearer_key(request), request.cookies.get(COOKIE)
    if key is None and cookie is None:
        return None
    async with database.system() as session:
        caller = await accounts.identify(session, api_key=key, session_token=cookie)
    if caller and key is None:
        check_origin(request)
    return caller


async def signed_in(caller: Annotated[Caller | None, Depends(caller_or_none)]) -> Caller:
    if caller is None:
        raise NotSignedIn("Sign in first, or send an API key as `Authorization: Bearer KEY`.")
    return caller


CallerDep = Annotated[Caller, Depends(signed_in)]
MaybeCallerDep = Annotated[Caller | None, Depends(caller_or_none)]


async def request_session(database: DatabaseDep, caller: CallerDep) -> AsyncIterator[AsyncSession]:
    """One transaction of the caller, committed when the endpoint has returned."""
    async with database.request(caller.user_id) as session:
        yield session


async def machine_session(database: DatabaseDep) -> AsyncIterator[AsyncSession]:
    """One transaction of the machine, for signing in."""
    async with database.system() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(request_session, scope="function")]
MachineSessionDep = Annotated[AsyncSession, Depends(machine_session, scope="function")]


def cursor_of(cursor: Annotated[str | None, Query(max_length=200)] = None) -> Cursor | None:
    return Cursor.decode(cursor) if cursor else None


CursorDep = Annotated[Cursor | None, Depends(cursor_of)]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]
