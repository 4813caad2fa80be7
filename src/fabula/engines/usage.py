"""What the process of an engine takes, read inside it."""

import resource
import sys
from contextlib import suppress
from types import ModuleType

from fabula.engines.host_messages import Device, Usage

_UNIT = 1 if sys.platform == "darwin" else 1024
"""Of ``ru_maxrss``: kilobytes, but bytes on macOS (getrusage(2))."""


def read_usage() -> Usage:
    """The process as it is now. Of a graphics card torch is asked, if the engine has loaded it and
    uses CUDA (or ROCm, which torch calls so too): looking must cost no context on the card."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        with suppress(RuntimeError):  # the card may be in a state in which it answers nothing
            return _with_device(peak, torch.cuda)
    return Usage(peak_ram=peak)


def _with_device(peak_ram: int, cuda: ModuleType) -> Usage:
    free, total = cuda.mem_get_info()
    most, held = cuda.max_memory_reserved(), cuda.memory_reserved()
    cuda.reset_peak_memory_stats()
    return Usage(peak_ram, most, held, Device(cuda.get_device_name(), total, free))
