"""The way to an OpenID provider and back, and the identities of the own account."""

from collections.abc import Mapping
from html import escape
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response, status
from starlette.responses import HTMLResponse, RedirectResponse

from fabula.accounts import signing_in
from fabula.accounts.access import (
    CursorDep,
    DatabaseDep,
    Limit,
    MachineSessionDep,
    PersonalDep,
    SettingsDep,
    address_of,
    agent_of,
)
from fabula.accounts.endpoints import entered, give_session
from fabula.accounts.oidc import identities, service
from fabula.accounts.oidc.problems import SignInExpired
from fabula.accounts.oidc.provider import Provider
from fabula.accounts.oidc.schemas import IdentityOut, LinkStartOut
from fabula.accounts.oidc.transaction import HOME, LIFE_SECONDS, Pending, Transaction, seal, unseal
from fabula.accounts.schemas import CodeIn, MeOut, ProviderOut
from fabula.accounts.service import SignedIn
from fabula.core.errors import FabulaError, NotFound
from fabula.core.pagination import Cursor, Page, page_of
from fabula.core.sealing import Sealer
from fabula.core.settings import Settings
from fabula.models import Identity

router = APIRouter(tags=["accounts"])
COOKIE = "fabula_oidc"
PENDING_COOKIE = "fabula_oidc_code"
COOKIE_PATH = "/api/auth/oidc"
_ACCOUNT_PAGE = "/account/sign-in"
_ID_MAX = 32
_TEXT_MAX = 2000
# The session's cookie is only sent where our own page asks, so the way back ends in a page of ours
# that asks. It needs no script and may load nothing; the code in its address goes nowhere.
_MOVE_ON = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Fabula</title>
<meta name="color-scheme" content="dark light"><meta http-equiv="refresh" content="0;url={to}">
</head><body><p>It worked. <a href="{to}">Go on</a></p></body></html>"""
_MOVE_ON_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def providers_of(request: Request) -> Mapping[str, Provider]:
    found: Mapping[str, Provider] = request.app.state.providers
    return found


def sealer_of(request: Request) -> Sealer:
    sealer: Sealer = request.app.state.sign_in_sealer
    return sealer


ProvidersDep = Annotated[Mapping[str, Provider], Depends(providers_of)]
SealerDep = Annotated[Sealer, Depends(sealer_of)]


def provider_named(provider: str, providers: ProvidersDep) -> Provider:
    found = providers.get(provider)
    if found is None:
        raise NotFound(f"There is no provider {provider[:_ID_MAX]!r}: see /api/auth/methods.")
    return found


ProviderDep = Annotated[Provider, Depends(provider_named)]


@router.get(
    "/auth/oidc/{provider}/start",
    status_code=status.HTTP_302_FOUND,
    response_class=RedirectResponse,
    response_model=None,
)
async def start_oidc(
    found: ProviderDep,
    settings: SettingsDep,
    sealer: SealerDep,
    to: Annotated[str | None, Query(alias="next", max_length=_TEXT_MAX)] = None,
) -> Response:
    """Send the browser to a provider; `next` is a path of this studio to come back to."""
    transaction = Transaction.begin(found.id, to)
    try:
        place = await found.address(transaction)
    except FabulaError as error:
        return _with_problem(error, transaction)
    response = RedirectResponse(place, status.HTTP_302_FOUND, {"Cache-Control": "no-store"})
    _carry(response, settings, COOKIE, seal(sealer, transaction))
    return response


@router.get("/auth/oidc/{provider}/callback", response_class=HTMLResponse, response_model=None)
async def finish_oidc(
    request: Request,
    found: ProviderDep,
    providers: ProvidersDep,
    database: DatabaseDep,
    settings: SettingsDep,
    sealer: SealerDep,
    state: Annotated[str, Query(max_length=_TEXT_MAX)] = "",
    code: Annotated[str | None, Query(max_length=_TEXT_MAX)] = None,
    iss: Annotated[str | None, Query(max_length=_TEXT_MAX)] = None,
) -> Response:
    """Where a provider sends the browser back to. Opens a session, or adds the provider to the
    account of whoever began that; what goes wrong is told on the page, by the code `problem`."""
    carried = unseal(sealer, request.cookies.get(COOKIE), Transaction)
    try:
        outcome = await service.come_back(
            database,
            found,
            carried,
            service.Answer(state, code, iss),
            [p.config.issuer for p in providers.values() if p.config.merge_by_email],
            agent=agent_of(request),
            address=address_of(request),
        )
    except FabulaError as error:
        response = _with_problem(error, carried)
    else:
        response = _let_in(outcome, carried.next if carried else HOME, settings, sealer)
    response.delete_cookie(COOKIE, path=COOKIE_PATH)
    return response


@router.post("/auth/oidc/code")
async def finish_oidc_with_code(
    body: CodeIn, request: Request, response: Response, database: DatabaseDep, sealer: SealerDep
) -> MeOut:
    """Give the code of the account, where the studio asks for it after the provider's word."""
    pending = unseal(sealer, request.cookies.get(PENDING_COOKIE), Pending)
    if pending is None:
        raise SignInExpired
    signed = await signing_in.by_code(
        database,
        pending.account_id,
        service.way(pending.provider),
        body.code,
        provider=pending.provider,
        agent=agent_of(request),
        address=address_of(request),
    )
    response.delete_cookie(PENDING_COOKIE, path=COOKIE_PATH)
    return await entered(database, response, signed)


