"""Every door that free text comes in by is screened, or has a reason not to be."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from typer.main import get_command

from fabula.cli.main import app as command_line
from studio import Studio

FILE = Path(__file__).with_name("doors.txt")
REFUSED, NEGATIVE, NAME = "a child, nude", "clothes", "nude"
_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154"
    "789c63606060000000040001f61738550000000049454e44ae426082"
)
_LINE = re.compile(r"(.+?) +(screened|exempt)(?: +(.+))?")
_FOR_ADMINS = ("/api/people", "/api/model-", "/api/engine-servers", "/api/prompts/")
# Forms that hold no free text.
_FIXED = {"uuid", "date", "date-time", "binary", "email", "uri"}
# What else a request needs to be whole.
REST: dict[str, dict[str, Any]] = {
    "POST /api/jobs": {"prompt": "a person"},
    "POST /api/prompts/templates/try": {"system_prompt": "Add light.", "prompt": "a fox"},
    "POST /api/prompts/templates/answer": {
        "system_prompt": "Be brief.", "use_case": "chat_general", "message": "Hello",
    },
    "POST /api/engine-servers": {"kind": "a1111", "name": "a", "address": "http://127.0.0.1:9"},
    "POST /api/model-uploads": {"size": 9},
    "POST /api/model-configs": {
        "model_type": "SDXL", "config_name": "a", "config_data": {"steps": 5},
    },
    "POST /api/prompts/templates": {
        "template_name": "a", "use_case": "chat_general", "system_prompt": "Be brief.",
    },
    "POST /api/prompts/templates/{template_id}/versions": {
        "system_prompt": "Be kind.", "message": "Kinder",
    },
    "POST /api/prompts/negatives": {"negative_prompt": "grey"},
    "POST /api/prompts/presets": {"preset_name": "a"},
    "POST /api/prompts/weights": {"config_name": "a", "weights": {"lake": 1.2}},
}  # fmt: skip
_MADE = {
    "template_id": "INSERT INTO prompt_templates (enhancer_model, use_case, content_mode, "
    "template_name, system_prompt, is_active) "
    "VALUES ('qwen_base', 'roleplay', 'sfw', 'n', 'Play.', false) RETURNING id",
    "negative_id": "INSERT INTO negative_prompts (negative_prompt, content_mode) "
    "VALUES ('blurred', 'sfw') RETURNING id",
    "preset_id": "INSERT INTO enhancement_presets (preset_name, enable_qwen, enable_compel, "
    "auto_enhancement) VALUES ('plain', true, false, false) RETURNING id",
    "set_id": "INSERT INTO compel_configs (config_name, weights, config_hash) "
    "VALUES ('deep', '{\"sea\": 1.3}', 'x') RETURNING id",
}
# Options of the command line that name something that is there or are numbers, paths and codes.
_NAMES_OF_THINGS = {
    "user", "job_type", "role", "command", "head", "engine", "path", "target", "motion", "model",
}  # fmt: skip


def doors() -> dict[str, str]:
    """``screened`` or ``exempt`` by door, as the file says."""
    found = {}
    for line in FILE.read_text().splitlines():
        if line and not line.startswith("#"):
            parts = _LINE.fullmatch(line)
            assert parts, line
            place, kind, reason = parts.groups()
            assert place not in found, f"{place} has two lines"
            assert kind == "screened" or reason, f"{place} has no reason"
            found[place] = kind
    return found


def texts(schema: dict[str, Any], document: dict[str, Any], path: str = "") -> Iterator[str]:
    """The free texts of a schema, by their path."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    for part in schema.get("anyOf", ()):
        yield from texts(part, document, path)
    if schema.get("type") == "string":
        fixed = {"enum", "const", "contentMediaType"} & schema.keys()
        if not fixed and schema.get("format") not in _FIXED:
            yield path
    for name, part in schema.get("properties", {}).items():
        yield from texts(part, document, f"{path}.{name}".lstrip("."))
    for inner in ("items", "additionalProperties"):
        if isinstance(schema.get(inner), dict):
            yield from texts(schema[inner], document, path)


def doors_of(document: dict[str, Any]) -> set[str]:
    found = set()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            name = f"{method.upper()} {path}"
            content = operation.get("requestBody", {}).get("content", {})
            for body in content.values():
                found |= {f"{name} {field}" for field in texts(body["schema"], document)}
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "query" and any(texts(parameter["schema"], document, "x")):
                    found.add(f"{name} ?{parameter['name']}")
    return {door for door in found if not door.endswith(" ?cursor")}


def commands(group: Any, name: str) -> Iterator[tuple[str, Any]]:
    for part, command in sorted(group.commands.items()):
        if hasattr(command, "commands"):
            yield from commands(command, f"{name} {part}")
        else:
            yield f"{name} {part}", command


def test_every_free_text_of_the_api_has_a_line(studio: Studio) -> None:
    by_api = {door for door in doors() if not door.startswith("fabula ")}
    assert doors_of(studio.app.openapi()) == by_api


