"""The rules of oversight: who may look at what of others, and how the trail is checked."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts import trail
from fabula.accounts.caller import Caller
from fabula.accounts.oversight import repository
from fabula.accounts.oversight.repository import (
    ActivityRow,
    ActivitySearch,
    LedgerRow,
    LedgerSearch,
)
from fabula.accounts.oversight.row_access import TableAccess, access_of
from fabula.accounts.permissions import Permission
from fabula.accounts.trail import Action, Finding
from fabula.core.database import Database
from fabula.core.errors import Conflict, Forbidden, Unavailable
from fabula.core.pagination import Cursor

CHECK_SECONDS = 60.0
EXPORT_PAGE = 1000
R = TypeVar("R")
Page = Callable[[AsyncSession, Cursor | None, int], Awaitable[list[R]]]


async def ledger(
    session: AsyncSession, caller: Caller, search: LedgerSearch, cursor: Cursor | None, limit: int
) -> list[LedgerRow]:
    """Every movement of people's credits, newest first."""
    caller.require(Permission.CREDITS)
    return await repository.ledger(session, search, cursor, limit)


async def activity(
    session: AsyncSession,
    caller: Caller,
    search: ActivitySearch,
    cursor: Cursor | None,
    limit: int,
) -> list[ActivityRow]:
    """The caller's own entries of the trail, newest first; everybody's for admins."""
    return await repository.activity(session, own_activity(caller, search), cursor, limit)


def own_activity(caller: Caller, search: ActivitySearch) -> ActivitySearch:
    """The search, held to the caller's own entries where they may not read those of others."""
    if caller.may(Permission.ACTIVITY):
        return search
    if search.user_id not in {None, caller.user_id}:
        raise Forbidden("The activity of others is for the admins of this studio.")
    return replace(search, user_id=caller.user_id)


async def begin_ledger_export(
    session: AsyncSession, caller: Caller, search: LedgerSearch
) -> Page[LedgerRow]:
    """What pages of the whole export come from; that it was asked for is in the trail."""
    caller.require(Permission.CREDITS)
    await trail.record(session, caller, Action.LEDGER_EXPORTED, "ledger")
    return lambda s, cursor, limit: repository.ledger(s, search, cursor, limit)


async def begin_activity_export(
    session: AsyncSession, caller: Caller, search: ActivitySearch
) -> Page[ActivityRow]:
    search = own_activity(caller, search)
    await trail.record(session, caller, Action.ACTIVITY_EXPORTED, "activity")
    return lambda s, cursor, limit: repository.activity(s, search, cursor, limit)


async def pages(
    database: Database, caller: Caller, page: Page[R], place: Callable[[R], Cursor]
) -> AsyncIterator[Sequence[R]]:
    """All rows of a list, page by page, each in a transaction of its own, so that a reader who is
    slow holds none. Lists that only grow lose nothing in between."""
    cursor = None
    while True:
        async with database.request(caller.user_id, plain=caller.plain) as session:
            rows = await page(session, cursor, EXPORT_PAGE)
        yield rows
        if len(rows) < EXPORT_PAGE:
            return
        cursor = place(rows[-1])


async def check_trail(database: Database, caller: Caller) -> Finding:
    """Walk the whole trail, one at a time.

    Raises ``Conflict`` while another walk is on, and ``Unavailable`` where it takes too long for a
    request.
    """
    caller.require(Permission.ACTIVITY)
    async with database.system() as gate:
        if not await repository.enter_check(gate):
            raise Conflict(
                "The trail is being checked already: ask again when that has ended.",
                code="check_running",
            )
        try:
            async with asyncio.timeout(CHECK_SECONDS), database.system() as session:
                return await trail.verify(session)
        except TimeoutError as error:
            raise Unavailable(
                f"Checking took longer than {CHECK_SECONDS:.0f} s and was given up: run "
                "`fabula audit verify` on the studio's machine, which has no limit."
            ) from error


async def access(session: AsyncSession, caller: Caller) -> list[TableAccess]:
    """What each role may do in every table, as the database holds it at this moment."""
    caller.require(Permission.PERMISSIONS)
    return access_of(await repository.tables(session), await repository.policies(session))
