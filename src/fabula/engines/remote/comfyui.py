"""ComfyUI's API: a prompt from its queue to its files, uploads, and what a server has.

Progress and previews come over the WebSocket; whether a prompt is done is also looked up in the
history, so that a WebSocket that broke costs the previews and not the work. A request that is
cancelled leaves the server's queue, or is interrupted where it runs and nothing else does.
"""

from __future__ import annotations

import asyncio
import hashlib
import struct
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import websockets
from websockets.asyncio.client import ClientConnection, connect

from fabula.engines.base import EngineError, Pixels, Progress
from fabula.engines.image_checks import refused
from fabula.engines.remote.addresses import BadAddress, open_socket
from fabula.engines.remote.client import CONNECT_SECONDS, MAX_FILE_BYTES, Client, ServerError
from fabula.engines.remote.comfyui_workflow import Workflow
from fabula.engines.remote.pictures import as_png, small_preview

LOOK_SECONDS = 5.0
"""After so long without a message the history is asked."""
WITHDRAW_SECONDS = 0.8
_PREVIEW, _PREVIEW_WITH_FACTS = 1, 4
_WORD = struct.Struct(">I")


@dataclass(slots=True)
class Turn:
    """One prompt on the server, from its queue to its files. ``what`` is its work in a message."""

    client: Client
    workflow: Workflow
    graph: dict[str, dict[str, Any]]
    index: int
    id: str = ""
    step: int = 0
    steps: int = 0
    done: bool = False
    node: str = ""
    record: Mapping[str, Any] = field(default_factory=dict)
    what: str = "picture"
    heard: float = field(default_factory=time.monotonic)

    async def run(self, steps: int) -> AsyncGenerator[Progress, None]:
        """Queue the prompt and follow it to its end; afterwards ``outputs`` and ``fetch`` work.
        ``steps`` are told until the server says how many it really takes."""
        self.steps = steps
        own = uuid4().hex
        socket = await _listen(self.client, own)
        try:
            self.id = await self._queue(own)
            async for event in self._watch(socket):
                yield event
            self.record = await self._record() or {}
            status = self.record.get("status") or {}
            self.done = True
            if status.get("status_str") == "error":
                raise self._failure(_error_in(status.get("messages")))
            if self.step < self.steps:
                yield Progress(self.index, self.steps, self.steps)
        finally:
            if self.id and not self.done:
                await self._withdraw()
            if socket is not None:
                socket.transport.abort()
                await socket.wait_closed()

    def outputs(self, *kinds: str) -> list[Mapping[str, Any]]:
        """The files of these kinds (``images``, ``gifs``) that the prompt made, in order; where any
        is meant to be kept, those alone."""
        files = [
            file
            for output in (self.record.get("outputs") or {}).values()
            for kind in kinds
            for file in (output.get(kind) or ())
            if isinstance(file, Mapping) and file.get("filename")
        ]
        return [file for file in files if file.get("type") == "output"] or files

    async def fetch(self, file: Mapping[str, Any]) -> bytes:
        """The bytes of a file."""
        place = {key: str(file.get(key, "")) for key in ("filename", "subfolder", "type")}
        return await self.client.file("/view", params=place)

    async def _queue(self, own: str) -> str:
        try:
            answer = await self.client.json(
                "POST", "/prompt", json={"prompt": self.graph, "client_id": own}
            )
        except ServerError as error:
            if error.status == 400 and isinstance(error.body, Mapping):
                raise self._refusal(error.body) from error
            raise
        found = answer.get("prompt_id") if isinstance(answer, Mapping) else None
        if not isinstance(found, str):
            raise self.client.odd("no number for the job")
        if answer.get("node_errors"):
            self.id = found
            raise self._refusal(answer)
        return found

    async def _watch(self, socket: ClientConnection | None) -> AsyncGenerator[Progress, None]:
        """Progress until the prompt has ended, by messages and else by the history."""
        while True:
            message, socket = await _received(socket)
            if message is not None:
                self.heard = time.monotonic()
                if isinstance(message, bytes):
                    event = self._preview(message)
                else:
                    told = self.client.parsed(message)
                    event = self._progress(told)
                    if self._ended(told):
                        return
                if event:
                    yield event
            elif await self._in_history():
                return
            elif time.monotonic() - self.heard > self.client.connection.patience_seconds:
                raise self.client.silent(self.client.connection.patience_seconds)

    def _progress(self, told: object) -> Progress | None:
        kind, data = _message(told)
        if kind == "executing" and data.get("prompt_id") == self.id:
            self.node = str(data.get("node"))
        if kind != "progress" or data.get("prompt_id", self.id) != self.id:
            return None
        if self.workflow.samplers and str(data.get("node", self.node)) not in self._drawing():
            return None
        step, steps = data.get("value"), data.get("max")
        if not isinstance(step, int) or not isinstance(steps, int) or steps < 1:
            raise self.client.odd("progress without numbers")
        if self.step == 0:
            self.steps = steps
        if steps != self.steps or not self.step < step <= self.steps:
            return None
        self.step = step
        return Progress(self.index, step, steps)

    def _preview(self, data: bytes) -> Progress | None:
        picture = _preview_in(data)
        preview = small_preview(picture) if picture else None
        if preview is None or self.step == 0:
            return None
        return Progress(self.index, self.step, self.steps, preview)

    def _drawing(self) -> set[str]:
        """The first sampler, and what stands for it where its settings are nodes of their own."""
        first = self.workflow.samplers[0]
        around = [key for key, node in self.workflow.graph.items() if _takes(node, first)]
        return {first, *around}

    def _ended(self, told: object) -> bool:
        """Whether the prompt is done. Raises ``EngineError`` for one that failed."""
        kind, data = _message(told)
        if data.get("prompt_id") != self.id:
            return False
        if kind == "execution_error":
            self.done = True
            raise self._failure(data)
        if kind == "execution_interrupted":
            self.done = True
            message = f"The {self.what} was interrupted on {self.client.name}."
            raise EngineError(message, retryable=True)
        return kind == "execution_success" or (kind == "executing" and data.get("node") is None)

    async def _in_history(self) -> bool:
        """Whether the prompt has ended, where no message said so. The queue is looked at too: a
        server that was started again knows nothing of it."""
        if await self._record() is not None:
            return True
        queue = await self.client.json("GET", "/queue")
        if not isinstance(queue, Mapping):
            raise self.client.odd("no queue")
        if self.id in _queued(queue, "queue_running") | _queued(queue, "queue_pending"):
            if _queued(queue, "queue_running"):
                self.heard = max(self.heard, time.monotonic() - LOOK_SECONDS)
            return False
        if await self._record() is not None:
            return True
        self.done = True
        message = f"{self.client.name} forgot the {self.what}: perhaps it was started again."
        raise EngineError(message, retryable=True)

    async def _record(self) -> Mapping[str, Any] | None:
        found = await self.client.json("GET", f"/history/{self.id}")
        record = found.get(self.id) if isinstance(found, Mapping) else None
        return record if isinstance(record, Mapping) else None

    async def _withdraw(self) -> None:
        """Take the prompt back, but leave others alone; within a moment, since somebody waits."""
        with suppress(EngineError, TimeoutError):
            async with asyncio.timeout(WITHDRAW_SECONDS):
                await self.client.tell("/queue", json={"delete": [self.id]})
                queue = await self.client.json("GET", "/queue")
                if self.id in _queued(queue, "queue_running"):
                    await self.client.tell("/interrupt", json={"prompt_id": self.id})

    def _refusal(self, body: Mapping[str, Any]) -> EngineError:
        """Why the server does not take the graph."""
        reasons = []
        errors = body.get("node_errors")
        for found in errors.values() if isinstance(errors, Mapping) else ():
            for one in found.get("errors", ()):
                details = [str(one.get(k, "")) for k in ("message", "details")]
                reasons.append(f"{found.get('class_type', 'a node')}: {' '.join(details).strip()}")
        error = body.get("error")
        if isinstance(error, Mapping) and not reasons:
            reasons.append(str(error.get("message", "")))
        reason = self.client.quoted("; ".join(reasons) or "no reason was given")
        return refused(f"{self.client.name} refuses the workflow: {reason}")

    def _failure(self, data: Mapping[str, Any]) -> EngineError:
        kind, node = str(data.get("exception_type", "")), data.get("node_type", "a node")
        if "OutOfMemory" in kind:
            message = f"{self.client.name} ran out of memory: take a smaller size."
            return EngineError(message, code="out_of_memory", retryable=True)
        reason = self.client.quoted(data.get("exception_message") or "no reason was given")
        return EngineError(f"{self.client.name} failed in {node}: {reason}")


