"""Identities of the own account: adding a provider, and taking it off again."""

import httpx
import pytest
from gate import CSRF, Browser, Gate, problem_of

from fabula.accounts.access import COOKIE
from studio import session_cookie

PASSWORD = "a long enough secret"


@pytest.fixture(autouse=True)
def closed(gate: Gate) -> None:
    """Nobody gets an account by signing in, so that an identity must be added."""
    gate.use(create_accounts=False)
    gate.provider.tell("u-1", preferred_username="grace", email="grace@example.org")


async def enter(gate: Gate, browser: Browser) -> None:
    """As Ada, by a link."""
    token = await session_cookie(gate.studio.database, gate.studio.caller.user_id)
    browser.client.cookies.set(COOKIE, token)


async def begin(browser: Browser) -> str:
    answer = await browser.client.post("/api/me/identities/home", headers=CSRF)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["url"])


async def add(browser: Browser) -> httpx.Response:
    back = await browser.at_provider(await begin(browser), "u-1")
    # The browser keeps the session's cookie to itself: this is not a request of our page.
    lone = f"fabula_oidc={browser.client.cookies['fabula_oidc']}"
    async with browser.gate.browser() as bare:
        return await bare.client.get(back, headers={"Cookie": lone})


async def identities(browser: Browser) -> list[dict[str, object]]:
    answer = await browser.client.get("/api/me/identities")
    found: list[dict[str, object]] = answer.json()["items"]
    return found


async def test_one_more_way_in(gate: Gate) -> None:
    async with gate.browser() as browser:
        await enter(gate, browser)
        assert await identities(browser) == []
        done = await add(browser)
        assert 'content="0;url=/account/sign-in"' in done.text
        assert "fabula_session" not in str(done.headers.get_list("set-cookie"))
        (known,) = await identities(browser)
        assert known["provider"] == {"id": "home", "label": "Home"}
        assert known["email"] == "grace@example.org"
    async with gate.browser() as browser:
        assert (await browser.sign_in("u-1")).status_code == 200
        assert (await browser.me())["id"] == str(gate.studio.caller.user_id)
    (entry,) = await gate.rows(
        "SELECT user_id FROM user_activity_log WHERE action = 'identity.linked'"
    )
    assert entry.user_id == gate.studio.caller.user_id


async def test_an_identity_of_somebody_else_is_not_taken(gate: Gate) -> None:
    gate.use()
    await gate.sign_in("u-1")
    async with gate.browser() as browser:
        await enter(gate, browser)
        answer = await add(browser)
        assert problem_of(answer) == "identity_taken"
        assert answer.headers["location"].startswith("/account/sign-in?")
        assert await identities(browser) == []


async def test_adding_twice_changes_nothing(gate: Gate) -> None:
    async with gate.browser() as browser:
        await enter(gate, browser)
        for _ in range(2):
            assert (await add(browser)).status_code == 200
        assert len(await identities(browser)) == 1
    assert len(await gate.trail("identity.linked")) == 1


async def test_who_signed_out_meanwhile_adds_nothing(gate: Gate) -> None:
    async with gate.browser() as browser:
        await enter(gate, browser)
        back = await browser.at_provider(await begin(browser), "u-1")
        await browser.client.post("/api/auth/logout", headers=CSRF)
        assert problem_of(await browser.client.get(back)) == "sign_in_expired"
    assert await gate.rows("SELECT FROM auth.identities") == []


async def test_a_program_with_a_key_cannot_add_one(gate: Gate) -> None:
    answer = await gate.studio.client.post("/api/me/identities/home")
    assert answer.status_code == 403


async def test_the_last_way_in_stays(gate: Gate) -> None:
    async with gate.browser() as browser:
        await enter(gate, browser)
        await add(browser)
        (known,) = await identities(browser)
        place = f"/api/me/identities/{known['id']}"
        refused = await browser.client.delete(place, headers=CSRF)
        assert (refused.status_code, refused.json()["error"]) == (409, "last_way_in")
        await browser.client.put("/api/me/password", json={"new_password": PASSWORD}, headers=CSRF)
        assert (await browser.client.delete(place, headers=CSRF)).status_code == 204
        assert (await browser.client.delete(place, headers=CSRF)).status_code == 404
        assert await identities(browser) == []
    assert problem_of(await gate.sign_in("u-1")) == "account_unknown"
    assert len(await gate.trail("identity.removed")) == 1


async def test_a_provider_that_is_not_known_any_more_is_no_way_in(gate: Gate) -> None:
    async with gate.browser() as browser:
        await enter(gate, browser)
        await add(browser)
        await gate.rows(
            "INSERT INTO auth.identities (account_id, issuer, subject) "
            "VALUES (:account, 'https://gone.example', 's') RETURNING 1",
            account=gate.studio.caller.user_id,
        )
        gone, known = await identities(browser)
        assert gone["provider"] is None
        kept = await browser.client.delete(f"/api/me/identities/{known['id']}", headers=CSRF)
        assert kept.status_code == 409
        left = await browser.client.delete(f"/api/me/identities/{gone['id']}", headers=CSRF)
        assert left.status_code == 204


async def test_identities_of_others_are_not_there(gate: Gate) -> None:
    gate.use()
    await gate.sign_in("u-1")
    (row,) = await gate.rows("SELECT id FROM auth.identities")
    assert (await gate.studio.client.get("/api/me/identities")).json()["items"] == []
    answer = await gate.studio.client.delete(f"/api/me/identities/{row.id}")
    assert answer.status_code == 404


async def test_the_methods_are_told_to_everybody(gate: Gate) -> None:
    async with gate.browser() as browser:
        found = (await browser.client.get("/api/auth/methods")).json()
        assert found == {
            "password": False, "guests": False, "providers": [{"id": "home", "label": "Home"}],
        }  # fmt: skip
        await gate.studio.client.put("/api/me/password", json={"new_password": PASSWORD})
        assert (await browser.client.get("/api/auth/methods")).json()["password"] is True
