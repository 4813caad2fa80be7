"""What the settings of a provider may be, and what `fabula doctor` says of it."""

from typing import Any

import pytest
from gate import CLIENT, Gate
from pydantic import ValidationError

from fabula.cli.doctor import provider_findings
from fabula.core.settings import OidcProvider, Settings
from fabula.models import ROLES

USUAL = {"issuer": "https://id.example.org/realms/home", "client_id": CLIENT, "label": "Home"}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"issuer": "http://127.0.0.1:9000"},
        {"roles_claim": "groups", "role_map": {str(n): role for n, role in enumerate(ROLES)}},
    ],
)
def test_providers_that_can_be_used(changes: dict[str, Any]) -> None:
    assert OidcProvider(**(USUAL | changes)).create_accounts is False


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "http://id.example.org"},
        {"issuer": "id.example.org"},
        {"issuer": "https://"},
        {"label": ""},
        {"role_map": {"root": "admin"}},
        {"allowed_groups": ["studio"]},
        {"roles_claim": "groups", "role_map": {"root": "king"}},
        {"client_key": "a typing error"},
    ],
)
def test_providers_that_cannot(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        OidcProvider(**(USUAL | changes))


@pytest.mark.parametrize("name", ["Home", "a/b", "", "-x"])
def test_the_id_fits_into_an_address(name: str) -> None:
    with pytest.raises(ValidationError):
        Settings(oidc_providers={name: OidcProvider(**USUAL)})


def test_a_secret_is_not_shown() -> None:
    assert "open sesame" not in repr(OidcProvider(**USUAL, client_secret="open sesame"))


async def test_the_doctor_asks_each_provider(gate: Gate) -> None:
    known = gate.studio.app.state.settings.oidc_providers
    gone = OidcProvider(**(USUAL | {"issuer": "http://127.0.0.1:1"}))
    here, there = await provider_findings(Settings(oidc_providers={**known, "gone": gone}))
    assert (here.name, here.well) == ("sign-in by home", True)
    assert "/api/auth/oidc/home/callback" in here.detail
    assert (there.well, there.needed) == (False, False)
    assert "does not answer" in there.detail
    assert there.remedy
