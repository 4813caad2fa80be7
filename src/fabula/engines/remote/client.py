"""Requests to one server: limits, time-outs, and every fault as one sentence that names it."""

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Self, TypedDict, Unpack

import httpx
import orjson

from fabula.engines.base import EngineError
from fabula.engines.remote.addresses import BadAddress, is_refused, refusal
from fabula.engines.remote.connection import Connection

CONNECT_SECONDS = 5.0
MAX_JSON_BYTES = 96 * 2**20
"""A picture of 64 megabytes in base64, and some room."""
MAX_FILE_BYTES = 64 * 2**20
_QUOTED_CHARACTERS = 240


Json = Any
"""A JSON value of a server, of which nothing is known yet."""


class Sent(TypedDict, total=False):
    """What a request carries, as httpx takes it."""

    json: object
    data: Mapping[str, str]
    files: Mapping[str, tuple[str, bytes, str]]
    params: Mapping[str, str]


class ServerError(EngineError):
    """The server refused or failed; ``status`` is its HTTP status, None without an answer, and
    ``body`` its answer where that was JSON."""

    def __init__(
        self,
        message: str,
        *,
        code: str = "unavailable",
        retryable: bool = True,
        status: int | None = None,
        body: object = None,
    ) -> None:
        super().__init__(message, code=code, retryable=retryable)
        self.status = status
        self.body = body


