"""Every endpoint of the OpenAPI document with every actor, at what is Ada's: what comes out is what
``endpoints.txt`` says.

Each call goes to a copy of one prepared database, which is thrown away when something was changed.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from belongings import NAME, make_belongings
from sqlalchemy import text

from fabula.accounts import service
from fabula.core.database import Database
from studio import Studio, client_of

FILE = Path(__file__).with_name("endpoints.txt")
ACTORS = ("nobody", "guest", "owner", "other", "moderator", "admin")
ROLES = {"guest": "guest", "other": "basic_user", "moderator": "moderator", "admin": "admin"}
_PASSWORD = "a long enough secret"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154"
    "789c63606060000000040001f61738550000000049454e44ae426082"
)
# A stream has no end, so only who may not open it is asked.
_ENDLESS = "GET /api/events"
BODIES: dict[str, dict[str, Any]] = {
    "POST /api/auth/login": {"username": "ada", "password": "wrong"},
    "POST /api/auth/link": {"token": "x"},
    "PUT /api/me/password": {"new_password": _PASSWORD},
    "POST /api/me/api-keys": {"name": "k"},
    "POST /api/me/two-factor/confirm": {"code": "000000"},
    "POST /api/me/two-factor/recovery-codes": {"code": "000000"},
    "POST /api/me/two-factor/remove": {"code": "000000"},
    "PUT /api/me/content": {"mode": "general"},
    "POST /api/me/age": {"birth_date": "1980-05-17"},
    "PUT /api/people/{person_id}/age": {"verified": True, "reason": "a test"},
    "POST /api/auth/oidc/code": {"code": "000000"},
    "POST /api/people": {"username": "newcomer"},
    "POST /api/people/{person_id}/suspend": {"reason": "a test"},
    "POST /api/people/{person_id}/credits": {"amount": 5, "reason": "a test"},
    "PUT /api/people/{person_id}/plan": {"plan": None},
    "DELETE /api/people/{person_id}": {"reason": "a test"},
    "POST /api/me/delete": {"username": "ada"},
    "POST /api/jobs": {"prompt": "a fox"},
    "POST /api/jobs/upscale": {"asset_id": str(uuid4())},
    "PUT /api/jobs/{job_id}/rating": {"quality": 7},
    "POST /api/prompts/enhance": {"prompt": "a fox", "strategy": "rules"},
    "POST /api/prompts/enhance/stream": {"prompt": "a fox", "strategy": "rules"},
    "POST /api/prompts/templates": {
        "template_name": "t", "use_case": "chat_general", "system_prompt": "Answer briefly.",
    },
    "POST /api/prompts/templates/check": {"system_prompt": "x", "use_case": "chat_general"},
    "POST /api/prompts/templates/try": {"system_prompt": "Add light.", "prompt": "a fox"},
    "POST /api/prompts/templates/answer": {
        "system_prompt": "Be brief.", "use_case": "chat_general", "message": "Hello",
    },
    "POST /api/prompts/templates/import": {
        "text": '[{"template_name": "t", "use_case": "roleplay", "system_prompt": "Play."}]',
    },
    "PATCH /api/prompts/templates/{template_id}": {"is_active": False},
    "POST /api/prompts/templates/{template_id}/duplicate": {"template_name": "u"},
    "POST /api/prompts/templates/{template_id}/versions": {
        "system_prompt": "Answer kindly.", "message": "Kinder",
    },
    "POST /api/prompts/templates/{template_id}/versions/{number}/publish": {"replace": True},
    "PUT /api/prompts/templates/{template_id}/labels/{label}": {"version": 2},
    "POST /api/prompts/negatives": {"negative_prompt": "smeared"},
    "PUT /api/prompts/negatives/order": {"ids": []},
    "PATCH /api/prompts/negatives/{negative_id}": {"is_active": False},
    "POST /api/prompts/presets": {"preset_name": "calm"},
    "PATCH /api/prompts/presets/{preset_id}": {"preset_name": "calmer"},
    "POST /api/prompts/weights": {"config_name": "calm", "weights": {"lake": 1.2}},
    "PATCH /api/prompts/weights/{set_id}": {"is_active": True},
    "POST /api/prompts/translate": {"text": "a (fox)"},
    "PATCH /api/prompt-book/history/{prompt_id}": {"is_favorite": True},
    "PUT /api/prompt-book/lists/{name}": {"entries": ["a"]},
    "PUT /api/prompt-book/snippets/{name}": {"text": "a"},
    "POST /api/prompt-book/expand": {"prompt": "{a|b}"},
    "POST /api/model-configs": {
        "model_type": "SDXL", "config_name": "b", "config_data": {"steps": 5},
    },
    "PUT /api/engine-defaults/{use}": {"engine": "reference-card"},
    "POST /api/engine-servers": {"kind": "a1111", "name": "B", "address": "http://127.0.0.1:9"},
    "PATCH /api/engine-servers/{server_id}": {"name": "C"},
    "POST /api/model-uploads": {"name": "a.gguf", "size": 9},
    "POST /api/workspace/sessions": {"name": "Sea"},
    "PATCH /api/workspace/sessions/{session_id}": {"name": "Lake"},
    "POST /api/workspace/jobs/{job_id}/keep": {},
    "POST /api/workspace/assets/{asset_id}/keep": {},
    "PATCH /api/library/assets/{asset_id}": {"title": "Lake"},
}  # fmt: skip
# What a request without a body cannot do without.
QUERIES: dict[str, dict[str, Any]] = {
    "GET /api/prompts/templates/simulate": {"use_case": "chat_general"},
    "PUT /api/model-uploads/{upload_id}": {"offset": 0},
    "GET /api/prompts/templates/{template_id}/diff": {"old": 1, "new": 2},
}
# Tables that every request may write, whoever it is from: the trail, counts of tries.
_NOTED = {"user_activity_log", "trail_chain", "trail_head", "sign_in_buckets", "alembic_version"}
_TABLES = """
SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ('public', 'studio', 'auth') AND c.relkind = 'r' AND NOT c.relname = ANY(%s)
ORDER BY 1
"""
_ROWS = """
SELECT md5(string_agg(row, '' ORDER BY row)) FROM (
    SELECT (to_jsonb(t) - '{{last_used_at,last_seen_at}}'::text[])::text AS row FROM {} t) rows
