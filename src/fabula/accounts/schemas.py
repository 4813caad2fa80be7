"""What the accounts API takes and gives."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from fabula.accounts.caller import Caller
from fabula.accounts.scopes import SCOPES, USUAL, Scope
from fabula.accounts.service import PASSWORD_MAX, PASSWORD_MIN
from fabula.models import SignInSession


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class LoginIn(Body):
    username: str = Field(min_length=1, max_length=40, pattern=r"^[^\x00]*$")
    password: str = Field(min_length=1, max_length=PASSWORD_MAX)
    code: str | None = Field(default=None, max_length=40, pattern=r"^[^\x00]*$")
    """Of the authenticator app, or a recovery code."""


class LinkIn(Body):
    token: str = Field(min_length=1, max_length=200)


class PasswordIn(Body):
    current_password: str | None = Field(default=None, max_length=PASSWORD_MAX)
    new_password: str = Field(min_length=PASSWORD_MIN, max_length=PASSWORD_MAX)


class ApiKeyIn(Body):
    name: Annotated[str, StringConstraints(strip_whitespace=True)] = Field(
        min_length=1, max_length=80, pattern=r"^[^\x00]*$"
    )
    scopes: list[Scope] = Field(default=list(USUAL), min_length=1, max_length=len(SCOPES))
    expires_at: AwareDatetime | None = None


class CodeIn(Body):
    code: str = Field(min_length=1, max_length=40, pattern=r"^[^\x00]*$")


class MeOut(BaseModel):
    id: UUID
    username: str
    display_name: str
    roles: list[str]
    has_password: bool
    two_factor: bool
    created_at: datetime
    shared: bool
    """Whether this is the account that all guests share."""


class ProviderOut(BaseModel):
    """An OpenID provider as the sign-in page shows it."""

    id: str
    label: str


class MethodsOut(BaseModel):
    """How one may come in; ``password`` is false where no account has one."""

    password: bool
    guests: bool
    providers: list[ProviderOut]


class SignedOutOut(BaseModel):
    """``provider`` is the one at which one is still signed in, if any, and ``sign_out_url`` where a
    browser ends that."""

    provider: ProviderOut | None
    sign_out_url: str | None = None


class SessionOut(BaseModel):
    """A browser session; ``current`` is the one that asks."""

    id: UUID
    user_agent: str | None
    ip_address: str | None
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    current: bool

    @classmethod
    def of(cls, row: SignInSession, caller: Caller) -> "SessionOut":
        return cls(
            id=row.id,
            user_agent=row.user_agent,
            ip_address=str(row.ip_address) if row.ip_address else None,
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
            expires_at=row.expires_at,
            current=row.id == caller.session_id,
        )


class TwoFactorOut(BaseModel):
    on: bool
    recovery_codes_left: int


class TwoFactorSetupOut(BaseModel):
    """What an authenticator app needs: the secret to type, or the address for a QR code."""

    secret: str
    uri: str


class RecoveryCodesOut(BaseModel):
    codes: list[str]


class ApiKeyOut(BaseModel):
    id: UUID
    name: str
    prefix: str
    scopes: list[Scope]
    expires_at: datetime | None
    created_at: datetime
    last_used_at: datetime | None


class NewApiKeyOut(BaseModel):
    """A new key; ``key`` is shown this once and stored nowhere."""

    id: UUID
    name: str
    prefix: str
    scopes: list[Scope]
    expires_at: datetime | None
    key: str
    created_at: datetime
