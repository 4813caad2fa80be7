"""What comes back from a provider and is not what was asked for; providers that do not answer."""

from typing import Any

import httpx
import pytest
from gate import Gate, problem_of

from fabula.accounts import throttle
from fabula.accounts.oidc import transaction
from fabula.accounts.oidc.transaction import HOME, local_path


@pytest.fixture(autouse=True)
def grace(gate: Gate) -> None:
    gate.provider.tell("u-1", preferred_username="grace")


async def test_another_nonce_is_refused(gate: Gate) -> None:
    async with gate.browser() as browser:
        asked = httpx.URL(await browser.leave())
        other = str(asked.copy_set_param("nonce", "of somebody else"))
        answer = await browser.client.get(await browser.at_provider(other, "u-1"))
        assert problem_of(answer) == "token_invalid"
        assert not browser.signed_in
    assert await gate.trail("sign_in.failed") == [{"way": "oidc:home", "reason": "token_invalid"}]


async def test_another_state_is_refused_and_no_entry(gate: Gate) -> None:
    """Anybody can send somebody here with a state, so it says nothing of the account."""
    async with gate.browser() as browser:
        asked = httpx.URL(await browser.leave("/library"))
        other = str(asked.copy_set_param("state", "of somebody else"))
        answer = await browser.client.get(await browser.at_provider(other, "u-1"))
        assert problem_of(answer) == "sign_in_expired"
        assert httpx.URL(answer.headers["location"]).params["next"] == "/library"
    assert await gate.trail("sign_in.failed") == []


async def test_another_browser_cannot_finish(gate: Gate) -> None:
    async with gate.browser() as one, gate.browser() as other:
        back = await one.at_provider(await one.leave(), "u-1")
        assert problem_of(await other.client.get(back)) == "sign_in_expired"
        await other.leave()
        assert problem_of(await other.client.get(back)) == "sign_in_expired"
        assert not other.signed_in


async def test_a_code_works_once(gate: Gate) -> None:
    async with gate.browser() as browser:
        back = await browser.at_provider(await browser.leave(), "u-1")
        carried = dict(browser.client.cookies)
        assert (await browser.client.get(back)).status_code == 200
    async with gate.browser() as browser:
        assert problem_of(await browser.client.get(back)) == "sign_in_expired"
        header = {"Cookie": "; ".join(f"{name}={value}" for name, value in carried.items())}
        answer = await browser.client.get(back, headers=header)
        assert problem_of(answer) == "provider_refused"
        assert not browser.signed_in


async def test_a_code_for_another_verifier_is_refused(gate: Gate) -> None:
    async with gate.browser() as browser:
        asked = httpx.URL(await browser.leave())
        other = str(asked.copy_set_param("code_challenge", "A" * 43))
        answer = await browser.client.get(await browser.at_provider(other, "u-1"))
        assert problem_of(answer) == "provider_refused"


