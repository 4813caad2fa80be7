"""Signing in, the own account, API keys."""

from uuid import UUID

from fastapi import APIRouter, Request, Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts import service
from fabula.accounts.access import (
    COOKIE,
    CallerDep,
    CursorDep,
    Limit,
    MachineSessionDep,
)
from fabula.accounts.caller import ROLE_PRIORITY, Caller
from fabula.accounts.schemas import (
    ApiKeyIn,
    ApiKeyOut,
    LinkIn,
    LoginIn,
    MeOut,
    NewApiKeyOut,
    PasswordIn,
)
from fabula.accounts.service import SESSION_DAYS, SignedIn
from fabula.core.pagination import Cursor, Page, page_of
from fabula.core.settings import get_settings

router = APIRouter(tags=["accounts"])


def _agent(request: Request) -> str | None:
    agent = request.headers.get("user-agent")
    return agent.replace("\x00", "") if agent else None


def _address(request: Request) -> str | None:
    host = request.client.host if request.client else None
    return host if host and host[0] in "0123456789abcdef:" else None


def _enter(response: Response, signed: SignedIn) -> None:
    response.set_cookie(
        COOKIE,
        signed.token,
        max_age=SESSION_DAYS * 86400,
        httponly=True,
        samesite="strict",
        secure=get_settings().secure_cookies,
        path="/",
    )


async def _me(session: AsyncSession, caller: Caller) -> MeOut:
    return MeOut(
        id=caller.user_id,
        username=caller.username,
        display_name=caller.username,
        roles=sorted(caller.roles, key=lambda role: -ROLE_PRIORITY[role]),
        has_password=await service.has_password(session, caller),
    )


@router.post("/auth/login")
async def login(
    body: LoginIn, request: Request, response: Response, session: MachineSessionDep
) -> MeOut:
    """Sign in with user name and password."""
    signed = await service.sign_in_by_password(
        session, body.username, body.password, agent=_agent(request), address=_address(request)
    )
    _enter(response, signed)
    return await _me(session, signed.caller)


@router.post("/auth/link")
async def use_link(
    body: LinkIn, request: Request, response: Response, session: MachineSessionDep
) -> MeOut:
    """Sign in with a one-time link; it is used up by this."""
    signed = await service.sign_in_by_link(
        session, body.token, agent=_agent(request), address=_address(request)
    )
    _enter(response, signed)
    return await _me(session, signed.caller)


@router.post("/auth/logout", status_code=status.HTTP_204_NO_CONTENT)
async def logout(caller: CallerDep, response: Response, session: MachineSessionDep) -> None:
    """End this session."""
    await service.sign_out(session, caller)
    response.delete_cookie(COOKIE, path="/")


@router.get("/me")
async def me(caller: CallerDep, session: MachineSessionDep) -> MeOut:
    """Who is signed in."""
    return await _me(session, caller)


@router.put("/me/password", status_code=status.HTTP_204_NO_CONTENT)
async def set_password(body: PasswordIn, caller: CallerDep, session: MachineSessionDep) -> None:
    """Set or change the password; other sessions of the account end."""
    await service.set_password(session, caller, body.current_password, body.new_password)


@router.get("/me/api-keys")
async def list_api_keys(
    caller: CallerDep, session: MachineSessionDep, cursor: CursorDep, limit: Limit = 50
) -> Page[ApiKeyOut]:
    """The account's API keys, newest first."""
    rows = await service.list_api_keys(session, caller, cursor, limit + 1)
    kept, following = page_of(rows, limit, lambda row: Cursor(row.created_at, row.id))
    items = [ApiKeyOut.model_validate(row, from_attributes=True) for row in kept]
    return Page(items=items, next_cursor=following)


@router.post("/me/api-keys", status_code=status.HTTP_201_CREATED)
async def create_api_key(
    body: ApiKeyIn, caller: CallerDep, session: MachineSessionDep
) -> NewApiKeyOut:
    """Make an API key. Its text is in this answer and nowhere else."""
    row, key = await service.create_api_key(session, caller.user_id, body.name)
    return NewApiKeyOut(
        id=row.id, name=row.name, prefix=row.prefix, key=key, created_at=row.created_at
    )


@router.delete("/me/api-keys/{key_id}", status_code=status.HTTP_204_NO_CONTENT)
async def revoke_api_key(key_id: UUID, caller: CallerDep, session: MachineSessionDep) -> None:
    """Revoke an API key at once."""
    await service.revoke_api_key(session, caller, key_id)
