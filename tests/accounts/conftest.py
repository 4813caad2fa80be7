"""A studio inside the test."""

from studio import adult_studio, studio

__all__ = ["adult_studio", "studio"]
