"""Pages by key."""

import base64
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select

from fabula.accounts.caller import Caller
from fabula.core.database import Database
from fabula.core.errors import Invalid
from fabula.core.pagination import Cursor, page_of
from fabula.models import Upload

MOMENT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ROW = UUID(int=7)


@given(st.datetimes(timezones=st.just(UTC)), st.uuids())
def test_a_cursor_comes_back_whole(moment: datetime, row_id: UUID) -> None:
    cursor = Cursor(moment, row_id)
    assert Cursor.decode(cursor.encode()) == cursor


def encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "!",
        "a",
        "äöü",
        encoded("nothing"),
        encoded(f"{MOMENT.isoformat()}|"),
        encoded(f"{MOMENT.isoformat()}|not-an-id"),
        encoded(f"|{ROW}"),
        encoded(f"2026-03-01T12:00:00|{ROW}"),  # no zone
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    ],
)
def test_anything_else_is_refused_by_a_sentence(text: str) -> None:
    with pytest.raises(Invalid, match="first page") as caught:
        Cursor.decode(text)
    assert caught.value.field == "cursor"


def test_a_page_is_cut_where_more_follows() -> None:
    rows = [Cursor(MOMENT, uuid4()) for _ in range(3)]
    kept, following = page_of(rows, 2, lambda row: row)
    assert kept == rows[:2]
    assert following == rows[1].encode()


@pytest.mark.parametrize("count", [0, 1, 2])
def test_the_last_page_names_no_next_one(count: int) -> None:
    rows = [Cursor(MOMENT, uuid4()) for _ in range(count)]
    assert page_of(rows, 2, lambda row: row) == (rows, None)


async def test_pages_give_every_row_once_also_at_equal_times(
    database: Database, make_caller: Callable[[], Awaitable[Caller]]
) -> None:
    caller = await make_caller()
    async with database.system() as session:
        await session.execute(
            insert(Upload),
            [
                {
                    "user_id": caller.user_id,
                    "created_at": MOMENT - timedelta(seconds=index // 4),
                    "mime_type": "image/png",
                    "file_size_bytes": 1,
                    "bucket": "reference_images",
                    "key": str(index),
                    "thumbnail_key": str(index),
                    "thumbhash": "",
                    "sha256": "",
                    "width": 1,
                    "height": 1,
                }
                for index in range(11)
            ],
        )
    seen: list[UUID] = []
    cursor: str | None = None
    for _ in range(4):
        rows = await _page(database, Cursor.decode(cursor) if cursor else None, 3)
        kept, cursor = page_of(rows, 3, lambda row: Cursor(row.created_at, row.id))
        seen += [row.id for row in kept]
    assert cursor is None
    assert len(seen) == len(set(seen)) == 11


async def _page(database: Database, cursor: Cursor | None, limit: int) -> Sequence[Upload]:
    query = select(Upload).order_by(Upload.created_at.desc(), Upload.id.desc())
    if cursor:
        query = query.where(cursor.before(Upload.created_at, Upload.id))
    async with database.system() as session:
        return (await session.scalars(query.limit(limit + 1))).all()
