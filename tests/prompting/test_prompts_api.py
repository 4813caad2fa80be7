"""The prompts API over a seeded database."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from sqlalchemy import text
from writers import Writer

from fabula.accounts import service as accounts
from fabula.core.database import Database
from fabula.core.settings import Settings
from fabula.moderation.policy import screen
from fabula.prompting import rewriting
from fabula.prompting.endpoints import router
from fabula.prompting.enhancement import Enhancer
from fabula.prompting.negatives.endpoints import router as negatives
from fabula.prompting.seeds import seed, seed_templates
from fabula.prompting.templates.endpoints import router as templates
from fabula.web.errors import add_error_handlers

ADMIN_ONLY = [
    ("GET", "/api/prompts/templates"),
    ("GET", "/api/prompts/templates/00000000-0000-0000-0000-000000000001"),
    ("GET", "/api/prompts/cache"),
    ("POST", "/api/prompts/cache/refresh"),
]
EVERYBODY = [("POST", "/api/prompts/enhance"), ("GET", "/api/prompts/negative")]


@pytest.fixture
async def app(database: Database) -> FastAPI:
    app = FastAPI()
    api = APIRouter(prefix="/api")
    for each in (router, negatives, templates):
        api.include_router(each)
    app.include_router(api)
    add_error_handlers(app)
    app.state.database = database
    app.state.settings = Settings()
    app.state.enhancer = Enhancer(Writer("frosty air, quiet mood"), screen=screen)
    async with database.system() as session:
        await seed(session)
    return app


async def client_for(app: FastAPI, name: str | None, role: str = "basic_user") -> httpx.AsyncClient:
    headers = {}
    if name:
        async with app.state.database.system() as session:
            account = await accounts.create_account(session, name, role)
            _, key = await accounts.create_api_key(session, account.id, "test")
        headers = {"Authorization": f"Bearer {key}"}
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://studio", headers=headers)


@pytest.fixture
async def person(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with await client_for(app, "ada") as client:
        yield client


@pytest.fixture
async def admin(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with await client_for(app, "grace", "admin") as client:
        yield client


async def enhanced(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    answer = await client.post("/api/prompts/enhance", json={"prompt": "a fox", **body})
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()
    return result


async def test_enhance(person: httpx.AsyncClient) -> None:
    result = await enhanced(person, seed=7)
    assert result["original_prompt"] == "a fox"
    assert result["enhanced_prompt"].startswith("a fox, frosty air, quiet mood, ")
    assert result["strategy"] == "rules+model"
    assert result["template"]["name"] == "sdxl picture, instruct"
    assert result["template"]["version"] == 1
    assert result["fallback_level"] == "exact"
    assert result["trace"]["key"] == ["sdxl", "qwen_instruct", "image", "enhancement", "sfw"]
    assert result["trace"]["source"] == "cache"
    assert result["trace"]["steps"] == [
        {"step": "exact", "hit": True, "template": result["template"]["id"], "version": 1}
    ]
    assert 2 < result["tokens"] <= result["token_limit"] == 75
    assert result["token_estimator"] == "clip"
    assert (result["cut"], result["notes"]) == ([], [])
    assert result["expansion_percent"] > 0
    assert result["time_ms"] >= 0
    assert result["engine"] == {"id": "writer", "name": "Writer", "stand_in": True}


async def test_rules_only(person: httpx.AsyncClient) -> None:
    first, second = [await enhanced(person, seed=7, strategy="rules") for _ in range(2)]
    assert (first["strategy"], first["engine"]) == ("rules", None)
    assert first["enhanced_prompt"] == second["enhanced_prompt"]


async def test_clips_are_read_by_another_model(person: httpx.AsyncClient) -> None:
    result = await enhanced(person, job_type="video_fast", seed=1)
    assert result["template"]["name"] == "wan clip, instruct"
    assert result["token_limit"] == 100
    assert result["token_estimator"] == "clip_estimate"


async def test_without_templates_a_built_in_text_is_used_and_said(
    person: httpx.AsyncClient, database: Database
) -> None:
    async with database.system() as session:
        await session.execute(text("DELETE FROM prompt_templates"))
        await session.execute(text("UPDATE system_config SET config = '{}'"))
    result = await enhanced(person)
    assert result["template"] == {"id": None, "name": "built-in: picture", "version": 1}
    assert result["fallback_level"] == "built_in"
    assert "template_missing" in [note["code"] for note in result["notes"]]


async def test_refused_texts_are_not_repeated(person: httpx.AsyncClient) -> None:
    answer = await person.post("/api/prompts/enhance", json={"prompt": "two naked adults"})
    assert answer.status_code == 422
    assert answer.json()["error"] == "screened_text"
    assert "naked" not in answer.text


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"prompt": ""},
        {"prompt": "   "},
        {"prompt": "a\x00b"},
        {"prompt": "x" * 4001},
        {"prompt": "a fox", "job_type": "poem"},
        {"prompt": "a fox", "job_type": "a\x00b"},
        {"prompt": "a fox", "seed": -1},
        {"prompt": "a fox", "seed": 2**31},
        {"prompt": "a fox", "seed": "7"},
        {"prompt": "a fox", "strategy": "magic"},
        {"prompt": "a fox", "unknown": 1},
    ],
)
async def test_what_cannot_be_done_is_said(person: httpx.AsyncClient, body: dict[str, Any]) -> None:
    answer = await person.post("/api/prompts/enhance", json=body)
    assert answer.status_code == 422
    assert answer.json()["error"] == "invalid"
    assert answer.json()["field"] in {*body, "prompt"}


async def test_negative_prompts_for_display(person: httpx.AsyncClient) -> None:
    answer = (await person.get("/api/prompts/negative")).json()
    assert answer["model_type"] == "sdxl"
    assert answer["content_mode"] == "sfw"
    assert answer["items"][0] == "nudity, gore, violence"
    assert answer["base_negative_prompt"].startswith("nudity, gore, violence, deformed")
    wan = (await person.get("/api/prompts/negative?job_type=video_fast")).json()
    assert wan == {
        "base_negative_prompt": "",
        "items": [],
        "model_type": "wan",
        "content_mode": "sfw",
    }
    assert (await person.get("/api/prompts/negative?job_type=poem")).status_code == 422


async def test_the_negative_prompt_of_a_job(app: FastAPI, database: Database) -> None:
    async def of_a(job_type: str) -> str | None:
        return await rewriting.negative_for(
            database, own="(rain:1.2)", syntax="a1111", job_type=job_type
        )

    text = await of_a("sdxl_image_fast")
    assert text is not None
    assert text.startswith("(rain:1.2), nudity, gore")
    assert await of_a("image_fast") is None


@pytest.mark.parametrize(("method", "path"), ADMIN_ONLY)
async def test_templates_are_for_admins(
    person: httpx.AsyncClient, app: FastAPI, method: str, path: str
) -> None:
    assert (await person.request(method, path)).status_code == 403
    for role in ("moderator", "premium_user", "guest"):
        async with await client_for(app, f"a-{role.replace('_', '-')}", role) as other:
            assert (await other.request(method, path)).status_code == 403


@pytest.mark.parametrize(("method", "path"), [*ADMIN_ONLY, *EVERYBODY])
async def test_strangers_are_sent_away(app: FastAPI, method: str, path: str) -> None:
    async with await client_for(app, None) as stranger:
        body = {"prompt": "a fox"} if method == "POST" else None
        assert (await stranger.request(method, path, json=body)).status_code == 401


async def test_templates_by_page(admin: httpx.AsyncClient) -> None:
    seen: list[str] = []
    cursor = ""
    while True:
        page = (await admin.get(f"/api/prompts/templates?limit=5{cursor}")).json()
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert len(seen) == len(set(seen)) == len(seed_templates())
    one = (await admin.get(f"/api/prompts/templates/{seen[0]}")).json()
    assert one["id"] == seen[0]
    assert one["system_prompt"]
    assert (await admin.get(ADMIN_ONLY[1][1])).status_code == 404


async def test_the_cache_is_shown_and_refreshed(
    admin: httpx.AsyncClient, database: Database
) -> None:
    before = (await admin.get("/api/prompts/cache")).json()
    assert (before["present"], before["valid"], before["current"], before["stale"]) == (
        True, True, True, False,
    )  # fmt: skip
    assert (before["templates"], before["negative_prompts"]) == (len(seed_templates()), 4)
    async with database.system() as session:
        await session.execute(text("UPDATE prompt_templates SET system_prompt = 'Changed.'"))
    assert (await admin.get("/api/prompts/cache")).json()["current"] is False
    counts = (await admin.post("/api/prompts/cache/refresh")).json()
    assert counts["templates"] == len(seed_templates())
    after = (await admin.get("/api/prompts/cache")).json()
    assert after["current"] is True
    assert after["hash"] == counts["hash"] != before["hash"]


@pytest.mark.parametrize(
    ("change", "present", "said"),
    [
        ("config - 'promptCache'", False, "no prompt cache"),
        ("jsonb_set(config, '{promptCache,hash}', '\"bad\"')", True, "hash"),
    ],
)
async def test_a_cache_that_is_not_whole_is_told(
    admin: httpx.AsyncClient, database: Database, change: str, present: bool, said: str
) -> None:
    async with database.system() as session:
        await session.execute(text(f"UPDATE system_config SET config = {change}"))  # noqa: S608
    state = (await admin.get("/api/prompts/cache")).json()
    assert (state["present"], state["valid"]) == (present, False)
    assert said in state["reason"]


async def test_no_transaction_is_open_while_the_model_writes(
    app: FastAPI, person: httpx.AsyncClient, database: Database
) -> None:
    class Watching(Writer):
        async def run(self, request: Any, cancel: Any) -> AsyncIterator[Any]:
            async with database.system() as session:
                open_ones.append(
                    await session.scalar(
                        text(
                            "SELECT count(*) FROM pg_stat_activity WHERE datname = "
                            "current_database() AND pid <> pg_backend_pid() "
                            "AND state LIKE 'idle in transaction%'"
                        )
                    )
                )
            async for event in super().run(request, cancel):
                yield event

    open_ones: list[int] = []
    app.state.enhancer = Enhancer(Watching("frosty air"))
    await enhanced(person)
    assert open_ones == [0]
