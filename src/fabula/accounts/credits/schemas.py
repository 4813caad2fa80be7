"""What the API of credits takes and gives."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from fabula.accounts.credits.repository import EntryRow
from fabula.accounts.credits.service import MAX_GRANT
from fabula.core.text import no_null_bytes
from fabula.models import LedgerEntry

_JOB_KINDS = {"reserve", "settle", "release"}


def job_of(entry: LedgerEntry) -> UUID | None:
    """The job that an entry is about, where it is about one."""
    return entry.reference if entry.kind in _JOB_KINDS else None


class QuotaOut(BaseModel):
    """A quota and how much of it is used; ``limit`` is null where there is none. Storage is in
    bytes, the others are numbers of jobs."""

    name: Literal["jobs_per_day", "jobs_per_month", "jobs_at_once", "storage_bytes"]
    limit: int | None
    used: int


class CreditsOut(BaseModel):
    """``enabled`` says whether jobs are paid here; ``reserved`` is held by jobs on their way."""

    enabled: bool
    balance: int
    reserved: int
    plan: str
    quotas: list[QuotaOut]


class EntryOut(BaseModel):
    """A movement on one of a person's two accounts: what came in is positive, and
    ``balance_after`` is what the account had then."""

    id: UUID
    kind: str
    account: Literal["available", "reserved"]
    amount: int
    balance_after: int
    job_id: UUID | None
    reason: str | None
    created_at: datetime

    @classmethod
    def of(cls, row: EntryRow) -> "EntryOut":
        entry = row.entry
        return cls(
            id=entry.id,
            kind=entry.kind,
            account="available" if row.account == "available" else "reserved",
            amount=entry.amount,
            balance_after=entry.balance_after or 0,
            job_id=job_of(entry),
            reason=entry.reason,
            created_at=entry.created_at,
        )


class UsageOut(BaseModel):
    """What was made on a day (UTC), of one format and quality, and its price in credits."""

    day: date
    format: str
    quality: str
    jobs: int
    outputs: int
    credits: float


class GrantIn(BaseModel):
    """Credits to give; a negative amount takes some."""

    model_config = ConfigDict(extra="forbid")

    amount: int = Field(ge=-MAX_GRANT, le=MAX_GRANT, strict=True)
    reason: Annotated[str, StringConstraints(strip_whitespace=True)] = Field(
        min_length=1, max_length=500
    )

    _clean = field_validator("reason")(no_null_bytes)


class BalanceOut(BaseModel):
    """What a person has after a grant."""

    balance: int
    reserved: int
