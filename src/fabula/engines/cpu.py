"""What this processor says it can do."""

from pathlib import Path

CPU_INFO = Path("/proc/cpuinfo")


def cpu_flags(said: Path | None = None) -> frozenset[str] | None:
    """The instruction sets of an x86 processor under Linux, as in ``avx2``; else None."""
    try:
        with (said or CPU_INFO).open(encoding="utf-8", errors="replace") as lines:
            flags = next((line for line in lines if line.startswith("flags")), None)
    except OSError:
        return None
    return None if flags is None else frozenset(flags.partition(":")[2].split())
