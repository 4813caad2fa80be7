"""Templates through the API: drafts, publication, rollback, labels, checks, files."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import psycopg
import pytest

from fabula.core.database import Database
from fabula.prompting.keys import TemplateKey
from fabula.prompting.lookups import template_for
from fabula.prompting.seeds import seed
from fabula.prompting.templates import kinds, views
from fabula.prompting.templates.coverage import keys
from fabula.prompting.templates.diffing import diff
from fabula.prompting.templates.schemas import UseCaseName
from studio import Studio

T = "/api/prompts/templates"
NEW = {
    "template_name": "harbour guide",
    "use_case": "chat_creative",
    "job_type": "chat",
    "target_model": "wan",
    "system_prompt": "Tell of harbours.\nBe brief.",
    "token_limit": 300,
}
KEY = TemplateKey("wan", "qwen_instruct", "chat", "chat_creative", "sfw")


@pytest.fixture
async def admin(studio: Studio) -> AsyncIterator[httpx.AsyncClient]:
    async with studio.database.system() as session:
        await seed(session)
    async with await studio.person("grace", "admin") as client:
        yield client


async def _made(client: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    answer = await client.post(T, json={**NEW, **changes})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def _published(
    client: httpx.AsyncClient, template_id: str, number: int, **body: Any
) -> dict[str, Any]:
    answer = await client.post(f"{T}/{template_id}/versions/{number}/publish", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_draft_is_used_once_it_is_published_by_every_process(
    studio: Studio, admin: httpx.AsyncClient
) -> None:
    other = Database(studio.database.dsn, pool_size=1, name="other process")
    try:
        before = await template_for(other, KEY)
        made = await _made(admin)
        assert (made["is_active"], made["version"], made["latest_version"]) == (False, 1, 1)
        assert (await template_for(other, KEY)).id == before.id
        await _published(admin, made["id"], 1)
        found = await template_for(other, KEY)
    finally:
        await other.close()
    assert (str(found.id), found.version, found.trace.source) == (made["id"], 1, "cache")


async def test_versions_raise_the_number_and_rolling_back_does_too(
    studio: Studio, admin: httpx.AsyncClient
) -> None:
    made = await _made(admin)
    place = f"{T}/{made['id']}"
    await _published(admin, made["id"], 1)
    second = {**_text("Tell of ships.\nBe brief."), "message": "Ships", "based_on": 1}
    saved = await admin.post(f"{place}/versions", json=second)
    assert saved.status_code == 201
    assert (saved.json()["version"], saved.json()["latest_version"]) == (1, 2)
    assert (await template_for(studio.database, KEY)).system_prompt.startswith("Tell of harbours")
    assert (await _published(admin, made["id"], 2))["version"] == 2
    back = await _published(admin, made["id"], 1)
    assert (back["version"], back["system_prompt"]) == (3, NEW["system_prompt"])
    assert (await template_for(studio.database, KEY)).version == 3
    history = (await admin.get(f"{place}/versions")).json()["items"]
    assert [(v["number"], v["message"], v["author"]) for v in history] == [
        (3, "Back to version 1", "grace"),
        (2, "Ships", "grace"),
        (1, "First version", "grace"),
    ]
    assert [v["in_use"] for v in history] == [True, False, False]
    page = (await admin.get(f"{place}/versions", params={"limit": 2})).json()
    rest = await admin.get(f"{place}/versions", params={"before": page["next_cursor"]})
    assert [v["number"] for v in rest.json()["items"]] == [1]


async def test_nobody_covers_what_somebody_else_saved(admin: httpx.AsyncClient) -> None:
    made = await _made(admin)
    versions = f"{T}/{made['id']}/versions"
    first = {**_text("One."), "message": "Mine", "based_on": 1}
    assert (await admin.post(versions, json=first)).status_code == 201
    second = await admin.post(versions, json={**_text("Two."), "message": "Theirs", "based_on": 1})
    assert (second.status_code, second.json()["error"]) == (409, "version_overtaken")
    assert "Version 2 was saved meanwhile" in second.json()["detail"]
    same = await admin.post(versions, json={**_text("One."), "message": "Again", "based_on": 2})
    assert (same.status_code, same.json()["error"]) == (409, "version_unchanged")


async def test_one_template_a_request_is_in_use(studio: Studio, admin: httpx.AsyncClient) -> None:
    one = await _made(admin)
    two = await _made(admin, template_name="another guide")
    await _published(admin, one["id"], 1)
    refused = await admin.post(f"{T}/{two['id']}/versions/1/publish", json={})
    assert (refused.status_code, refused.json()["error"]) == (409, "template_rival")
    assert "harbour guide" in refused.json()["detail"]
    await _published(admin, two["id"], 1, replace=True)
    assert not (await admin.get(f"{T}/{one['id']}")).json()["is_active"]
    again = await admin.patch(f"{T}/{one['id']}", json={"is_active": True})
    assert again.status_code == 409
    off = await admin.patch(f"{T}/{two['id']}", json={"is_active": False})
    assert not off.json()["is_active"]
    assert (await template_for(studio.database, KEY)).name == "conversation, creative"
    assert (await admin.patch(f"{T}/{one['id']}", json={"is_active": True})).status_code == 200
    assert str((await template_for(studio.database, KEY)).id) == one["id"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"system_prompt": "You are {{character_nam}}."}, "system_prompt"),
        ({"system_prompt": "You are {{mood}}."}, "system_prompt"),
        ({"use_case": "roleplay", "system_prompt": "The mood: {{mood"}, "system_prompt"),
        ({"token_limit": 5000}, "token_limit"),
        ({"use_case": "enhancement", "target_model": "sdxl", "token_limit": 90}, "token_limit"),
        ({"system_prompt": "   "}, "system_prompt"),
        ({"system_prompt": "harbour " * 4100}, "system_prompt"),
    ],
)
async def test_what_cannot_work_is_refused(
    admin: httpx.AsyncClient, changes: dict[str, Any], field: str
) -> None:
    answer = await admin.post(T, json={**NEW, **changes})
    assert answer.status_code == 422
    assert answer.json()["field"] == field


async def test_a_check_tells_what_is_used_and_what_is_not(admin: httpx.AsyncClient) -> None:
    body = {"use_case": "roleplay", "token_limit": 100, "system_prompt": "The mood: {{ mood }}."}
    found = (await admin.post(f"{T}/check", json=body)).json()
    assert (found["placeholders_used"], found["placeholders_unused"]) == (
        ["mood"],
        ["scene_context"],
    )
    assert {remark["code"] for remark in found["remarks"]} == {"placeholder_unused", "limit_small"}
    assert all(remark["level"] == "warning" for remark in found["remarks"])
    assert found["tokens"] > 3


async def test_labels_move(admin: httpx.AsyncClient) -> None:
    made = await _made(admin)
    place = f"{T}/{made['id']}"
    await admin.post(f"{place}/versions", json={**_text("Two."), "message": "Two"})
    await admin.put(f"{place}/labels/tested", json={"version": 1})
    moved = await admin.put(f"{place}/labels/tested", json={"version": 2})
    assert moved.json()["labels"] == [{"label": "tested", "version": 2}]
    assert (await admin.put(f"{place}/labels/x", json={"version": 9})).status_code == 404
    assert (await admin.put(f"{place}/labels/A b", json={"version": 1})).status_code == 422
    assert (await admin.delete(f"{place}/labels/tested")).json()["labels"] == []
    assert (await admin.delete(f"{place}/labels/tested")).status_code == 404


async def test_search_and_filters(admin: httpx.AsyncClient) -> None:
    made = await _made(admin)

    async def ids(**params: Any) -> list[str]:
        return [one["id"] for one in (await admin.get(T, params=params)).json()["items"]]

    assert await ids(search="HARBOUR") == [made["id"]]
    assert await ids(search="tell of harb") == [made["id"]]
    assert await ids(search="100%") == []
    assert await ids(use_case="chat_creative", target_model="wan") == [made["id"]]
    assert made["id"] not in await ids(active=True)
    assert await ids(drafts=True) == []
    await admin.post(f"{T}/{made['id']}/versions", json={**_text("Two."), "message": "Two"})
    assert await ids(drafts=True) == [made["id"]]


async def test_a_copy_is_a_draft_for_something_else(admin: httpx.AsyncClient) -> None:
    made = await _made(admin)
    body = {"template_name": "harbour guide", "enhancer_model": "qwen_base"}
    copy = (await admin.post(f"{T}/{made['id']}/duplicate", json=body)).json()
    assert copy["system_prompt"] == made["system_prompt"]
    assert (copy["enhancer_model"], copy["is_active"]) == ("qwen_base", False)
    twin = await admin.post(f"{T}/{made['id']}/duplicate", json={"template_name": "harbour guide"})
    assert (twin.status_code, twin.json()["error"]) == (409, "template_name_taken")


async def test_the_simulator_says_why(admin: httpx.AsyncClient) -> None:
    found = await admin.get(
        f"{T}/simulate",
        params={"use_case": "enhancement", "target_model": "sdxl", "job_type": "image",
                "content_mode": "nsfw"},
    )  # fmt: skip
    body = found.json()
    assert body["fallback_level"] == "milder_mode"
    assert [step["step"] for step in body["trace"]["steps"]] == [
        "exact", "swap_enhancer", "milder_mode",
    ]  # fmt: skip
    assert len(body["sentences"]) == 4
    none = await admin.get(
        f"{T}/simulate", params={"use_case": "roleplay", "content_mode": "admin"}
    )
    assert none.json()["fallback_level"] == "built_in"
    assert none.json()["template"]["id"] is None


async def test_the_seeds_cover_the_general_mode(admin: httpx.AsyncClient) -> None:
    body = (await admin.get(f"{T}/coverage")).json()
    assert len(body["cells"]) == len(list(keys()))
    for cell in body["cells"]:
        if cell["content_mode"] == "sfw":
            assert cell["step"] in {"exact", "swap_enhancer"}, cell
        elif cell["content_mode"] == "nsfw":
            assert cell["step"] in {"milder_mode", "built_in"}, cell


def test_use_cases_have_one_list() -> None:
    assert set(kinds.USE_CASES) == set(UseCaseName.__args__)  # type: ignore[attr-defined]


async def test_files_come_back_as_they_went(studio: Studio, admin: httpx.AsyncClient) -> None:
    made = await _made(admin, system_prompt='Say "yes",\nthen no; ümlaut.')
    for kind in ("json", "csv"):
        text = (await admin.get(f"{T}/export", params={"format": kind})).text
        done = (await admin.post(f"{T}/import", json={"text": text})).json()
        assert {item["done"] for item in done["items"]} == {"same"}
        assert len(done["items"]) == await studio.scalar("SELECT count(*) FROM prompt_templates")
        changed = text.replace("ümlaut", "accent")
        tried = (await admin.post(f"{T}/import", json={"text": changed, "dry_run": True})).json()
        assert [i["template_name"] for i in tried["items"] if i["done"] == "version"] == [
            "harbour guide"
        ]
        assert (await admin.get(f"{T}/{made['id']}")).json()["latest_version"] == 1
        await admin.delete(f"{T}/{made['id']}")
        again = (await admin.post(f"{T}/import", json={"text": text})).json()
        assert sum(item["done"] == "new" for item in again["items"]) == 1
        made = (await admin.get(T, params={"search": "ümlaut"})).json()["items"][0]
        assert made["system_prompt"] == 'Say "yes",\nthen no; ümlaut.'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "no JSON"),
        ('{"x": 1}', "A file of templates is"),
        ("a,b\r\n1,2\r\n", "lacks"),
        (json.dumps([{**NEW}, {**NEW, "use_case": "dreams"}]), "Template 2 of the file, use_case"),
        (json.dumps([{**NEW}, {**NEW, "template_name": "b", "token_limit": 9}]), "between"),
    ],
)
async def test_a_wrong_file_changes_nothing(
    studio: Studio, admin: httpx.AsyncClient, text: str, said: str
) -> None:
    before = await studio.scalar("SELECT count(*) FROM prompt_templates")
    answer = await admin.post(f"{T}/import", json={"text": text})
    assert answer.status_code == 422
    assert said in answer.json()["detail"]
    assert await studio.scalar("SELECT count(*) FROM prompt_templates") == before


async def test_every_change_is_in_the_trail_once(studio: Studio, admin: httpx.AsyncClient) -> None:
    made = await _made(admin)
    await _published(admin, made["id"], 1)
    await admin.delete(f"{T}/{made['id']}")
    found = await studio.scalar(
        "SELECT array_agg(action ORDER BY created_at) FROM user_activity_log "
        "WHERE resource_id = :id",
        id=made["id"],
    )
    assert found == ["template.made", "template.published", "template.deleted"]


def test_history_is_kept_whoever_writes(
    connection: psycopg.Connection[tuple[Any, ...]],
) -> None:
    row = connection.execute(
        "INSERT INTO prompt_templates (enhancer_model, use_case, template_name, system_prompt) "
        "VALUES ('qwen_base', 'roleplay', 'by hand', 'one') RETURNING id"
    ).fetchone()
    assert row
    connection.execute("UPDATE prompt_templates SET system_prompt = 'two'")
    connection.execute("UPDATE prompt_templates SET comment = 'three', version = 1")
    found = connection.execute(
        "SELECT number, system_prompt, comment, message, published_at IS NOT NULL "
        "FROM studio.template_versions ORDER BY number"
    ).fetchall()
    assert found == [
        (1, "one", None, "First version", True),
        (2, "two", None, "Changed past the studio", True),
        (3, "two", "three", "Changed past the studio", True),
    ]
    assert connection.execute("SELECT version FROM prompt_templates").fetchone() == (3,)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("UPDATE studio.template_versions SET system_prompt = 'other'")


def test_a_diff_shows_words_within_lines() -> None:
    found = diff("Be brief.\nTell of ships.\nEnd.", "Be brief.\nTell of boats.\nEnd.\nMore.")
    assert [(line.kind, line.old, line.new) for line in found] == [
        ("same", 1, 1),
        ("removed", 2, None),
        ("added", None, 2),
        ("same", 3, 3),
        ("added", None, 4),
    ]
    assert [piece.text for piece in found[1].pieces if piece.changed] == ["ships"]
    assert [piece.text for piece in found[2].pieces if piece.changed] == ["boats"]


def _text(system_prompt: str) -> dict[str, Any]:
    return {"system_prompt": system_prompt, "token_limit": 300}


async def test_a_text_is_tried_before_it_is_saved(admin: httpx.AsyncClient) -> None:
    body = {"system_prompt": "Add light.", "token_limit": 20, "prompt": "a red fox"}
    answer = await admin.post(f"{T}/try", json=body)
    assert answer.status_code == 200
    tried = answer.json()
    assert tried["enhanced_prompt"].startswith("a red fox")
    assert tried["token_limit"] == 20
    assert tried["template"]["id"] is None


async def test_no_clip_is_tried_for_a_target_that_makes_none(admin: httpx.AsyncClient) -> None:
    body = {"system_prompt": "Add light.", "prompt": "a fox", "job_type": "video"}
    answer = await admin.post(f"{T}/try", json=body)
    assert (answer.status_code, answer.json()["field"]) == (422, "job_type")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.4, "0 seconds"),
        (1.2, "1 second"),
        (1948, "32 minutes"),
        (5500, "2 hours"),
        (1e5, "1 day"),
    ],
)
def test_the_age_of_the_cache_is_said_in_the_unit_that_fits(seconds: float, said: str) -> None:
    assert views._span(seconds) == said
