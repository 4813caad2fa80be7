"""What admins do with accounts, and that somebody is always left who can."""

import asyncio
from collections.abc import AsyncIterator, Awaitable

import httpx
import pytest
from psycopg.errors import CheckViolation
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from fabula.accounts.permissions import BY_ROLE, Permission
from studio import Studio, client_of, session_cookie


@pytest.fixture
async def root(studio: Studio) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the only admin."""
    async with await studio.person("root", "admin") as client:
        yield client


async def id_of(client: httpx.AsyncClient) -> str:
    return str((await client.get("/api/me")).json()["id"])


async def test_an_account_is_made_and_its_address_signs_in(
    studio: Studio, root: httpx.AsyncClient
) -> None:
    made = await root.post("/api/people", json={"username": "bea", "role": "moderator"})
    assert made.status_code == 201
    assert made.json()["person"]["roles"] == ["moderator"]
    token = made.json()["sign_in"]["address"].split("#token=")[1]
    async with client_of(studio.app) as browser:
        entered = await browser.post("/api/auth/link", json={"token": token})
        assert entered.json()["username"] == "bea"
    again = await root.post("/api/people", json={"username": "bea"})
    assert again.status_code == 409


async def test_people_are_listed_searched_and_paged(
    studio: Studio, root: httpx.AsyncClient
) -> None:
    for name in ("bea", "ben", "b_n"):
        await root.post("/api/people", json={"username": name})

    async def names(**params: object) -> list[str]:
        page = await root.get("/api/people", params=params)
        return [person["username"] for person in page.json()["items"]]

    assert await names() == ["b_n", "ben", "bea", "root", "ada"]
    assert await names(search="b_") == ["b_n"]
    assert await names(role="admin") == ["root"]
    ben = (await root.get("/api/people", params={"search": "ben"})).json()["items"][0]
    await root.post(f"/api/people/{ben['id']}/suspend", json={"reason": "spam"})
    assert await names(state="suspended") == ["ben"]
    assert "ben" not in await names(state="active")
    page = (await root.get("/api/people", params={"limit": 2})).json()
    assert await names(limit=3, cursor=page["next_cursor"]) == ["bea", "root", "ada"]


async def test_suspending_shuts_out_at_once_and_restoring_lets_in(
    studio: Studio, root: httpx.AsyncClient
) -> None:
    cookie = await session_cookie(studio.database, studio.caller.user_id)
    place = f"/api/people/{studio.caller.user_id}"
    shut = await root.post(f"{place}/suspend", json={"reason": " too many lighthouses "})
    assert shut.json()["suspended_reason"] == "too many lighthouses"
    assert (await studio.client.get("/api/me")).status_code == 401
    back = await root.post(f"{place}/restore")
    assert (back.json()["suspended_at"], back.json()["suspended_reason"]) == (None, None)
    assert (await studio.client.get("/api/me")).status_code == 200
    async with client_of(studio.app) as browser:
        browser.cookies.set("fabula_session", cookie)
        assert (await browser.get("/api/me")).status_code == 401


async def test_sessions_and_keys_of_others_are_taken_back(
    studio: Studio, root: httpx.AsyncClient
) -> None:
    await session_cookie(studio.database, studio.caller.user_id)
    place = f"/api/people/{studio.caller.user_id}"
    assert (await root.get(place)).json()["sessions"] == 1
    assert (await root.delete(f"{place}/sessions")).status_code == 204
    assert (await root.delete(f"{place}/api-keys")).status_code == 204
    person = (await root.get(place)).json()
    assert (person["sessions"], person["api_keys"]) == (0, 0)
    assert (await studio.client.get("/api/me")).status_code == 401


async def test_roles_come_and_go_and_doing_it_twice_is_one_entry(
    studio: Studio, root: httpx.AsyncClient
) -> None:
    place = f"/api/people/{studio.caller.user_id}/roles"
    for _ in range(2):
        given = await root.put(f"{place}/moderator")
        assert given.json()["roles"] == ["moderator", "basic_user"]
    granted = "SELECT count(*) FROM user_activity_log WHERE action = 'role.granted'"
    assert await studio.scalar(granted) == 1
    taken = await root.delete(f"{place}/basic_user")
    assert taken.json()["roles"] == ["moderator"]
    assert (await root.delete(f"{place}/moderator")).status_code == 409
    assert (await root.put(f"{place}/emperor")).status_code == 422


async def test_the_last_admin_stays(studio: Studio, root: httpx.AsyncClient) -> None:
    me = await id_of(root)
    await root.put(f"/api/people/{me}/roles/basic_user")
    attempts = [
        await root.delete(f"/api/people/{me}/roles/admin"),
        await root.post(f"/api/people/{me}/suspend", json={"reason": "a test"}),
    ]
    assert [(a.status_code, a.json()["error"]) for a in attempts] == [(409, "last_admin")] * 2
    assert (await root.get("/api/people")).status_code == 200


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM user_roles WHERE role = 'admin'",
        "UPDATE user_roles SET role = 'guest' WHERE role = 'admin'",
        "UPDATE auth.accounts SET suspended_at = now()",
        "DELETE FROM auth.accounts WHERE username = 'root'",
    ],
)
async def test_not_even_sql_takes_the_last_admin(
    studio: Studio, root: httpx.AsyncClient, statement: str
) -> None:
    async def attempt() -> None:
        async with studio.database.system() as session:
            await session.execute(text(statement))

    with pytest.raises(IntegrityError) as refused:
        await attempt()
    assert isinstance(refused.value.orig, CheckViolation)
    assert (await root.get("/api/people")).status_code == 200


@pytest.mark.parametrize("way", ["demote", "suspend", "mixed"])
async def test_two_admins_who_remove_one_another_leave_one(
    studio: Studio, root: httpx.AsyncClient, way: str
) -> None:
    async with await studio.person("rita", "admin") as rita:
        ids = [await id_of(root), await id_of(rita)]
        for person in ids:
            await root.put(f"/api/people/{person}/roles/basic_user")
        against = list(zip((root, rita), reversed(ids), strict=True))

        def removal(number: int, *, suspend: bool) -> Awaitable[httpx.Response]:
            client, person = against[number]
            if suspend:
                return client.post(f"/api/people/{person}/suspend", json={"reason": "a duel"})
            return client.delete(f"/api/people/{person}/roles/admin")

        first, second = {
            "demote": (False, False),
            "suspend": (True, True),
            "mixed": (False, True),
        }[way]
        both = removal(0, suspend=first), removal(1, suspend=second)
        answers = await asyncio.gather(*both)
        assert sorted(answer.is_success for answer in answers) == [False, True]
        left = (
            "SELECT count(*) FROM user_roles r JOIN auth.accounts a ON a.id = r.user_id "
            "WHERE role = 'admin' AND suspended_at IS NULL"
        )
        assert await studio.scalar(left) == 1


async def test_permissions_are_one_table_for_admins(
    studio: Studio, root: httpx.AsyncClient
) -> None:
    table = (await root.get("/api/permissions")).json()["items"]
    shown = {row["name"]: set(row["roles"]) for row in table}
    assert shown == {
        p.value: {role for role, has in BY_ROLE.items() if p in has} for p in Permission
    }
    assert all(row["description"] for row in table)
    assert (await studio.client.get("/api/permissions")).status_code == 403


async def test_people_are_for_admins_only(studio: Studio) -> None:
    place = f"/api/people/{studio.caller.user_id}"
    async with await studio.person("mod", "moderator") as moderator:
        for client in (studio.client, moderator):
            answers = [
                await client.get("/api/people"),
                await client.get(place),
                await client.post("/api/people", json={"username": "bea"}),
                await client.put(f"{place}/roles/admin"),
                await client.post(f"{place}/suspend", json={"reason": "a test"}),
                await client.delete(f"{place}/api-keys"),
            ]
            assert {answer.status_code for answer in answers} == {403}


async def test_guests_change_nothing(studio: Studio) -> None:
    async with await studio.person("visitor", "guest") as guest:
        assert (await guest.get("/api/library/assets")).status_code == 200
        for path in ("/api/jobs", "/api/prompts/enhance", "/api/workspace/sessions"):
            answer = await guest.post(path, json={"prompt": "a lighthouse"})
            assert answer.status_code == 403, path
