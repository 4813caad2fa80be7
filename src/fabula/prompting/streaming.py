"""Rewriting while somebody watches: what the model writes as it comes, then the whole."""

import asyncio
from collections.abc import AsyncGenerator

from fabula.core.database import Database
from fabula.prompting.enhancement import Enhanced, Enhancer, EnhanceRequest
from fabula.prompting.rewriting import rewrite


async def stream(
    database: Database, enhancer: Enhancer, request: EnhanceRequest
) -> AsyncGenerator[str | Enhanced, None]:
    """Pieces of the model's own words, and at the end what became of them.

    Closing it early stops the model. Raises as ``rewrite``.
    """
    pieces: asyncio.Queue[str | None] = asyncio.Queue()
    work = asyncio.create_task(rewrite(database, enhancer, request, pieces.put_nowait))
    work.add_done_callback(lambda _: pieces.put_nowait(None))
    try:
        while (piece := await pieces.get()) is not None:
            yield piece
        yield await work
    finally:
        work.cancel()
        await asyncio.wait({work})
