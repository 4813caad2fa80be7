"""The command line: ``fabula``."""

from fabula.cli.main import main

__all__ = ["main"]
