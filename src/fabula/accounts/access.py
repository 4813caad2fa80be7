"""What endpoints ask for: the caller, and a session that runs as the caller."""

from collections.abc import AsyncIterator
from dataclasses import replace
from ipaddress import ip_address
from typing import Annotated

from fastapi import Depends, Query, Request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts import repository
from fabula.accounts import service as accounts
from fabula.accounts.caller import Caller
from fabula.accounts.permissions import Permission
from fabula.accounts.scopes import SAFE_METHODS, needed
from fabula.core.database import Database
from fabula.core.errors import Forbidden, NotSignedIn
from fabula.core.pagination import MAX_LIMIT, Cursor
from fabula.core.settings import Settings

COOKIE = "fabula_session"
CSRF_HEADER = "x-fabula-csrf"
_AGENT_MAX = 300


def database_of(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


DatabaseDep = Annotated[Database, Depends(database_of)]


def settings_of(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


SettingsDep = Annotated[Settings, Depends(settings_of)]


def bearer_key(request: Request) -> str | None:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" and key.strip() else None


def check_origin(request: Request) -> None:
    """A cookie alone does not prove that our page asked: the header cannot be set across sites."""
    if request.method not in SAFE_METHODS and request.headers.get(CSRF_HEADER) != "1":
        raise Forbidden(
            "This request came with a session cookie but without the header X-Fabula-CSRF: 1."
        )


async def caller_or_none(request: Request, database: DatabaseDep) -> Caller | None:
    key, cookie = bearer_key(request), request.cookies.get(COOKIE)
    if key is None and cookie is None:
        return None
    async with database.system() as session:
        caller = await accounts.identify(
            session,
            api_key=key,
            session_token=cookie,
            adult_mode=settings_of(request).adult_mode,
        )
    if caller is None or (caller.shared and not settings_of(request).guest_access):
        return None
    if key is None:
        check_origin(request)
    caller = replace(caller, address=address_of(request), agent=agent_of(request))
    check_scope(request, caller)
    request.state.caller = caller
    return caller


def agent_of(request: Request) -> str | None:
    agent = request.headers.get("user-agent")
    return agent.replace("\x00", "")[:_AGENT_MAX] if agent else None


def address_of(request: Request) -> str | None:
    """The address of the peer, where it is one: a Unix socket has none."""
    host = request.client.host if request.client else ""
    try:
        return str(ip_address(host))
    except ValueError:
        return None


def check_scope(request: Request, caller: Caller) -> None:
    """A key does only what its scopes say, and guests change nothing but their own account."""
    scope = needed(request.method, request.url.path)
    if caller.scopes is not None and scope not in caller.scopes:
        raise Forbidden(f"This API key lacks the scope {scope!r}: make one that has it.")
    if scope == "make":
        caller.require(Permission.MAKE)
    elif scope == "library":
        caller.require(Permission.KEEP)


async def signed_in(caller: Annotated[Caller | None, Depends(caller_or_none)]) -> Caller:
    if caller is None:
        raise NotSignedIn("Sign in first, or send an API key as `Authorization: Bearer KEY`.")
    return caller


CallerDep = Annotated[Caller, Depends(signed_in)]


def personal(caller: CallerDep) -> Caller:
    """A caller whose account is their own: guests are refused."""
    caller.require_own()
    return caller


PersonalDep = Annotated[Caller, Depends(personal)]
MaybeCallerDep = Annotated[Caller | None, Depends(caller_or_none)]


async def request_session(database: DatabaseDep, caller: CallerDep) -> AsyncIterator[AsyncSession]:
    """One transaction of the caller, committed when the endpoint has returned. Whoever was deleted
    meanwhile is told so, where the database refuses what they ask for."""
    try:
        async with database.request(
            caller.user_id, plain=caller.plain, adult=caller.adult
        ) as session:
            yield session
    except DBAPIError as error:
        async with database.system() as session:
            if await repository.account(session, caller.user_id) is None:
                raise NotSignedIn("This account is gone. Sign in again.") from error
        raise


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
