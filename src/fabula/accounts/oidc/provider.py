"""One OpenID provider: its documents, the way there, and what comes back for a code.

Authorization code flow (OpenID Connect Core 1.0) with PKCE (RFC 7636); the documents are found by
OpenID Connect Discovery 1.0 and kept for an hour, keys only until one is missing.
"""

import base64
import functools
import hashlib
import ssl
from collections.abc import Mapping
from time import monotonic
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import anyio.to_thread
import httpx
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, ValidationError

from fabula.accounts.oidc import tokens
from fabula.accounts.oidc.problems import ProviderRefused, ProviderUnreachable, TokenInvalid
from fabula.accounts.oidc.transaction import Transaction
from fabula.core.logging import get_logger
from fabula.core.settings import OidcProvider, Settings

log = get_logger(__name__)
TIMEOUT_SECONDS = 10.0
KEPT_SECONDS = 3600.0


class Metadata(BaseModel):
    """What we use of a provider's discovery document."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    end_session_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


class Provider:
    """A provider of the settings; ``redirect_uri`` is where it sends people back to, and
    ``sign_out_uri`` where to after they signed out there."""

    def __init__(self, provider_id: str, config: OidcProvider, base_url: str) -> None:
        self.id = provider_id
        self.config = config
        self.redirect_uri = f"{base_url}/api/auth/oidc/{provider_id}/callback"
        self.sign_out_uri = f"{base_url}/sign-in"
        self._metadata: tuple[float, Metadata] | None = None
        self._keys: tuple[float, KeySet] | None = None

    async def metadata(self) -> Metadata:
        """Raises ``ProviderUnreachable``."""
        if self._metadata and monotonic() - self._metadata[0] < KEPT_SECONDS:
            return self._metadata[1]
        place = f"{self.config.issuer.rstrip('/')}/.well-known/openid-configuration"
        try:
            found = Metadata.model_validate(await self._json("GET", place))
        except ValidationError as error:
            raise self._unreachable("its discovery document lacks something") from error
        if found.issuer != self.config.issuer:
            raise self._unreachable(f"it calls itself {found.issuer}")
        scheme = urlsplit(self.config.issuer).scheme
        used = (
            found.authorization_endpoint, found.token_endpoint, found.jwks_uri,
            found.end_session_endpoint,
        )  # fmt: skip
        if any(url and urlsplit(url).scheme not in {"https", scheme} for url in used):
            raise self._unreachable("its discovery document names addresses without TLS")
        self._metadata = (monotonic(), found)
        return found

    async def address(self, transaction: Transaction) -> str:
        """Where to send a browser. Raises ``ProviderUnreachable``."""
        place = (await self.metadata()).authorization_endpoint
        digest = hashlib.sha256(transaction.verifier.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": self.config.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": " ".join(self.config.scopes),
            "state": transaction.state,
            "nonce": transaction.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        return f"{place}{'&' if '?' in place else '?'}{urlencode(query)}"

    async def sign_out_address(self) -> str | None:
        """Where a browser ends its session at the provider (OpenID Connect RP-Initiated Logout
        1.0), None where that is not possible. ID tokens are not kept, so the client is told by its
        id and the provider asks the person."""
        try:
            place = (await self.metadata()).end_session_endpoint
        except ProviderUnreachable:
            return None
        query = {
            "client_id": self.config.client_id,
            "post_logout_redirect_uri": self.sign_out_uri,
        }
        return f"{place}{'&' if '?' in place else '?'}{urlencode(query)}" if place else None

    async def check_issuer(self, told: str | None) -> None:
        """The answer must come from this provider and no other (RFC 9207)."""
        promised = (await self.metadata()).authorization_response_iss_parameter_supported
        if told != self.config.issuer and (told is not None or promised):
            raise TokenInvalid

    async def person(self, code: str, transaction: Transaction) -> tokens.Person:
        """Who a code stands for. Raises ``ProviderUnreachable``, ``ProviderRefused`` or
        ``TokenInvalid``."""
        answer = await self._tokens(code, transaction.verifier)
        id_token, access_token = answer.get("id_token"), answer.get("access_token")
        if not isinstance(id_token, str):
            raise TokenInvalid
        claims = await self._verified(id_token, transaction.nonce)
        if isinstance(access_token, str) and self._lacks(claims):
            claims = await self._userinfo(access_token, claims) | claims
        return tokens.person_of(claims, self.config.roles_claim)

    async def _tokens(self, code: str, verifier: str) -> dict[str, Any]:
        metadata, secret = await self.metadata(), self.config.client_secret
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": verifier,
        }
        basic: httpx.BasicAuth | None = None
        if secret and "client_secret_basic" in metadata.token_endpoint_auth_methods_supported:
            # Both are form-encoded first (RFC 6749, 2.3.1).
            basic = httpx.BasicAuth(
                quote(self.config.client_id, safe=""), quote(secret.get_secret_value(), safe="")
            )
        else:
            form["client_id"] = self.config.client_id
            if secret:
                form["client_secret"] = secret.get_secret_value()
        return await self._json("POST", metadata.token_endpoint, data=form, auth=basic)

    async def _verified(self, id_token: str, nonce: str) -> dict[str, Any]:
        expected = {
            "issuer": self.config.issuer, "client_id": self.config.client_id, "nonce": nonce,
        }  # fmt: skip
        try:
            try:
                return tokens.verified(id_token, await self._key_set(), **expected)
            except (InvalidKeyIdError, BadSignatureError):
                # The provider may have new keys.
                self._keys = None
                return tokens.verified(id_token, await self._key_set(), **expected)
        except (JoseError, ValueError) as error:
            log.warning("oidc.token_invalid", provider=self.id, error=str(error))
            raise TokenInvalid from error

    async def _key_set(self) -> KeySet:
        if self._keys and monotonic() - self._keys[0] < KEPT_SECONDS:
            return self._keys[1]
        found = await self._json("GET", (await self.metadata()).jwks_uri)
        try:
            keys = KeySet.import_key_set({"keys": found["keys"]})
        except (JoseError, KeyError, TypeError, ValueError) as error:
            raise self._unreachable("its keys cannot be read") from error
        self._keys = (monotonic(), keys)
        return keys

    def _lacks(self, claims: tokens.Claims) -> bool:
        """Whether something is missing that the provider may tell at its other door."""
        wanted = self.config.roles_claim
        known = {"preferred_username", "email"} <= claims.keys()
        return not known or (wanted is not None and not tokens.values_at(claims, wanted))

    async def _userinfo(self, access_token: str, claims: tokens.Claims) -> dict[str, Any]:
        place = (await self.metadata()).userinfo_endpoint
        if place is None:
            return {}
        headers = {"Authorization": f"Bearer {access_token}"}
        found = await self._json("GET", place, headers=headers)
        if found.get("sub") != claims["sub"]:
            raise TokenInvalid
        return found

    async def _json(
        self,
        method: str,
        place: str,
        *,
        data: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: httpx.BasicAuth | None = None,
    ) -> dict[str, Any]:
        """An object of the provider. Its 4xx for a code is a refusal, all else a fault of its own;
        redirects are not followed, because what is sent is for this address alone."""
        trust = await anyio.to_thread.run_sync(_trust)
        try:
            async with httpx.AsyncClient(verify=trust, timeout=TIMEOUT_SECONDS) as client:
                answer = await client.request(
                    method, place, data=data, headers=headers, auth=auth or httpx.USE_CLIENT_DEFAULT
                )
            body = answer.json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise self._unreachable(f"{place} does not answer ({type(error).__name__})") from error
        if answer.is_success and isinstance(body, dict):
            return body
        reason = body.get("error") if isinstance(body, dict) else None
        if reason == "invalid_grant":
            raise ProviderRefused
        what = f"{place} answers with {answer.status_code}" + (f" {reason}" if reason else "")
        raise self._unreachable(what)

    def _unreachable(self, what: str) -> ProviderUnreachable:
        log.warning("oidc.provider_unreachable", provider=self.id, reason=what)
        return ProviderUnreachable(self.config.label, what)


def providers_of(settings: Settings) -> dict[str, Provider]:
    """The providers of the settings, by id."""
    return {
        name: Provider(name, config, settings.base_url)
        for name, config in settings.oidc_providers.items()
    }


@functools.cache
def _trust() -> ssl.SSLContext:
    """Reading the certificates of all authorities takes a while; SSL_CERT_FILE adds one's own."""
    return httpx.create_ssl_context()