def test_every_free_text_of_the_command_line_has_a_line() -> None:
    makers = {"fabula generate", "fabula demo", "fabula user create", "fabula user grant"}
    found = {
        f"{name} {parameter.name}"
        for name, command in commands(get_command(command_line), "fabula")
        for parameter in command.params
        if name in makers
        and parameter.type_descriptor.annotation in {str, str | None}
        and parameter.name not in _NAMES_OF_THINGS | ({"name"} if "grant" in name else set())
    }
    assert found == {door for door in doors() if door.startswith("fabula ")}


def test_a_new_field_shows() -> None:
    body = {"properties": {"caption": {"anyOf": [{"type": "string"}, {"type": "null"}]}}}
    content = {"application/json": {"schema": body}}
    document = {"paths": {"/api/new": {"post": {"requestBody": {"content": content}}}}}
    assert doors_of(document) == {"POST /api/new caption"}


async def refusals(studio: Studio) -> list[dict[str, Any]]:
    async with studio.database.system() as session:
        rows = await session.execute(
            text(
                "SELECT * FROM user_activity_log WHERE action = 'content.refused' "
                "ORDER BY created_at"
            )
        )
        return [dict(row._mapping) for row in rows]


async def test_every_screened_door_refuses_and_notes_it_once(studio: Studio) -> None:
    staged = (await studio.made(prompt="a boat", count=2))["assets"]
    kept = (await studio.client.post(f"/api/workspace/assets/{staged[0]['id']}/keep")).json()
    sessions = (await studio.client.get("/api/workspace/sessions")).json()["items"]
    screened = [d for d, kind in doors().items() if kind == "screened" and "/api/" in d]
    assert len(screened) > 30
    made = {name: str(await studio.scalar(insert)) for name, insert in _MADE.items()}
    async with await studio.person("root", "admin") as root:
        for count, door in enumerate(screened, 1):
            method, path, field = door.split()
            shelf = kept["id"] if "/library/" in path else staged[1]["id"]
            place = path.format(
                **made,
                asset_id=shelf,
                session_id=sessions[0]["id"],
                name="sea",
                server_id=kept["id"],
            )
            rest = REST.get(f"{method} {path}", {})
            client = root if needs_admin(path) else studio.client
            answer = await sent(client, method, place, field, rest)
            assert (answer.status_code, answer.json()["error"]) == (422, "screened_text"), door
            noted = await refusals(studio)
            assert len(noted) == count, door
            assert noted[-1]["metadata"]["after"] == {"door": f"{method} {place}"}
            for told in (answer.text, json.dumps(noted, default=str)):
                assert REFUSED not in told


def needs_admin(path: str) -> bool:
    return path.startswith(_FOR_ADMINS) and not path.startswith("/api/prompts/enhance")


async def sent(
    client: httpx.AsyncClient, method: str, place: str, field: str, rest: dict[str, Any]
) -> httpx.Response:
    value: Any = {"negative_prompt": NEGATIVE, "username": NAME}.get(field, REFUSED)
    value = [value] if field in {"tags", "entries"} else value
    for name in reversed(field.split(".")):
        value = {name: value}
    body = {**rest, **value}
    return await client.request(method, place, json=body)


@pytest.mark.parametrize("name", ["child_nude.png", "a child, nude.jpg"])
async def test_the_name_of_an_upload_is_screened(studio: Studio, name: str) -> None:
    answer = await studio.client.post("/api/uploads", files={"file": (name, _PNG, "image/png")})
    assert answer.json()["error"] == "screened_text"
    assert len(await refusals(studio)) == 1
    assert await studio.scalar("SELECT count(*) FROM studio.uploads") == 0


async def test_the_worker_asks_again_before_it_draws(studio: Studio) -> None:
    job = await studio.submit(prompt="a boat")
    async with studio.database.system() as session:
        await session.execute(
            text(
                "UPDATE jobs SET metadata = jsonb_set(metadata, '{prompt_final}', to_jsonb(:t)) "
            ).bindparams(t=REFUSED)
        )
    async with studio.working():
        ended = await studio.ended(job["id"])
    assert (ended["status"], ended["error"]["code"]) == ("failed", "screened_text")
    assert not ended["error"]["retryable"]
    (noted,) = await refusals(studio)
    assert noted["user_id"] == studio.caller.user_id
    assert noted["metadata"]["after"] == {"door": "worker"}


async def test_the_same_again_is_screened(studio: Studio) -> None:
    job = await studio.made(prompt="a boat")
    async with studio.database.system() as session:
        change = "UPDATE jobs SET metadata = jsonb_set(metadata, '{prompt_original}', to_jsonb(:t))"
        await session.execute(text(change).bindparams(t=REFUSED))
    answer = await studio.client.post(f"/api/jobs/{job['id']}/again")
    assert answer.json()["error"] == "screened_text"
    assert len(await refusals(studio)) == 1