WHERE strpos(row, %(user)s) = 0
"""


@dataclass(frozen=True)
class Copy:
    """A copy of the prepared database."""

    dsn: str
    connection: psycopg.Connection[Any]
    database: Database

    def fingerprint(self, user: str) -> list[Any]:
        """All rows of the database that do not name a person."""
        tables = [str(row[0]) for row in self.connection.execute(_TABLES, [list(_NOTED)])]
        union = " UNION ALL ".join(f"({_ROWS.format(table)})" for table in tables)
        return self.connection.execute(union.encode(), {"user": user}).fetchall()


@dataclass
class Prepared:
    """A database in which Ada has one of everything, and who can ask there."""

    server: Any
    studio: Studio
    source: str
    ids: dict[str, str]
    operators: dict[str, str]
    keys: dict[str, str | None]
    users: dict[str, str]
    calls: int = 0
    copy: Copy | None = None

    async def ready(self) -> Copy:
        """The copy of the database that calls go to, made anew after a change."""
        if self.copy is None:
            # The text engine of the moment is looked up in the studio's own database.
            await self.studio.database.close()
            dsn = self.server.create(self.source)
            connection = psycopg.connect(dsn, autocommit=True)
            database = Database(dsn, pool_size=2, name="walk", secret=b"of the walk")
            self.copy = Copy(dsn, connection, database)
            self.studio.app.state.database = database
        return self.copy

    async def throw_away(self) -> None:
        if self.copy:
            self.copy.connection.close()
            await self.copy.database.close()
            self.server.drop(self.copy.dsn)
            self.copy = None

    async def outcome(self, method: str, path: str, actor: str) -> str:
        """``401``, ``403``, ``404``, or what a caller who is let in does: ``in``, ``sees``
        something of Ada, ``changes`` what is not their own."""
        operation = f"{method} {path}"
        if operation == _ENDLESS and actor != "nobody":
            return "-"
        copy, safe = await self.ready(), method == "GET"
        copy.connection.execute("DELETE FROM auth.sign_in_buckets")
        before = [] if safe else copy.fingerprint(self.users[actor])
        async with client_of(self.studio.app, self.keys[actor]) as client:
            answer = await client.request(method, self.place(path), **self.sent(operation))
        self.calls += 1
        changes = not safe and copy.fingerprint(self.users[actor]) != before
        if not safe and (changes or (answer.is_success and actor == "owner")):
            await self.throw_away()
        assert answer.status_code < 500 or "/health/" in path, (operation, actor, answer.text)
        if changes:
            return "changes"
        if answer.status_code in {401, 403, 404}:
            return str(answer.status_code)
        seen = any(value in answer.text for value in (*self.ids.values(), NAME))
        return "sees" if answer.is_success and seen else "in"

    def place(self, path: str) -> str:
        area = path.split("/")[2]
        values = {
            **self.ids,
            **self.operators,
            "role": "premium_user",
            "provider": "home",
            "use": "sdxl_image_fast",
            "index": "0",
            "number": "2",
            "label": "tested",
            "name": "sea",
            "asset_id": self.ids["kept" if area == "library" else "staged"],
            "session_id": self.ids["workspace" if area == "workspace" else "sign_in"],
        }
        return path.format(**values)

    @staticmethod
    def sent(operation: str) -> dict[str, Any]:
        if operation == "POST /api/uploads":
            return {"files": {"file": ("a.png", PNG, "image/png")}}
        if operation in QUERIES:
            return {"params": QUERIES[operation]}
        body = BODIES.get(operation)
        return {} if body is None else {"json": body}


@pytest.fixture
async def prepared(studio: Studio, server: Any) -> AsyncIterator[Prepared]:
    ids = await make_belongings(studio)
    keys: dict[str, str | None] = {
        "nobody": None, "owner": studio.client.headers["authorization"].removeprefix("Bearer "),
    }  # fmt: skip
    users = {"nobody": str(uuid4()), "owner": ids["person_id"]}
    async with studio.database.system() as session:
        for actor, role in ROLES.items():
            account = await service.create_account(session, actor, role)
            _, keys[actor] = await service.create_api_key(session, account.id, "walk")
            users[actor] = str(account.id)
        template = await session.scalar(
            text(
                "INSERT INTO prompt_templates (enhancer_model, use_case, template_name, "
                "content_mode, system_prompt, is_active) VALUES ('qwen_instruct', 'chat_general', "
                "'n', 'sfw', 'Be brief.', true) RETURNING id"
            )
        )
        negative = await session.scalar(
            text("INSERT INTO negative_prompts (negative_prompt) VALUES ('blurred') RETURNING id")
        )
        preset = await session.scalar(
            text(
                "INSERT INTO enhancement_presets (preset_name, enable_qwen, enable_compel, "
                "auto_enhancement) VALUES ('plain', true, false, false) RETURNING id"
            )
        )
        weights = await session.scalar(
            text(
                "INSERT INTO compel_configs (config_name, weights, config_hash) "
                "VALUES ('deep', '{\"sea\": 1.3}', 'x') RETURNING id"
            )
        )
        attic = await session.scalar(
            text(
                "INSERT INTO studio.engine_servers (engine_id, kind, name, address) VALUES "
                "('a1111-a', 'a1111', 'A', 'http://127.0.0.1:9') RETURNING id"
            )
        )
    model = await studio.scalar(
        "INSERT INTO studio.model_files (path, root, name, kind, size, modified, preview, "
        "missing_since) VALUES ('/m/a.gguf', '/m', 'a', 'language_model', 1, 1, 'x', now()) "
        "RETURNING id"
    )
    upload = await studio.scalar(
        "INSERT INTO studio.model_uploads (name, size) VALUES ('b.gguf', 1) RETURNING id"
    )
    async with studio.database.system() as session:
        await session.execute(
            text(
                "INSERT INTO studio.template_versions (template_id, number, system_prompt, message)"
                " VALUES (:id, 2, 'Be brief and kind.', 'Kinder')"
            ),
            {"id": template},
        )
        await session.execute(
            text("INSERT INTO studio.template_labels VALUES (:id, 'tested', 1)"), {"id": template}
        )
    config = await studio.scalar("SELECT id FROM model_config_history")
    walk = Prepared(
        server, studio, str(psycopg.conninfo.conninfo_to_dict(studio.database.dsn)["dbname"]),
        ids,
        {
            "template_id": str(template), "negative_id": str(negative), "config_id": str(config),
            "preset_id": str(preset), "set_id": str(weights), "server_id": str(attic),
            "engine_id": "reference-card", "file_id": str(model), "upload_id": str(upload),
        },
        keys, users,
    )  # fmt: skip
    await studio.database.close()
    yield walk
    await walk.throw_away()


def operations(studio: Studio) -> list[tuple[str, str]]:
    return [
        (method.upper(), path)
        for path, methods in studio.app.openapi()["paths"].items()
        for method in methods
    ]


def read_file() -> dict[str, dict[str, str]]:
    lines = [line for line in FILE.read_text().splitlines() if line and not line.startswith("#")]
    assert tuple(lines[0].split()[2:]) == ACTORS
    cells = {}
    for line in lines[1:]:
        method, path, *outcomes = line.split()
        assert f"{method} {path}" not in cells
        cells[f"{method} {path}"] = dict(zip(ACTORS, outcomes, strict=True))
    return cells


def test_every_endpoint_has_a_line(studio: Studio) -> None:
    assert sorted(f"{method} {path}" for method, path in operations(studio)) == sorted(read_file())


@pytest.mark.timeout(900)
async def test_every_endpoint_and_actor(
    prepared: Prepared, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted, found = read_file(), []
    for method, path in operations(prepared.studio):
        for actor in ACTORS:
            outcome = await prepared.outcome(method, path, actor)
            expected = wanted[f"{method} {path}"][actor]
            if outcome != expected:
                found.append(f"{method} {path} {actor}: {outcome} and not {expected}")
    with capsys.disabled():
        print(f"\naccess by HTTP: {prepared.calls} calls of {len(wanted)} endpoints")  # noqa: T201
    assert not found, "\n".join(found)
    assert prepared.calls > 300
