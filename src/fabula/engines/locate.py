"""Finding an engine's class by its path ``module:Class``."""

import importlib
from typing import Any


def engine_class(path: str) -> type[Any]:
    """The class behind ``module:Class``. Raises whatever importing the module raises, and
    ``ValueError`` for a path of another form, ``TypeError`` where it leads to no class."""
    module, separator, name = path.partition(":")
    if not (module and separator and name):
        raise ValueError(f"“{path}” is not of the form module:Class.")
    found = getattr(importlib.import_module(module), name, None)
    if not isinstance(found, type):
        raise TypeError(f"{module} has no class {name}.")
    return found
