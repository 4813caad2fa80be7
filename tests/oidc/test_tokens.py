"""ID tokens that must not be believed, and what is read from claims."""

from typing import Any

import pytest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OctKey, RSAKey

from fabula.accounts.oidc.tokens import LEEWAY_SECONDS, person_of, values_at, verified
from fabula.core.clock import now

KEY = RSAKey.generate_key(2048, {"kid": "one"})
KEYS = KeySet([RSAKey.import_key(KEY.as_dict(private=False))])
EXPECTED = {"issuer": "https://home.example", "client_id": "fabula", "nonce": "n"}


def claims(**changes: Any) -> dict[str, Any]:
    """Those of a good token, with changes; times are seconds from now, None leaves one out."""
    usual = {
        "iss": "https://home.example", "aud": "fabula", "sub": "s", "nonce": "n", "iat": 0,
        "exp": 300,
    }  # fmt: skip
    told = {name: value for name, value in (usual | changes).items() if value is not None}
    moment = int(now().timestamp())
    return told | {name: moment + told[name] for name in ("iat", "exp") if name in told}


def signed(payload: dict[str, Any], key: Any = KEY, **header: Any) -> str:
    head = {"alg": "RS256", "kid": "one"} | header
    return jwt.encode(head, payload, key, algorithms=[head["alg"]])


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"aud": ["fabula"]},
        {"aud": ["fabula", "other"], "azp": "fabula"},
        {"exp": -LEEWAY_SECONDS // 2},
    ],
)
def test_tokens_that_are_believed(changes: dict[str, Any]) -> None:
    assert verified(signed(claims(**changes)), KEYS, **EXPECTED)["sub"] == "s"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://home.example/"},
        {"iss": None},
        {"aud": "other"},
        {"aud": None},
        {"aud": ["fabula", "other"]},
        {"azp": "other"},
        {"exp": -3600},
        {"exp": None},
        {"iat": 3600},
        {"iat": None},
        {"nonce": "m"},
        {"nonce": None},
        {"sub": None},
        {"sub": 7},
        {"sub": "s" * 256},
    ],
)
def test_tokens_with_a_wrong_claim(changes: dict[str, Any]) -> None:
    with pytest.raises((JoseError, ValueError)):
        verified(signed(claims(**changes)), KEYS, **EXPECTED)


def test_tokens_with_a_wrong_signature() -> None:
    other = RSAKey.generate_key(2048, {"kid": "one"})
    shared = OctKey.import_key("a secret that both sides know of old", {"kid": "one"})
    whole = signed(claims())
    for token in (
        signed(claims(), other),
        signed(claims(), kid="two"),
        signed(claims(), shared, alg="HS256"),
        "eyJhbGciOiJub25lIn0." + whole.split(".")[1] + ".",
        whole[:-8] + "AAAAAAAA",
        "",
    ):
        for keys in (KEYS, KeySet([*KEYS, shared])):
            with pytest.raises((JoseError, ValueError)):
                verified(token, keys, **EXPECTED)


@pytest.mark.parametrize(
    ("told", "path", "values"),
    [
        ({"groups": ["a", "b", 7]}, "groups", {"a", "b"}),
        ({"groups": "a"}, "groups", {"a"}),
        ({"realm_access": {"roles": ["a"]}}, "realm_access.roles", {"a"}),
        ({"https://x.example/roles": ["a"]}, "https://x.example/roles", {"a"}),
        ({"realm_access": ["a"]}, "realm_access.roles", set()),
        ({"groups": {"a": 1}}, "groups", set()),
        ({}, "groups", set()),
    ],
)
def test_roles_stand_in_many_places(told: dict[str, Any], path: str, values: set[str]) -> None:
    assert values_at(told, path) == values


@pytest.mark.parametrize(
    ("told", "name", "email", "counts"),
    [
        ({"preferred_username": "Ada"}, "Ada", None, False),
        ({"email": "ada@x.example", "email_verified": True}, "ada", "ada@x.example", True),
        ({"email": "ada@x.example", "email_verified": "true"}, "ada", "ada@x.example", False),
        ({"email": "ada@x.example"}, "ada", "ada@x.example", False),
        ({"email": "a" * 255, "email_verified": True, "name": "Ada L"}, "Ada L", None, False),
        ({"email": 7, "email_verified": True}, "", None, False),
    ],
)
def test_who_it_is(told: dict[str, Any], name: str, email: str | None, counts: bool) -> None:
    found = person_of({"iss": "i", "sub": "s", **told}, None)
    assert (found.name, found.email, found.email_verified) == (name, email, counts)
