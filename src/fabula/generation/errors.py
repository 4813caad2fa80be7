"""Errors of making pictures and clips."""

from fabula.core.errors import Conflict, Invalid, NotFound


class NoEngine(Conflict):
    """No engine of this studio can do the job; the message says what would make it possible."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="no_engine")


class NotPossible(Invalid):
    """The chosen engine cannot do what was asked."""

    code = "not_possible"


class JobNotFound(NotFound):
    code = "job_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such job: it may have been deleted.")


_SOURCES = {"reference.asset_id": "reference picture", "asset_id": "picture"}


class SourceNotFound(Invalid):
    """A picture to start from is not there; ``field`` says where it was named."""

    code = "reference_not_found"

    def __init__(self, field: str) -> None:
        name = field.rpartition(".")[2].replace("_", " ")
        what = _SOURCES.get(field, name)
        super().__init__(
            f"The {what} is not there: it may have been discarded or have expired. "
            "Choose another picture.",
            field=field,
        )


class WrongState(Conflict):
    """The job is not in a state in which this can be done."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="wrong_state")


class ModeWithdrawn(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "This was asked for in a mode that is no longer on for this account: ask for it again.",
            code="mode_withdrawn",
        )


class KeyReused(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "This Idempotency-Key was used for a different request: use a new key.",
            code="idempotency_key_reused",
        )