async def _listen(client: Client, own: str) -> ClientConnection | None:
    """The server's WebSocket; None where it has none, and pictures come without previews."""
    to = client.connection.address
    scheme = "wss" if to.scheme == "https" else "ws"
    url = f"{scheme}{to.url.removeprefix(to.scheme)}/ws?clientId={own}"
    sent = client.connection.authorization
    headers = {"Authorization": sent} if sent else {}
    try:
        return await connect(
            url,
            sock=await open_socket(to, CONNECT_SECONDS),
            server_hostname=to.host if scheme == "wss" else None,
            additional_headers=headers,
            open_timeout=CONNECT_SECONDS,
            ping_timeout=20,
            max_size=MAX_FILE_BYTES,
            compression=None,
            proxy=None,
        )
    except (OSError, BadAddress) as error:
        if isinstance(error, TimeoutError):
            raise client.silent(CONNECT_SECONDS, error) from error
        if isinstance(error, BadAddress):
            raise ServerError(str(error), retryable=False) from error
        message = f"{client.name} does not answer: look whether it runs and can be reached."
        raise ServerError(message) from error
    except websockets.WebSocketException:
        return None


async def _received(
    socket: ClientConnection | None,
) -> tuple[str | bytes | None, ClientConnection | None]:
    """The next message; None after a while, or where the socket is gone."""
    if socket is None:
        await asyncio.sleep(LOOK_SECONDS / 10)
        return None, None
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            return await socket.recv(), socket
    except TimeoutError:
        return None, socket
    except websockets.ConnectionClosed:
        return None, None


