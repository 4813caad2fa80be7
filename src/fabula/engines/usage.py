"""What the process of an engine takes, read inside it."""

import re
import resource
import sys
from contextlib import suppress
from pathlib import Path
from types import ModuleType

from fabula.engines.host_messages import Device, Usage

_UNIT = 1 if sys.platform == "darwin" else 1024
"""Of ``ru_maxrss``: kilobytes, but bytes on macOS (getrusage(2))."""

_STATUS = Path("/proc/self/status")
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)


def read_usage() -> Usage:
    """The process as it is now. Of a graphics card torch is asked, if the engine has loaded it and
    uses CUDA (or ROCm, which torch calls so too): looking must cost no context on the card."""
    peak = _peak_ram()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        with suppress(RuntimeError):  # the card may be in a state in which it answers nothing
            return _with_device(peak, torch.cuda)
    return Usage(peak_ram=peak)


def _peak_ram() -> int:
    """On Linux, ``ru_maxrss`` also counts the process that this one was forked from."""
    if found := _PEAK.search(_STATUS.read_text()) if _STATUS.exists() else None:
        return int(found[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT


def _with_device(peak_ram: int, cuda: ModuleType) -> Usage:
    free, total = cuda.mem_get_info()
    most, held = cuda.max_memory_reserved(), cuda.memory_reserved()
    cuda.reset_peak_memory_stats()
    return Usage(peak_ram, most, held, Device(cuda.get_device_name(), total, free))
