"""What the API of leaving takes."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from fabula.accounts.service import PASSWORD_MAX


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class LeavingIn(Body):
    """The own user name, and what proves that it is the person: a code where two-factor sign-in is
    on, else the password where there is one."""

    username: str = Field(min_length=1, max_length=40, pattern=r"^[^\x00]*$")
    password: str | None = Field(default=None, max_length=PASSWORD_MAX)
    code: str | None = Field(default=None, max_length=40, pattern=r"^[^\x00]*$")


class DeletionIn(Body):
    reason: Annotated[str, StringConstraints(strip_whitespace=True)] = Field(
        min_length=1, max_length=500, pattern=r"^[^\x00]*$"
    )