class Client:
    """An open connection to a server. Follows no redirects and obeys no proxy settings.

    ``private`` are texts that no message may repeat, such as the prompt: servers echo what they
    refuse, and messages are logged. The key is always one of them.
    """

    def __init__(self, connection: Connection, private: tuple[str, ...] = ()) -> None:
        self.connection = connection
        sent = connection.authorization
        secrets = (sent.rpartition(" ")[2], connection.key)
        self._private = tuple(text for text in (*secrets, *private) if text)
        secure = connection.address.scheme == "https"
        headers = {"Authorization": sent} if sent else {}
        self._http = httpx.AsyncClient(
            verify=_tls() if secure else False,
            headers=headers,
            timeout=httpx.Timeout(connection.answer_seconds, connect=CONNECT_SECONDS),
            follow_redirects=False,
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    @property
    def name(self) -> str:
        return self.connection.name

    async def json(
        self, method: str, path: str, *, seconds: float | None = None, **sent: Unpack[Sent]
    ) -> Json:
        """The answer's JSON value. ``seconds`` is the longest silence where it is work."""
        body = await self._read(method, path, MAX_JSON_BYTES, seconds, sent)
        return self.parsed(body)

    async def file(self, path: str, *, root: bool = False, **sent: Unpack[Sent]) -> bytes:
        """The answer's bytes, at most ``MAX_FILE_BYTES``; ``root`` as in ``stream``."""
        async with self.stream(
            "GET", path, seconds=self.connection.answer_seconds, root=root, **sent
        ) as answer:
            return await self._limited(answer, MAX_FILE_BYTES)

    async def tell(self, path: str, **sent: Unpack[Sent]) -> None:
        """A POST whose answer's content does not matter."""
        await self._read("POST", path, MAX_FILE_BYTES, None, sent)

    @asynccontextmanager
    async def stream(
        self, method: str, path: str, *, seconds: float, root: bool = False, **sent: Unpack[Sent]
    ) -> AsyncIterator[httpx.Response]:
        """An answer that was not refused, to be read by the caller. ``seconds`` is the longest
        silence; ``root`` leaves the path of the server's address out. Faults while it is read
        become ``ServerError`` as well."""
        address = self.connection.address
        asked = self._http.build_request(
            method,
            (address.origin if root else address.url) + path,
            timeout=httpx.Timeout(seconds, connect=CONNECT_SECONDS),
            extensions={"trace": self._check_peer},
            **sent,
        )
        try:
            answer = await self._http.send(asked, stream=True)
            try:
                if not answer.is_success:
                    raise await self._refusal(answer)
                yield answer
            finally:
                await answer.aclose()
        except httpx.TimeoutException as error:
            raise self.silent(seconds, error) from error
        except httpx.HTTPError as error:
            raise self.gone(error) from error
        except BadAddress as error:
            raise ServerError(str(error), retryable=False) from error

    def parsed(self, body: bytes | str) -> Json:
        """The JSON value of a text of the server."""
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise self.odd("an answer that is no JSON") from error

    def odd(self, what: str) -> ServerError:
        """The server sent what its protocol does not have."""
        message = f"{self.name} sent {what}: perhaps another program answers at its address."
        return ServerError(message, code="engine_failed")

    def gone(self, error: Exception) -> ServerError:
        """The connection was refused or broke."""
        what = "does not answer" if isinstance(error, httpx.ConnectError) else "broke off"
        return ServerError(f"{self.name} {what}: look whether it runs and can be reached.")

    def silent(self, seconds: float, error: Exception | None = None) -> ServerError:
        if isinstance(error, httpx.ConnectTimeout):
            seconds = CONNECT_SECONDS
        return ServerError(f"{self.name} said nothing for {seconds:g} seconds.")

    def quoted(self, text: object) -> str:
        """A text of the server for a message: short, on one line, without what is private."""
        line = " ".join(str(text).replace("\x00", " ").split())
        for secret in self._private:
            line = line.replace(" ".join(secret.split()), "…")
        return line if len(line) <= _QUOTED_CHARACTERS else f"{line[:_QUOTED_CHARACTERS]}…"

    async def _read(
        self, method: str, path: str, limit: int, seconds: float | None, sent: Sent
    ) -> bytes:
        seconds = seconds or self.connection.answer_seconds
        async with self.stream(method, path, seconds=seconds, **sent) as answer:
            return await self._limited(answer, limit)

    async def _limited(self, answer: httpx.Response, limit: int) -> bytes:
        told = answer.headers.get("content-length", "")
        parts, size = [], int(told) if told.isdigit() else 0
        if size <= limit:
            size = 0
            async for part in answer.aiter_bytes():
                parts.append(part)
                if (size := size + len(part)) > limit:
                    break
        if size > limit:
            message = f"{self.name} sent more than {limit // 2**20} megabytes, which is too much."
            raise ServerError(message, code="engine_failed", retryable=False)
        return b"".join(parts)

    async def _refusal(self, answer: httpx.Response) -> ServerError:
        status = answer.status_code
        if answer.is_redirect:
            message = f"{self.name} redirects elsewhere: connect the address that it leads to."
            return ServerError(message, retryable=False, status=status)
        if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            what = "name and password" if self.connection.username else "key"
            message = f"{self.name} does not accept the {what}: give it the right one."
            return ServerError(message, retryable=False, status=status)
        body = await self._limited(answer, MAX_FILE_BYTES)
        try:
            said = orjson.loads(body)
        except orjson.JSONDecodeError:
            said = None
        reason = self.quoted(_reason(said) or answer.reason_phrase)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            message = f"{self.name} failed with {status}: {reason}"
            return ServerError(message, code="engine_failed", status=status, body=said)
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            return ServerError(f"{self.name} is asked too often: {reason}", status=status)
        message = f"{self.name} refuses the request: {reason}"
        return ServerError(message, code="bad_request", retryable=False, status=status, body=said)

    async def _check_peer(self, event: str, info: Mapping[str, Any]) -> None:
        """Runs when the connection stands and nothing was sent over it yet."""
        if event == "connection.connect_tcp.complete":
            peer = str(info["return_value"].get_extra_info("server_addr")[0])
            if is_refused(peer):
                await info["return_value"].aclose()
                raise BadAddress(refusal(peer))


def _reason(said: object) -> str:
    """The sentence in an error of the protocols that are spoken here."""
    while isinstance(said, Mapping):
        said = next((said[k] for k in ("error", "message", "detail", "errors") if said.get(k)), "")
    return said if isinstance(said, str) else ""


@lru_cache
def _tls() -> ssl.SSLContext:
    """Reading the certificates takes longer than a request."""
    return ssl.create_default_context()
