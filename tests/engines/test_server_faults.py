"""Servers that are gone, slow, broken or somebody else's: a plain failure that names the server,
and an engine that works afterwards."""

import base64
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from server_engines import FAKES, NAME, connection_to, context_of, engine_over
from servers.a1111 import FakeA1111
from servers.base import Fake
from servers.comfyui import FakeComfyUI
from servers.openai import FakeOpenAI

from fabula.engines.base import (
    Cancelled,
    CancelToken,
    EngineContext,
    EngineError,
    ImageOutput,
    Modality,
    Progress,
    TextDelta,
    TextDone,
)
from fabula.engines.contract.image_requests import sample
from fabula.engines.contract.text import REQUEST
from fabula.engines.image import a1111
from fabula.engines.remote import client, comfyui
from fabula.engines.remote.connection import Connection, connection_of
from fabula.engines.remote.kinds import KINDS

KEY = "sk-very-private"
WORK = {
    "comfyui": "/prompt",
    "a1111": "/sdapi/v1/txt2img",
    "openai-images": "/v1/images/generations",
    "openai-chat": "/v1/chat/completions",
}
FAULTS = ("hang", "500", "401", "redirect", "not-json", "wrong-json", "close", "huge")
QUICK = {"answer_seconds": 0.3, "patience_seconds": 0.6}


@pytest.fixture(params=list(FAKES))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def fake(kind: str) -> Iterator[Fake]:
    with FAKES[kind](key=KEY) as fake:
        yield fake


@pytest.fixture
def comfy() -> Iterator[FakeComfyUI]:
    with FakeComfyUI() as fake:
        yield fake


@pytest.fixture
def webui() -> Iterator[FakeA1111]:
    with FakeA1111() as fake:
        yield fake


@pytest.fixture
def openai() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as fake:
        yield fake


@pytest.fixture(autouse=True)
def _small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that an answer that is too large is soon too large."""
    monkeypatch.setattr(client, "MAX_FILE_BYTES", 4 * 2**20)
    monkeypatch.setattr(client, "MAX_JSON_BYTES", 4 * 2**20)
    monkeypatch.setattr(comfyui, "LOOK_SECONDS", 0.1)


def request_of(engine: Any) -> Any:
    return REQUEST if engine.info.modality is Modality.TEXT else sample(engine)


def work(engine: Any, request: Any = None) -> list[Any]:
    return list(engine.run(request or request_of(engine), CancelToken()))


def failure(engine: Any, request: Any = None) -> EngineError:
    with pytest.raises(EngineError) as raised:
        work(engine, request)
    assert NAME in str(raised.value)
    assert KEY not in str(raised.value)
    return raised.value


def assert_works(engine: Any) -> None:
    assert isinstance(work(engine)[-1], ImageOutput | TextDone)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_a_sentence_that_names_the_server(kind: str, fake: Fake, fault: str) -> None:
    engine = engine_over(kind, fake, **QUICK)
    fake.faults = {WORK[kind]: fault}
    error = failure(engine)
    lasting = {"401", "redirect"} | ({"huge"} if kind != "openai-chat" else set())
    assert error.retryable is (fault not in lasting)
    fake.faults = {}
    assert_works(engine)


@pytest.mark.parametrize("fault", FAULTS)
def test_asking_a_server_what_it_has_fails_in_the_same_way(
    kind: str, fake: Fake, fault: str
) -> None:
    fake.faults = {"/": fault}
    with pytest.raises(EngineError, match=NAME) as raised:
        engine_over(kind, fake, **QUICK)
    assert KEY not in str(raised.value)


def test_a_server_that_is_gone(kind: str, fake: Fake) -> None:
    engine = engine_over(kind, fake)
    fake.stop()
    error = failure(engine)
    assert (error.code, error.retryable) == ("unavailable", True)
    assert "does not answer" in str(error)


def test_a_refused_key_is_told_and_not_repeated(kind: str, fake: Fake) -> None:
    engine = engine_over(kind, fake)
    fake.key = "another"
    assert "does not accept the key" in str(failure(engine))


def test_nothing_is_sent_to_a_refused_address(
    kind: str, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a name stands for is looked at when the connection is made."""
    engine = engine_over(kind, fake)
    fake.asked.clear()
    monkeypatch.setattr(client, "is_refused", lambda host: host == "127.0.0.1")
    with pytest.raises(EngineError, match="may have") as raised:
        work(engine)
    assert not raised.value.retryable
    assert not [asked for asked in fake.asked if asked[1] != "/ws"]


