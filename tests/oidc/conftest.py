"""The provider, and a studio that knows it."""

from collections.abc import Iterator

import pytest
from gate import CLIENT, Gate

from identity_provider import IdentityProvider, serving
from studio import Studio, studio

__all__ = ["studio"]


@pytest.fixture(scope="session")
def provider() -> Iterator[IdentityProvider]:
    with serving() as found:
        yield found


@pytest.fixture
def gate(studio: Studio, provider: IdentityProvider) -> Gate:
    """Each test begins with nobody at the provider."""
    found = Gate(studio, provider)
    found.use()
    (known,) = studio.app.state.providers.values()
    provider.people.clear()
    provider.order(people={}, idTokenClaims=True)
    provider.know(CLIENT, known.redirect_uri)
    return found
