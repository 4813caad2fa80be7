"""What the API of oversight gives."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from fabula.accounts.credits.schemas import job_of
from fabula.accounts.oversight.repository import ActivityRow, LedgerRow
from fabula.accounts.oversight.row_access import Word

EntryKind = Literal[
    "start", "grant", "adjustment", "reserve", "settle", "release", "closing"
]  # fmt: skip


class NamedPersonOut(BaseModel):
    """Somebody by id; ``username`` is null for a person who has left."""

    id: UUID
    username: str | None


class StudioEntryOut(BaseModel):
    """A movement of somebody's credits. ``account`` is whose, and null for a person who has left;
    ``part`` is what moved: what they can spend, or what jobs on their way hold. ``by`` is null for
    the studio itself."""

    id: UUID
    kind: str
    account: NamedPersonOut | None
    part: Literal["available", "reserved"]
    amount: int
    balance_after: int
    job_id: UUID | None
    reason: str | None
    by: NamedPersonOut | None
    created_at: datetime

    @classmethod
    def of(cls, row: LedgerRow) -> "StudioEntryOut":
        entry, account = row.entry, row.account
        return cls(
            id=entry.id,
            kind=entry.kind,
            account=_named(account.user_id, row.username),
            part="available" if account.kind == "available" else "reserved",
            amount=entry.amount,
            balance_after=entry.balance_after or 0,
            job_id=job_of(entry),
            reason=entry.reason,
            by=_named(entry.made_by, row.made_by_name),
            created_at=entry.created_at,
        )


class ActivityOut(BaseModel):
    """An entry of the trail; ``user_id`` is null for the machine, for failed sign-ins and for
    people who have left."""

    id: UUID
    user_id: UUID | None
    username: str | None
    action: str
    resource_type: str | None
    resource_id: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    ip_address: str | None
    user_agent: str | None
    created_at: datetime

    @classmethod
    def of(cls, row: ActivityRow) -> "ActivityOut":
        entry, metadata = row.entry, row.entry.metadata_ or {}
        return cls(
            id=entry.id,
            user_id=entry.user_id,
            username=row.username,
            action=entry.action,
            resource_type=entry.resource_type,
            resource_id=entry.resource_id,
            before=metadata.get("before"),
            after=metadata.get("after"),
            ip_address=str(entry.ip_address) if entry.ip_address else None,
            user_agent=entry.user_agent,
            created_at=entry.created_at,
        )


class BadEntryOut(BaseModel):
    """Where the trail stops being whole; ``seq`` is its number, ``entry_id`` its row in the log
    where there is one."""

    seq: int
    entry_id: UUID | None
    fault: str


class TrailCheckOut(BaseModel):
    """``entries`` are whole from the first one on; ``head`` is the end of a whole trail, to be
    noted elsewhere, and empty for one that is not."""

    ok: bool
    entries: int
    first_bad: BadEntryOut | None
    head: str


class RoleAccessOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    read: Word
    create: Word
    update: Word
    delete: Word


class TableAccessOut(BaseModel):
    name: str
    cells: dict[str, RoleAccessOut]


class AccessOut(BaseModel):
    """What roles may do with the rows of each table. Words: ``none``; ``own`` rows; ``public``,
    own rows and those that their owners show; ``all``; ``own_fields`` and ``all_fields`` where only
    some of the columns can be changed."""

    tables: list[TableAccessOut]


def _named(person_id: UUID | None, username: str | None) -> NamedPersonOut | None:
    return NamedPersonOut(id=person_id, username=username) if person_id else None
