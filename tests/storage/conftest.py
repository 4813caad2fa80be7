"""Stores of every kind. S3 is a moto server on the loopback, in a process of its own."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest
from storage_samples import S3_BUCKET, s3_store

from fabula.storage.base import BlobStore
from fabula.storage.filesystem import FilesystemStore
from fabula.storage.memory import MemoryStore

_PATIENCE_S = 60
_START = "from moto.server import main; main()"


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", _START, "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _make_bucket(port, server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def _make_bucket(port: int, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not _made(port):
        assert server.poll() is None, "the moto server ended"
        assert time.monotonic() < deadline, "the moto server does not answer"
        time.sleep(0.1)


def _made(port: int) -> bool:
    with closing(HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_S)) as connection:
        try:
            connection.request("PUT", f"/{S3_BUCKET}")
        except ConnectionError:
            return False
        return connection.getresponse().status == 200


@pytest.fixture(params=["memory", "filesystem", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    """One empty store of each kind."""
    if request.param == "memory":
        return MemoryStore()
    if request.param == "filesystem":
        return FilesystemStore(tmp_path / "files")
    return s3_store(request.getfixturevalue("s3_endpoint"), prefix=tmp_path.name)
