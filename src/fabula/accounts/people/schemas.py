"""What the API of people takes and gives."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

RoleName = Literal["admin", "moderator", "premium_user", "basic_user", "guest"]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PersonIn(Body):
    username: str = Field(min_length=1, max_length=40, pattern=r"^[^\x00]*$")
    role: RoleName = "basic_user"


class SuspensionIn(Body):
    reason: Annotated[str, StringConstraints(strip_whitespace=True)] = Field(
        min_length=1, max_length=500, pattern=r"^[^\x00]*$"
    )


class PersonOut(BaseModel):
    """An account as admins see it. ``last_seen_at`` is of its browser sessions, ``balance`` what it
    can spend, in credits; ``plan`` is null where it has none."""

    id: UUID
    username: str
    roles: list[str]
    created_at: datetime
    suspended_at: datetime | None
    suspended_reason: str | None
    last_seen_at: datetime | None
    sessions: int
    api_keys: int
    balance: int
    plan: str | None
    age_verified: bool
    two_factor: bool


class PlanIn(Body):
    """One of the studio's plans, or null for none."""

    plan: str | None = Field(max_length=40, pattern=r"^[^\x00]*$")


class SignInLinkOut(BaseModel):
    """A one-time address to sign in at, good for a day; it is in this answer and nowhere else."""

    address: str


class NewPersonOut(BaseModel):
    person: PersonOut
    sign_in: SignInLinkOut


class PermissionOut(BaseModel):
    """A named permission, and the roles that give it, the most powerful first."""

    name: str
    description: str
    roles: list[str]
