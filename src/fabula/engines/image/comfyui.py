"""Pictures by a ComfyUI server: its own workflows or the studio's, one prompt for each picture.

Progress and previews come over the WebSocket; whether a picture is done is also looked up in the
history, so that a WebSocket that broke costs the previews and not the picture. A request that is
cancelled leaves the server's queue, or is interrupted where it runs and nothing else does.
"""

from __future__ import annotations

import asyncio
import hashlib
import struct
import time
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

import websockets
from websockets.asyncio.client import ClientConnection, connect

from fabula.engines.base import (
    Availability,
    CancelToken,
    EngineContext,
    EngineError,
    EngineInfo,
    EngineWarning,
    ImageCapabilities,
    ImageEvent,
    ImageOutput,
    ImageRequest,
    Modality,
    Pixels,
    Progress,
    Range,
)
from fabula.engines.image.comfyui_workflow import (
    BadWorkflow,
    Workflow,
    built_in,
    read_workflow,
    unknown_classes,
    with_loras,
)
from fabula.engines.image_checks import refuse_out_of_range, refused
from fabula.engines.model_files.families import LoraChoice
from fabula.engines.remote.addresses import BadAddress, open_socket
from fabula.engines.remote.client import CONNECT_SECONDS, MAX_FILE_BYTES, Client, ServerError
from fabula.engines.remote.connection import Connection, Facts, availability, connection_of
from fabula.engines.remote.driving import drive
from fabula.engines.remote.pictures import as_png, mask_pixels, read_pixels, small_preview
from fabula.engines.remote.requests import (
    connected,
    refuse_off_the_grid,
    refuse_unknown,
    size_note,
)

LOOK_SECONDS = 5.0
"""After so long without a message the history is asked."""
WITHDRAW_SECONDS = 0.8
_PREVIEW, _PREVIEW_WITH_FACTS = 1, 4
_WORD = struct.Struct(">I")
_USUAL_SAMPLER, _USUAL_SCHEDULE = "dpmpp_2m", "karras"


class ComfyUI:
    """One server, with the studio's workflows or one of its own."""

    info = EngineInfo(
        id="comfyui",
        name="ComfyUI",
        modality=Modality.IMAGE,
        version="1",
        summary="Draws on a ComfyUI server, with its models and, if you like, your own workflow.",
        model="those of the server",
        licence="those of the server's models",
    )

    def __init__(self, context: EngineContext) -> None:
        self._to = connection_of(context)
        self._own = read_workflow(self._to.workflow) if self._to and self._to.workflow else None

    def availability(self) -> Availability:
        return availability(self._to)

    def capabilities(self) -> ImageCapabilities:
        facts = self._to.facts if self._to else Facts()
        able = ImageCapabilities(
            width=Range(64, 2048, 1024, 8),
            height=Range(64, 2048, 1024, 8),
            steps=Range(1, 100, 20),
            guidance_scale=Range(0, 30, 6, 0.1),
            image_to_image=True,
            inpainting=True,
            previews=True,
            schedulers=facts.samplers,
            loras=True,
            lora_files=tuple(map(LoraChoice, facts.loras)),
            families=("sdxl", "wan"),
            models=facts.models,
            default_model=self._to.model if self._to else "",
        )
        return able if self._own is None else _limited(able, self._own)

    def load(self) -> None:
        """The server loads its models."""

    def unload(self) -> None:
        """Nothing of the server's is held."""

    def run(self, request: ImageRequest, cancel: CancelToken) -> Iterator[ImageEvent]:
        to = connected(self._to)
        refuse_out_of_range(request, self.capabilities())
        refuse_off_the_grid(request, 8)
        refuse_unknown(request, to)
        return drive(self._draw(to, request), cancel)

    async def _draw(
        self, to: Connection, request: ImageRequest
    ) -> AsyncGenerator[ImageEvent, None]:
        async with Client(to, (request.prompt, request.negative_prompt)) as client:
            workflow = self._own or built_in(
                reference=request.reference is not None,
                mask=request.reference is not None and request.reference.mask is not None,
            )
            values = _values(request, to) | await _uploaded(client, request)
            for index in range(request.start_index, request.count):
                values["seed"] = request.seed + index
                graph = workflow.filled(values)
                if request.loras:
                    with_loras(
                        graph, _loader(workflow), [(x.path, x.weight) for x in request.loras]
                    )
                turn = _Turn(client, workflow, graph, index)
                async with aclosing(turn.run(request)) as events:
                    async for event in events:
                        yield event


