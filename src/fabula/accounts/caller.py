"""Who is asking."""

from dataclasses import dataclass
from uuid import UUID

from fabula.accounts.permissions import BY_ROLE, Permission
from fabula.core.errors import Forbidden
from fabula.moderation.rating import Mode

ROLE_PRIORITY = {"admin": 100, "moderator": 80, "premium_user": 60, "basic_user": 40, "guest": 20}


@dataclass(frozen=True, slots=True)
class Caller:
    """The person behind a request, as found in the database for this request."""

    user_id: UUID
    username: str
    roles: frozenset[str]
    session_id: UUID | None = None
    scopes: frozenset[str] | None = None
    """What the API key may do; None for a session, which may do all that the person may."""
    address: str | None = None
    agent: str | None = None
    mode: Mode = "general"
    """The effective mode of content; nobody has ``adult`` before it was looked up."""
    shared: bool = False
    """Whether this is the account of all guests, which is nobody's own."""

    @property
    def is_admin(self) -> bool:
        return "admin" in self.roles and not self.plain

    @property
    def plain(self) -> bool:
        """Whether the powers of the roles are left out: a key without the scope ``admin``."""
        return self.scopes is not None and "admin" not in self.scopes

    @property
    def adult(self) -> bool:
        return self.mode == "adult"

    def may(self, permission: Permission) -> bool:
        given = frozenset[Permission]().union(*(BY_ROLE[role] for role in self.roles))
        return permission in (given & BY_ROLE["premium_user"] if self.plain else given)

    def require_own(self) -> None:
        """Raises ``Forbidden`` for guests, who share one account."""
        if self.shared:
            raise Forbidden(
                "Guests share one account, so this is not for them: sign in with your own."
            )

    def require(self, permission: Permission) -> None:
        """Raises ``Forbidden`` unless one of the roles gives the permission."""
        if not self.may(permission):
            raise Forbidden(
                f"This needs the permission {permission.value!r}, which none of your roles gives "
                "here: ask an admin of the studio, or use a key with the scope 'admin'."
            )
