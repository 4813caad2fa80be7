"""The prompt cache: it answers as the tables would, is rebuilt with them, and is not trusted."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, text
from structlog.testing import capture_logs
from template_rows import FULL, GRID, KEY, row

from fabula.core.clock import now
from fabula.core.database import Database
from fabula.prompting import repository, service
from fabula.prompting.cache import PromptCache
from fabula.prompting.cache_shape import CACHE_KEY, CacheBroken, build, digest, parse
from fabula.prompting.keys import TemplateKey
from fabula.prompting.lookups import cache_alarm, negatives_for, template_for
from fabula.prompting.seeds import seed
from fabula.prompting.selection import TemplateRow, select
from fabula.runtime_config import service as runtime_config

BUILT = datetime(2026, 3, 1, 9, tzinfo=UTC)
NEGATIVES = {("sdxl", "sfw"): ("blurry", "frame"), ("sdxl", "nsfw"): ("blurry",)}
SEED_KEY = TemplateKey("sdxl", "qwen_instruct", "image", "enhancement", "sfw")


def stored(rows: list[TemplateRow]) -> dict[str, Any]:
    """As it comes back from the database."""
    body: dict[str, Any] = json.loads(json.dumps(build(rows, NEGATIVES, BUILT)))
    return body


async def seeded(database: Database) -> None:
    async with database.system() as session:
        await seed(session)


async def execute(database: Database, statement: str, **params: Any) -> None:
    async with database.system() as session:
        await session.execute(text(statement), params)


async def cache_in(database: Database) -> dict[str, Any]:
    async with database.system() as session:
        body: dict[str, Any] = await session.scalar(
            text("SELECT config -> 'promptCache' FROM system_config")
        )
        return body


def test_the_shape() -> None:
    chat = TemplateKey(None, "qwen_instruct", "chat", "chat_general", "sfw")
    body = stored([row(1, KEY), row(2, chat)])
    cell = body["templateCache"]["enhancement"]["sdxl"]["qwen_instruct"]["image"]
    assert cell["enhancement"]["sfw"]["system_prompt"] == "Text 1."
    assert body["templateCache"]["chat"]["sfw"]["general"]["system_prompt"] == "Text 2."
    assert body["negativeCache"]["sdxl"] == {"sfw": ["blurry", "frame"], "nsfw": ["blurry"]}
    assert body["nsfwTerms"] == []
    assert body["version"] == "3.0.0"
    assert body["metadata"] == {
        "templateCount": 2,
        "negativePromptCount": 3,
        "nsfwTermCount": 0,
        "refreshedAt": body["builtAt"],
    }
    assert body["hash"] == digest(body)
    assert len(body["hash"]) == 64


def test_it_holds_every_row() -> None:
    rows = [*FULL, row(900, KEY, version=7), row(901, KEY, target_model=None)]
    content = parse(stored(rows))
    assert set(content.templates) == set(rows)
    assert content.negatives == NEGATIVES
    assert content.built_at == BUILT


@pytest.mark.parametrize("cell", GRID)
def test_it_answers_as_the_tables_would(cell: tuple[str, ...]) -> None:
    key = TemplateKey(*cell)
    rows = [r for r in FULL if r.id.int % 3] + [row(900 + i, key, version=i) for i in range(2)]
    cached = select(parse(stored(rows)).templates, key)
    direct = select(rows, key)
    assert (cached.id, cached.fallback_level) == (direct.id, direct.fallback_level)


def test_a_cell_shows_the_row_that_wins_it() -> None:
    body = stored([row(1, KEY, version=1), row(2, KEY, version=3), row(3, KEY, version=2)])
    cell = body["templateCache"]["enhancement"]["sdxl"]["qwen_instruct"]["image"]["enhancement"]
    assert cell["sfw"]["version"] == 3
    assert [other["version"] for other in body["templateCache"]["others"]] == [1, 2]


@pytest.mark.parametrize(
    "broken",
    [
        None,
        "text",
        [],
        {},
        {**stored(FULL), "hash": "0" * 64},
        {**stored(FULL), "nsfwTerms": ["added"]},
        {**stored(FULL), "version": "2.1.0"},
        {**stored(FULL), "unknown": 1},
        {**stored(FULL), "templateCache": {"chat": {}}},
        {**stored(FULL), "templateCache": {"chat": [], "enhancement": 3, "others": None}},
        {**stored(FULL), "builtAt": "yesterday"},
    ],
)
def test_what_is_not_as_it_was_written_is_refused(broken: object) -> None:
    with pytest.raises(CacheBroken, match="refresh it"):
        parse(broken)


@pytest.mark.parametrize(
    "rows",
    [
        {},
        {"chat": {}, "enhancement": {}},
        {"chat": [], "enhancement": 3, "others": None},
        {"chat": {}, "enhancement": {}, "others": [{"id": "no uuid"}]},
        {"chat": {"sfw": {"general": "text"}}, "enhancement": {}, "others": []},
    ],
)
def test_a_hash_alone_does_not_make_a_cache(rows: dict[str, Any]) -> None:
    body = {**stored(FULL), "templateCache": rows}
    with pytest.raises(CacheBroken, match="refresh it"):
        parse({**body, "hash": digest(body)})


async def test_a_lookup_is_answered_by_the_cache(database: Database) -> None:
    await seeded(database)
    found = await template_for(database, SEED_KEY)
    assert found.name == "sdxl picture, instruct"
    assert found.trace.source == "cache"
    assert found.fallback_level == "exact"
    assert found.trace.cache_age_s is not None
    assert 0 <= found.trace.cache_age_s < 60


async def test_an_edit_with_its_rebuild_is_seen_by_the_next_lookup(database: Database) -> None:
    await seeded(database)
    await template_for(database, SEED_KEY)
    async with database.system() as session:
        await session.execute(
            text(
                "UPDATE prompt_templates SET system_prompt = 'New.', version = 2 "
                "WHERE template_name = 'sdxl picture, instruct'"
            )
        )
        await service.rebuild(session)
    found = await template_for(database, SEED_KEY)
    assert (found.system_prompt, found.version, found.trace.source) == ("New.", 2, "cache")


async def test_switching_a_template_off_moves_on_to_the_next_step(database: Database) -> None:
    await seeded(database)
    async with database.system() as session:
        await session.execute(
            text(
                "UPDATE prompt_templates SET is_active = false "
                "WHERE template_name = 'sdxl picture, instruct'"
            )
        )
        await service.rebuild(session)
    found = await template_for(database, SEED_KEY)
    assert (found.name, found.fallback_level) == ("sdxl picture, base", "swap_enhancer")


async def test_a_broken_hash_means_the_tables_and_an_error(database: Database) -> None:
    await seeded(database)
    await execute(
        database,
        "UPDATE system_config SET config = jsonb_set(config, '{promptCache,hash}', '\"bad\"')",
    )
    with capture_logs() as logs:
        found = await template_for(database, SEED_KEY)
    assert (found.name, found.trace.source) == ("sdxl picture, instruct", "database")
    assert [e["event"] for e in logs if e["log_level"] == "error"] == ["prompt_cache.broken"]
    alarm = await cache_alarm(database)
    assert alarm is not None
    assert (alarm.code, "does not match its hash" in alarm.message) == ("broken", True)
    async with database.system() as session:
        await service.rebuild(session)
    assert await cache_alarm(database) is None


async def test_a_changed_body_under_the_old_hash_is_noticed(database: Database) -> None:
    await seeded(database)
    body = await cache_in(database)
    cell = body["templateCache"]["enhancement"]["sdxl"]["qwen_instruct"]["image"]["enhancement"]
    cell["sfw"]["system_prompt"] = "Forged."
    async with database.system() as session:
        await runtime_config.patch(session, CACHE_KEY, body)
    found = await template_for(database, SEED_KEY)
    assert found.trace.source == "database"
    assert found.system_prompt != "Forged."


async def test_without_a_cache_the_tables_answer(database: Database) -> None:
    await seeded(database)
    async with database.system() as session:
        await runtime_config.remove(session, CACHE_KEY)
    found = await template_for(database, SEED_KEY)
    assert (found.trace.source, found.trace.cache_age_s) == ("database", None)
    alarm = await cache_alarm(database)
    assert alarm is not None
    assert alarm.code == "missing"


async def test_a_template_that_the_cache_misses_is_found_in_the_tables(database: Database) -> None:
    await seeded(database)
    key = TemplateKey("wan", "qwen_base", "image", "storyboard", "sfw")
    assert (await template_for(database, key)).fallback_level == "built_in"
    await execute(
        database,
        "INSERT INTO prompt_templates (enhancer_model, use_case, content_mode, template_name, "
        "system_prompt) VALUES ('qwen_instruct', 'storyboard', 'sfw', 'frames', 'Text.')",
    )
    found = await template_for(database, key)
    assert (found.name, found.fallback_level) == ("frames", "swap_enhancer")
    assert found.trace.source == "database"


async def test_null_rows_are_found_in_the_tables(database: Database) -> None:
    """``= NULL`` would never match."""
    await execute(
        database,
        "INSERT INTO prompt_templates (enhancer_model, use_case, content_mode, template_name, "
        "system_prompt, job_type) VALUES ('qwen_instruct', 'chat_general', 'sfw', 'talk', 'T', "
        "'chat')",
    )
    key = TemplateKey(None, "qwen_instruct", "chat", "chat_general", "sfw")
    assert (await template_for(database, key)).name == "talk"
    async with database.system() as session:
        assert await repository.templates_for(session, KEY) == []


async def test_an_old_cache_warns_once(database: Database) -> None:
    await seeded(database)
    cache, later = PromptCache(), now() + timedelta(hours=25)
    with capture_logs() as logs:
        for _ in range(3):
            async with database.system() as session:
                held = await cache.read(session, later)
                alarm = await cache.alarm(session, later)
    assert held is not None
    assert alarm is not None
    assert (alarm.code, "25 hours" in alarm.message) == ("stale", True)
    assert held.stale(later)
    assert not held.stale(now())
    assert [e["event"] for e in logs if e["log_level"] == "warning"] == ["prompt_cache.stale"]


async def test_a_read_touches_the_stored_cache_only_when_it_was_rebuilt(
    database: Database,
) -> None:
    await seeded(database)
    statements: list[str] = []
    event.listen(
        database.engine.sync_engine,
        "before_cursor_execute",
        lambda *args: statements.append(args[2]),
    )
    cache = PromptCache()

    async def reads() -> list[str]:
        statements.clear()
        async with database.system() as session:
            assert await cache.read(session, now()) is not None
        return [s for s in statements if "system_config" in s]

    assert len(await reads()) == 2  # version, body
    assert len(await reads()) == 1  # version
    async with database.system() as session:
        await runtime_config.patch(session, "workerHealthCache", {})
    assert len(await reads()) == 2  # version, hash: somebody else wrote
    assert len(await reads()) == 1
    async with database.system() as session:
        await service.rebuild(session)
    assert len(await reads()) == 3  # version, hash, body
    assert len(await reads()) == 1


async def test_two_edits_at_once_are_both_in_the_cache(database: Database) -> None:
    async def add(name: str) -> None:
        async with database.system() as session:
            await session.execute(
                text(
                    "INSERT INTO prompt_templates (enhancer_model, use_case, content_mode, "
                    "template_name, system_prompt) VALUES ('qwen_base', 'x', 'sfw', :name, 'T')"
                ),
                {"name": name},
            )
            await asyncio.sleep(0.05)
            await service.rebuild(session)

    await asyncio.gather(*(add(f"template {number}") for number in range(4)))
    names = {template.template_name for template in parse(await cache_in(database)).templates}
    assert names == {f"template {number}" for number in range(4)}


async def test_a_rebuild_keeps_the_other_keys(database: Database) -> None:
    async with database.system() as session:
        await runtime_config.patch(session, "maintenanceMode", False)
    await seeded(database)
    async with database.system() as session:
        config = await session.scalar(text("SELECT config FROM system_config"))
    assert set(config) == {"maintenanceMode", "promptSeeds", "promptCache"}


async def test_negatives_come_by_priority_from_either_place(database: Database) -> None:
    await seeded(database)
    from_cache = (await negatives_for(database, "sdxl", "general")).items
    assert from_cache[0] == "nudity, gore, violence"
    assert len(from_cache) == 4
    async with database.system() as session:
        await runtime_config.remove(session, CACHE_KEY)
    milder = await negatives_for(database, "sdxl", "adult")
    assert (milder.content_mode, milder.items) == ("sfw", from_cache)
    assert (await negatives_for(database, "sdxl", "general")).items == from_cache
    assert (await negatives_for(database, "wan", "general")).items == ()


async def test_an_adult_list_is_for_the_adult_mode_alone(database: Database) -> None:
    async with database.system() as session:
        row = {"model_type": "sdxl", "content_mode": "nsfw", "negative_prompt": "blurred"}
        await repository.add_negatives(session, [row])
    found = await negatives_for(database, "sdxl", "adult")
    assert (found.content_mode, found.items) == ("nsfw", ("blurred",))
    assert (await negatives_for(database, "sdxl", "general")).items == ()
