"""Signing in at a real provider: who gets in, as whom, with which roles."""

import httpx
import pyotp
import pytest
from gate import CSRF, Browser, Gate, problem_of

from fabula.accounts.access import COOKIE
from fabula.core.settings import OidcProvider
from studio import session_cookie


async def test_the_first_time_makes_an_account_and_the_second_finds_it(gate: Gate) -> None:
    gate.provider.tell("u-1", preferred_username="Grace Hopper", email="grace@example.org")
    async with gate.browser() as browser:
        answer = await browser.sign_in("u-1", "/library?q=fox&favorite=true")
        assert answer.status_code == 200
        assert 'content="0;url=/library?q=fox&amp;favorite=true"' in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["referrer-policy"] == "no-referrer"
        (cookie,) = [c for c in answer.headers.get_list("set-cookie") if "fabula_session" in c]
        assert "SameSite=strict" in cookie
        assert "HttpOnly" in cookie
        first = await browser.me()
    assert (first["username"], first["roles"]) == ("grace-hopper", ["basic_user"])
    assert first["has_password"] is False
    async with gate.browser() as browser:
        gate.provider.tell("u-1", preferred_username="admiral")
        await browser.sign_in("u-1")
        assert (await browser.me())["id"] == first["id"]
    assert (await gate.trail("identity.linked")) == [
        {"provider": "home", "account": first["id"], "by_email": False}
    ]
    assert await gate.trail("sign_in") == [{"way": "oidc:home"}] * 2


async def test_a_public_client_needs_no_secret(gate: Gate) -> None:
    gate.use(client_secret=None)
    (known,) = gate.studio.app.state.providers.values()
    gate.provider.know("fabula", known.redirect_uri, secret=None)
    gate.provider.tell("u-1", preferred_username="grace")
    async with gate.browser() as browser:
        await browser.sign_in("u-1")
        assert (await browser.me())["username"] == "grace"


async def test_names_that_are_taken_get_a_number(gate: Gate) -> None:
    names = []
    for login in ("u-1", "u-2", "u-3"):
        gate.provider.tell(login, preferred_username="ada")
        async with gate.browser() as browser:
            await browser.sign_in(login)
            names.append((await browser.me())["username"])
    assert names == ["ada-2", "ada-3", "ada-4"]  # the studio of the tests has an ada


async def test_without_accounts_for_strangers_a_stranger_is_told_so(gate: Gate) -> None:
    gate.use(create_accounts=False)
    gate.provider.tell("u-1", preferred_username="grace")
    async with gate.browser() as browser:
        assert problem_of(await browser.sign_in("u-1")) == "account_unknown"
        assert not browser.signed_in
    assert await gate.trail("sign_in.failed") == [{"way": "oidc:home", "reason": "account_unknown"}]
    assert await gate.rows("SELECT FROM auth.identities") == []


async def test_roles_come_and_go_with_the_groups(gate: Gate) -> None:
    gate.use(roles_claim="groups", role_map={"editors": "moderator", "patrons": "premium_user"})
    gate.provider.tell("u-1", preferred_username="grace", groups=["editors", "chess"])
    await gate.sign_in("u-1")
    assert await gate.roles("grace") == ["basic_user", "moderator"]
    gate.provider.tell("u-1", preferred_username="grace", groups=["patrons"])
    await gate.sign_in("u-1")
    assert await gate.roles("grace") == ["basic_user", "premium_user"]
    gate.provider.tell("u-1", preferred_username="grace")
    await gate.sign_in("u-1")
    assert await gate.roles("grace") == ["basic_user"]
    given = [entry["roles"] for entry in await gate.trail("role.granted")]
    taken = [entry["roles"] for entry in await gate.trail("role.revoked")]
    assert given == [["basic_user", "moderator"], ["basic_user", "moderator", "premium_user"]]
    assert taken == [["basic_user", "premium_user"], ["basic_user"]]


