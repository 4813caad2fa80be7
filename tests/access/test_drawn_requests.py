"""Thousands of requests by one account at what is another's: no fault, no look, no change."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid5

import httpx
import psycopg
import pytest
from belongings import NAME, fill_other_tables, make_belongings
from drawn_requests import Drawn, draw
from test_endpoints import PNG

from fabula.accounts import service
from fabula.accounts.caller import Caller
from fabula.core.pagination import Cursor
from studio import Studio, client_of

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_NOT_THERE = [str(uuid5(UUID(int=0), str(number))) for number in range(3)]
_TABLES = """
SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ('public', 'studio', 'auth', 'queue') AND c.relkind = 'r' ORDER BY 1
"""
_NAME = re.compile(r"[a-z_]+(\.[a-z_]+)?")
_PATIENCE = 30


@dataclass
class Neighbours:
    """Two people with one of everything, and somebody who asks by API key."""

    studio: Studio
    mine: dict[str, str]
    secrets: re.Pattern[str]
    """What only the other person's rows say: their ids, and the word in their texts."""
    ids: list[str]
    cursors: list[str]
    key: str = "none yet"
    statements: set[str] = field(default_factory=set)
    outcomes: Counter[int] = field(default_factory=Counter)
    sent: set[str] = field(default_factory=set)

    async def ask_all(self, caller: Caller, *, each: int) -> list[tuple[Drawn, httpx.Response]]:
        """Send what the document gives rise to; the answers that tell of the other person."""
        telling = []
        document = self.studio.app.openapi()
        for request in draw(document, self.ids, self.cursors, [PNG, b"no picture"], each=each):
            answer = await self.ask(caller, request)
            text = answer.content.decode("latin-1") + str(answer.headers)
            found = set(self.secrets.findall(text))
            echoed = set(self.secrets.findall("\n".join(request.texts)))
            if found and (answer.is_success or not found <= echoed):
                telling.append((request, answer))
        return telling

    def written(self) -> list[str]:
        """What was sent and stands in a statement, but for words of the document and for names:
        Hypothesis draws constants of the code, such as the name of a table."""
        statements = "\n".join(self.statements)
        known = json.dumps(self.studio.app.openapi())
        told = (text for text in self.sent if len(text) > 7 and not _NAME.fullmatch(text))
        return [text for text in told if text in statements and text not in known]

    async def ask(self, caller: Caller, request: Drawn) -> httpx.Response:
        answer = await self.send(request)
        if answer.status_code == 401 and await self.renew_key(caller):
            answer = await self.send(request)
        self.outcomes[answer.status_code // 100] += 1
        self.sent.update(request.texts)
        if request.url.startswith("/api/health/"):  # a studio without a listener says so
            return answer
        assert answer.status_code < 500, (request, answer.text)
        if answer.status_code >= 400:
            assert answer.json().keys() == {"error", "detail", "field"}
        return answer

    async def send(self, request: Drawn) -> httpx.Response:
        content = request.content
        headers = {**request.headers, **content.pop("headers", {})}
        async with client_of(self.studio.app, self.key) as client, asyncio.timeout(_PATIENCE):
            return await client.request(
                request.method, request.url, params=request.query, headers=headers, **content
            )

    async def renew_key(self, caller: Caller) -> bool:
        """A request may have ended the key that signs the next ones in."""
        async with self.studio.database.system() as session:
            if await service.identify(session, api_key=self.key, session_token=None):
                return False
            _, self.key = await service.create_api_key(session, caller.user_id, "drawn")
        return True


def all_rows(dsn: str) -> dict[str, list[str]]:
    """Every row of every table, as text."""
    with psycopg.connect(dsn) as connection:
        tables = [str(row[0]) for row in connection.execute(_TABLES)]
        return {
            table: [str(row[0]) for row in connection.execute(
                f"SELECT to_jsonb(t)::text AS row FROM {table} t ORDER BY 1".encode()  # noqa: S608
            )]
            for table in tables
        }  # fmt: skip


def telling(rows: dict[str, list[str]], secrets: re.Pattern[str]) -> dict[str, list[str]]:
    """The rows that name the other person or something of theirs."""
    found = {table: [row for row in kept if secrets.search(row)] for table, kept in rows.items()}
    return {table: kept for table, kept in found.items() if kept}


def uuids(rows: Iterable[list[str]]) -> set[str]:
    return {found for kept in rows for row in kept for found in _UUID.findall(row)}


@pytest.fixture
async def neighbours(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> Neighbours:
    mine = await make_belongings(studio, "harbour")
    client = await studio.person(NAME)
    async with client:
        other = await studio.scalar("SELECT id FROM auth.accounts WHERE username = :n", n=NAME)
        theirs = replace(studio, client=client, caller=replace(studio.caller, user_id=other))
        before = uuids(all_rows(studio.database.dsn).values())
        made = await make_belongings(theirs, NAME)
        listed = (await client.get("/api/jobs")).json()["items"][0]
    with psycopg.connect(studio.database.dsn, autocommit=True) as connection:
        fill_other_tables(connection, NAME, made)
    found = uuids(all_rows(studio.database.dsn).values()) - before | {str(other)}
    place = await studio.scalar("SELECT created_at FROM jobs WHERE id = :id", id=listed["id"])
    cursors = [Cursor(place, UUID(id_)).encode() for id_ in (made["job_id"], mine["job_id"])]
    statements: set[str] = set()
    execute = psycopg.AsyncCursor.execute

    async def noted(self: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
        statements.add(str(query))
        return await execute(self, query, *args, **kwargs)

    monkeypatch.setattr(psycopg.AsyncCursor, "execute", noted)
    return Neighbours(
        studio, mine, re.compile("|".join([NAME, *sorted(found)])),
        [*mine.values(), *sorted(found), *_NOT_THERE], cursors, statements=statements,
    )  # fmt: skip


async def test_nothing_of_another_is_told_or_changed(neighbours: Neighbours) -> None:
    """And no statement holds what was sent: whoever could write into the text of a statement could
    leave the role of requests."""
    dsn, secrets = neighbours.studio.database.dsn, neighbours.secrets
    before = telling(all_rows(dsn), secrets)
    assert len(before) > 25
    told = await neighbours.ask_all(neighbours.studio.caller, each=5)
    assert [(request, answer.text) for request, answer in told] == []
    assert telling(all_rows(dsn), secrets) == before
    assert neighbours.outcomes.total() > 1500
    assert neighbours.outcomes[2] > 100
    assert len(neighbours.statements) > 50
    assert neighbours.written() == []


async def test_an_admin_meets_no_fault(neighbours: Neighbours) -> None:
    async with neighbours.studio.database.system() as session:
        root = await service.create_account(session, "root", "admin")
    neighbours.ids = neighbours.ids[:: len(neighbours.ids) // 8]
    await neighbours.ask_all(Caller(root.id, "root", frozenset(["admin"])), each=4)
    assert neighbours.outcomes[2] > 100