@router.get("/me/identities")
async def list_identities(
    caller: PersonalDep,
    providers: ProvidersDep,
    session: MachineSessionDep,
    cursor: CursorDep,
    limit: Limit = 50,
) -> Page[IdentityOut]:
    """Who the account's person is at OpenID providers, newest first."""
    rows = await identities.of_caller(session, caller, cursor, limit + 1)
    kept, following = page_of(rows, limit, lambda row: Cursor(row.created_at, row.id))
    return Page(items=[_identity(row, providers) for row in kept], next_cursor=following)


@router.post("/me/identities/{provider}")
async def begin_identity(
    caller: PersonalDep,
    found: ProviderDep,
    response: Response,
    settings: SettingsDep,
    sealer: SealerDep,
) -> LinkStartOut:
    """Begin to add a provider to the account; send the browser to the address of the answer."""
    transaction = Transaction.begin(
        found.id,
        _ACCOUNT_PAGE,
        account_id=caller.user_id,
        session_id=identities.demand_browser(caller),
    )
    place = await found.address(transaction)
    _carry(response, settings, COOKIE, seal(sealer, transaction))
    return LinkStartOut(url=place)


@router.delete("/me/identities/{identity_id}", status_code=status.HTTP_204_NO_CONTENT)
async def remove_identity(
    identity_id: UUID, caller: PersonalDep, providers: ProvidersDep, session: MachineSessionDep
) -> None:
    """Take a provider off the account, unless it is the last way in."""
    issuers = [found.config.issuer for found in providers.values()]
    await identities.unlink(session, caller, identity_id, issuers)


def _let_in(
    outcome: SignedIn | Pending | None, to: str, settings: Settings, sealer: Sealer
) -> Response:
    if isinstance(outcome, Pending):
        query = urlencode({"step": "code", "next": to})
        response: Response = RedirectResponse(f"/sign-in?{query}", status.HTTP_303_SEE_OTHER)
        _carry(response, settings, PENDING_COOKIE, seal(sealer, outcome))
        return response
    response = HTMLResponse(_MOVE_ON.format(to=escape(to)), headers=_MOVE_ON_HEADERS)
    if outcome:
        give_session(response, outcome)
    return response


def _with_problem(error: FabulaError, transaction: Transaction | None) -> Response:
    """Back on the page, which has a sentence for the code."""
    query = {"problem": error.code}
    if transaction and transaction.account_id:
        place = _ACCOUNT_PAGE
    else:
        place = "/sign-in"
        query |= {"next": transaction.next} if transaction else {}
    return RedirectResponse(f"{place}?{urlencode(query)}", status.HTTP_303_SEE_OTHER)


def _carry(response: Response, settings: Settings, name: str, value: str) -> None:
    """Lax, because the way back begins at another site."""
    response.set_cookie(
        name,
        value,
        max_age=LIFE_SECONDS,
        httponly=True,
        samesite="lax",
        secure=settings.secure_cookies,
        path=COOKIE_PATH,
    )


def _identity(row: Identity, providers: Mapping[str, Provider]) -> IdentityOut:
    known = next((p for p in providers.values() if p.config.issuer == row.issuer), None)
    return IdentityOut(
        id=row.id,
        provider=ProviderOut(id=known.id, label=known.config.label) if known else None,
        email=row.email,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
    )
