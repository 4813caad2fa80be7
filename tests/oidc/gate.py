"""A studio that knows one provider, and browsers that sign in there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from sqlalchemy import text

from fabula.accounts.access import COOKIE
from fabula.accounts.oidc.provider import providers_of
from fabula.core.settings import OidcProvider
from identity_provider import SECRET, IdentityProvider
from studio import Studio, client_of

CLIENT = "fabula"
CSRF = {"X-Fabula-CSRF": "1"}


@dataclass
class Gate:
    """A studio with the provider ``home``."""

    studio: Studio
    provider: IdentityProvider

    def use(self, **changes: Any) -> None:
        """Know the provider as ``home``, with changes of its settings, and forget its documents."""
        usual = {
            "issuer": self.provider.issuer, "client_id": CLIENT, "client_secret": SECRET,
            "label": "Home", "create_accounts": True,
        }  # fmt: skip
        self.use_all(home=OidcProvider(**(usual | changes)))

    def use_all(self, **known: OidcProvider) -> None:
        state = self.studio.app.state
        state.settings = state.settings.model_copy(update={"oidc_providers": known})
        state.providers = providers_of(state.settings)

    @asynccontextmanager
    async def browser(self) -> AsyncIterator["Browser"]:
        async with client_of(self.studio.app) as client:
            yield Browser(self, client)

    async def sign_in(self, login: str) -> httpx.Response:
        """What a fresh browser gets in the end."""
        async with self.browser() as browser:
            return await browser.sign_in(login)

    async def rows(self, query: str, **values: Any) -> list[Any]:
        async with self.studio.database.system() as session:
            return list((await session.execute(text(query), values)).all())

    async def roles(self, name: str) -> list[str]:
        query = (
            "SELECT r.role::text FROM user_roles r JOIN auth.accounts a ON a.id = r.user_id "
            "WHERE a.username = :name ORDER BY 1"
        )
        return [row[0] for row in await self.rows(query, name=name)]

    async def trail(self, action: str) -> list[dict[str, Any]]:
        """What entries of the trail say came after, oldest first."""
        query = (
            "SELECT metadata->'after' FROM user_activity_log WHERE action = :action "
            "ORDER BY created_at"
        )
        return [row[0] for row in await self.rows(query, action=action)]


@dataclass
class Browser:
    gate: Gate
    client: httpx.AsyncClient

    async def leave(self, to: str | None = None) -> str:
        """Begin, and stand at the provider's address."""
        params = {} if to is None else {"next": to}
        answer = await self.client.get("/api/auth/oidc/home/start", params=params)
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    async def at_provider(self, address: str, login: str, *, deny: bool = False) -> str:
        """Sign in there; where it sends the browser, as a path with its query."""
        walk = self.gate.provider.walk
        back = await asyncio.to_thread(walk, address, login, deny=deny)
        return back.raw_path.decode()

    async def sign_in(self, login: str, to: str | None = None) -> httpx.Response:
        return await self.client.get(await self.at_provider(await self.leave(to), login))

    async def me(self) -> dict[str, Any]:
        answer = await self.client.get("/api/me")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    @property
    def signed_in(self) -> bool:
        return COOKIE in self.client.cookies


def problem_of(answer: httpx.Response) -> str:
    """The code that the page is told."""
    assert answer.status_code == 303, answer.text
    return httpx.URL(answer.headers["location"]).params["problem"]
