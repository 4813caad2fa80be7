"""Chat with a GGUF model on the CPU, through llama.cpp's server inside this process.

The studio brings a tiny demo model; another GGUF file with a chat template takes its place by
``options["chat_model"]``. Options of the engine: ``chat_model``, a file name in the models folder
or a path, and ``chat_context``, tokens. Options of a request (or, as defaults, of the engine):

- ``dry``: strength of the DRY sampler against repeated phrases, 0 (off) to 5; true means 0.8
- ``min_p``: 0 to 1, ``top_k``: 0 (off) to 1000, ``repeat_penalty``: 1 (off) to 2
- ``cache_prompt``: whether what the prompt shares with the last one is taken from memory. It is
  quicker, but rounding then depends on what came before; without the option it is so only for
  requests without a seed, so that equal requests with a seed get equal replies.

The server's loopback port, which counts tokens, is closed to others by a key made at each load.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Literal

import httpx

from fabula.engines.base import (
    Availability,
    CancelToken,
    EngineContext,
    EngineError,
    EngineInfo,
    Footprint,
    Modality,
    TextCapabilities,
    TextDelta,
    TextDone,
    TextEvent,
    TextRequest,
)
from fabula.engines.cpu import cpu_flags
from fabula.engines.files import size_of
from fabula.engines.setup import CHAT_MODEL

CONTEXT_TOKENS = 4096
BATCH_TOKENS = 256
"""Between two batches of a prompt a cancellation is noticed: one to two seconds on one thread."""

TOKENIZE_SECONDS = 30.0
HOTTEST = 2.0
SEEDS = 2**32 - 1
"""llama.cpp's seeds have 32 bits, and the last one means a random seed."""

DRY_DEFAULT = 0.8
SAMPLING = {
    "dry": (0.0, 5.0),
    "min_p": (0.0, 1.0),
    "top_k": (0, 1000),
    "repeat_penalty": (1.0, 2.0),
}
SERVER_NAMES = {"dry": "dry_multiplier"}

Chunk = Mapping[str, Any]
"""One message of the server's stream, in the form of OpenAI's chat completion chunks."""


class LocalLlama:
    """A small language model on the CPU."""

    info = EngineInfo(
        id="local-llama",
        name="Built-in chat model",
        modality=Modality.TEXT,
        version="1.0",
        summary=(
            "A tiny demo model for trying the studio: fluent, but it drifts and makes things up. "
            "Connect a real model for stories and characters."
        ),
        model="SmolLM2-135M-Instruct, 4 bits, unless the option chat_model names another file",
        licence="Apache-2.0",
        stand_in=True,
    )

    def __init__(self, context: EngineContext) -> None:
        self._threads = max(1, context.threads)
        self._options = context.options
        self._file = Path(
            context.models_dir, str(context.options.get("chat_model", CHAT_MODEL.file))
        )
        self._model: _Model | None = None

    def availability(self) -> Availability:
        if find_spec("xllamacpp") is None:
            return Availability(
                False, "The package xllamacpp is not installed.", "Reinstall Fabula."
            )
        if lacks_avx2():
            return Availability(
                False,
                "This processor has no AVX2, which the chat runtime needs.",
                "Connect a chat server instead.",
            )
        if not self._file.is_file():
            return Availability(False, f"The model {self._file.name} is missing.", self._remedy())
        return Availability(True)

    def capabilities(self) -> TextCapabilities:
        return TextCapabilities(context=self._context(), prefill=True, json_schema=True)

    def footprint(self, model: str | None) -> Footprint:  # noqa: ARG002 - it has one model
        """The file twice: the weights, and with them their cache of keys and values."""
        return Footprint(2 * size_of(self._file))

    def load(self) -> None:
        """Takes about half a second for the demo model."""
        if self._model is None:
            self._model = _Model(self._file, self._threads, self._context())

    def unload(self) -> None:
        model, self._model = self._model, None
        if model is not None:
            model.close()

    def count_tokens(self, text: str) -> int:
        """Tokens of ``text`` alone, without the chat template."""
        return self._loaded().count_tokens(text)

    def run(self, request: TextRequest, cancel: CancelToken) -> Iterator[TextEvent]:
        """The reply, without the prefill that it continues."""
        check(request)
        body = body_of(request, {**self._options, **request.options})
        return _reply(self._loaded(), body, cancel)

    def _loaded(self) -> _Model:
        self.load()
        if self._model is None:
            raise EngineError("The chat model was unloaded.", code="unavailable", retryable=True)
        return self._model

    def _context(self) -> int:
        wanted = self._options.get("chat_context", CONTEXT_TOKENS)
        if isinstance(wanted, int) and 0 < wanted <= 2**20:
            return wanted
        raise EngineError("chat_context must be a number of tokens.", code="unavailable")

    def _remedy(self) -> str:
        if self._file.name == CHAT_MODEL.file:
            return "Run `fabula setup`, which fetches it."
        return f"Put it into {self._file.parent}, or correct the option chat_model."


