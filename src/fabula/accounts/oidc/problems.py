"""What can go wrong on the way through a provider. The page has a sentence for each code too."""

from fabula.core.errors import Conflict, Forbidden, Unavailable


class ProviderUnreachable(Unavailable):
    """``reason`` is for whoever runs the studio: it may name addresses that are nobody else's."""

    code = "provider_unreachable"

    def __init__(self, label: str, reason: str) -> None:
        super().__init__(f"{label} cannot be used to sign in just now. Try again shortly.")
        self.reason = reason


class ProviderRefused(Forbidden):
    """The provider says no: the person gave up there, or the code is not good."""

    code = "provider_refused"

    def __init__(self) -> None:
        super().__init__("The provider did not let you in. Try again.")


class SignInExpired(Forbidden):
    """The way back does not belong to a way out that began in this browser within ten minutes."""

    code = "sign_in_expired"

    def __init__(self) -> None:
        super().__init__("Signing in took too long, or began in another browser. Try again.")


class TokenInvalid(Forbidden):
    code = "token_invalid"

    def __init__(self) -> None:
        super().__init__("What the provider sent cannot be trusted. Tell an admin of the studio.")


class AccountUnknown(Forbidden):
    code = "account_unknown"

    def __init__(self) -> None:
        super().__init__("Nobody here is known by that identity. Ask an admin for an account.")


class NotInGroup(Forbidden):
    code = "not_in_group"

    def __init__(self) -> None:
        super().__init__("You are in none of the groups that may sign in here. Ask an admin.")


class IdentityTaken(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "That identity belongs to another account here. Sign in with it instead.",
            code="identity_taken",
        )


class LastWayIn(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "This is the only way in to your account: set a password or add another one first.",
            code="last_way_in",
        )