async def test_roles_that_the_map_does_not_name_are_left_alone(gate: Gate) -> None:
    gate.use(roles_claim="groups", role_map={"editors": "moderator"})
    gate.provider.tell("u-1", preferred_username="grace")
    await gate.sign_in("u-1")
    (row,) = await gate.rows("SELECT id FROM auth.accounts WHERE username = 'grace'")
    await gate.rows(
        "INSERT INTO user_roles (user_id, role) VALUES (:id, 'admin') RETURNING 1", id=row.id
    )
    await gate.sign_in("u-1")
    assert await gate.roles("grace") == ["admin", "basic_user"]


async def test_the_last_admin_stays_one(gate: Gate) -> None:
    gate.use(roles_claim="realm_access.roles", role_map={"root": "admin"})
    for login in ("u-1", "u-2"):
        gate.provider.tell(login, preferred_username=login, realm_access={"roles": ["root"]})
        await gate.sign_in(login)
    for login in ("u-1", "u-2"):
        gate.provider.tell(login, preferred_username=login)
        assert (await gate.sign_in(login)).status_code == 200
    assert await gate.roles("u-1") == ["basic_user"]
    assert await gate.roles("u-2") == ["admin", "basic_user"]


async def test_everybody_keeps_a_role(gate: Gate) -> None:
    gate.use(roles_claim="groups", role_map={"people": "basic_user", "patrons": "premium_user"})
    gate.provider.tell("u-1", preferred_username="grace", groups=["patrons"])
    await gate.sign_in("u-1")
    assert await gate.roles("grace") == ["premium_user"]
    gate.provider.tell("u-1", preferred_username="grace", groups=["chess"])
    for _ in range(2):
        await gate.sign_in("u-1")
        assert await gate.roles("grace") == ["basic_user"]


async def test_claims_may_stand_at_userinfo_alone(gate: Gate) -> None:
    gate.use(roles_claim="groups", role_map={"editors": "moderator"})
    gate.provider.order(idTokenClaims=False)
    gate.provider.tell("u-1", preferred_username="grace", groups=["editors"])
    async with gate.browser() as browser:
        await browser.sign_in("u-1")
        me = await browser.me()
    assert (me["username"], me["roles"]) == ("grace", ["moderator", "basic_user"])


async def test_only_some_groups_may_come_in(gate: Gate) -> None:
    gate.use(roles_claim="groups", allowed_groups={"studio"})
    gate.provider.tell("u-1", preferred_username="grace", groups=["chess"])
    assert problem_of(await gate.sign_in("u-1")) == "not_in_group"
    gate.provider.tell("u-1", preferred_username="grace", groups=["chess", "studio"])
    assert (await gate.sign_in("u-1")).status_code == 200


async def test_a_suspended_account_stays_out(gate: Gate) -> None:
    gate.use(roles_claim="groups", role_map={"editors": "moderator"}, ask_second_factor=True)
    gate.provider.tell("u-1", preferred_username="grace")
    async with gate.browser() as browser:
        await browser.sign_in("u-1")
        await with_two_factor(gate, browser)
    gate.provider.tell("u-1", preferred_username="grace", groups=["editors"])
    await gate.rows(
        "UPDATE auth.accounts SET suspended_at = now() WHERE username = 'grace' RETURNING 1"
    )
    async with gate.browser() as browser:
        assert problem_of(await browser.sign_in("u-1")) == "account_suspended"
        assert not browser.signed_in
    assert (await gate.trail("sign_in.failed"))[0]["reason"] == "account_suspended"
    assert await gate.roles("grace") == ["basic_user"]


MERGING = [
    # what the first provider, what the second one does, whether the address is verified at each
    (True, True, True, True, True),
    (True, False, True, True, False),
    (False, True, True, True, False),
    (True, True, True, False, False),
    (True, True, False, True, False),
]


