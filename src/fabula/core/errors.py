"""Errors that a person can act on: a status, a stable code and a sentence."""

from typing import ClassVar


class FabulaError(Exception):
    """Base of all errors of the product's rules.

    ``status`` is the HTTP status, ``code`` a stable name for programs, and the message a
    sentence that says what happened and what to do.
    """

    status: ClassVar[int] = 400
    code: str = "bad_request"


class Invalid(FabulaError):
    """The request cannot be done as it stands."""

    status = 422
    code = "invalid"

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class NotSignedIn(FabulaError):
    status = 401
    code = "not_signed_in"


class Forbidden(FabulaError):
    status = 403
    code = "forbidden"


class NotFound(FabulaError):
    status = 404
    code = "not_found"


class Conflict(FabulaError):
    """What is asked for does not fit how things stand. Each has a code of its own, which stands in
    ``docs/reference/conflicts.md``, so that no program need read the sentence."""

    status = 409

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code


class TooMany(FabulaError):
    """``retry_after`` is the whole seconds to wait."""

    status = 429
    code = "too_many_requests"

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(FabulaError):
    status = 503
    code = "unavailable"
