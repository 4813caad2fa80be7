"""What this machine gives to this process: cores and memory, within the limits of its cgroups.

Limits are those of cgroup v2 and v1 (the kernel's ``admin-guide/cgroup-v2`` and ``cgroup-v1``): a
container sees all of the machine's memory and cores, but is stopped at its own limits.
"""

import math
import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

_UNLIMITED = 2**60
"""What cgroup v1 writes for “no limit” is larger than this."""


def machine_name() -> str:
    return socket.gethostname()


@dataclass(frozen=True, slots=True)
class Memory:
    """Main memory in bytes: what there is, and what could be taken without swapping."""

    total: int
    available: int


@dataclass(frozen=True, slots=True)
class Cgroups:
    """Reads limits; ``root`` and ``membership`` are the kernel's files."""

    root: Path = Path("/sys/fs/cgroup")
    membership: Path = Path("/proc/self/cgroup")

    def memory(self) -> Iterator[tuple[int, int]]:
        """Limit and use in bytes of each group around this process that has a limit. Files that
        the kernel only keeps cached count as free."""
        for group in self._groups("memory"):
            limit = _number(group / "memory.max") or _number(group / "memory.limit_in_bytes")
            used = _number(group / "memory.current") or _number(group / "memory.usage_in_bytes")
            if limit and limit < _UNLIMITED and used is not None:
                facts = _facts(group / "memory.stat")
                cached = facts.get("total_inactive_file", facts.get("inactive_file", 0))
                yield limit, max(0, used - cached)

    def cores(self) -> Iterator[float]:
        """How many cores' time each group around this process may use."""
        for group in self._groups("cpu"):
            quota, _, period = _text(group / "cpu.max").partition(" ")
            if not quota:
                quota, period = (
                    _text(group / "cpu.cfs_quota_us"),
                    _text(group / "cpu.cfs_period_us"),
                )
            if quota.isdecimal() and period.isdecimal() and int(period):
                yield int(quota) / int(period)

    def killed(self) -> int:
        """How many processes the kernel has ended in this process's groups for want of memory."""
        return max((_facts(g / "memory.events").get("oom_kill", 0) for g in self._groups("memory")),
                   default=0)  # fmt: skip

    def _groups(self, controller: str) -> Iterator[Path]:
        """The group of this process and those around it. A container may see its own as the
        root."""
        for line in _text(self.membership).splitlines():
            _, controllers, path = line.split(":", 2)
            if controllers and controller not in controllers.split(","):
                continue
            top = self.root / controller if controllers else self.root
            own = top / path.strip("/")
            yield from (place for place in (own, *own.parents) if place.is_relative_to(top))


def cores(cgroups: Cgroups | None = None) -> int:
    """Cores that this process can keep busy, 1 at least."""
    limits = list((cgroups or Cgroups()).cores())
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min([usable or 1, *map(math.ceil, limits)]))


def memory(cgroups: Cgroups | None = None) -> Memory:
    whole = psutil.virtual_memory()
    total, available = whole.total, whole.available
    for limit, used in (cgroups or Cgroups()).memory():
        total, available = min(total, limit), min(available, max(0, limit - used))
    return Memory(total, available)


def killed_for_memory(cgroups: Cgroups | None = None, counters: Path | None = None) -> int:
    """A count that rises when the kernel ends a process for want of memory; 0 where it does not
    say."""
    whole = _facts(counters or Path("/proc/vmstat")).get("oom_kill", 0)
    return whole + (cgroups or Cgroups()).killed()


def _text(file: Path) -> str:
    with suppress(OSError):
        return file.read_text(encoding="ascii", errors="replace").strip()
    return ""


def _number(file: Path) -> int | None:
    text = _text(file)
    return int(text) if text.isdecimal() else None


def _facts(file: Path) -> dict[str, int]:
    """Lines of a name and a number."""
    pairs = (line.partition(" ") for line in _text(file).splitlines())
    return {name: int(number) for name, _, number in pairs if number.isdecimal()}
