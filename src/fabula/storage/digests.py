"""SHA-256 of files on the disk, each read once for as long as it does not change."""

import hashlib
import os
import time
from io import BufferedIOBase
from threading import Lock

_MOST = 8192
# Within one tick of the file system's clock two contents can share a stamp: wait for it to pass.
_SETTLED_NS = 2_000_000_000

_Stamp = tuple[int, int, int, int]


class Digests:
    """Remembers digests by device, inode, size and time of change. Safe between threads."""

    def __init__(self) -> None:
        self._known: dict[_Stamp, str] = {}
        self._lock = Lock()

    def of(self, file: BufferedIOBase) -> str:
        """The digest in hex of an open file, read from its start."""
        status = os.fstat(file.fileno())
        stamp = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
        with self._lock:
            known = self._known.get(stamp)
        if known:
            return known
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        if time.time_ns() - status.st_mtime_ns > _SETTLED_NS:
            self._remember(stamp, digest)
        return digest

    def _remember(self, stamp: _Stamp, digest: str) -> None:
        with self._lock:
            if len(self._known) >= _MOST:
                self._known.pop(next(iter(self._known)))
            self._known[stamp] = digest
