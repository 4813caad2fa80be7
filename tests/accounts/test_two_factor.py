"""Two-factor sign-in: set up with a code, asked for with the password, each code once."""

import asyncio
from datetime import timedelta

import httpx
import pyotp
import pytest
from sqlalchemy import text

from fabula.accounts import two_factor
from fabula.core.clock import now
from fabula.seeding import prepare
from studio import Studio, client_of

PASSWORD = "a long enough secret"


@pytest.fixture
async def secret(studio: Studio) -> str:
    """Ada has a password, and has begun."""
    await studio.client.put("/api/me/password", json={"new_password": PASSWORD})
    begun = await studio.client.post("/api/me/two-factor")
    assert begun.status_code == 201
    assert begun.json()["uri"].startswith("otpauth://totp/Fabula:ada?secret=")
    return str(begun.json()["secret"])


def code(secret: str, steps: int = 0) -> str:
    """The code of now, or of some steps of 30 s away."""
    return pyotp.TOTP(secret).at(now() + timedelta(seconds=steps * two_factor.STEP_SECONDS))


async def confirmed(studio: Studio, secret: str) -> list[str]:
    answer = await studio.client.post("/api/me/two-factor/confirm", json={"code": code(secret, -1)})
    assert answer.status_code == 200, answer.text
    codes: list[str] = answer.json()["codes"]
    return codes


async def sign_in(studio: Studio, given: str | None = None) -> httpx.Response:
    body = {"username": "ada", "password": PASSWORD} | ({"code": given} if given else {})
    async with client_of(studio.app) as browser:
        return await browser.post("/api/auth/login", json=body)


async def forget_tries(studio: Studio) -> None:
    async with studio.database.system() as session:
        await session.execute(text("DELETE FROM auth.sign_in_buckets"))


