"""What endpoints of money and limits ask for."""

from typing import Annotated

from fastapi import Depends, Request

from fabula.core.settings import Settings


def settings_of(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


SettingsDep = Annotated[Settings, Depends(settings_of)]