async def test_ten_minutes_are_enough(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    async with gate.browser() as browser:
        monkeypatch.setattr(transaction, "LIFE_SECONDS", -1)
        back = await browser.at_provider(await browser.leave(), "u-1")
        assert problem_of(await browser.client.get(back)) == "sign_in_expired"


async def test_who_gives_up_there_is_told_so(gate: Gate) -> None:
    async with gate.browser() as browser:
        back = await browser.at_provider(await browser.leave(), "u-1", deny=True)
        assert "access_denied" in back
        assert problem_of(await browser.client.get(back)) == "provider_refused"


async def test_an_answer_in_the_name_of_another_issuer_is_refused(gate: Gate) -> None:
    async with gate.browser() as browser:
        back = httpx.URL(await browser.at_provider(await browser.leave(), "u-1"))
        for iss in ("https://elsewhere.example", None):
            left = back.copy_remove_param("iss")
            sent = left.copy_add_param("iss", iss) if iss else left
            header = {"Cookie": f"fabula_oidc={browser.client.cookies['fabula_oidc']}"}
            async with gate.browser() as other:
                answer = await other.client.get(str(sent), headers=header)
                assert problem_of(answer) == "token_invalid"


async def test_new_keys_are_fetched_when_they_are_needed(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    send = httpx.AsyncClient.request

    async def counted(client: httpx.AsyncClient, method: str, url: str, **more: Any) -> Any:
        if url.startswith(gate.provider.issuer):
            asked.append(url.removeprefix(gate.provider.issuer))
        return await send(client, method, url, **more)

    monkeypatch.setattr(httpx.AsyncClient, "request", counted)
    for _ in range(2):
        assert (await gate.sign_in("u-1")).status_code == 200
    assert [asked.count(path) for path in (DOCUMENT, "/jwks")] == [1, 1]
    gate.provider.order(rotate=True)
    assert (await gate.sign_in("u-1")).status_code == 200
    assert [asked.count(path) for path in (DOCUMENT, "/jwks")] == [1, 2]


DOCUMENT = "/.well-known/openid-configuration"


async def test_a_provider_that_is_down_is_a_sentence(gate: Gate) -> None:
    async with gate.browser() as browser:
        back = await browser.at_provider(await browser.leave("/library"), "u-1")
        (known,) = gate.studio.app.state.providers.values()
        there = known._metadata[1].model_copy(update={"token_endpoint": NOWHERE})
        known._metadata = (known._metadata[0], there)
        assert problem_of(await browser.client.get(back)) == "provider_unreachable"
        gate.use(issuer=NOWHERE)
        answer = await browser.client.get("/api/auth/oidc/home/start?next=/library")
        assert problem_of(answer) == "provider_unreachable"
        assert answer.headers["location"] == (
            "/sign-in?problem=provider_unreachable&next=%2Flibrary"
        )
    assert await gate.trail("sign_in.failed") == []


NOWHERE = "http://127.0.0.1:1"


async def test_a_provider_that_calls_itself_otherwise_is_not_used(gate: Gate) -> None:
    gate.use(issuer=f"{gate.provider.issuer}/")
    async with gate.browser() as browser:
        answer = await browser.client.get("/api/auth/oidc/home/start")
        assert problem_of(answer) == "provider_unreachable"


async def test_ways_back_are_limited_by_address(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "ADDRESS_TRIES", 2)
    async with gate.browser() as browser:
        told = [
            problem_of(await browser.client.get("/api/auth/oidc/home/callback?state=x&code=y"))
            for _ in range(3)
        ]
    assert told == ["sign_in_expired", "sign_in_expired", "too_many_requests"]


async def test_an_unknown_provider_is_nothing(gate: Gate) -> None:
    for path in ("start", "callback?state=x"):
        answer = await gate.studio.client.get(f"/api/auth/oidc/nobody/{path}")
        assert answer.status_code == 404


PLACES = [
    ("/library?q=fox", "/library?q=fox"),
    ("/a//b", "/a//b"),
    (None, HOME),
    ("", HOME),
    ("library", HOME),
    ("https://elsewhere.example/", HOME),
    ("//elsewhere.example", HOME),
    ("/\\elsewhere.example", HOME),
    ("/\t/elsewhere.example", HOME),
    ("/\n/elsewhere.example", HOME),
    (" //elsewhere.example", HOME),
    ("javascript:alert(1)", HOME),
    ("/" + "x" * 600, HOME),
]


@pytest.mark.parametrize(("asked", "gone"), PLACES)
def test_the_way_ends_in_this_studio(asked: str | None, gone: str) -> None:
    assert local_path(asked) == gone


async def test_where_one_goes_is_escaped(gate: Gate) -> None:
    async with gate.browser() as browser:
        answer = await browser.sign_in("u-1", '/"><script>alert(1)</script>')
    assert "<script" not in answer.text
    async with gate.browser() as browser:
        answer = await browser.sign_in("u-1", "//elsewhere.example")
    assert 'content="0;url=/"' in answer.text


async def test_the_way_there_asks_for_what_the_standard_asks(gate: Gate) -> None:
    async with gate.browser() as browser:
        asked = httpx.URL(await browser.leave()).params
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["scope"] == "openid profile email"
    assert len(asked["state"]) > 40
    assert len(asked["nonce"]) > 40
    assert asked["state"] != asked["nonce"]
