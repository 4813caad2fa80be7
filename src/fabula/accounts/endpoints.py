"""Signing in, the own account: sessions, two-factor sign-in, API keys."""

from uuid import UUID

from fastapi import APIRouter, Request, Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts import guests, service, signing_in, two_factor
from fabula.accounts.access import (
    COOKIE,
    CallerDep,
    CursorDep,
    DatabaseDep,
    Limit,
    MachineSessionDep,
    PersonalDep,
    SettingsDep,
    address_of,
    agent_of,
)
from fabula.accounts.caller import ROLE_PRIORITY, Caller
from fabula.accounts.oidc.provider import Provider
from fabula.accounts.schemas import (
    ApiKeyIn,
    ApiKeyOut,
    CodeIn,
    LinkIn,
    LoginIn,
    MeOut,
    MethodsOut,
    NewApiKeyOut,
    PasswordIn,
    ProviderOut,
    RecoveryCodesOut,
    SessionOut,
    SignedOutOut,
    TwoFactorOut,
    TwoFactorSetupOut,
)
from fabula.accounts.service import SESSION_DAYS, SignedIn
from fabula.core.database import Database
from fabula.core.pagination import Cursor, Page, page_of
from fabula.core.settings import get_settings

router = APIRouter(tags=["accounts"])


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


@router.post("/auth/login")
async def login(
    body: LoginIn, request: Request, response: Response, database: DatabaseDep
) -> MeOut:
    """Sign in with user name and password, and with a code where two-factor sign-in is on: without
    one the answer is then `second_factor_needed`."""
    signed = await signing_in.by_password(
        database,
        body.username,
        body.password,
        body.code,
        agent=agent_of(request),
        address=address_of(request),
    )
    return await entered(database, response, signed)


@router.get("/auth/methods")
async def sign_in_methods(settings: SettingsDep, session: MachineSessionDep) -> MethodsOut:
    """How one may come in here."""
    return MethodsOut(
        password=await service.anybody_has_password(session),
        guests=settings.guest_access,
        providers=[
            ProviderOut(id=name, label=provider.label)
            for name, provider in settings.oidc_providers.items()
        ],
    )


@router.post("/auth/guest")
async def enter_as_guest(
    request: Request, response: Response, database: DatabaseDep, settings: SettingsDep
) -> MeOut:
    """Look around as a guest, who changes nothing; where the studio lets guests in."""
    signed = await guests.enter(
        database,
        allowed=settings.guest_access,
        agent=agent_of(request),
        address=address_of(request),
    )
    return await entered(database, response, signed)


@router.post("/auth/link")
async def use_link(
    body: LinkIn, request: Request, response: Response, database: DatabaseDep
) -> MeOut:
    """Sign in with a one-time link; it is used up by this."""
    signed = await signing_in.by_link(
        database, body.token, agent=agent_of(request), address=address_of(request)
    )
    return await entered(database, response, signed)


@router.post("/auth/logout")
async def logout(
    caller: CallerDep, request: Request, response: Response, database: DatabaseDep
) -> SignedOutOut:
    """End this session. Where a provider opened it, one may still be signed in there: the answer
    has the address that ends that too, for the browser to go to."""
    async with database.system() as session:
        came_by = await service.sign_out(session, caller)
    response.delete_cookie(COOKIE, path="/")
    found: Provider | None = request.app.state.providers.get(came_by)
    place = await found.sign_out_address() if found else None
    if found is None or place is None:
        return SignedOutOut(provider=None)
    provider = ProviderOut(id=found.id, label=found.config.label)
    return SignedOutOut(provider=provider, sign_out_url=place)


@router.get("/me")
async def me(caller: CallerDep, session: MachineSessionDep) -> MeOut:
    """Who is signed in."""
    return await who(session, caller)


@router.put("/me/password", status_code=status.HTTP_204_NO_CONTENT)
async def set_password(body: PasswordIn, caller: PersonalDep, database: DatabaseDep) -> None:
    """Set or change the password; other sessions of the account end. Wrong tries are slowed down
    as at signing in."""
    await signing_in.change_password(database, caller, body.current_password, body.new_password)


