"""The settings that an operator changes while the studio runs, and what machines keep beside them.

Everything lies in the one row of ``system_config``. It is written by key in single statements and
never read, changed and written back, so that a form that was open for an hour cannot undo what a
worker wrote meanwhile.
"""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.core.database import elevated
from fabula.core.errors import Invalid, Unavailable
from fabula.runtime_config import repository


async def patch(session: AsyncSession, key: str, value: object) -> None:
    """Set one key of the configuration; the others stay as they are.

    ``value`` is anything that JSON can hold. The caller has been checked before. Raises
    ``Invalid`` for an empty key and ``Unavailable`` where the row is missing.
    """
    _check(key)
    async with elevated(session):
        if not await repository.patch(session, key, value):
            raise _missing()


async def remove(session: AsyncSession, key: str) -> None:
    """Take one key out; the others stay as they are."""
    _check(key)
    async with elevated(session):
        if not await repository.drop(session, key):
            raise _missing()


async def ensure(session: AsyncSession) -> None:
    """Make the one row where an adopted database has none."""
    async with elevated(session):
        await repository.ensure(session)


class RuntimeConfig:
    """A process's copy of the configuration.

    Every read asks for the row's version, a lookup by primary key that leaves the value alone,
    and reads the value only when it has changed. So a change is seen by the next read of every
    process, without a timer.
    """

    def __init__(self) -> None:
        self._version: str | None = None
        self._values: dict[str, Any] = {}

    async def read(self, session: AsyncSession) -> dict[str, Any]:
        """All settings; not to be changed by the reader. Raises ``Unavailable``."""
        async with elevated(session):
            version = await repository.version(session)
            if version is None:
                raise _missing()
            if version != self._version:
                self._values = await repository.read(session) or {}
                self._version = version
        return self._values


def _check(key: str) -> None:
    if not key or "\x00" in key:
        raise Invalid("A setting needs a name.", field="key")


def _missing() -> Unavailable:
    return Unavailable(
        "The row of system_config is missing: start the studio again, which makes it."
    )
