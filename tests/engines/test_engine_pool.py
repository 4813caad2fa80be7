"""A worker's engines within its cores and its memory."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from fabula.core.machine import Memory
from fabula.engines import host as host_module
from fabula.engines import usage
from fabula.engines.base import (
    Cancelled,
    CancelToken,
    EngineContext,
    EngineError,
    Footprint,
    ImageOutput,
    ImageRequest,
)
from fabula.engines.cores import Cores
from fabula.engines.host_messages import Device
from fabula.engines.pool import EnginePool, Limits
from fabula.engines.registry import EngineRegistry
from fabula.engines.room import Room, Tenant, room_for_engines

GB = 10**9
REQUEST = ImageRequest("a fox", 7, 64, 64, 3, 5.0)
MODULE = "engine_samples"
THREE = [f"{MODULE}:{name}" for name in ("First", "Second", "Third")]
MakePool = Callable[..., EnginePool]


@pytest.fixture
async def make_pool() -> AsyncIterator[MakePool]:
    pools: list[EnginePool] = []

    def make(*, gb: float = 100, gigabytes: float = 0, **limits: Any) -> EnginePool:
        options = {"fault_injection": True, "gigabytes": gigabytes}
        context = EngineContext("", options=options)
        registry = EngineRegistry(context, THREE)
        ram = int(gb * GB)
        pool = EnginePool(
            registry, Limits(ram=ram, **limits), memory=lambda: Memory(100 * GB, 100 * GB)
        )
        pools.append(pool)
        return pool

    yield make
    for pool in pools:
        await pool.close()


async def drawn(pool: EnginePool, engine_id: str, request: ImageRequest = REQUEST) -> None:
    engine = await pool.host(engine_id)
    events = [event async for event in engine.run(request, CancelToken())]
    assert isinstance(events[-1], ImageOutput)


def loaded(pool: EnginePool) -> set[str]:
    return {warm.engine_id for warm in pool.warm()}


def remember(pool: EnginePool, **gigabytes: float) -> None:
    pool.measurements.remember(
        ((name, ""), Footprint(int(gb * GB))) for name, gb in gigabytes.items()
    )


async def until(holds: Callable[[], object]) -> None:
    while not holds():  # noqa: ASYNC110 - of other processes there are no events
        await asyncio.sleep(0.01)


async def test_engines_that_fit_together_stay(make_pool: MakePool) -> None:
    pool = make_pool()
    for name in ("first", "second", "third"):
        await drawn(pool, name)
    assert loaded(pool) == {"first", "second", "third"}
    assert set(pool.ready()) == {("first", ""), ("second", ""), ("third", "")}


async def test_the_one_used_least_lately_makes_room(make_pool: MakePool) -> None:
    pool = make_pool(gb=1)
    await drawn(pool, "first")
    await drawn(pool, "second")
    await drawn(pool, "first")
    held = next(warm.state.rss for warm in pool.warm() if warm.engine_id == "first")
    remember(pool, third=0.99 - (held or 0) / GB)
    await drawn(pool, "third")
    assert loaded(pool) == {"first", "third"}


async def test_an_engine_that_never_fits_is_refused_with_a_way_on(make_pool: MakePool) -> None:
    pool = make_pool(gb=2)
    remember(pool, first=7)
    with pytest.raises(EngineError) as refused:
        await drawn(pool, "first")
    assert (refused.value.code, refused.value.retryable) == ("too_large", False)
    assert "needs 7.0 GB" in str(refused.value)
    assert "FABULA_ENGINE_MEMORY_GB" in str(refused.value)
    assert loaded(pool) == set()


async def test_before_it_is_measured_an_engine_is_asked(make_pool: MakePool) -> None:
    pool = make_pool(gb=2, gigabytes=7)
    with pytest.raises(EngineError, match=r"needs 7\.1 GB"):
        await drawn(pool, "first")


async def test_a_working_engine_is_waited_for_and_not_ended(make_pool: MakePool) -> None:
    pool = make_pool(gb=1)
    remember(pool, first=0.7, second=0.7)
    slow = asyncio.create_task(
        drawn(pool, "first", replace(REQUEST, options={"step_seconds": 0.2}))
    )
    await until(lambda: loaded(pool))
    await drawn(pool, "second")
    assert slow.done()
    await slow


async def test_whoever_waits_for_memory_can_be_cancelled(make_pool: MakePool) -> None:
    pool = make_pool(gb=1)
    remember(pool, first=0.7, second=0.7)
    token, other = CancelToken(), CancelToken()
    engine, second = await pool.host("first"), await pool.host("second")
    hanging = asyncio.create_task(
        _all(engine.run(replace(REQUEST, options={"hang_at_step": 2}), other))
    )
    await until(lambda: loaded(pool))
    waiting = asyncio.create_task(_all(second.run(REQUEST, token)))
    await asyncio.sleep(0)
    token.cancel()
    with pytest.raises(Cancelled):
        await waiting
    hanging.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hanging


async def test_where_others_hold_the_memory_it_is_tried_all_the_same(make_pool: MakePool) -> None:
    pool = make_pool(gb=2)
    pool._memory = lambda: Memory(100 * GB, 1)
    await drawn(pool, "first")


async def test_an_engine_that_nobody_asks_for_ends(make_pool: MakePool) -> None:
    pool = make_pool(idle_seconds=0.2)
    await drawn(pool, "first")
    await pool.end_idle()
    assert loaded(pool) == {"first"}
    await asyncio.sleep(0.3)
    await pool.end_idle()
    assert loaded(pool) == set()
    await drawn(pool, "first")


async def test_what_a_run_took_and_how_quick_it_was_is_known(make_pool: MakePool) -> None:
    pool = make_pool()
    await drawn(pool, "first", replace(REQUEST, options={"step_seconds": 0.05}))
    (seen,) = pool.measurements.take()
    assert seen.footprint.ram > 10_000_000
    assert (seen.load_seconds or 0) > 0
    assert 5 < (seen.steps_per_second or 0) <= 20
    assert (seen.fault, seen.tokens_per_second) == ("", None)
    assert pool.measurements.footprint(("first", "")) == seen.footprint
    await drawn(pool, "first")
    (again,) = pool.measurements.take()
    assert again.load_seconds is None
    with pytest.raises(EngineError):
        await drawn(pool, "first", replace(REQUEST, options={"fail_at_step": 2}))
    (failed,) = pool.measurements.take()
    assert failed.fault == "The card tore, as asked."
    assert pool.measurements.take() == []


async def test_freeing_ends_all_that_do_nothing(make_pool: MakePool) -> None:
    pool = make_pool()
    await drawn(pool, "second")
    slow = asyncio.create_task(
        drawn(pool, "first", replace(REQUEST, options={"step_seconds": 0.2}))
    )
    await until(lambda: "first" in loaded(pool))
    await pool.free()
    assert loaded(pool) == {"first"}
    await slow


async def test_threads_of_engines_that_work_at_once_are_never_more_than_cores(
    make_pool: MakePool, tmp_path: Path
) -> None:
    """Two workers of one folder, each with two slots, over two cores."""
    pools = [make_pool(threads=1, cores=Cores(2, tmp_path)) for _ in range(2)]
    most = 0
    slow = replace(REQUEST, options={"step_seconds": 0.1})

    async def watched(pool: EnginePool, engine_id: str) -> None:
        nonlocal most
        engine = await pool.host(engine_id)
        async for _ in engine.run(slow, CancelToken()):
            busy = [w for each in pools for w in each.warm() if w.busy]
            most = max(most, len(busy))

    async with asyncio.TaskGroup() as group:
        for pool in pools:
            for name in ("first", "second"):
                group.create_task(watched(pool, name))
    assert most == 2


async def test_an_engine_is_started_with_the_threads_of_its_pool(
    make_pool: MakePool, tmp_path: Path
) -> None:
    pool = make_pool(threads=3, cores=Cores(3, tmp_path))
    engine = await pool.host("third")
    made = [event async for event in engine.run(REQUEST, CancelToken())][-1]
    assert isinstance(made, ImageOutput)
    assert made.effective["threads"] == "3"


async def test_one_that_wants_all_seats_is_not_kept_out_by_small_ones(tmp_path: Path) -> None:
    cores, order = Cores(2, tmp_path), []

    async def sit(name: str, count: int) -> None:
        async with cores.taken(count, CancelToken()):
            order.append(name)
            await asyncio.sleep(0.1)

    async with asyncio.TaskGroup() as group:
        group.create_task(sit("small", 1))
        await asyncio.sleep(0.01)
        group.create_task(sit("large", 9))
        await asyncio.sleep(0.01)
        group.create_task(sit("late", 1))
    assert order == ["small", "large", "late"]


async def test_whoever_waits_for_a_seat_can_be_cancelled(tmp_path: Path) -> None:
    cores, token = Cores(1, tmp_path), CancelToken()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(cores.taken(1, CancelToken()))
        token.cancel()
        with pytest.raises(Cancelled):
            await stack.enter_async_context(cores.taken(1, token))
    async with cores.taken(1, CancelToken()):
        pass


async def test_a_process_that_the_kernel_ended_for_memory_is_named_so(
    make_pool: MakePool, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = iter([4, 5])
    monkeypatch.setattr(host_module, "killed_for_memory", lambda: next(counts))
    pool = make_pool()
    engine = await pool.host("first")
    hang = replace(REQUEST, options={"hang_at_step": 2})

    async def killed_at_its_first_step() -> None:
        async for _ in engine.run(hang, CancelToken()):
            os.kill(pool.warm()[0].state.pid or 0, signal.SIGKILL)

    with pytest.raises(EngineError) as error:
        await killed_at_its_first_step()
    assert error.value.code == "out_of_memory"


async def _all(events: Any) -> list[Any]:
    return [event async for event in events]


def gb(ram: float, device: float = 0) -> Footprint:
    return Footprint(int(ram * GB), int(device * GB))


@pytest.mark.parametrize(
    ("newcomer", "working", "idle", "fits"),
    [
        (Tenant(gb(4)), [], [], True),
        (Tenant(gb(9)), [], [], False),
        (Tenant(gb(7), gb(2)), [], [Tenant(gb(3), gb(1))], True),
        (Tenant(gb(4)), [Tenant(gb(6), gb(1))], [], False),
        (Tenant(gb(4)), [Tenant(gb(6), gb(6))], [], False),
        (Tenant(gb(2)), [Tenant(gb(6), gb(6))], [], True),
        (Tenant(gb(4)), [], [Tenant(gb(6), gb(6))], False),
        (Tenant(gb(1, 20)), [], [], True),
        (Tenant(gb(1, 25)), [], [], False),
        (Tenant(gb(1, 25), gb(1, 10)), [], [], True),
        (Tenant(gb(1, 20)), [Tenant(gb(1, 10), gb(1, 2))], [], False),
    ],
)
def test_what_fits(newcomer: Tenant, working: list[Tenant], idle: list[Tenant], fits: bool) -> None:
    """8 GB of main memory for engines, and a card of which 20 GB are free."""
    room = Room(8 * GB, 100 * GB, Device("a card", 24 * GB, 20 * GB))
    assert room.admits(newcomer, working, idle) is fits


def test_a_small_machine_keeps_a_quarter_and_a_large_one_two_gibibytes() -> None:
    assert room_for_engines(4 * 2**30) == 3 * 2**30
    assert room_for_engines(64 * 2**30) == 62 * 2**30
    assert room_for_engines(64 * 2**30, 5) == 5


def test_the_card_is_asked_through_a_torch_that_is_loaded_and_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    cuda = SimpleNamespace(
        is_initialized=lambda: True,
        mem_get_info=lambda: (5, 24),
        max_memory_reserved=lambda: 7,
        memory_reserved=lambda: 6,
        reset_peak_memory_stats=lambda: asked.append("reset"),
        get_device_name=lambda: "a card",
    )
    monkeypatch.setitem(__import__("sys").modules, "torch", SimpleNamespace(cuda=cuda))
    seen = usage.read_usage()
    assert (seen.peak_device, seen.held_device) == (7, 6)
    assert seen.device == Device("a card", 24, 5)
    assert asked == ["reset"]
    cuda.is_initialized = lambda: False
    assert usage.read_usage().device is None


async def test_the_peak_of_a_process_is_its_own(make_pool: MakePool) -> None:
    """``ru_maxrss`` of a child is at least what its parent took when it was forked."""
    ballast = b"x" * GB
    pool = make_pool(gb=4)
    await drawn(pool, "first")
    (warm,) = pool.warm()
    assert 0 < warm.state.usage.peak_ram < len(ballast)