def test_a_cancelled_request_does_not_wait_for_the_server(kind: str, fake: Fake) -> None:
    engine = engine_over(kind, fake)
    fake.faults = {WORK[kind]: "hang"}
    token = CancelToken()
    timer = threading.Timer(0.2, token.cancel)
    timer.start()
    with pytest.raises(Cancelled):
        list(engine.run(request_of(engine), token))
    timer.join()
    fake.faults = {}
    assert_works(engine)


def test_telling_the_server_of_a_cancellation_takes_less_than_a_second() -> None:
    assert max(comfyui.WITHDRAW_SECONDS, a1111.INTERRUPT_SECONDS) < 0.9


def cancelled_at_step(engine: Any, step: int) -> None:
    stops_after(engine, replace(sample(engine), steps=50), lambda event: event.step >= step)


def stops_after(engine: Any, request: Any, reached: Callable[[Any], bool]) -> None:
    """Cancel after the first event of which something holds, other than an output."""
    token = CancelToken()

    def cancelling() -> None:
        for event in engine.run(request, token):
            if isinstance(event, Progress | TextDelta) and reached(event):
                token.cancel()

    with pytest.raises(Cancelled):
        cancelling()


def test_comfyui_is_interrupted_only_where_it_draws_for_us(comfy: FakeComfyUI) -> None:
    engine = engine_over("comfyui", comfy)
    cancelled_at_step(engine, 2)
    (told,) = comfy.bodies("/interrupt")
    assert comfy.interrupted == {told["prompt_id"]}
    until(lambda: comfy.running is None)
    comfy.asked.clear()
    comfy.stop_at = 1
    running, waiting = CancelToken(), CancelToken()
    other = threading.Thread(target=_swallow, args=(engine, running))
    other.start()
    until(lambda: comfy.running)
    threading.Timer(0.1, waiting.cancel).start()
    with pytest.raises(Cancelled):
        list(engine.run(sample(engine), waiting))
    assert not comfy.bodies("/interrupt")
    assert comfy.bodies("/queue")
    running.cancel()
    other.join()


def until(holds: Callable[[], object]) -> None:
    """Wait for something that a server comes to by itself."""
    while not holds():
        time.sleep(0.01)


def _swallow(engine: Any, token: CancelToken) -> None:
    with pytest.raises(Cancelled):
        list(engine.run(sample(engine), token))


def test_a1111_is_interrupted_only_where_it_draws_for_us(webui: FakeA1111) -> None:
    engine = engine_over("a1111", webui)
    cancelled_at_step(engine, 2)
    assert webui.paths("POST").count("/sdapi/v1/interrupt") == 1
    until(lambda: not webui.task)
    webui.task = "somebody else's"
    webui.faults = {"/sdapi/v1/txt2img": "hang"}
    token = CancelToken()
    threading.Timer(0.1, token.cancel).start()
    with pytest.raises(Cancelled):
        list(engine.run(sample(engine), token))
    assert webui.paths("POST").count("/sdapi/v1/interrupt") == 1


def test_openai_stops_writing_when_nobody_reads(openai: FakeOpenAI) -> None:
    engine = engine_over("openai-chat", openai)
    stops_after(engine, replace(REQUEST, max_tokens=300), lambda _: True)
    assert openai.written < 300


def test_comfyui_without_its_websocket_gives_the_picture_anyway(comfy: FakeComfyUI) -> None:
    engine = engine_over("comfyui", comfy)
    whole = work(engine)
    comfy.close_sockets_at = 2
    broken = work(engine)
    assert (broken[-1].pixels == whole[-1].pixels).all()
    steps = [event.step for event in broken if isinstance(event, Progress)]
    assert steps == sorted(steps)
    assert steps[-1] == 4
    comfy.close_sockets_at = None
    comfy.faults = {"/ws": "500"}
    assert (work(engine)[-1].pixels == whole[-1].pixels).all()


