"""Every error leaves as ``{error, detail, field}``, and none tells more than it should."""

from collections.abc import Mapping
from typing import Any

import psycopg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from fabula.accounts import refusals
from fabula.core.errors import FabulaError, Invalid, TooMany
from fabula.core.logging import get_logger
from fabula.moderation.policy import ContentRefused
from fabula.web.schemas import ErrorOut

log = get_logger(__name__)
_CODES = {
    400: ("bad_request", "The request could not be read."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take that method."),
    413: ("too_large", "The request is too large."),
}
_BUSY = "The studio's database does not answer just now. Nothing was changed: try again shortly."

RESPONSES: dict[int | str, dict[str, Any]] = {
    code: {"model": ErrorOut, "description": text}
    for code, text in (
        (400, "The request could not be read."),
        (401, "Nobody is signed in."),
        (402, "The account has fewer credits than this costs."),
        (403, "The caller may not do this."),
        (404, "There is no such thing, or it is somebody else's."),
        (409, "It does not fit how things stand; `error` is one of docs/reference/conflicts.md."),
        (422, "The request cannot be done as it stands."),
        (
            429,
            "Too many requests, or a quota that is used up; `Retry-After` says how long to wait.",
        ),
        (503, "A part of the studio does not answer."),
    )
}


def answer(
    status: int,
    code: str,
    detail: str,
    field: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    body = ErrorOut(error=code, detail=detail, field=field).model_dump()
    return JSONResponse(body, status, headers=headers)


def add_error_handlers(app: FastAPI) -> None:
    app.add_exception_handler(FabulaError, _known)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(DBAPIError, _database)
    app.add_exception_handler(psycopg.OperationalError, _unreachable)
    app.add_exception_handler(PoolTimeout, _unreachable)
    app.add_exception_handler(Exception, _unknown)


async def _known(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, FabulaError):
        raise error
    if isinstance(error, ContentRefused):
        caller = getattr(request.state, "caller", None)
        door = f"{request.method} {request.url.path}"
        await refusals.note(request.app.state.database, caller, error, door)
    field = error.field if isinstance(error, Invalid) else None
    headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else {}
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.retry_after)
    return answer(error.status, error.code, str(error), field, headers)


def _unreadable(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    first = error.errors()[0]
    place = [str(part) for part in first["loc"] if part not in {"body", "query", "path", "header"}]
    if first["type"] == "json_invalid":
        return answer(422, "invalid", "The body is not JSON.", None)
    field = ".".join(place) or None
    message = str(first["msg"]).removeprefix("Value error, ")
    return answer(422, "invalid", f"{field}: {message}" if field else message, field)


def _http(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    code, sentence = _CODES.get(error.status_code, ("error", str(error.detail)))
    return answer(error.status_code, code, sentence, headers=error.headers)


def _database(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, DBAPIError):
        raise error
    if error.connection_invalidated or isinstance(error.orig, psycopg.OperationalError):
        return _unreachable(request, error)
    return _unknown(request, error)


def _unreachable(_: Request, error: Exception) -> JSONResponse:
    log.warning("database.unreachable", error=type(error).__name__)
    return answer(503, "database_unavailable", _BUSY, headers={"Retry-After": "2"})


def _unknown(_: Request, error: Exception) -> JSONResponse:
    log.error("request.crashed", exc_info=error)
    detail = "Something in the studio went wrong. Nothing was changed; the logs say what it was."
    return answer(500, "internal", detail)
