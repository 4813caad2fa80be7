"""What a browser gets when somebody is let in: the cookie of the session, and who they are."""

from fastapi import Response
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts import service, two_factor
from fabula.accounts.access import COOKIE
from fabula.accounts.caller import ROLE_PRIORITY, Caller
from fabula.accounts.schemas import MeOut
from fabula.accounts.service import SESSION_DAYS, SignedIn
from fabula.core.database import Database
from fabula.core.settings import get_settings


def give_session(response: Response, signed: SignedIn) -> None:
    """The session itself may end before its cookie does."""
    response.set_cookie(
        COOKIE,
        signed.token,
        max_age=SESSION_DAYS * 86400,
        httponly=True,
        samesite="strict",
        secure=get_settings().secure_cookies,
        path="/",
    )


async def entered(database: Database, response: Response, signed: SignedIn) -> MeOut:
    give_session(response, signed)
    async with database.system() as session:
        return await who(session, signed.caller)


async def who(session: AsyncSession, caller: Caller) -> MeOut:
    return MeOut(
        id=caller.user_id,
        username=caller.username,
        display_name=caller.username,
        roles=sorted(caller.roles, key=lambda role: -ROLE_PRIORITY[role]),
        has_password=await service.has_password(session, caller),
        two_factor=await two_factor.is_on(session, caller.user_id),
        created_at=await service.member_since(session, caller),
        shared=caller.shared,
    )
