"""What the endpoints of model files ask for."""

from typing import Annotated

from fastapi import Depends, Request

from fabula.accounts.access import SettingsDep
from fabula.engines.registry import EngineRegistry

__all__ = ["RegistryDep", "SettingsDep"]


def registry_of(request: Request) -> EngineRegistry:
    registry: EngineRegistry = request.app.state.desk.registry
    return registry


RegistryDep = Annotated[EngineRegistry, Depends(registry_of)]
