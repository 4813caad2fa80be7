"""ID tokens (OpenID Connect Core 1.0, 3.1.3.7) and what the studio reads from claims."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.jwk import KeySet

# Only with keys that the provider alone has: never `none`, never a secret that both sides know.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
LEEWAY_SECONDS = 60
_SUBJECT_MAX = 255
_EMAIL_MAX = 254

Claims = Mapping[str, Any]


def verified(
    token: str, keys: KeySet, *, issuer: str, client_id: str, nonce: str
) -> dict[str, Any]:
    """The claims of an ID token that is whole, meant for us and for this sign-in.

    Raises ``joserfc.errors.JoseError`` or ``ValueError``.
    """
    claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
    registry = jwt.JWTClaimsRegistry(
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    registry.validate(claims)
    audience = claims["aud"]
    several = isinstance(audience, list) and len(audience) > 1
    if claims.get("azp", None if several else client_id) != client_id:
        raise ValueError("The token was made for another client.")
    if len(claims["sub"]) > _SUBJECT_MAX:
        raise ValueError("The subject is longer than the standard allows.")
    return claims


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as a provider tells of them; ``email`` only counts where it is verified."""

    issuer: str
    subject: str
    name: str
    email: str | None
    email_verified: bool
    groups: frozenset[str]


def person_of(claims: Claims, roles_claim: str | None) -> Person:
    email = claims.get("email")
    email = email if isinstance(email, str) and 3 <= len(email) <= _EMAIL_MAX else None
    name = claims.get("preferred_username") or (email or "").partition("@")[0] or claims.get("name")
    return Person(
        issuer=claims["iss"],
        subject=claims["sub"],
        name=name if isinstance(name, str) else "",
        email=email,
        # Some providers send text, and "true" is not what the standard calls true.
        email_verified=email is not None and claims.get("email_verified") is True,
        groups=values_at(claims, roles_claim) if roles_claim else frozenset(),
    )


def values_at(claims: Claims, path: str) -> frozenset[str]:
    """The texts at a path with dots, or under the whole path as one name, as some providers use."""
    found: Any = claims.get(path, claims)
    if found is claims:
        for part in path.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return frozenset({found})
    listed = found if isinstance(found, list) else []
    return frozenset(value for value in listed if isinstance(value, str))
