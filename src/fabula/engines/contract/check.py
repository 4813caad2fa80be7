"""What a check is, and how it fails."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


class ContractViolation(AssertionError):
    """The engine breaks the contract; the message says where."""


def require(fulfilled: object, message: str) -> None:
    """Raise ``ContractViolation`` with the message unless fulfilled."""
    if not fulfilled:
        raise ContractViolation(message)


@dataclass(frozen=True, slots=True)
class Check:
    """One part of the contract, by its name in a sentence with underscores."""

    test: Callable[[Any], None]

    def __call__(self, engine: object) -> None:
        self.test(engine)

    def __str__(self) -> str:
        return self.test.__name__
