"""Everybody's ledger, the trail, both as CSV, and what roles may do in the database."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime

from fabula.accounts.access import (
    CallerDep,
    CursorDep,
    DatabaseDep,
    Limit,
    PersonalDep,
    SessionDep,
)
from fabula.accounts.caller import Caller
from fabula.accounts.oversight import service
from fabula.accounts.oversight.repository import (
    ActivityRow,
    ActivitySearch,
    LedgerRow,
    LedgerSearch,
)
from fabula.accounts.oversight.schemas import (
    AccessOut,
    ActivityOut,
    BadEntryOut,
    EntryKind,
    RoleAccessOut,
    StudioEntryOut,
    TableAccessOut,
    TrailCheckOut,
)
from fabula.accounts.trail import Action
from fabula.core.csv_text import CSV_TYPE, csv_text
from fabula.core.database import Database
from fabula.core.pagination import Cursor, Page, page_of

router = APIRouter(tags=["oversight"])
R = TypeVar("R")
_LEDGER_HEAD = (
    "created_at", "username", "user_id", "kind", "part", "amount", "balance_after", "job_id",
    "reason", "by", "by_id", "id",
)  # fmt: skip
_ACTIVITY_HEAD = (
    "created_at", "username", "user_id", "action", "resource_type", "resource_id", "before",
    "after", "ip_address", "user_agent", "id",
)  # fmt: skip
_CSV: dict[int | str, dict[str, object]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}}}, "description": "CSV in UTF-8."}
}


def ledger_search(
    account: Annotated[UUID | None, Query()] = None,
    kind: Annotated[EntryKind | None, Query()] = None,
    since: Annotated[AwareDatetime | None, Query()] = None,
    until: Annotated[AwareDatetime | None, Query()] = None,
) -> LedgerSearch:
    return LedgerSearch(account, kind, since, until)


def activity_search(
    user_id: Annotated[UUID | None, Query()] = None,
    action: Annotated[Action | None, Query()] = None,
    resource: Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00]*$")] = None,
    since: Annotated[AwareDatetime | None, Query()] = None,
    until: Annotated[AwareDatetime | None, Query()] = None,
) -> ActivitySearch:
    return ActivitySearch(user_id, action, resource or None, since, until)


LedgerSearchDep = Annotated[LedgerSearch, Depends(ledger_search)]
ActivitySearchDep = Annotated[ActivitySearch, Depends(activity_search)]


@router.get("/ledger")
async def list_ledger(
    caller: CallerDep,
    session: SessionDep,
    search: LedgerSearchDep,
    cursor: CursorDep,
    limit: Limit = 50,
) -> Page[StudioEntryOut]:
    """Every movement of people's credits, newest first. `account` is a person; `since` is
    included, `until` is not. Admins only."""
    rows = await service.ledger(session, caller, search, cursor, limit + 1)
    kept, following = page_of(rows, limit, _ledger_place)
    return Page(items=[StudioEntryOut.of(row) for row in kept], next_cursor=following)


@router.get("/ledger.csv", response_class=StreamingResponse, responses=_CSV)
async def export_ledger(
    caller: CallerDep, database: DatabaseDep, search: LedgerSearchDep
) -> StreamingResponse:
    """The ledger as CSV, newest first, with the filters of the list. Admins only."""
    async with database.request(caller.user_id, plain=caller.plain) as session:
        page = await service.begin_ledger_export(session, caller, search)
    lines = _lines(database, caller, page, _ledger_place, _LEDGER_HEAD, _ledger_cells)
    return _csv_answer(lines, "ledger.csv")


@router.get("/activity")
async def list_activity(
    caller: PersonalDep,
    session: SessionDep,
    search: ActivitySearchDep,
    cursor: CursorDep,
    limit: Limit = 50,
) -> Page[ActivityOut]:
    """The trail, newest first: the caller's own entries, for admins everybody's. `resource` is a
    type such as `account`, or one thing as `account:ID`; `since` is included, `until` is not."""
    rows = await service.activity(session, caller, search, cursor, limit + 1)
    kept, following = page_of(rows, limit, _activity_place)
    return Page(items=[ActivityOut.of(row) for row in kept], next_cursor=following)


@router.get("/activity.csv", response_class=StreamingResponse, responses=_CSV)
async def export_activity(
    caller: PersonalDep, database: DatabaseDep, search: ActivitySearchDep
) -> StreamingResponse:
    """The trail as CSV, newest first, with the filters of the list: the caller's own entries, for
    admins everybody's."""
    async with database.request(caller.user_id, plain=caller.plain) as session:
        page = await service.begin_activity_export(session, caller, search)
    lines = _lines(database, caller, page, _activity_place, _ACTIVITY_HEAD, _activity_cells)
    return _csv_answer(lines, "activity.csv")


@router.get("/audit/verify")
async def verify_trail(caller: CallerDep, database: DatabaseDep) -> TrailCheckOut:
    """Walk the whole trail and name the first entry that was changed, removed or added beside it.
    Admins only."""
    found = await service.check_trail(database, caller)
    bad = BadEntryOut(seq=found.seq, entry_id=found.entry_id, fault=found.fault)
    return TrailCheckOut(
        ok=not found.fault,
        entries=found.entries,
        first_bad=bad if found.fault else None,
        head=found.head,
    )


@router.get("/access")
async def list_access(caller: CallerDep, session: SessionDep) -> AccessOut:
    """What each role may do with the rows of every table, read from the policies of the database
    itself. Admins only."""
    tables = await service.access(session, caller)
    return AccessOut(
        tables=[
            TableAccessOut(
                name=table.name,
                cells={
                    role: RoleAccessOut.model_validate(words) for role, words in table.roles.items()
                },
            )
            for table in tables
        ]
    )


def _ledger_place(row: LedgerRow) -> Cursor:
    return Cursor(row.entry.created_at, row.entry.id)


def _activity_place(row: ActivityRow) -> Cursor:
    return Cursor(row.entry.created_at, row.entry.id)


def _ledger_cells(row: LedgerRow) -> list[object]:
    item = StudioEntryOut.of(row)
    account, by = item.account, item.by
    return [
        item.created_at.isoformat(), account and account.username, account and account.id,
        item.kind, item.part, item.amount, item.balance_after, item.job_id, item.reason,
        by and by.username, by and by.id, item.id,
    ]  # fmt: skip


def _activity_cells(row: ActivityRow) -> list[object]:
    item = ActivityOut.of(row)
    return [
        item.created_at.isoformat(), item.username, item.user_id, item.action, item.resource_type,
        item.resource_id, _json(item.before), _json(item.after), item.ip_address, item.user_agent,
        item.id,
    ]  # fmt: skip


def _json(value: dict[str, object] | None) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


async def _lines(
    database: Database,
    caller: Caller,
    page: service.Page[R],
    place: Callable[[R], Cursor],
    head: tuple[str, ...],
    cells: Callable[[R], list[object]],
) -> AsyncIterator[str]:
    yield csv_text([head])
    async for rows in service.pages(database, caller, page, place):
        yield csv_text(cells(row) for row in rows)


def _csv_answer(lines: AsyncIterator[str], name: str) -> StreamingResponse:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
    }
    return StreamingResponse(lines, headers=headers, media_type=CSV_TYPE)
