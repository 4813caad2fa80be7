"""Facts that other domains act on, inside the transaction that made them true."""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

E = TypeVar("E")
Handler = Callable[[AsyncSession, Any], Awaitable[None]]


class DomainEvents:
    """Which handlers follow which fact. Filled once, by ``fabula.bootstrap``."""

    def __init__(self) -> None:
        self._handlers: dict[type[Any], list[Handler]] = defaultdict(list)

    def on(self, kind: type[E], handler: Callable[[AsyncSession, E], Awaitable[None]]) -> None:
        self._handlers[kind].append(handler)

    async def emit(self, session: AsyncSession, event: object) -> None:
        """Run the handlers in order; an error in one loses the whole transaction."""
        for handler in self._handlers[type(event)]:
            await handler(session, event)
