"""What a process may take, by files as the kernel writes them."""

import os
from pathlib import Path

import psutil
import pytest

from fabula.core import machine
from fabula.core.machine import Cgroups

GIB = 2**30


def cgroups(folder: Path, membership: str, **files: str) -> Cgroups:
    """A tree of groups; ``a__b`` stands for ``a/b`` and a point for the ``_`` of file names."""
    for name, content in files.items():
        file = folder / "tree" / name.replace("__", "/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.with_name(file.name.replace("-", ".")).write_text(content)
    (folder / "self").write_text(membership)
    return Cgroups(folder / "tree", folder / "self")


@pytest.fixture
def second(tmp_path: Path) -> Cgroups:
    """cgroup v2: a service of 3 GiB within a slice of 2 GiB and one and a half cores."""
    place = "work__unit"
    return cgroups(
        tmp_path,
        "0::/work/unit\n",
        **{
            f"{place}__memory-max": f"{3 * GIB}\n",
            f"{place}__memory-current": f"{GIB}\n",
            f"{place}__memory-stat": f"anon 5\ninactive_file {GIB // 2}\n",
            f"{place}__memory-events": "oom 1\noom_kill 2\n",
            f"{place}__cpu-max": "max 100000\n",
            "work__memory-max": f"{2 * GIB}\n",
            "work__memory-current": f"{GIB}\n",
            "work__cpu-max": "150000 100000\n",
        },
    )


def test_the_tightest_group_counts_and_cached_files_are_free(second: Cgroups) -> None:
    assert list(second.memory()) == [(3 * GIB, GIB // 2), (2 * GIB, GIB)]
    found = machine.memory(second)
    assert found.total == min(2 * GIB, psutil.virtual_memory().total)
    assert found.available <= GIB


def test_a_part_of_a_core_is_rounded_up(second: Cgroups) -> None:
    assert list(second.cores()) == [1.5]
    assert machine.cores(second) == min(2, len(os.sched_getaffinity(0)))


def test_version_one_of_the_kernels_files_is_read_as_well(tmp_path: Path) -> None:
    first = cgroups(
        tmp_path,
        "4:memory:/box\n1:cpu,cpuacct:/box\n0::/\n",
        **{
            "memory__box__memory-limit_in_bytes": f"{GIB}\n",
            "memory__box__memory-usage_in_bytes": f"{GIB // 4}\n",
            "memory__memory-limit_in_bytes": f"{2**63 - 4096}\n",
            "memory__memory-usage_in_bytes": "7\n",
            "cpu__box__cpu-cfs_quota_us": "50000\n",
            "cpu__box__cpu-cfs_period_us": "100000\n",
        },
    )
    assert list(first.memory()) == [(GIB, GIB // 4)]
    assert list(first.cores()) == [0.5]


def test_without_limits_the_machine_counts(tmp_path: Path) -> None:
    bare = cgroups(tmp_path, "0::/\n", **{"memory-max": "max\n", "memory-current": "5\n"})
    assert machine.memory(bare).total == psutil.virtual_memory().total
    assert machine.cores(bare) == len(os.sched_getaffinity(0))


def test_processes_that_the_kernel_ended_are_counted(second: Cgroups, tmp_path: Path) -> None:
    counters = tmp_path / "vmstat"
    counters.write_text("nr_free_pages 5\noom_kill 3\n")
    assert machine.killed_for_memory(second, counters) == 5
    assert machine.killed_for_memory(second, tmp_path / "nothing") == 2
