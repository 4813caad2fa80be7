"""Live events over SSE: one stream a page, resumable by Last-Event-ID."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from fabula.accounts.access import CallerDep, DatabaseDep, caller_or_none
from fabula.events import live
from fabula.events.listener import RESYNC, Listener, LiveEvent
from fabula.events.live import ACCESS_CHANGED
from fabula.web.schemas import StudioLiveEvent

router = APIRouter(tags=["events"])
_REPLAY_LIMIT = 500
_RETRY_MILLISECONDS = 2000


def listener_of(request: Request) -> Listener:
    listener: Listener = request.app.state.listener
    return listener


def closing_of(request: Request) -> asyncio.Event:
    closing: asyncio.Event = request.app.state.closing
    return closing


@router.get(
    "/events",
    response_class=EventSourceResponse,
    responses={200: {"model": StudioLiveEvent, "description": "A stream of live events."}},
)
async def live_events(
    request: Request,
    caller: CallerDep,
    database: DatabaseDep,
    listener: Annotated[Listener, Depends(listener_of)],
    closing: Annotated[asyncio.Event, Depends(closing_of)],
    last_event_id: Annotated[int | None, Header(ge=0, le=2**63 - 1)] = None,
) -> AsyncIterator[ServerSentEvent]:
    """What happens to the caller's jobs and assets, as it happens.

    Send the last id that was seen as `Last-Event-ID` to get what was missed; a `resync` says that
    it is too much, and that everything should be read afresh. The stream ends with the session or
    key that opened it.
    """
    async with listener.subscribe(caller.user_id) as queue:
        yield ServerSentEvent(comment="ready", retry=_RETRY_MILLISECONDS)
        seen = 0
        if last_event_id is not None:
            async with database.request(caller.user_id) as session:
                missed = await live.events_after(
                    session, caller.user_id, last_event_id, _REPLAY_LIMIT + 1
                )
            if len(missed) > _REPLAY_LIMIT:
                yield _encoded(RESYNC)
            else:
                for row in missed:
                    seen = row.id
                    yield _encoded(LiveEvent(row.id, row.type, row.data))
        async for event in _until(closing, queue):
            # A full queue drops what it held, so a resync may stand for the end of a session.
            if event.type in {ACCESS_CHANGED, RESYNC.type} and not await caller_or_none(
                request, database
            ):
                return
            if event.type == ACCESS_CHANGED:
                continue
            if event.id is None or event.id > seen:
                yield _encoded(event)


async def _until(
    closing: asyncio.Event, queue: "asyncio.Queue[LiveEvent]"
) -> AsyncIterator[LiveEvent]:
    """The queue's events until the server closes."""
    end = asyncio.create_task(closing.wait())
    try:
        while not closing.is_set():
            step = asyncio.create_task(queue.get())
            await asyncio.wait({step, end}, return_when=asyncio.FIRST_COMPLETED)
            if not step.done():
                step.cancel()
                return
            yield step.result()
    finally:
        end.cancel()


def _encoded(event: LiveEvent) -> ServerSentEvent:
    return ServerSentEvent(
        data=event.data, event=event.type, id=None if event.id is None else str(event.id)
    )
