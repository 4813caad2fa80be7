"""What the API of content takes and gives."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

ModeName = Literal["general", "adult"]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ContentIn(Body):
    """``blur``: what is rated for adults is covered until it is chosen."""

    mode: ModeName
    blur: bool = True


class AgeIn(Body):
    """Judged and not stored."""

    birth_date: date


class AgeOfPersonIn(Body):
    verified: bool
    reason: Annotated[str, StringConstraints(strip_whitespace=True)] = Field(
        min_length=1, max_length=500, pattern=r"^[^\x00]*$"
    )


class StepOut(BaseModel):
    """What one of those that have a say allows: the studio, the age, the own choice."""

    name: Literal["studio", "age", "own"]
    mode: ModeName
    reason: str


class ContentOut(BaseModel):
    """The effective mode, the most restrictive of all steps. ``age_check`` is ``closed`` where only
    an admin can still confirm the age."""

    mode: ModeName
    steps: list[StepOut]
    blur: bool
    age_check: Literal["confirmed", "open", "closed"]
