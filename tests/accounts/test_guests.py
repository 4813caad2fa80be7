"""Guests: one shared account that looks and changes nothing, where the studio allows it."""

from collections.abc import AsyncIterator

import httpx
import psycopg
import pytest
from psycopg.errors import CheckViolation

from fabula.accounts import guests, service, throttle
from fabula.core.errors import Conflict
from studio import Studio, client_of

CSRF = {"X-Fabula-CSRF": "1"}
REFUSED = [
    ("PUT", "/api/me/password", {"new_password": "a long enough secret"}),
    ("GET", "/api/me/sessions", None),
    ("DELETE", "/api/me/sessions", None),
    ("GET", "/api/me/two-factor", None),
    ("POST", "/api/me/two-factor", None),
    ("POST", "/api/me/two-factor/confirm", {"code": "000000"}),
    ("GET", "/api/me/api-keys", None),
    ("POST", "/api/me/api-keys", {"name": "k"}),
    ("GET", "/api/me/identities", None),
    ("GET", "/api/activity", None),
    ("POST", "/api/jobs", {"prompt": "a fox"}),
    ("POST", "/api/workspace/sessions", {"name": "Sea"}),
]


def allow(studio: Studio, allowed: bool) -> None:
    state = studio.app.state
    state.settings = state.settings.model_copy(update={"guest_access": allowed})


@pytest.fixture
async def guest(studio: Studio) -> AsyncIterator[httpx.AsyncClient]:
    allow(studio, True)
    async with client_of(studio.app) as browser:
        answer = await browser.post("/api/auth/guest")
        assert answer.status_code == 200, answer.text
        yield browser


async def test_nobody_is_a_guest_unless_the_studio_allows_it(studio: Studio) -> None:
    async with client_of(studio.app) as browser:
        answer = await browser.post("/api/auth/guest")
        assert (answer.status_code, answer.json()["error"]) == (403, "no_guests")
        assert (await browser.get("/api/auth/methods")).json()["guests"] is False
    assert await studio.scalar("SELECT count(*) FROM auth.accounts WHERE shared") == 0


async def test_all_guests_are_one_who_holds_nothing(
    studio: Studio, guest: httpx.AsyncClient
) -> None:
    async with client_of(studio.app) as other:
        await other.post("/api/auth/guest")
        second = (await other.get("/api/me")).json()
        assert (await other.get("/api/auth/methods")).json()["guests"] is True
    me = (await guest.get("/api/me")).json()
    assert me == second
    assert (me["username"], me["roles"], me["shared"]) == ("guest", ["guest"], True)
    assert (
        await studio.scalar("SELECT token_balance FROM profiles WHERE id = :id", id=me["id"]) == 0
    )
    lives = "SELECT count(*) FROM auth.sessions WHERE expires_at < now() + interval '13 hours'"
    assert await studio.scalar(lives) == 2
    ways = "SELECT count(*) FROM user_activity_log WHERE metadata->'after'->>'way' = 'guest'"
    assert await studio.scalar(ways) == 2
    made = "SELECT metadata->'after' FROM user_activity_log WHERE resource_id = :id"
    assert await studio.scalar(made, id=me["id"]) == {
        "username": "guest", "roles": ["guest"], "shared": True,
    }  # fmt: skip


async def test_a_person_named_guest_keeps_the_name(studio: Studio) -> None:
    async with studio.database.system() as session:
        await service.create_account(session, "guest", "basic_user")
    allow(studio, True)
    async with client_of(studio.app) as browser:
        assert (await browser.post("/api/auth/guest")).json()["username"] == "guest-2"


async def test_guests_look_and_change_nothing(guest: httpx.AsyncClient) -> None:
    for path in ("/api/me", "/api/job-types", "/api/engines", "/api/library/assets"):
        assert (await guest.get(path)).status_code == 200, path
    for method, path, body in REFUSED:
        answer = await guest.request(method, path, json=body, headers=CSRF)
        assert answer.status_code == 403, (path, answer.text)
    assert (await guest.post("/api/auth/logout", headers=CSRF)).status_code == 200
    assert (await guest.get("/api/me")).status_code == 401


async def test_turned_off_is_over_at_once(studio: Studio, guest: httpx.AsyncClient) -> None:
    allow(studio, False)
    assert (await guest.get("/api/me")).status_code == 401
    for _ in range(2):  # the second start ends nothing and notes nothing
        async with studio.database.system() as session:
            await guests.close(session)
    assert await studio.scalar("SELECT count(*) FROM auth.sessions") == 0
    ended = "SELECT count(*) FROM user_activity_log WHERE action = 'sessions.revoked'"
    assert await studio.scalar(ended) == 1
    allow(studio, True)
    assert (await guest.get("/api/me")).status_code == 401


async def test_admins_cannot_make_it_somebodys_own(
    studio: Studio, guest: httpx.AsyncClient
) -> None:
    person = (await guest.get("/api/me")).json()["id"]
    async with await studio.person("root", "admin") as root:
        link = await root.post(f"/api/people/{person}/sign-in-link")
        role = await root.put(f"/api/people/{person}/roles/basic_user")
        assert (link.status_code, role.status_code) == (409, 409)
        body = {"reason": "too many of them"}
        assert (await root.post(f"/api/people/{person}/suspend", json=body)).status_code == 200
    assert (await guest.get("/api/me")).status_code == 401
    async with client_of(studio.app) as browser:
        again = await browser.post("/api/auth/guest")
    assert (again.status_code, again.json()["error"]) == (401, "account_suspended")


async def test_the_command_line_cannot_either(studio: Studio, guest: httpx.AsyncClient) -> None:
    account = await studio.scalar("SELECT id FROM auth.accounts WHERE shared")
    async with studio.database.system() as session:
        with pytest.raises(Conflict):
            await service.new_link(session, account)
        with pytest.raises(Conflict):
            await service.create_api_key(session, account, "k")


GUESTS = "FROM auth.accounts WHERE shared"
FORBIDDEN = [
    "UPDATE auth.accounts SET password_hash = 'x' WHERE shared",
    "UPDATE user_roles SET role = 'admin' FROM auth.accounts a WHERE a.id = user_id AND a.shared",
    f"INSERT INTO user_roles (user_id, role) SELECT id, 'admin' {GUESTS}",
    f"INSERT INTO auth.api_keys SELECT id, id, 'k', 'p', 'h' {GUESTS}",
    f"INSERT INTO auth.sign_in_links SELECT 't', id, now(), now() {GUESTS}",
    f"INSERT INTO auth.identities (account_id, issuer, subject) SELECT id, 'i', 's' {GUESTS}",
    f"INSERT INTO auth.second_factors (account_id, sealed) SELECT id, 's' {GUESTS}",
]


def test_the_database_holds_it_too(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    connection.execute("INSERT INTO auth.accounts (username, shared) VALUES ('guest', true)")
    connection.execute(
        "INSERT INTO user_roles (user_id, role) SELECT id, 'guest' FROM auth.accounts"
    )
    for statement in FORBIDDEN:
        with pytest.raises(CheckViolation):
            connection.execute(statement.encode())


async def test_coming_in_is_limited_by_address(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow(studio, True)
    monkeypatch.setattr(throttle, "ADDRESS_TRIES", 2)
    async with client_of(studio.app) as browser:
        told = [(await browser.post("/api/auth/guest")).status_code for _ in range(3)]
    assert told == [200, 200, 429]
