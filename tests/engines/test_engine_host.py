"""The engine's process: it works like the engine itself, and its faults stay its own."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from fabula.engines.base import (
    Cancelled,
    CancelToken,
    EngineContext,
    EngineError,
    ImageOutput,
    ImageRequest,
    Progress,
    Reference,
)
from fabula.engines.host import EngineHost
from fabula.engines.image.reference_card import ReferenceCard

CONTEXT = EngineContext(models_dir="", options={"fault_injection": True})
REQUEST = ImageRequest("a fox", 7, 96, 64, 6, 5.0)
CARD = "fabula.engines.image.reference_card:ReferenceCard"
ODD = "engine_samples:Odd"

MakeHost = Callable[..., EngineHost]


@pytest.fixture
async def make_host() -> AsyncIterator[MakeHost]:
    hosts: list[EngineHost] = []

    def make(path: str = CARD, context: EngineContext = CONTEXT, **kwargs: Any) -> EngineHost:
        hosts.append(EngineHost(path, context, **kwargs))
        return hosts[-1]

    yield make
    for host in hosts:
        await host.close()


async def events_of(host: EngineHost, request: ImageRequest = REQUEST) -> list[Any]:
    return [event async for event in host.run(request, CancelToken())]


def pid_of(host: EngineHost) -> int:
    pid = host.state().pid
    assert pid is not None
    return pid


async def works(host: EngineHost) -> bool:
    return any(isinstance(event, ImageOutput) for event in await events_of(host))


async def error_of(host: EngineHost, **options: object) -> EngineError:
    with pytest.raises(EngineError) as caught:
        await events_of(host, replace(REQUEST, options=options))
    return caught.value


async def collect(
    host: EngineHost,
    options: dict[str, object],
    token: CancelToken | None = None,
    then: Callable[[object], Awaitable[None]] | None = None,
) -> None:
    async for event in host.run(replace(REQUEST, options=options), token or CancelToken()):
        if then:
            await then(event)


async def until(fulfilled: Callable[[], bool]) -> None:
    """Wait as long as the test may take."""
    while not fulfilled():  # noqa: ASYNC110 - of other processes there are no events
        await asyncio.sleep(0.01)


async def gone(pid: int) -> bool:
    await until(lambda: not _lives(pid))
    return True


def _lives(pid: int) -> bool:
    with suppress(psutil.NoSuchProcess):
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    return False


async def test_events_and_pixels_are_those_of_the_engine_itself(make_host: MakeHost) -> None:
    source = np.random.default_rng(1).integers(0, 256, (64, 96, 3), np.uint8)
    request = replace(REQUEST, count=2, reference=Reference(source, 0.4))
    direct = list(ReferenceCard(CONTEXT).run(request, CancelToken()))
    hosted = await events_of(make_host(), request)
    assert [type(event) for event in hosted] == [type(event) for event in direct]
    for one, other in zip(hosted, direct, strict=True):
        if isinstance(other, ImageOutput):
            assert np.array_equal(one.pixels, other.pixels)
            assert (one.index, one.seed, one.effective) == (other.index, other.seed, {"steps": 6})
        else:
            assert one == other


async def test_a_picture_larger_than_any_buffer_arrives_whole(make_host: MakeHost) -> None:
    request = replace(REQUEST, width=2048, height=2048, steps=1)
    made = (await events_of(make_host(), request))[-1]
    assert made.pixels.shape == (2048, 2048, 3)
    direct = list(ReferenceCard(CONTEXT).run(request, CancelToken()))[-1]
    assert isinstance(direct, ImageOutput)
    assert np.array_equal(made.pixels, direct.pixels)


async def test_the_process_starts_with_the_first_request_and_loads_once(
    make_host: MakeHost,
) -> None:
    host = make_host("engine_samples:SlowToLoad")
    assert host.state().pid is None
    assert not host.state().loaded
    assert await works(host)
    first = host.state()
    assert await works(host)
    assert host.state().pid == first.pid
    assert first.loaded
    assert not first.busy
    assert (first.rss or 0) > 10_000_000
    assert first.load_seconds is not None


async def test_requests_run_one_after_the_other(make_host: MakeHost) -> None:
    host = make_host()
    order: list[str] = []

    async def draw(name: str) -> None:
        async for _ in host.run(REQUEST, CancelToken()):
            order.append(name)  # noqa: PERF401 - one at a time, to see the order

    await asyncio.gather(draw("first"), draw("second"))
    assert order == ["first"] * 7 + ["second"] * 7


async def test_the_event_loop_stays_free(make_host: MakeHost) -> None:
    host, ticks = make_host(), 0
    await events_of(host)

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.005)
            ticks += 1

    ticker = asyncio.create_task(tick())
    await events_of(host, replace(REQUEST, options={"step_seconds": 0.1}))
    ticker.cancel()
    assert ticks > 20


async def test_an_error_of_the_engine_keeps_code_and_process(make_host: MakeHost) -> None:
    host = make_host()
    torn = await error_of(host, fail_at_step=2)
    assert (str(torn), torn.code, torn.retryable) == (
        "The card tore, as asked.", "engine_failed", True,
    )  # fmt: skip
    pid = host.state().pid
    with pytest.raises(EngineError) as caught:
        await events_of(host, replace(REQUEST, steps=0))
    assert (caught.value.code, caught.value.retryable) == ("bad_request", False)
    assert await works(host)
    assert host.state().pid == pid


@pytest.mark.parametrize(
    ("number", "words"), [(signal.SIGKILL, "memory"), (signal.SIGSEGV, "SIGSEGV")]
)
async def test_a_killed_process_fails_its_request_and_is_replaced(
    make_host: MakeHost, number: signal.Signals, words: str
) -> None:
    host = make_host()

    async def kill(event: object) -> None:
        if isinstance(event, Progress) and event.step == 2:
            os.kill(pid_of(host), number)

    with pytest.raises(EngineError) as caught:
        await collect(host, {"hang_at_step": 3}, then=kill)
    assert (caught.value.code, caught.value.retryable) == ("engine_died", True)
    assert words in str(caught.value)
    assert host.state().pid is None
    assert await works(host)


async def test_a_process_killed_between_requests_is_not_missed(make_host: MakeHost) -> None:
    host = make_host()
    await events_of(host)
    pid = pid_of(host)
    os.kill(pid, signal.SIGKILL)
    await gone(pid)
    assert await works(host)


async def test_an_engine_that_exits_is_replaced(make_host: MakeHost) -> None:
    host = make_host(ODD)
    died = await error_of(host, do="exit")
    assert (died.code, died.retryable) == ("engine_died", True)
    assert "exit code 3" in str(died)
    assert await works(host)


async def test_an_engine_without_a_sign_of_life_is_replaced(make_host: MakeHost) -> None:
    host = make_host(stall_seconds=0.4)
    stuck = await error_of(host, hang_at_step=2)
    assert (stuck.code, stuck.retryable) == ("engine_stuck", True)
    assert host.state().pid is None
    assert await works(make_host())


async def test_a_slow_consumer_does_not_make_the_engine_look_stuck(make_host: MakeHost) -> None:
    host = make_host(stall_seconds=1.5)
    await events_of(host)
    seen = 0
    async for _ in host.run(replace(REQUEST, steps=2), CancelToken()):
        await asyncio.sleep(1.6 if seen == 0 else 0)
        seen += 1
    assert seen == 3


async def test_an_unexpected_error_hides_its_details_and_costs_the_process(
    make_host: MakeHost,
) -> None:
    host = make_host(ODD)
    await events_of(host)
    pid = host.state().pid
    crash = await error_of(host, do="crash")
    assert (crash.code, crash.retryable) == ("engine_failed", True)
    assert "KeyError" in str(crash)
    assert "secret" not in str(crash)
    assert await works(host)
    assert host.state().pid != pid


async def test_memory_that_runs_out_is_named(make_host: MakeHost) -> None:
    host = make_host(ODD)
    assert (await error_of(host, do="memory")).code == "out_of_memory"
    assert await works(host)


@pytest.mark.parametrize(
    "path", ["engine_samples:CannotLoad", "engine_samples:CannotBeMade", "no.such.module:Engine"]
)
async def test_an_engine_that_cannot_start_is_an_error(make_host: MakeHost, path: str) -> None:
    assert (await error_of(make_host(path))).code == "engine_failed"


async def test_cancelling_takes_effect_at_the_next_step(make_host: MakeHost) -> None:
    host, token = make_host(), CancelToken()
    seen: list[object] = []

    async def cancel(event: object) -> None:
        seen.append(event)
        token.cancel()

    with pytest.raises(Cancelled):
        await collect(host, {"step_seconds": 0.3}, token, cancel)
    assert len(seen) < 4
    pid = host.state().pid
    assert await works(host)
    assert host.state().pid == pid


async def test_an_engine_that_ignores_cancelling_is_killed(
    make_host: MakeHost, tmp_path: Path
) -> None:
    host, token = make_host(ODD, cancel_seconds=0.2), CancelToken()
    task = asyncio.create_task(_deaf(host, tmp_path / "mark", token))
    await until((tmp_path / "mark").exists)
    token.cancel()
    with pytest.raises(Cancelled):
        await task
    assert host.state().pid is None
    assert await works(host)


async def test_a_request_can_be_cancelled_while_it_waits_for_its_turn(
    make_host: MakeHost,
) -> None:
    host, first, second = make_host(), CancelToken(), CancelToken()
    hanging = asyncio.create_task(collect(host, {"hang_at_step": 2}, first))
    await until(lambda: host.state().busy)
    waiting = asyncio.create_task(collect(host, {}, second))
    await asyncio.sleep(0)
    second.cancel()
    with pytest.raises(Cancelled):
        await waiting
    assert host.state().busy
    hanging.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hanging


async def _deaf(host: EngineHost, mark: Path, token: CancelToken) -> None:
    """A request that does not react once ``mark`` exists."""
    await collect(host, {"do": "deaf", "mark": str(mark)}, token)


async def test_leaving_early_cancels_and_keeps_the_process(make_host: MakeHost) -> None:
    host = make_host()
    slow = replace(REQUEST, steps=100, options={"step_seconds": 0.05})
    async with aclosing(host.run(slow, CancelToken())) as events:
        await anext(events)
    pid = host.state().pid
    assert await works(host)
    assert host.state().pid == pid


async def test_leaving_a_deaf_engine_early_costs_its_process(
    make_host: MakeHost, tmp_path: Path
) -> None:
    host = make_host(ODD, cancel_seconds=0.2)
    task = asyncio.create_task(_deaf(host, tmp_path / "mark", CancelToken()))
    await until((tmp_path / "mark").exists)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert host.state().busy
    pid = host.state().pid
    assert await works(host)
    assert host.state().pid != pid


async def test_closing_ends_the_process_and_refuses_more(make_host: MakeHost) -> None:
    host = make_host()
    await events_of(host)
    pid = pid_of(host)
    await host.close()
    assert await gone(pid)
    assert (await error_of(host)).code == "unavailable"


async def test_closing_ends_a_request_at_once(make_host: MakeHost) -> None:
    host = make_host()

    async def close(_: object) -> None:
        await host.close()

    with pytest.raises(EngineError) as caught:
        await collect(host, {"hang_at_step": 2}, then=close)
    assert (caught.value.code, caught.value.retryable) == ("unavailable", True)


async def test_what_an_engine_started_ends_with_it(make_host: MakeHost) -> None:
    host = make_host(ODD)
    await events_of(host, replace(REQUEST, steps=1, options={"do": "orphan"}))
    children = psutil.Process(pid_of(host)).children()
    assert children
    await host.close()
    assert all([await gone(child.pid) for child in children])


async def test_the_terminal_does_not_reach_the_engine(make_host: MakeHost) -> None:
    host = make_host("engine_samples:Told")
    made = (await events_of(host))[-1]
    assert made.effective["session"] != os.getsid(0)
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(pid_of(host), number)
    pid = host.state().pid
    assert await works(host)
    assert host.state().pid == pid


async def test_the_engine_is_given_its_threads(make_host: MakeHost) -> None:
    host = make_host("engine_samples:Told", EngineContext(models_dir="", threads=3))
    assert (await events_of(host))[-1].effective["threads"] == "3"


async def test_what_an_engine_prints_stays_out_of_standard_output(
    make_host: MakeHost, capfd: pytest.CaptureFixture[str]
) -> None:
    await events_of(make_host(ODD), replace(REQUEST, options={"do": "print"}))
    printed = capfd.readouterr()
    assert "noise" in printed.err
    assert "noise" not in printed.out


_PARENT = """
import asyncio, sys
from fabula.engines.base import CancelToken, EngineContext, ImageRequest
from fabula.engines.host import EngineHost

async def main():
    host = EngineHost(sys.argv[1], EngineContext("", options={"fault_injection": True}))
    request = ImageRequest("a fox", 7, 96, 64, 6, 5.0, options={"hang_at_step": 2})
    async for _ in host.run(request, CancelToken()):
        print("pid", host.state().pid, flush=True)

asyncio.run(main())
"""


async def test_the_process_dies_with_its_parent() -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _PARENT, CARD, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert parent.stdout is not None
    while not (line := (await parent.stdout.readline()).decode()).startswith("pid"):
        assert line
    pid = int(line.split()[1])
    assert psutil.pid_exists(pid)
    parent.kill()
    await parent.wait()
    assert await gone(pid)
