"""Errors of money and limits."""

from fabula.core.errors import FabulaError


class InsufficientCredits(FabulaError):
    """The account has fewer credits than the job costs. Nothing was changed."""

    status = 402
    code = "insufficient_credits"

    def __init__(self, needed: int, available: int, reserved: int) -> None:
        held = f" ({reserved} more are held by jobs on their way)" if reserved else ""
        super().__init__(
            f"This costs {needed} credits and you have {available}{held}. "
            "Make fewer at once, choose a cheaper job type, or ask an admin for more credits."
        )


class QuotaExceeded(FabulaError):
    """The account has used up one of its quotas. Nothing was changed."""

    status = 429
    code = "quota_exceeded"