def test_a_comfyui_that_says_nothing_is_given_up(comfy: FakeComfyUI) -> None:
    engine = engine_over("comfyui", comfy, **QUICK)
    comfy.stop_at = 2
    comfy.faults = {"/history": "hang"}
    assert "said nothing" in str(failure(engine))


def test_a_comfyui_that_was_started_again_is_noticed(comfy: FakeComfyUI) -> None:
    engine = engine_over("comfyui", comfy)
    comfy.stop_at = 2
    threading.Timer(0.3, lambda: setattr(comfy, "running", None)).start()
    error = failure(engine)
    assert "started again" in str(error)
    assert error.retryable


@pytest.mark.parametrize(
    ("told", "code", "words"),
    [
        ({"exception_type": "torch.OutOfMemoryError"}, "out_of_memory", "ran out of memory"),
        (
            {"exception_type": "ValueError", "exception_message": "a bad\n tensor",
             "node_type": "VAEDecode"},
            "engine_failed", "VAEDecode: a bad tensor",
        ),
    ],
)  # fmt: skip
def test_what_fails_in_a_node_is_told(
    comfy: FakeComfyUI, told: dict[str, str], code: str, words: str
) -> None:
    engine = engine_over("comfyui", comfy)
    comfy.fail_with = told
    error = failure(engine)
    assert error.code == code
    assert words in str(error)


def test_no_message_repeats_the_prompt(comfy: FakeComfyUI) -> None:
    engine = engine_over("comfyui", comfy)
    comfy.fail_with = {"exception_message": f"cannot read {sample(engine).prompt}"}
    assert "blue fox" not in str(failure(engine))


def test_comfyui_that_makes_no_picture(comfy: FakeComfyUI) -> None:
    engine = engine_over("comfyui", comfy)
    comfy.outputs = 0
    assert "without a picture" in str(failure(engine))


def test_a_picture_that_is_none(webui: FakeA1111) -> None:
    engine = engine_over("a1111", webui)
    for odd in ("not base64!", "bm8gcGljdHVyZQ=="):
        webui.picture = odd
        assert "no picture" in str(failure(engine))


def test_a_picture_with_too_many_pixels_is_not_decoded(webui: FakeA1111) -> None:
    """A PNG whose head promises 10,000 by 9,000 pixels."""
    engine = engine_over("a1111", webui)
    head = struct.pack(">IIBBBBB", 10_000, 9_000, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(b"")), (b"IEND", b""))
    picture = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    webui.picture = base64.b64encode(picture).decode()
    assert "more than the studio takes" in str(failure(engine))


def test_a_reply_that_breaks_off_is_no_reply(openai: FakeOpenAI) -> None:
    engine = engine_over("openai-chat", openai)
    openai.break_after = 3
    assert "broke off" in str(failure(engine))
    openai.break_after, openai.end_after = None, 3
    assert "broke off" in str(failure(engine))
    openai.end_after, openai.fail_after = None, 3
    assert "out of paper" in str(failure(engine))


def test_a_picture_is_fetched_from_the_server_itself_alone(openai: FakeOpenAI) -> None:
    engine = engine_over("openai-images", openai)
    origin = openai.address.removesuffix("/v1")
    for place in ("/files/a.png", f"{origin}/files/a.png"):
        openai.picture_at = place
        assert_works(engine)
    for place in ("http://169.254.169.254/a.png", "file:///etc/passwd", "//other/a.png"):
        openai.picture_at = place
        assert "another server" in str(failure(engine))


def test_without_a_connection_nothing_is_tried(kind: str) -> None:
    engine = KINDS[kind].engine(EngineContext(models_dir=""))
    here = engine.availability()
    assert not here.available
    assert "fabula engine add" in here.remedy
    with pytest.raises(EngineError, match="No server"):
        work(engine)


def test_a_connection_survives_the_way_to_the_process_of_its_engine(fake: Fake) -> None:
    connection: Connection = connection_to(fake, model="meadow", workflow={"1": {}})
    assert connection_of(context_of(connection)) == connection
    assert KEY not in repr(connection)
