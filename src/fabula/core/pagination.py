"""Pages by key: a cursor names the last row seen, so that page 5,000 costs what page 1 does."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from fabula.core.errors import Invalid

T = TypeVar("T")
R = TypeVar("R")
MAX_LIMIT = 200


class Page(BaseModel, Generic[T]):
    """A page of a list; ``next_cursor`` is null on the last one."""

    items: list[T]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a list ordered by (created_at, id), newest first."""

    created_at: datetime
    id: UUID

    def encode(self) -> str:
        raw = f"{self.created_at.isoformat()}|{self.id}"
        return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> "Cursor":
        """Raises ``Invalid`` for anything that ``encode`` did not write."""
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            at, _, row_id = raw.decode().partition("|")
            return cls(_zoned(datetime.fromisoformat(at)), UUID(row_id))
        except (ValueError, binascii.Error) as error:
            raise Invalid(
                "This cursor is not one of ours: ask for the first page again.", field="cursor"
            ) from error

    def before(
        self, created_at: InstrumentedAttribute[datetime], row_id: InstrumentedAttribute[UUID]
    ) -> ColumnElement[bool]:
        """The condition for the rows that follow this place."""
        return tuple_(created_at, row_id) < tuple_(self.created_at, self.id)


def _zoned(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("A time without a zone.")
    return moment


def page_of(
    rows: Sequence[R], limit: int, key: Callable[[R], Cursor]
) -> tuple[Sequence[R], str | None]:
    """Cut ``limit + 1`` rows to a page and the cursor of the next one."""
    if len(rows) <= limit:
        return rows, None
    kept = rows[:limit]
    return kept, key(kept[-1]).encode()
