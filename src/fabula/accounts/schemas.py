"""What the accounts API takes and gives."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from fabula.accounts.service import PASSWORD_MAX, PASSWORD_MIN


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class LoginIn(Body):
    username: str = Field(min_length=1, max_length=40, pattern=r"^[^\x00]*$")
    password: str = Field(min_length=1, max_length=PASSWORD_MAX)


class LinkIn(Body):
    token: str = Field(min_length=1, max_length=200)


class PasswordIn(Body):
    current_password: str | None = Field(default=None, max_length=PASSWORD_MAX)
    new_password: str = Field(min_length=PASSWORD_MIN, max_length=PASSWORD_MAX)


class ApiKeyIn(Body):
    name: Annotated[str, StringConstraints(strip_whitespace=True)] = Field(
        min_length=1, max_length=80, pattern=r"^[^\x00]*$"
    )


class MeOut(BaseModel):
    id: UUID
    username: str
    display_name: str
    roles: list[str]
    has_password: bool


class ApiKeyOut(BaseModel):
    id: UUID
    name: str
    prefix: str
    created_at: datetime
    last_used_at: datetime | None


class NewApiKeyOut(BaseModel):
    """A new key; ``key`` is shown this once and stored nowhere."""

    id: UUID
    name: str
    prefix: str
    key: str
    created_at: datetime
