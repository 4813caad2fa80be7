"""Errors of model files."""

from fabula.core.errors import Conflict, FabulaError, Invalid, NotFound


class ModelFileNotFound(NotFound):
    code = "model_file_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such model file: it may have been removed.")


class UploadNotFound(NotFound):
    code = "model_upload_not_found"

    def __init__(self) -> None:
        super().__init__(
            "There is no such upload: it was finished, cancelled, or left alone for too long. "
            "Begin it again."
        )


class NotAModel(Invalid):
    """A file is no model that the studio takes; the message says what to do."""

    code = "not_a_model"


class InUse(Conflict):
    """Something still needs the file."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="model_file_in_use")


class NotOurs(Conflict):
    """The file lies in a folder that the studio only reads."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="model_file_not_ours")


class NameTaken(Conflict):
    def __init__(self, message: str) -> None:
        super().__init__(message, code="model_file_name_taken")


class UploadsBusy(Conflict):
    """As many uploads as may be are under way."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="model_uploads_busy")


class WrongOffset(Conflict):
    """A part does not begin where the last one ended."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="model_upload_offset")


class PartTooLarge(FabulaError):
    status = 413
    code = "too_large"
