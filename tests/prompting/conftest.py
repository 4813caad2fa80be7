"""A whole studio for the tests of the prompts API."""

from studio import studio

__all__ = ["studio"]
