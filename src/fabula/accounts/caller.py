"""Who is asking."""

from dataclasses import dataclass
from uuid import UUID

ROLE_PRIORITY = {"admin": 100, "moderator": 80, "premium_user": 60, "basic_user": 40, "guest": 20}


@dataclass(frozen=True, slots=True)
class Caller:
    """The person behind a request, as found in the database for this request."""

    user_id: UUID
    username: str
    roles: frozenset[str]
    session_id: UUID | None = None

    @property
    def is_admin(self) -> bool:
        return "admin" in self.roles