def _message(told: object) -> tuple[str, Mapping[str, Any]]:
    if not isinstance(told, Mapping) or not isinstance(told.get("data"), Mapping):
        return "", {}
    return str(told.get("type", "")), told["data"]


def _preview_in(data: bytes) -> bytes | None:
    """The picture in a binary message, which begins with big-endian words of four bytes."""
    if len(data) < 8:
        return None
    (kind,), (second,) = _WORD.unpack_from(data), _WORD.unpack_from(data, 4)
    if kind == _PREVIEW:
        return data[8:]
    return data[8 + second :] if kind == _PREVIEW_WITH_FACTS else None


def _queued(queue: object, part: str) -> set[str]:
    rows = queue.get(part) if isinstance(queue, Mapping) else None
    return {str(row[1]) for row in rows or () if isinstance(row, list) and len(row) > 1}


def _error_in(messages: object) -> Mapping[str, Any]:
    for message in messages if isinstance(messages, list) else ():
        if isinstance(message, list) and len(message) == 2 and message[0] == "execution_error":
            found: Mapping[str, Any] = message[1]
            return found
    return {}


def _takes(node: Mapping[str, Any], source: str) -> bool:
    return any(isinstance(v, list) and v[:1] == [source] for v in node["inputs"].values()) and (
        "guider" in node["inputs"] or "sigmas" in node["inputs"]
    )


async def upload_picture(client: Client, pixels: Pixels) -> str:
    """The name of a picture on the server; equal pictures have equal names, and it is kept among
    the files that ComfyUI drops by itself."""
    png = await asyncio.to_thread(as_png, pixels)
    name = f"{hashlib.sha256(png).hexdigest()[:32]}.png"
    answer = await client.json(
        "POST",
        "/upload/image",
        files={"image": (name, png, "image/png")},
        data={"type": "temp", "subfolder": "fabula", "overwrite": "true"},
    )
    if not isinstance(answer, Mapping) or not isinstance(answer.get("name"), str):
        raise client.odd("no name for the reference")
    place = "/".join(filter(None, (str(answer.get("subfolder", "")), answer["name"])))
    return f"{place} [{answer.get('type', 'temp')}]"


def choices(known: Mapping[str, Any], node: str, name: str) -> tuple[str, ...]:
    """The values that an input of a node may have, in the older and the newer spelling."""
    try:
        told = known[node]["input"]["required"][name]
        found = told[1]["options"] if told[0] == "COMBO" else told[0]
    except (KeyError, IndexError, TypeError):
        return ()
    return tuple(str(value) for value in found) if isinstance(found, list) else ()
