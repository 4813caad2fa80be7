"""Refusals in the trail: who, by which rule and at which door, and never the text."""

from fabula.accounts import trail
from fabula.accounts.caller import Caller
from fabula.accounts.trail import Action
from fabula.core.database import Database
from fabula.moderation.policy import ContentRefused


async def note(
    database: Database, caller: Caller | None, refusal: ContentRefused, door: str
) -> None:
    """In a transaction of its own, because a refusal undoes the one that it happened in. ``door``
    says where, such as ``POST /api/jobs``."""
    async with database.system() as session:
        await trail.record(
            session,
            caller,
            Action.CONTENT_REFUSED,
            "policy_rule",
            refusal.rule,
            after={"door": door},
        )
