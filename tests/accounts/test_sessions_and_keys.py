"""Sessions that are listed and ended, keys with scopes and an end."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from fabula.accounts import service
from fabula.accounts.scopes import SCOPES, needed
from fabula.core.clock import now
from studio import Studio, client_of, session_cookie

CSRF = {"X-Fabula-CSRF": "1"}


async def browser_of(studio: Studio) -> httpx.AsyncClient:
    browser = client_of(studio.app)
    cookie = await session_cookie(studio.database, studio.caller.user_id)
    browser.cookies.set("fabula_session", cookie)
    browser.headers.update(CSRF)
    return browser


async def key_of(studio: Studio, **body: Any) -> httpx.AsyncClient:
    made = await studio.client.post("/api/me/api-keys", json={"name": "script", **body})
    assert made.status_code == 201, made.text
    return client_of(studio.app, made.json()["key"])


async def test_sessions_are_listed_and_end_one_by_one(studio: Studio) -> None:
    async with await browser_of(studio) as first, await browser_of(studio) as second:
        listed = (await first.get("/api/me/sessions")).json()["items"]
        assert [item["current"] for item in listed] == [False, True]
        assert listed[0]["user_agent"] == "test"
        place = f"/api/me/sessions/{listed[0]['id']}"
        assert (await first.delete(place)).status_code == 204
        assert (await second.get("/api/me")).status_code == 401
        assert (await first.delete(place)).status_code == 404
        assert (await first.get("/api/me")).status_code == 200


async def test_signing_out_everywhere_ends_every_session_and_no_key(studio: Studio) -> None:
    async with await browser_of(studio) as first, await browser_of(studio) as second:
        assert (await first.delete("/api/me/sessions")).status_code == 204
        for browser in (first, second):
            assert (await browser.get("/api/me")).status_code == 401
    assert (await studio.client.get("/api/me")).status_code == 200


async def test_an_account_says_since_when_it_is_there(studio: Studio) -> None:
    async with await studio.person("root", "admin") as root, await studio.person("eve") as eve:
        listed = (await root.get("/api/people")).json()["items"]
        made = {person["username"]: person["created_at"] for person in listed}
        assert (await eve.get("/api/me")).json()["created_at"] == made["eve"]


async def test_sessions_of_others_stay(studio: Studio) -> None:
    async with await browser_of(studio) as browser, await studio.person("eve") as eve:
        mine = (await browser.get("/api/me/sessions")).json()["items"][0]
        assert (await eve.delete(f"/api/me/sessions/{mine['id']}")).status_code == 404
        assert (await eve.get("/api/me/sessions")).json()["items"] == []
        assert (await browser.get("/api/me")).status_code == 200


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [
        ("read", set()),
        ("make", {"/api/prompts/enhance"}),
        ("library", {"/api/workspace/sessions"}),
        ("admin", {"/api/me/api-keys"}),
    ],
)
async def test_a_key_does_what_its_scope_says(
    studio: Studio, scope: str, allowed: set[str]
) -> None:
    bodies = {
        "/api/prompts/enhance": {"prompt": "a fox", "strategy": "rules"},
        "/api/workspace/sessions": {"name": "Sea"},
        "/api/me/api-keys": {"name": "another", "scopes": ["admin"]},
    }
    async with await key_of(studio, scopes=[scope]) as script:
        reading = await script.get("/api/me")
        assert reading.status_code == (200 if scope == "read" else 403)
        for path, body in bodies.items():
            answer = await script.post(path, json=body)
            assert answer.is_success == (path in allowed), (path, answer.text)
            assert answer.is_success or answer.json()["error"] == "forbidden"


async def test_a_key_never_makes_one_that_may_do_more(studio: Studio) -> None:
    async with await key_of(studio, scopes=["admin"]) as script:
        answer = await script.post("/api/me/api-keys", json={"name": "k", "scopes": ["make"]})
        assert answer.status_code == 403


async def test_without_the_scope_admin_the_roles_do_not_count(studio: Studio) -> None:
    async with studio.database.system() as session:
        root = await service.create_account(session, "root", "admin")
        _, key = await service.create_api_key(session, root.id, "script", scopes=["read"])
    own = await studio.client.post("/api/me/api-keys", json={"name": "k"})
    assert own.is_success
    async with client_of(studio.app, key) as script:
        for path in ("/api/people", "/api/permissions", "/api/model-configs", "/api/prompts/cache"):
            assert (await script.get(path)).status_code == 403, path
        seen = (await script.get("/api/activity")).json()["items"]
        assert {item["user_id"] for item in seen} <= {str(root.id)}
    async with studio.database.request(root.id, plain=True) as session:
        assert await session.scalar(text("SELECT count(*) FROM system_config")) == 0
    async with studio.database.request(root.id) as session:
        assert await session.scalar(text("SELECT count(*) FROM system_config")) == 1


async def test_a_key_ends_when_it_says(studio: Studio) -> None:
    soon = (now() + timedelta(hours=1)).isoformat()
    async with await key_of(studio, expires_at=soon) as script:
        assert (await script.get("/api/me")).status_code == 200
        async with studio.database.system() as session:
            await session.execute(
                text("UPDATE auth.api_keys SET expires_at = now() WHERE name = 'script'")
            )
        assert (await script.get("/api/me")).status_code == 401
    past = (now() - timedelta(hours=1)).isoformat()
    refused = await studio.client.post(
        "/api/me/api-keys", json={"name": "late", "expires_at": past}
    )
    assert refused.json()["field"] == "expires_at"


async def test_scopes_are_listed_and_usual_ones_leave_admin_out(studio: Studio) -> None:
    made = (await studio.client.post("/api/me/api-keys", json={"name": "k"})).json()
    assert made["scopes"] == ["read", "make", "library"]
    listed = (await studio.client.get("/api/me/api-keys")).json()["items"]
    assert listed[0]["scopes"] == made["scopes"]
    unknown = await studio.client.post("/api/me/api-keys", json={"name": "k", "scopes": ["all"]})
    assert unknown.status_code == 422


def test_every_change_needs_the_scope_of_its_area(studio: Studio) -> None:
    found: dict[str, set[str]] = {scope: set() for scope in SCOPES}
    for path, operations in studio.app.openapi()["paths"].items():
        for method in operations:
            found[needed(method.upper(), path)].add(path)
    assert all("/library/" in path or "/workspace/" in path for path in found["library"])
    making = (
        "/api/jobs", "/api/uploads", "/api/prompts/enhance", "/api/prompts/translate",
        "/api/prompt-book/",
    )  # fmt: skip
    assert all(path.startswith(making) or path.endswith("/again") for path in found["make"])
    areas = {path.split("/")[2] for path in found["admin"]}
    assert areas == {
        "auth", "me", "people", "model-configs", "prompts", "engine-servers", "engine-defaults",
        "model-files", "model-shelf", "model-uploads",
    }  # fmt: skip
    assert needed("POST", "/api/something-new") == "admin"