class _Model:
    """A loaded model: llama.cpp's server and its loopback address."""

    def __init__(self, file: Path, threads: int, context: int) -> None:
        import xllamacpp  # noqa: PLC0415 - native code that only the engine's process may run

        key = secrets.token_urlsafe(32)
        parameters = xllamacpp.CommonParams()
        parameters.model.path = str(file)
        parameters.n_ctx = context
        parameters.n_parallel = 1
        parameters.n_batch = parameters.n_ubatch = BATCH_TOKENS
        parameters.cpuparams.n_threads = threads
        parameters.cpuparams_batch.n_threads = threads
        parameters.n_gpu_layers = 0
        parameters.cache_ram_mib = 0
        parameters.verbosity = -1
        parameters.ui = False
        parameters.api_keys = [key]
        try:
            self._server: Any = xllamacpp.Server(parameters)
        except RuntimeError as error:
            message = f"{file.name} could not be loaded: it is damaged, or no GGUF chat model."
            raise EngineError(message, code="unavailable") from error
        self._client = httpx.Client(
            base_url=self._server.listening_address,
            headers={"Authorization": f"Bearer {key}"},
            timeout=TOKENIZE_SECONDS,
            trust_env=False,
        )

    def count_tokens(self, text: str) -> int:
        try:
            reply = self._client.post("/tokenize", json={"content": text}).raise_for_status()
        except httpx.HTTPError as error:
            raise EngineError("The chat model did not count the tokens.", retryable=True) from error
        return len(reply.json()["tokens"])

    def stream(self, body: Chunk, cancel: CancelToken) -> Iterator[Chunk]:
        """The server's chunks as they come. Leaving early stops the server at its next token."""
        inbox: SimpleQueue[Chunk | Exception | None] = SimpleQueue()
        left = threading.Event()

        def receive(chunk: Chunk) -> bool:
            inbox.put(chunk)
            return left.is_set() or cancel.cancelled

        def work() -> None:
            try:
                self._server.handle_chat_completions(dict(body), receive)
            except Exception as error:  # noqa: BLE001 - handed to the thread that asked
                inbox.put(error)
            finally:
                inbox.put(None)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        try:
            while (chunk := inbox.get()) is not None:
                if isinstance(chunk, Exception):
                    raise chunk
                yield chunk
        finally:
            left.set()
            thread.join()

    def close(self) -> None:
        self._client.close()
        self._server = None


