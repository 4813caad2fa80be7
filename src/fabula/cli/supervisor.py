"""The whole studio under one command: the database, the server and the workers.

The supervisor runs the database, starts the others as processes of their own, starts again what
ends, and stops all in order. A file lock keeps a second one out of the same data folder.
"""

import asyncio
import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import IO, Self

import httpx

from fabula.accounts import service as accounts
from fabula.cli.running import ready_database
from fabula.core.database import Database
from fabula.core.errors import Unavailable
from fabula.core.secret_key import secret_of
from fabula.core.settings import Settings
from fabula.web.serving import check_port_free

_PR_SET_PDEATHSIG = 1
_STOP_SECONDS = 20.0
_CALM_SECONDS = 10.0
_LONGEST_PAUSE = 30.0
_READY_SECONDS = 60.0
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(slots=True)
class Part:
    """A process of the studio; ``pause`` grows while it keeps ending."""

    name: str
    command: list[str]
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    pause: float = 0.5
    due: float = 0.0


class Supervisor:
    """Use as a context: the database runs inside it."""

    def __init__(self, settings: Settings, *, workers: int, report: Callable[[str], None]) -> None:
        self._settings = settings
        self._report = report
        self._stack = ExitStack()
        self._stop_signal: int | None = None
        self._dsn = ""
        me = [sys.executable, "-m", "fabula"]
        self._parts = [Part("server", [*me, "serve", "--prepared"])]
        self._parts += [
            Part(f"worker {n + 1}", [*me, "worker", "--prepared"]) for n in range(workers)
        ]

    def __enter__(self) -> Self:
        check_port_free(self._settings)
        self._stack.enter_context(_only_one(self._settings))
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)
        self._report("starting the database")
        self._dsn = self._stack.enter_context(ready_database(self._settings))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop_parts()
        self._stack.close()

    def run(self) -> int:
        """Start everything, say where it is, and watch it until a signal comes."""
        for part in self._parts:
            self._start(part)
        if self._wait_ready():
            self._greet()
        while self._stop_signal is None:
            self._revive()
            time.sleep(0.1)
        self._report("stopping")
        return 0

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self._stop_signal = number

    def _start(self, part: Part) -> None:
        parent = os.getpid()

        def in_child() -> None:
            _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:
                os._exit(1)

        part.process = subprocess.Popen(  # noqa: S603 - our own program
            part.command,
            preexec_fn=in_child,  # noqa: PLW1509 - the death signal must be set in the child
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            env=self._environment(),
        )
        part.started = time.monotonic()

    def _environment(self) -> dict[str, str]:
        """On a terminal the parts only speak up when something is wrong, unless more is asked."""
        env = {**os.environ, "FABULA_DATABASE_URL": self._dsn}
        if sys.stderr.isatty() and self._settings.log_level.upper() == "INFO":
            env.setdefault("FABULA_LOG_LEVEL", "WARNING")
        return env

    def _revive(self) -> None:
        now = time.monotonic()
        for part in self._parts:
            if part.process is not None and part.process.poll() is None:
                if now - part.started > _CALM_SECONDS:
                    part.pause = 0.5
                continue
            if part.process is not None:
                self._report(
                    f"the {part.name} ended with code {part.process.returncode}; "
                    f"starting it again in {part.pause:g} s"
                )
                part.process, part.due = None, now + part.pause
                part.pause = min(part.pause * 2, _LONGEST_PAUSE)
            elif now >= part.due:
                self._start(part)

    def _wait_ready(self) -> bool:
        address = f"{self._local_address()}/api/health/ready"
        end = time.monotonic() + _READY_SECONDS
        while self._stop_signal is None and time.monotonic() < end:
            with suppress(httpx.HTTPError):
                if httpx.get(address, timeout=2.0, trust_env=False).status_code == 200:
                    return True
            self._revive()
            time.sleep(0.05)
        if self._stop_signal is None:
            self._report(f"the server does not answer yet; it should, at {address}")
        return False

    def _local_address(self) -> str:
        host = self._settings.host
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104
        return f"http://{host}:{self._settings.port}"

    def _greet(self) -> None:
        base = self._settings.base_url
        self._report(f"\nFabula is at {base}")
        token = asyncio.run(_first_link(self._dsn, secret_of(self._settings)))
        if token:
            self._report(f"Sign in, once, within a day: {base}/sign-in#token={token}")
        else:
            self._report("A new sign-in link: `fabula user link`")
        self._report("Ctrl-C stops the studio.\n")

    def _stop_parts(self) -> None:
        running = [p.process for p in self._parts if p.process and p.process.poll() is None]
        for process in running:
            process.terminate()
        end = time.monotonic() + _STOP_SECONDS
        for process in running:
            try:
                process.wait(timeout=max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()


class _only_one:  # noqa: N801 - reads as a word where it is used
    """Holds the lock of a data folder; refuses a second supervisor with a sentence."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._file: IO[str] | None = None

    def __enter__(self) -> None:
        self._settings.data_dir.mkdir(parents=True, exist_ok=True)
        self._file = (self._settings.data_dir / "studio.lock").open("w")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Unavailable(
                f"A studio already runs from {self._settings.data_dir}. "
                "Use another folder with FABULA_DATA_DIR for a second one."
            ) from error

    def __exit__(self, *_: object) -> None:
        if self._file:
            self._file.close()


async def _first_link(dsn: str, secret: bytes) -> str | None:
    """A sign-in token for the owner, as long as nobody has signed in."""
    database = Database(dsn, pool_size=1, secret=secret)
    try:
        async with database.system() as session:
            owner, waiting = await accounts.ensure_owner(session)
            return await accounts.new_link(session, owner.id) if waiting else None
    finally:
        await database.close()