async def probe(to: Connection) -> Facts:
    """Ask a server what it is and has. Raises ``EngineError``; also where its workflow needs what
    the server lacks."""
    async with Client(to) as client:
        system = await client.json("GET", "/system_stats")
        about = system.get("system") if isinstance(system, Mapping) else None
        if not isinstance(about, Mapping):
            raise client.odd("something that no ComfyUI sends")
        known = await client.json("GET", "/object_info")
        if not isinstance(known, Mapping):
            raise client.odd("no list of its nodes")
        facts = Facts(
            version=str(about.get("comfyui_version", "unknown")),
            models=_choices(known, "CheckpointLoaderSimple", "ckpt_name"),
            samplers=_choices(known, "KSampler", "sampler_name"),
            schedules=_choices(known, "KSampler", "scheduler"),
            loras=_choices(known, "LoraLoader", "lora_name"),
        )
        if to.workflow is not None:
            _refuse_foreign(read_workflow(to.workflow), known)
        elif not facts.models:
            raise EngineError(
                f"{to.name} has no checkpoint: put one into its folder models/checkpoints.",
                code="unavailable",
            )
    return facts


@dataclass(slots=True)
class _Turn:
    """One prompt on the server, from its queue to its picture."""

    client: Client
    workflow: Workflow
    graph: dict[str, dict[str, Any]]
    index: int
    id: str = ""
    step: int = 0
    steps: int = 0
    done: bool = False
    node: str = ""
    heard: float = field(default_factory=time.monotonic)

    async def run(self, request: ImageRequest) -> AsyncGenerator[ImageEvent, None]:
        self.steps = request.steps
        own = uuid4().hex
        socket = await _listen(self.client, own)
        try:
            self.id = await self._queue(own)
            async for event in self._watch(socket):
                yield event
            pixels, warning = await self._picture()
            self.done = True
            if self.step < self.steps:
                yield Progress(self.index, self.steps, self.steps)
            for note in (warning, size_note(request, pixels, self.client.name)):
                if note:
                    yield note
            yield ImageOutput(
                self.index, request.seed + self.index, pixels, self._effective(request, pixels)
            )
        finally:
            if self.id and not self.done:
                await self._withdraw()
            if socket is not None:
                socket.transport.abort()
                await socket.wait_closed()

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

    async def _watch(self, socket: ClientConnection | None) -> AsyncGenerator[ImageEvent, None]:
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
            message = f"The picture was interrupted on {self.client.name}."
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
        message = f"{self.client.name} forgot the picture: perhaps it was started again."
        raise EngineError(message, retryable=True)

    async def _record(self) -> Mapping[str, Any] | None:
        found = await self.client.json("GET", f"/history/{self.id}")
        record = found.get(self.id) if isinstance(found, Mapping) else None
        return record if isinstance(record, Mapping) else None

    async def _picture(self) -> tuple[Pixels, EngineWarning | None]:
        record = await self._record() or {}
        status = record.get("status") or {}
        if status.get("status_str") == "error":
            raise self._failure(_error_in(status.get("messages")))
        files = [
            file
            for output in (record.get("outputs") or {}).values()
            for file in (output.get("images") or ())
            if isinstance(file, Mapping) and file.get("filename")
        ]
        if not files:
            message = f"{self.client.name} ended without a picture: look at the workflow's end."
            raise EngineError(message)
        kept = [file for file in files if file.get("type") == "output"] or files
        place = {key: str(kept[-1].get(key, "")) for key in ("filename", "subfolder", "type")}
        data = await self.client.file("/view", params=place)
        note = None
        if len(kept) > 1:
            message = f"The workflow made {len(kept)} pictures, and the last one was taken."
            note = EngineWarning("more_pictures", message)
        return read_pixels(self.client, data), note

    async def _withdraw(self) -> None:
        """Take the prompt back, but leave others alone; within a moment, since somebody waits."""
        with suppress(EngineError, TimeoutError):
            async with asyncio.timeout(WITHDRAW_SECONDS):
                await self.client.tell("/queue", json={"delete": [self.id]})
                queue = await self.client.json("GET", "/queue")
                if self.id in _queued(queue, "queue_running"):
                    await self.client.tell("/interrupt", json={"prompt_id": self.id})

    def _effective(self, request: ImageRequest, pixels: Pixels) -> dict[str, Any]:
        """What was really used, read back from the graph that was sent."""
        sent = replace(self.workflow, graph=self.graph)
        used = {
            "steps": sent.value("steps"), "guidance_scale": sent.value("cfg"),
            "scheduler": sent.value("sampler"), "schedule": sent.value("scheduler"),
            "model": sent.value("checkpoint"),
            "width": int(pixels.shape[1]), "height": int(pixels.shape[0]),
            "loras": [{"name": x.path, "weight": x.weight} for x in request.loras] or None,
        }  # fmt: skip
        return {name: value for name, value in used.items() if value not in (None, "")}

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
    headers = {"Authorization": f"Bearer {client.connection.key}"} if client.connection.key else {}
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