def _reply(model: _Model, body: Chunk, cancel: CancelToken) -> Iterator[TextEvent]:
    cancel.check()
    parts: list[str] = []
    finish: Literal["stop", "length"] = "stop"
    usage: Mapping[str, Any] = {}
    try:
        for chunk in model.stream(body, cancel):
            cancel.check()
            if "error" in chunk:
                raise refusal(chunk["error"])
            usage = chunk.get("usage") or usage
            for choice in chunk.get("choices", ()):
                finish = "length" if choice.get("finish_reason") == "length" else finish
                if text := choice["delta"].get("content"):
                    parts.append(text)
                    yield TextDelta(text)
    except ValueError as error:
        raise unreadable(body, error) from error
    cancel.check()
    yield TextDone(
        "".join(parts), finish, usage.get("prompt_tokens"), usage.get("completion_tokens")
    )


def check(request: TextRequest) -> None:
    """Raise ``EngineError`` (``bad_request``) for what no model could answer."""
    if not request.messages:
        raise bad("A chat needs at least one message.")
    if request.max_tokens < 1:
        raise bad("max_tokens must be at least 1.")
    if not 0 <= request.temperature <= HOTTEST:
        raise bad(f"temperature must lie between 0 and {HOTTEST:g}.")
    if not 0 < request.top_p <= 1:
        raise bad("top_p must lie above 0 and at most at 1.")
    if not all(request.stop):
        raise bad("A stop sequence must not be empty.")
    if request.seed is not None and request.seed < 0:
        raise bad("seed must not be negative.")


def body_of(request: TextRequest, options: Mapping[str, Any]) -> dict[str, Any]:
    """The request as a chat completion of llama.cpp's server."""
    body: dict[str, Any] = {
        "messages": [{"role": m.role, "content": harmless(m.content)} for m in request.messages],
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "stop": list(request.stop),
        "cache_prompt": bool(options.get("cache_prompt", request.seed is None)),
        "stream": True,
        "stream_options": {"include_usage": True},
        "return_progress": True,
        **sampling(options),
    }
    if request.seed is not None:
        body["seed"] = request.seed % SEEDS
    if request.json_schema is not None:
        schema = {"name": "reply", "schema": dict(request.json_schema)}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    return body


def sampling(options: Mapping[str, Any]) -> dict[str, float]:
    """The samplers that a request may set. Raises ``EngineError`` for numbers out of range."""
    chosen: dict[str, float] = {}
    for name, (least, most) in SAMPLING.items():
        value = options.get(name)
        if value is None:
            continue
        if name == "dry" and isinstance(value, bool):
            value = DRY_DEFAULT if value else 0.0
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise bad(f"{name} must be a number.")
        if not least <= value <= most:
            raise bad(f"{name} must lie between {least:g} and {most:g}.")
        chosen[SERVER_NAMES.get(name, name)] = int(value) if name == "top_k" else value
    return chosen


def harmless(content: str) -> str:
    """The server reads ``<|im_end|>`` in a message as the end of that message: part it."""
    return content.replace("<|", "< |")


def refusal(error: Mapping[str, Any]) -> EngineError:
    """What the server's refusal means for the person who asked."""
    if error.get("type") == "exceed_context_size_error":
        return bad(
            f"The conversation has {error['n_prompt_tokens']} tokens and this model reads at most "
            f"{error['n_ctx']}: shorten it."
        )
    message = str(error.get("message", "no reason given"))
    if error.get("code") == httpx.codes.BAD_REQUEST:
        return bad(f"The chat model refuses the request: {message}")
    return EngineError(f"The chat model failed: {message}", retryable=True)


def unreadable(body: Chunk, error: ValueError) -> EngineError:
    """The server raises where a grammar or a template cannot be made of the request."""
    if "response_format" in body:
        return bad("The JSON schema cannot be followed: it has a type or keyword that is unknown.")
    return bad(f"The chat template of the model cannot take these messages: {error}")


def bad(message: str) -> EngineError:
    return EngineError(message, code="bad_request")


def lacks_avx2() -> bool:
    """Whether this is a processor that says that it has no AVX2. Silence counts as no."""
    flags = cpu_flags()
    return flags is not None and "avx2" not in flags
