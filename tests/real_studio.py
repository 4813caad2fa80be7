"""A whole studio in processes of its own, as `fabula up` starts it, on a free port."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg

from fabula.core.embedded_postgres import EmbeddedPostgres

FABULA = (sys.executable, "-m", "fabula")
CARD = "fabula.engines.image.reference_card:ReferenceCard"
PATIENCE_SECONDS = 60


def until(holds: Callable[[], object], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait for something; say what when it does not come."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"waited {seconds} s in vain: {what}"
        time.sleep(0.05)


@dataclass
class RealStudio:
    folder: Path
    env: dict[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[str] | None" = None

    def __post_init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.base = f"http://127.0.0.1:{port}"
        self.env = os.environ | {
            "FABULA_DATA_DIR": str(self.folder),
            "FABULA_PORT": str(port),
            "FABULA_LOG_LEVEL": "WARNING",
            "FABULA_EXTRA_ENGINES": json.dumps([CARD]),
            "FABULA_LEASE_SECONDS": "2",
            "FABULA_HEARTBEAT_SECONDS": "0.3",
            **self.env,
        }

    def start(self, *options: str) -> None:
        place = self.folder.parent / f"{self.folder.name}.log"
        with place.open("a") as log:
            self.process = subprocess.Popen(
                [*FABULA, "up", "--offline", *options], env=self.env, stderr=log, text=True
            )
        until(self.ready, f"the studio is ready; its log is {place}")

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=PATIENCE_SECONDS)

    def ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, "the studio ended"
        try:
            answer = httpx.get(f"{self.base}/api/health/ready", trust_env=False)
        except httpx.HTTPError:
            return False
        return answer.status_code == httpx.codes.OK

    def command(self, *arguments: str) -> str:
        """What a command prints on standard output."""
        done = subprocess.run(
            [*FABULA, *arguments], env=self.env, check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def parts(self, name: str) -> list[psutil.Process]:
        """Processes of the studio with a word in their command line."""
        assert self.process is not None
        found = []
        for child in psutil.Process(self.process.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):  # it may have ended meanwhile
                if name in child.cmdline():
                    found.append(child)
        return found

    def client(self, key: str) -> httpx.Client:
        headers = {"Authorization": f"Bearer {key}"}
        return httpx.Client(base_url=self.base, headers=headers, timeout=30, trust_env=False)

    @cached_property
    def dsn(self) -> str:
        return self.command("db", "url").strip()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.dsn) as connection:
            return connection.execute(query.encode()).fetchall()

    def use_card(self) -> None:
        config = json.dumps({"engines": ["reference-card"], "width": 64, "height": 64, "steps": 5})
        with psycopg.connect(self.dsn) as connection:
            connection.execute(
                "INSERT INTO model_config_history (model_type, config_name, config_data, "
                "is_active) VALUES ('SDXL', 'test', %s, true)",
                (config,),
            )


@contextmanager
def running(*options: str, **env: str) -> Iterator[RealStudio]:
    """A studio in a folder of its own, which is removed with everything that belongs to it. The
    folder can be passed through by all, so that the database lies in it also for root."""
    place = Path(tempfile.mkdtemp(prefix="fabula-real-"))
    place.chmod(0o755)
    studio = RealStudio(place / "studio", env)
    try:
        studio.start(*options)
        yield studio
    finally:
        if studio.process is not None and studio.process.poll() is None:
            studio.stop()
        shutil.rmtree(EmbeddedPostgres(studio.folder).place.socket, ignore_errors=True)
        shutil.rmtree(place, ignore_errors=True)
