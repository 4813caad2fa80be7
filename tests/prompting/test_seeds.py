"""The first templates and negative prompts: inserted once, never against an operator's will."""

import asyncio
import re

import pytest
from sqlalchemy import text

from fabula.core.database import Database
from fabula.engines.image.sketchbook.artist import WEIGHTS
from fabula.engines.image.sketchbook.prompt import Reader
from fabula.engines.image.sketchbook.sentences import SentenceEncoder
from fabula.engines.image.sketchbook.vocabulary import Vocabulary
from fabula.moderation.policy import screen
from fabula.prompting.keys import JOB_TYPE_NAMES, enhancement_key
from fabula.prompting.lookups import template_for
from fabula.prompting.seeds import Seeded, seed, seed_negatives, seed_templates

PLACEHOLDERS = {
    "character_name", "character_description", "character_personality", "character_persona",
    "character_background", "character_speaking_style", "character_goals", "character_quirks",
    "character_relationships", "character_visual_description", "voice_tone", "mood",
    "scene_context",
}  # fmt: skip


async def run(database: Database) -> Seeded:
    async with database.system() as session:
        return await seed(session)


async def names(database: Database) -> set[str]:
    async with database.system() as session:
        return set(await session.scalars(text("SELECT template_name FROM prompt_templates")))


async def test_seeding_again_changes_nothing(database: Database) -> None:
    assert await run(database) == Seeded(len(seed_templates()), len(seed_negatives()))
    assert await run(database) == Seeded(0, 0)
    assert len(await names(database)) == len(seed_templates())


async def test_two_at_once_seed_once(database: Database) -> None:
    done = await asyncio.gather(run(database), run(database))
    assert sorted(d.templates for d in done) == [0, len(seed_templates())]


async def test_what_an_operator_changed_stays(database: Database) -> None:
    await run(database)
    async with database.system() as session:
        await session.execute(
            text(
                "UPDATE prompt_templates SET system_prompt = 'Mine.', is_active = false "
                "WHERE template_name = 'roleplay'"
            )
        )
        await session.execute(
            text("UPDATE prompt_templates SET template_name = 'x' WHERE use_case = 'chat_admin'")
        )
        await session.execute(text("DELETE FROM prompt_templates WHERE use_case = 'chat_creative'"))
        await session.execute(
            text("UPDATE negative_prompts SET negative_prompt = 'mine' WHERE priority = 5")
        )
    before = await names(database)
    assert await run(database) == Seeded(0, 0)
    assert await names(database) == before
    async with database.system() as session:
        mine = await session.execute(
            text(
                "SELECT system_prompt, is_active FROM prompt_templates "
                "WHERE template_name = 'roleplay'"
            )
        )
        assert tuple(mine.one()) == ("Mine.", False)


async def test_a_row_of_the_same_identity_is_left_alone(database: Database) -> None:
    """As in an adopted database, which has templates before the first seeding."""
    async with database.system() as session:
        await session.execute(
            text(
                "INSERT INTO prompt_templates (enhancer_model, use_case, content_mode, "
                "template_name, system_prompt) "
                "VALUES ('qwen_instruct', 'roleplay', 'sfw', 'roleplay', 'Theirs.')"
            )
        )
    assert (await run(database)).templates == len(seed_templates()) - 1


async def test_an_adopted_database_without_the_row_gets_one(database: Database) -> None:
    async with database.system() as session:
        await session.execute(text("DELETE FROM system_config"))
    assert (await run(database)).templates == len(seed_templates())


@pytest.mark.parametrize("job_type", JOB_TYPE_NAMES)
async def test_every_job_type_has_a_template(database: Database, job_type: str) -> None:
    await run(database)
    assert (await template_for(database, enhancement_key(job_type))).fallback_level == "exact"


@pytest.mark.parametrize("row", seed_templates(), ids=lambda row: row["template_name"])
def test_the_templates_are_fit_for_everybody(row: dict[str, str]) -> None:
    screen([row["system_prompt"], row["description"]])
    assert row["content_mode"] in {"sfw", "admin"}
    assert set(re.findall(r"\{\{(.*?)\}\}", row["system_prompt"])) <= PLACEHOLDERS
    assert not re.search(r"  |\n\n", row["system_prompt"])


def test_the_base_list_names_nothing_that_can_be_drawn() -> None:
    """The built-in picture engine leaves out what a negative prompt names: "frame" would take
    every window away."""
    reader = Reader(Vocabulary(WEIGHTS), SentenceEncoder())
    for row in seed_negatives():
        drawing = reader.read(row["negative_prompt"])
        found = (drawing.actors, drawing.lights, drawing.places, drawing.weather, drawing.filters)
        assert not any(found), row["negative_prompt"]


def test_the_catalogue() -> None:
    rows = seed_templates()
    grid = {
        (r["target_model"], r["enhancer_model"]) for r in rows if r["use_case"] == "enhancement"
    }
    assert grid == {(t, e) for t in ("sdxl", "wan") for e in ("qwen_instruct", "qwen_base")}
    assert {r["use_case"] for r in rows} == {
        "enhancement", "chat_sdxl_conversion", "chat_general", "chat_creative", "chat_admin",
        "roleplay", "character_roleplay", "scene_generation", "scene_narrative_generation",
    }  # fmt: skip
    assert {r["model_type"] for r in seed_negatives()} == {"sdxl"}
    assert len({r["priority"] for r in seed_negatives()}) == len(seed_negatives()) > 2