@pytest.mark.parametrize(("first", "second", "verified_first", "verified_second", "one"), MERGING)
async def test_addresses_merge_where_both_providers_are_trusted_to(
    gate: Gate, first: bool, second: bool, verified_first: bool, verified_second: bool, one: bool
) -> None:
    """The first identity is one of another provider, as it would have been stored."""
    elsewhere = OidcProvider(
        issuer="https://elsewhere.example", client_id="c", label="Elsewhere", merge_by_email=first
    )
    gate.use(merge_by_email=second)
    known = gate.studio.app.state.settings.oidc_providers
    gate.use_all(**known, elsewhere=elsewhere)
    await gate.rows(
        "INSERT INTO auth.identities (account_id, issuer, subject, email, email_verified) VALUES "
        "(:account, :issuer, 's', 'ada@example.org', :verified) RETURNING 1",
        account=gate.studio.caller.user_id, issuer=elsewhere.issuer, verified=verified_first,
    )  # fmt: skip
    gate.provider.tell("u-1", email="ADA@example.org", email_verified=verified_second)
    async with gate.browser() as browser:
        await browser.sign_in("u-1")
        assert ((await browser.me())["id"] == str(gate.studio.caller.user_id)) is one
    assert (await gate.trail("identity.linked"))[0]["by_email"] is one


async def test_one_provider_never_merges_with_itself(gate: Gate) -> None:
    """It may give the address of somebody who has left to somebody else."""
    gate.use(merge_by_email=True)
    for login in ("u-1", "u-2"):
        gate.provider.tell(login, email="office@example.org", email_verified=True)
        await gate.sign_in(login)
    assert len(await gate.rows("SELECT DISTINCT account_id FROM auth.identities")) == 2


async def test_the_code_of_the_account_is_asked_for_where_the_studio_wants_it(gate: Gate) -> None:
    gate.use(ask_second_factor=True)
    gate.provider.tell("u-1", preferred_username="grace")
    async with gate.browser() as browser:
        assert (await browser.sign_in("u-1")).status_code == 200
        codes = await with_two_factor(gate, browser)
    async with gate.browser() as browser:
        answer = await browser.sign_in("u-1", "/library")
        assert answer.status_code == 303
        assert answer.headers["location"] == "/sign-in?step=code&next=%2Flibrary"
        assert not browser.signed_in
        wrong = await browser.client.post("/api/auth/oidc/code", json={"code": "000000"})
        assert wrong.status_code == 401
        right = await browser.client.post("/api/auth/oidc/code", json={"code": codes[0]})
        assert right.json()["username"] == "grace"
        assert (await browser.me())["username"] == "grace"
        again = await browser.client.post("/api/auth/oidc/code", json={"code": codes[1]})
        assert (again.status_code, again.json()["error"]) == (403, "sign_in_expired")
    assert (await gate.trail("sign_in"))[-1] == {"way": "oidc:home and code"}
    gate.use()
    async with gate.browser() as browser:
        await browser.sign_in("u-1")
        assert (await browser.me())["two_factor"] is True


async def with_two_factor(gate: Gate, browser: Browser) -> list[str]:
    begun = await browser.client.post("/api/me/two-factor", headers=CSRF)
    code = pyotp.TOTP(begun.json()["secret"]).now()
    done = await browser.client.post(
        "/api/me/two-factor/confirm", json={"code": code}, headers=CSRF
    )
    codes: list[str] = done.json()["codes"]
    return codes


async def test_signing_out_tells_where_to_sign_out_at_the_provider(gate: Gate) -> None:
    gate.provider.tell("u-1", preferred_username="grace")
    async with gate.browser() as browser:
        await browser.sign_in("u-1")
        left = (await browser.client.post("/api/auth/logout", headers=CSRF)).json()
        assert (await browser.client.get("/api/me")).status_code == 401
    assert left["provider"] == {"id": "home", "label": "Home"}
    assert left["sign_out_url"].startswith(f"{gate.provider.issuer}/session/end?")
    async with httpx.AsyncClient(trust_env=False) as client:
        asked = await client.get(left["sign_out_url"])
    assert asked.status_code == 200, asked.text


async def test_who_came_in_otherwise_is_signed_in_nowhere_else(gate: Gate) -> None:
    async with gate.browser() as browser:
        token = await session_cookie(gate.studio.database, gate.studio.caller.user_id)
        browser.client.cookies.set(COOKIE, token)
        left = await browser.client.post("/api/auth/logout", headers=CSRF)
    assert left.json() == {"provider": None, "sign_out_url": None}
