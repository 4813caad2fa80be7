"""Signing in: one-time links, passwords, keys, sessions."""

import pytest
from sqlalchemy import select, text

from fabula.accounts import service
from fabula.models import Account, ApiKey, SignInLink, SignInSession
from studio import Studio, client_of, session_cookie

CSRF = {"X-Fabula-CSRF": "1"}


async def link_of(studio: Studio) -> str:
    async with studio.database.system() as session:
        return await service.new_link(session, studio.caller.user_id)


async def test_a_link_signs_in_once(studio: Studio) -> None:
    token = await link_of(studio)
    async with client_of(studio.app) as browser:
        entered = await browser.post("/api/auth/link", json={"token": token})
        assert entered.status_code == 200
        assert entered.json()["username"] == "ada"
        cookie = entered.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert (await browser.get("/api/me")).json()["roles"] == ["basic_user"]
    async with client_of(studio.app) as thief:
        again = await thief.post("/api/auth/link", json={"token": token})
        assert (again.status_code, again.json()["error"]) == (401, "not_signed_in")
        assert "fabula user link" in again.json()["detail"]


async def test_a_link_that_is_too_old_does_not_sign_in(studio: Studio) -> None:
    token = await link_of(studio)
    async with studio.database.system() as session:
        await session.execute(text("UPDATE auth.sign_in_links SET expires_at = now()"))
    async with client_of(studio.app) as browser:
        answer = await browser.post("/api/auth/link", json={"token": token})
        assert answer.status_code == 401


async def test_a_password_signs_in_and_a_wrong_one_says_no_more(studio: Studio) -> None:
    changed = await studio.client.put(
        "/api/me/password", json={"new_password": "a long enough secret"}
    )
    assert changed.status_code == 204
    async with client_of(studio.app) as browser:
        body = {"username": " Ada ", "password": "a long enough secret"}
        assert (await browser.post("/api/auth/login", json=body)).status_code == 200
        answers = []
        for username, password in (("ada", "wrong"), ("nobody", "a long enough secret")):
            body = {"username": username, "password": password}
            answers.append(await browser.post("/api/auth/login", json=body))
        assert [answer.status_code for answer in answers] == [401, 401]
        assert answers[0].json() == answers[1].json()


async def test_a_new_password_ends_the_other_sessions(studio: Studio) -> None:
    tokens = [await session_cookie(studio.database, studio.caller.user_id) for _ in range(2)]
    browsers = [client_of(studio.app) for _ in tokens]
    for browser, token in zip(browsers, tokens, strict=True):
        browser.cookies.set("fabula_session", token)
    body = {"new_password": "a long enough secret"}
    changed = await browsers[0].put("/api/me/password", json=body, headers=CSRF)
    assert changed.status_code == 204
    assert (await browsers[0].get("/api/me")).status_code == 200
    assert (await browsers[1].get("/api/me")).status_code == 401
    refused = await browsers[0].put("/api/me/password", json=body, headers=CSRF)
    assert refused.json()["field"] == "current_password"
    for browser in browsers:
        await browser.aclose()


async def test_signing_out_ends_the_session_itself(studio: Studio) -> None:
    token = await session_cookie(studio.database, studio.caller.user_id)
    async with client_of(studio.app) as browser:
        browser.cookies.set("fabula_session", token)
        assert (await browser.post("/api/auth/logout", headers=CSRF)).status_code == 200
    async with client_of(studio.app) as thief:
        thief.cookies.set("fabula_session", token)
        assert (await thief.get("/api/me")).status_code == 401


async def test_a_key_is_shown_once_and_dies_when_it_is_revoked(studio: Studio) -> None:
    made = await studio.client.post("/api/me/api-keys", json={"name": "script"})
    assert made.status_code == 201
    key, key_id = made.json()["key"], made.json()["id"]
    async with client_of(studio.app, key) as script:
        assert (await script.get("/api/me")).status_code == 200
        listed = (await script.get("/api/me/api-keys")).json()["items"]
        assert all("key" not in item for item in listed)
        assert key not in await _everything(studio)
        assert (await studio.client.delete(f"/api/me/api-keys/{key_id}")).status_code == 204
        assert (await script.get("/api/me")).status_code == 401
    gone = await studio.client.delete(f"/api/me/api-keys/{key_id}")
    assert gone.status_code == 404


async def test_keys_of_others_cannot_be_revoked(studio: Studio) -> None:
    mine = (await studio.client.get("/api/me/api-keys")).json()["items"][0]
    async with await studio.person("eve") as eve:
        answer = await eve.delete(f"/api/me/api-keys/{mine['id']}")
        assert answer.status_code == 404
    assert (await studio.client.get("/api/me")).status_code == 200


async def test_a_suspended_account_is_out_at_once(studio: Studio) -> None:
    async with studio.database.system() as session:
        await session.execute(text("UPDATE auth.accounts SET suspended_at = now()"))
    assert (await studio.client.get("/api/me")).status_code == 401


async def test_secrets_are_stored_as_hashes_only(studio: Studio) -> None:
    link = await link_of(studio)
    cookie = await session_cookie(studio.database, studio.caller.user_id)
    await studio.client.put("/api/me/password", json={"new_password": "a long enough secret"})
    stored = await _everything(studio)
    for secret in (link, cookie, "a long enough secret"):
        assert secret not in stored
    assert "$argon2id$" in stored


async def _everything(studio: Studio) -> str:
    """All rows of the schema of accounts, as text."""
    rows = []
    async with studio.database.system() as session:
        for table in (Account, SignInSession, ApiKey, SignInLink):
            rows += [str(tuple(row)) for row in await session.execute(select(table.__table__))]
    return "\n".join(rows)


@pytest.mark.parametrize("name", ["", "Ada", "a b", "-ada", "x" * 41, "ada\n", "äda"])
async def test_names_that_are_no_user_names_are_refused(studio: Studio, name: str) -> None:
    async with studio.database.system() as session:
        with pytest.raises(service.Invalid):
            await service.create_account(session, name, "basic_user")


async def test_the_owner_is_made_once(studio: Studio) -> None:
    async with studio.database.system() as session:
        first, waiting = await service.ensure_owner(session)
        second, _ = await service.ensure_owner(session)
    assert first.id == second.id
    assert waiting
    token = None
    async with studio.database.system() as session:
        token = await service.new_link(session, first.id)
    async with client_of(studio.app) as browser:
        await browser.post("/api/auth/link", json={"token": token})
    async with studio.database.system() as session:
        assert not (await service.ensure_owner(session))[1]
