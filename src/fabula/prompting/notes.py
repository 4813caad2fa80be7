"""What a person should know about how their prompt was treated."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Note:
    """``code`` is stable, ``message`` a sentence."""

    code: str
    message: str
