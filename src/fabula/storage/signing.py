"""Links to files that carry their own permission: HMAC-SHA256 (RFC 2104) over what they allow."""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

_VERSION = "fabula-link-1"
_MIN_SECRET = 16
_MAX_EXPIRY_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Secret:
    """At least 16 random bytes. Raises ``ValueError`` for fewer."""

    value: bytes = field(repr=False)
    id: str = field(init=False)
    """Names the secret in a link and tells nothing about it: 8 hex digits."""

    def __post_init__(self) -> None:
        if len(self.value) < _MIN_SECRET:
            raise ValueError(f"A secret has at least {_MIN_SECRET} bytes.")
        digest = hmac.digest(self.value, b"fabula-key-id", "sha256")
        object.__setattr__(self, "id", digest.hex()[:8])


def sign(
    secret: Secret,
    bucket: str,
    key: str,
    expires_at: int,
    *,
    disposition: str | None = None,
    method: str = "GET",
) -> str:
    """The query string that allows ``method`` on one file until ``expires_at`` (Unix seconds).

    ``disposition`` is the Content-Disposition that the reply will have; see ``attachment``.
    Raises ``ValueError`` for one with control characters.
    """
    if disposition is not None and not disposition.isprintable():
        raise ValueError("A disposition is one line of text.")
    signature = _signature(secret, method, bucket, key, expires_at, disposition)
    shown = "" if disposition is None else f"&disposition={quote(disposition, safe='')}"
    return f"expires={expires_at}&kid={secret.id}{shown}&signature={signature}"


def verify(
    secrets: Iterable[Secret],
    bucket: str,
    key: str,
    query: Mapping[str, str],
    *,
    now: float,
    method: str = "GET",
) -> bool:
    """Whether ``query`` was signed with one of ``secrets``, for this very file and method, and is
    still good at ``now`` (Unix seconds). HEAD needs what GET needs."""
    expires = query.get("expires", "")
    if not (expires.isascii() and expires.isdigit() and len(expires) <= _MAX_EXPIRY_DIGITS):
        return False
    secret = next((each for each in secrets if each.id == query.get("kid")), None)
    if secret is None:
        return False
    expected = _signature(secret, method, bucket, key, int(expires), query.get("disposition"))
    given = query.get("signature", "").encode("utf-8", "replace")
    return hmac.compare_digest(expected.encode(), given) and now < int(expires)


def _signature(
    secret: Secret, method: str, bucket: str, key: str, expires_at: int, disposition: str | None
) -> str:
    # JSON, so that no two sets of parts can give the same message.
    allowed = "GET" if method == "HEAD" else method
    parts = [_VERSION, secret.id, allowed, bucket, key, expires_at, disposition]
    digest = hmac.digest(secret.value, json.dumps(parts).encode(), "sha256")
    return urlsafe_b64encode(digest).decode().rstrip("=")


def quantise(now: float, ttl: int) -> int:
    """An expiry that stays the same for ``ttl`` seconds, so that a browser's cache can keep the
    file: between one and two ``ttl`` from now (Unix seconds)."""
    return (int(now) // ttl + 2) * ttl


def attachment(filename: str) -> str:
    """The Content-Disposition of a download (RFC 6266, RFC 8187)."""
    plain = "".join(c for c in filename if c.isascii() and c.isprintable() and c not in '"\\/')
    name = quote(filename, safe="", errors="replace")
    return f"attachment; filename=\"{plain or 'file'}\"; filename*=UTF-8''{name}"
