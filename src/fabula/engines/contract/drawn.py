"""What pictures and clips have in common in their checks."""

import io
import json
from collections.abc import Callable, Iterable, Mapping

from PIL import Image

from fabula.engines.base import Cancelled, CancelToken, EngineError, EngineWarning, Progress
from fabula.engines.contract.check import ContractViolation, require


def require_refused(wrong: str, run: Callable[[], Iterable[object]]) -> None:
    """A request that is ``wrong`` in some way is refused before its first event."""
    try:
        event = next(iter(run()), None)
    except EngineError as error:
        require(error.code == "bad_request", f"{wrong}: the code is {error.code}.")
        require(str(error).strip(), f"{wrong}: the error has no message.")
    else:
        raise ContractViolation(f"{wrong}: not refused; the engine sent {event!r:.80}.")


def require_small_previews(events: Iterable[object], able: bool) -> None:
    """There are previews where the capabilities say so, and each is a small picture."""
    shown = [event.preview for event in events if isinstance(event, Progress)]
    previews = [preview for preview in shown if preview is not None]
    require(bool(previews) == able, f"capabilities.previews is {able}, the events say otherwise.")
    for preview in previews:
        with Image.open(io.BytesIO(preview)) as picture:
            require(picture.format in {"JPEG", "WEBP"}, f"A preview is {picture.format}.")
        require(len(preview) <= 64_000, "A preview has more than 64 kB.")


def require_storable(effective: Mapping[str, object]) -> None:
    try:
        json.dumps(dict(effective), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ContractViolation(f"effective cannot be written as JSON: {error}") from error


def require_not_begun(run: Callable[[CancelToken], Iterable[object]]) -> None:
    """A run that is cancelled beforehand does nothing."""
    token = CancelToken()
    token.cancel()
    try:
        events = list(run(token))
    except Cancelled:
        return
    raise ContractViolation(f"The engine went on and sent {len(events)} events.")


def require_stopped(run: Callable[[CancelToken], Iterable[object]], step: int) -> None:
    """A run that is cancelled at a step sends no more than warnings."""
    token, late = CancelToken(), 0
    try:
        for event in run(token):
            late += token.cancelled and not isinstance(event, EngineWarning)
            if isinstance(event, Progress) and event.step >= step:
                token.cancel()
    except Cancelled:
        require(not late, f"Cancelled after step {step}, the engine sent {late} more events.")
        return
    raise ContractViolation(f"Cancelled after step {step}, the engine went on to the end.")