async def test_it_is_not_in_force_before_a_code_was_given(studio: Studio, secret: str) -> None:
    assert (await sign_in(studio)).status_code == 200
    wrong = await studio.client.post("/api/me/two-factor/confirm", json={"code": "000000"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "code")
    assert (await studio.client.get("/api/me")).json()["two_factor"] is False
    codes = await confirmed(studio, secret)
    assert len(set(codes)) == two_factor.RECOVERY_CODES
    assert (await studio.client.get("/api/me")).json()["two_factor"] is True
    again = await studio.client.post("/api/me/two-factor")
    assert again.status_code == 409


async def test_the_password_alone_is_not_enough(studio: Studio, secret: str) -> None:
    await confirmed(studio, secret)
    without = await sign_in(studio)
    assert (without.status_code, without.json()["error"]) == (401, "second_factor_needed")
    assert "set-cookie" not in without.headers
    wrong = await sign_in(studio, "000000")
    assert (wrong.status_code, wrong.json()["error"]) == (401, "not_signed_in")
    right = await sign_in(studio, code(secret))
    assert right.status_code == 200


async def test_a_code_works_once_and_older_ones_no_more(studio: Studio, secret: str) -> None:
    await confirmed(studio, secret)
    assert (await sign_in(studio, code(secret, -1))).status_code == 401  # confirmed with it
    fresh = code(secret)
    assert (await sign_in(studio, fresh)).status_code == 200
    assert (await sign_in(studio, fresh)).status_code == 401
    await forget_tries(studio)
    assert (await sign_in(studio, code(secret, -1))).status_code == 401
    assert (await sign_in(studio, code(secret, 5))).status_code == 401  # too far ahead
    assert (await sign_in(studio, code(secret, 1))).status_code == 200


async def test_a_recovery_code_works_once(studio: Studio, secret: str) -> None:
    codes = await confirmed(studio, secret)
    assert (await sign_in(studio, codes[0].lower())).status_code == 200
    assert (await sign_in(studio, codes[0])).status_code == 401
    left = (await studio.client.get("/api/me/two-factor")).json()
    assert left == {"on": True, "recovery_codes_left": two_factor.RECOVERY_CODES - 1}
    renewed = await studio.client.post(
        "/api/me/two-factor/recovery-codes", json={"code": code(secret)}
    )
    assert renewed.status_code == 200
    assert (await sign_in(studio, codes[1])).status_code == 401
    assert (await sign_in(studio, renewed.json()["codes"][1])).status_code == 200


async def test_codes_of_others_do_not_work(studio: Studio, secret: str) -> None:
    await confirmed(studio, secret)
    async with await studio.person("eve") as eve:
        other = (await eve.post("/api/me/two-factor")).json()["secret"]
        body = {"code": code(other, -1)}
        theirs = (await eve.post("/api/me/two-factor/confirm", json=body)).json()["codes"]
    assert (await sign_in(studio, theirs[0])).status_code == 401
    assert (await sign_in(studio, code(other))).status_code == 401


async def test_turning_it_off_takes_a_code(studio: Studio, secret: str) -> None:
    codes = await confirmed(studio, secret)
    wrong = await studio.client.post("/api/me/two-factor/remove", json={"code": "000000"})
    assert wrong.status_code == 422
    off = await studio.client.post("/api/me/two-factor/remove", json={"code": codes[3]})
    assert off.status_code == 204
    assert (await sign_in(studio)).status_code == 200
    again = await studio.client.post("/api/me/two-factor/remove", json={"code": codes[4]})
    assert again.status_code == 409


async def test_guessing_codes_is_limited(studio: Studio, secret: str) -> None:
    await confirmed(studio, secret)
    path = "/api/me/two-factor/remove"
    answers = [await studio.client.post(path, json={"code": "000000"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 4 + [429] * 2


async def test_admins_turn_it_off_for_somebody_who_lost_it(studio: Studio, secret: str) -> None:
    await confirmed(studio, secret)
    place = f"/api/people/{studio.caller.user_id}/two-factor"
    async with await studio.person("root", "admin") as root:
        assert (await root.delete(place)).status_code == 204
        assert (await root.delete(place)).status_code == 409
        last = (await root.get("/api/activity")).json()["items"][0]
    assert (last["action"], last["resource_id"]) == (
        "two_factor.removed", str(studio.caller.user_id),
    )  # fmt: skip
    assert (await sign_in(studio)).status_code == 200


async def test_secrets_are_encrypted_each_for_its_account(studio: Studio, secret: str) -> None:
    await confirmed(studio, secret)
    stored = await studio.scalar("SELECT string_agg(f::text, ' ') FROM auth.second_factors f")
    assert secret not in stored
    async with await studio.person("eve") as eve:
        own = (await eve.post("/api/me/two-factor")).json()["secret"]
        await change(
            studio,
            "UPDATE auth.second_factors SET sealed = (SELECT sealed FROM auth.second_factors "
            "WHERE confirmed_at IS NOT NULL) WHERE confirmed_at IS NULL",
        )
        for given in (code(own), code(secret)):
            answer = await eve.post("/api/me/two-factor/confirm", json={"code": given})
            assert answer.status_code == 422


async def test_secrets_of_before_are_encrypted_at_the_start(studio: Studio, secret: str) -> None:
    await confirmed(studio, secret)
    plain = "UPDATE auth.second_factors SET sealed = NULL, secret = :plain"
    await change(studio, plain, plain=secret)
    await asyncio.to_thread(prepare, studio.database.dsn, b"of the studio in the tests")
    assert await studio.scalar("SELECT count(secret) FROM auth.second_factors") == 0
    assert (await sign_in(studio, code(secret))).status_code == 200


async def test_with_another_secret_of_the_studio_recovery_codes_still_work(
    studio: Studio, secret: str
) -> None:
    codes = await confirmed(studio, secret)
    await change(studio, "UPDATE auth.second_factors SET sealed = 'AAAA'")
    assert (await sign_in(studio, code(secret))).status_code == 401
    assert (await sign_in(studio, codes[0])).status_code == 200


async def change(studio: Studio, statement: str, **values: str) -> None:
    async with studio.database.system() as session:
        await session.execute(text(statement), values)


async def test_recovery_codes_are_stored_as_hashes(studio: Studio, secret: str) -> None:
    codes = await confirmed(studio, secret)
    stored = await studio.scalar("SELECT string_agg(r::text, ' ') FROM auth.recovery_codes r")
    for given in codes:
        assert given not in stored
        assert given.replace("-", "") not in stored
