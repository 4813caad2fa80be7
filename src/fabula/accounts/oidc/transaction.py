"""What a browser carries while somebody is at the provider, sealed in a cookie.

It ties the way back to the browser that began (state), the token to this way (nonce), and the code
to us (PKCE's verifier).
"""

import hmac
import re
import secrets
from typing import Self, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from fabula.core.clock import now
from fabula.core.sealing import Sealer, Unsealable

LIFE_SECONDS = 600
HOME = "/"
_NEXT_MAX = 500
# What begins with // or /\\ is another site to a browser, which also drops tabs and line breaks.
_LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


class Transaction(BaseModel):
    """``account_id`` and ``session_id`` are those of somebody who adds the provider to their
    account, None where somebody signs in."""

    model_config = ConfigDict(frozen=True)

    provider: str
    state: str
    nonce: str
    verifier: str
    next: str
    expires_at: float
    account_id: UUID | None = None
    session_id: UUID | None = None

    @classmethod
    def begin(
        cls,
        provider: str,
        to: str | None,
        *,
        account_id: UUID | None = None,
        session_id: UUID | None = None,
    ) -> Self:
        return cls(
            provider=provider,
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            next=local_path(to),
            expires_at=_end(),
            account_id=account_id,
            session_id=session_id,
        )

    def answers(self, provider: str, state: str) -> bool:
        """Whether an answer of a provider belongs to this."""
        same = hmac.compare_digest(self.state.encode(), state.encode())
        return same and self.provider == provider


class Pending(BaseModel):
    """Somebody whom the provider let in, and who has yet to give the code of their account."""

    model_config = ConfigDict(frozen=True)

    provider: str
    account_id: UUID
    expires_at: float

    @classmethod
    def begin(cls, provider: str, account_id: UUID) -> Self:
        return cls(provider=provider, account_id=account_id, expires_at=_end())


_Carried = TypeVar("_Carried", Transaction, Pending)


def seal(sealer: Sealer, carried: Transaction | Pending) -> str:
    """As the text of a cookie."""
    return sealer.seal(carried.model_dump_json().encode(), _context(type(carried)))


def unseal(sealer: Sealer, cookie: str | None, kind: type[_Carried]) -> _Carried | None:
    """What a cookie carries, or None where there is none, it is too old, or not ours."""
    try:
        plain = sealer.unseal(cookie or "", _context(kind))
    except Unsealable:
        return None
    carried = kind.model_validate_json(plain)
    return carried if carried.expires_at > now().timestamp() else None


def local_path(to: str | None) -> str:
    """Where to go in the end: a path of this studio, whatever was asked for."""
    return to if to and len(to) <= _NEXT_MAX and _LOCAL.fullmatch(to) else HOME


def _context(kind: type[BaseModel]) -> bytes:
    return kind.__name__.encode()


def _end() -> float:
    return now().timestamp() + LIFE_SECONDS