async def _uploaded(client: Client, request: ImageRequest) -> dict[str, object]:
    """The slots of the reference and its mask, after both were brought to the server."""
    reference = request.reference
    if reference is None:
        return {}
    values: dict[str, object] = {"denoise": reference.strength}
    values["image"] = await _upload(client, reference.pixels)
    if reference.mask is not None:
        mask = mask_pixels(reference.mask, (request.width, request.height))
        values["mask"] = await _upload(client, mask)
    return values


async def _upload(client: Client, pixels: Pixels) -> str:
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


def _values(request: ImageRequest, to: Connection) -> dict[str, object]:
    facts = to.facts
    values: dict[str, object] = {
        "prompt": request.prompt,
        "negative": request.negative_prompt,
        "width": request.width,
        "height": request.height,
        "steps": request.steps,
        "cfg": request.guidance_scale,
    }
    model = request.model or to.model or ("" if to.workflow else next(iter(facts.models), ""))
    if model:
        values["checkpoint"] = model
    sampler = request.scheduler or ("" if to.workflow else _usual(facts.samplers, _USUAL_SAMPLER))
    schedule = request.options.get("schedule")
    if schedule is None and not to.workflow:
        schedule = _usual(facts.schedules, _USUAL_SCHEDULE)
    return values | {k: v for k, v in (("sampler", sampler), ("scheduler", schedule)) if v}


def _usual(found: tuple[str, ...], wanted: str) -> str:
    return wanted if wanted in found else next(iter(found), "")


def _loader(workflow: Workflow) -> str:
    """The node that LoRAs are put behind."""
    places = workflow.slots.get("checkpoint", ())
    if not places:
        raise refused("The workflow has no node that LoRAs could follow.")
    return places[0][0]


def _limited(able: ImageCapabilities, own: Workflow) -> ImageCapabilities:
    """What is left where a workflow decides some things itself."""
    fixed: dict[str, Any] = {}
    for slot, name in (("steps", "steps"), ("cfg", "guidance_scale")):
        value, limits = own.value(slot), getattr(able, name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            default = min(max(value, limits.minimum), limits.maximum)
            fixed[name] = replace(limits, default=default)
        elif slot not in own.slots:
            fixed[name] = Range(limits.minimum, limits.minimum, limits.minimum, limits.step)
    return replace(
        able,
        negative_prompt="negative" in own.slots,
        image_to_image="image" in own.slots,
        inpainting={"image", "mask"} <= set(own.slots),
        reference_required="image" in own.slots,
        reference_strength="denoise" in own.slots,
        seeds="seed" in own.slots,
        schedulers=able.schedulers if "sampler" in own.slots else (),
        models=able.models if "checkpoint" in own.slots else (),
        default_model=able.default_model if "checkpoint" in own.slots else "",
        loras="checkpoint" in own.slots,
        lora_files=able.lora_files if "checkpoint" in own.slots else (),
        **fixed,
    )


def _choices(known: Mapping[str, Any], node: str, name: str) -> tuple[str, ...]:
    """The values that an input of a node may have, in the older and the newer spelling."""
    try:
        told = known[node]["input"]["required"][name]
        found = told[1]["options"] if told[0] == "COMBO" else told[0]
    except (KeyError, IndexError, TypeError):
        return ()
    return tuple(str(value) for value in found) if isinstance(found, list) else ()


def _refuse_foreign(workflow: Workflow, known: Mapping[str, Any]) -> None:
    missing = unknown_classes(workflow, known)
    if missing:
        raise BadWorkflow(
            f"The server has no node of the kind {', '.join(missing[:5])}: install what brings it, "
            "or take it out of the workflow."
        )
