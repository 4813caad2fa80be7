"""Whether the studio lives, and whether it can work."""

from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Depends, Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from fabula import __version__
from fabula.accounts.access import DatabaseDep
from fabula.core.migrate import newest_revision
from fabula.events.listener import Listener
from fabula.web.schemas import LiveOut, ReadyOut
from fabula.web.stream import listener_of

router = APIRouter(prefix="/health", tags=["health"])
_REVISION = text("SELECT version_num FROM studio.alembic_version")


@router.get("/live")
def live() -> LiveOut:
    """The process answers."""
    return LiveOut(status="ok", version=__version__)


@router.get("/ready", responses={503: {"model": ReadyOut, "description": "Not ready."}})
async def ready(
    response: Response,
    database: DatabaseDep,
    listener: Annotated[Listener, Depends(listener_of)],
) -> ReadyOut:
    """The database answers, its structure is current, live events arrive."""
    revision = None
    try:
        async with database.system() as session:
            revision = await session.scalar(_REVISION)
        reachable = True
    except (SQLAlchemyError, OSError):
        reachable = False
    current = reachable and revision == await anyio.to_thread.run_sync(newest_revision)
    heard = listener.listening.is_set()
    whole = reachable and current and heard
    if not whole:
        response.status_code = 503
    return ReadyOut(ready=whole, database=reachable, structure=current, live_events=heard)
