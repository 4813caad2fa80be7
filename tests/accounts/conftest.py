"""A studio inside the test."""

from studio import studio

__all__ = ["studio"]