@router.get("/me/sessions")
async def list_sessions(
    caller: PersonalDep, session: MachineSessionDep, cursor: CursorDep, limit: Limit = 50
) -> Page[SessionOut]:
    """Where the account is signed in, newest first."""
    rows = await service.list_sessions(session, caller, cursor, limit + 1)
    kept, following = page_of(rows, limit, lambda row: Cursor(row.created_at, row.id))
    items = [SessionOut.of(row, caller) for row in kept]
    return Page(items=items, next_cursor=following)


@router.delete("/me/sessions", status_code=status.HTTP_204_NO_CONTENT)
async def sign_out_everywhere(
    caller: PersonalDep, response: Response, session: MachineSessionDep
) -> None:
    """End all sessions of the account, this one too."""
    await service.sign_out_everywhere(session, caller)
    response.delete_cookie(COOKIE, path="/")


@router.delete("/me/sessions/{session_id}", status_code=status.HTTP_204_NO_CONTENT)
async def revoke_session(session_id: UUID, caller: PersonalDep, session: MachineSessionDep) -> None:
    """End one session at once."""
    await service.revoke_session(session, caller, session_id)


@router.get("/me/two-factor")
async def get_two_factor(caller: PersonalDep, session: MachineSessionDep) -> TwoFactorOut:
    """Whether two-factor sign-in is on, and how many recovery codes are left."""
    return TwoFactorOut(
        on=await two_factor.is_on(session, caller.user_id),
        recovery_codes_left=await two_factor.codes_left(session, caller.user_id),
    )


@router.post("/me/two-factor", status_code=status.HTTP_201_CREATED)
async def begin_two_factor(caller: PersonalDep, session: MachineSessionDep) -> TwoFactorSetupOut:
    """Begin to set two-factor sign-in up: it is in force once a code was confirmed."""
    setup = await two_factor.begin(session, caller)
    return TwoFactorSetupOut(secret=setup.secret, uri=setup.uri)


@router.post("/me/two-factor/confirm")
async def confirm_two_factor(
    body: CodeIn, caller: PersonalDep, database: DatabaseDep
) -> RecoveryCodesOut:
    """Turn two-factor sign-in on with a code of the app. The recovery codes are in this answer
    and nowhere else; each works once in place of a code."""
    return RecoveryCodesOut(codes=await two_factor.confirm(database, caller, body.code))


@router.post("/me/two-factor/recovery-codes")
async def renew_recovery_codes(
    body: CodeIn, caller: PersonalDep, database: DatabaseDep
) -> RecoveryCodesOut:
    """New recovery codes in place of all old ones."""
    return RecoveryCodesOut(codes=await two_factor.renew_codes(database, caller, body.code))


@router.post("/me/two-factor/remove", status_code=status.HTTP_204_NO_CONTENT)
async def remove_two_factor(body: CodeIn, caller: PersonalDep, database: DatabaseDep) -> None:
    """Turn two-factor sign-in off, with a code of the app or a recovery code."""
    await two_factor.remove(database, caller, body.code)


@router.get("/me/api-keys")
async def list_api_keys(
    caller: PersonalDep, session: MachineSessionDep, cursor: CursorDep, limit: Limit = 50
) -> Page[ApiKeyOut]:
    """The account's API keys, newest first."""
    rows = await service.list_api_keys(session, caller, cursor, limit + 1)
    kept, following = page_of(rows, limit, lambda row: Cursor(row.created_at, row.id))
    items = [ApiKeyOut.model_validate(row, from_attributes=True) for row in kept]
    return Page(items=items, next_cursor=following)


@router.post("/me/api-keys", status_code=status.HTTP_201_CREATED)
async def create_api_key(
    body: ApiKeyIn, caller: PersonalDep, session: MachineSessionDep
) -> NewApiKeyOut:
    """Make an API key. Its text is in this answer and nowhere else."""
    row, key = await service.create_api_key(
        session,
        caller.user_id,
        body.name,
        scopes=body.scopes,
        expires_at=body.expires_at,
        by=caller,
    )
    shown = ApiKeyOut.model_validate(row, from_attributes=True)
    return NewApiKeyOut(**shown.model_dump(exclude={"last_used_at"}), key=key)


@router.delete("/me/api-keys/{key_id}", status_code=status.HTTP_204_NO_CONTENT)
async def revoke_api_key(key_id: UUID, caller: PersonalDep, session: MachineSessionDep) -> None:
    """Revoke an API key at once."""
    await service.revoke_api_key(session, caller, key_id)
