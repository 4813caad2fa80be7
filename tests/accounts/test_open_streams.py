"""A stream that is open does not outlive the credentials that opened it."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy import text

from studio import Studio, client_of, session_cookie


@pytest.fixture
async def listening(studio: Studio) -> AsyncIterator[Studio]:
    """The listener runs, as in a server."""
    await studio.app.state.listener.start()
    await studio.app.state.listener.listening.wait()
    yield studio
    studio.app.state.closing.set()
    await studio.app.state.listener.stop()


async def opened(studio: Studio, client: httpx.AsyncClient) -> asyncio.Task[httpx.Response]:
    """A stream; its answer is complete when the stream has ended."""
    before = len(studio.app.state.listener._subscribers[studio.caller.user_id])
    task = asyncio.create_task(client.get("/api/events"))
    async with asyncio.timeout(20):
        while len(studio.app.state.listener._subscribers[studio.caller.user_id]) == before:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return task


async def test_it_ends_when_the_account_is_suspended(listening: Studio) -> None:
    stream = await opened(listening, listening.client)
    async with await listening.person("root", "admin") as root:
        place = f"/api/people/{listening.caller.user_id}/suspend"
        assert (await root.post(place, json={"reason": "a test"})).is_success
    async with asyncio.timeout(20):
        assert (await stream).status_code == 200


async def test_it_ends_with_its_session_and_others_go_on(listening: Studio) -> None:
    cookie = await session_cookie(listening.database, listening.caller.user_id)
    async with client_of(listening.app) as browser:
        browser.cookies.set("fabula_session", cookie)
        by_session = await opened(listening, browser)
        by_key = await opened(listening, listening.client)
        current = (await browser.get("/api/me/sessions")).json()["items"][0]["id"]
        await browser.delete(f"/api/me/sessions/{current}", headers={"X-Fabula-CSRF": "1"})
        async with asyncio.timeout(20):
            await by_session
    assert not by_key.done()
    async with listening.database.system() as session:
        await session.execute(text("DELETE FROM auth.api_keys"))
    async with asyncio.timeout(20):
        answer = await by_key
    assert "access.changed" not in answer.text
