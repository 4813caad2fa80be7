"""Where the docs lie, and a studio with something in every table that their examples read."""

from pathlib import Path

import pytest
from sqlalchemy import text

from fabula.prompting import seeds
from studio import Studio, session_cookie, studio

__all__ = ["studio"]
ROOT = Path(__file__).resolve().parents[2]
_SECOND_TEMPLATE = text("""
INSERT INTO prompt_templates (enhancer_model, use_case, content_mode, template_name, system_prompt,
                              target_model, job_type)
SELECT enhancer_model, use_case, content_mode, 'another one', system_prompt, target_model, job_type
FROM prompt_templates ORDER BY id LIMIT 1
""")
_BY_TEMPLATE = text("""
UPDATE jobs SET enhancement_time_ms = 4, metadata = jsonb_set(metadata, '{rewriting,template}',
    '{"id": null, "name": "Pictures", "version": 1}')
WHERE status = 'completed'
""")

_PROVEN = text("""
WITH preset AS (
    INSERT INTO enhancement_presets (preset_name, enable_qwen, enable_compel, auto_enhancement,
                                     compel_weights, usage_count, avg_quality_with_preset)
    VALUES ('Calm', true, true, false, '{"soft light": 1.2}', 14, 8.5) RETURNING id
), weights AS (
    INSERT INTO compel_configs (config_name, weights, config_hash, total_tests, avg_quality)
    VALUES ('calm', '{"soft light": 1.2}', 'x', 12, 8.5) RETURNING id
)
INSERT INTO studio.template_versions (template_id, number, system_prompt, message)
SELECT id, version + 1, 'A draft.', 'Shorter' FROM prompt_templates LIMIT 1
""")


_IDENTITY = text("""
INSERT INTO auth.identities (account_id, issuer, subject, email)
SELECT id, 'https://id.example', username, username || '@example.org' FROM auth.accounts
""")


@pytest.fixture
def docs() -> Path:
    return ROOT / "docs"


@pytest.fixture
async def lived_in(studio: Studio) -> Studio:
    """A studio in which a day has passed: jobs of every status, one picture kept, an admin who has
    suspended somebody, a wrong password, a refused prompt."""
    admin = await studio.person("root", "admin")
    await studio.person("eve")
    people = (await admin.get("/api/people")).json()["items"]
    eve = next(person["id"] for person in people if person["username"] == "eve")
    suspended = await admin.post(f"/api/people/{eve}/suspend", json={"reason": "a test"})
    assert suspended.status_code == 200, suspended.text
    await admin.post("/api/auth/login", json={"username": "root", "password": "not this one"})
    refused = await studio.client.post("/api/jobs", json={"prompt": "pornography"})
    assert refused.json()["error"] == "screened_text"
    await session_cookie(studio.database, studio.caller.user_id)
    async with studio.database.system() as session:
        await seeds.seed(session)
        await session.execute(_SECOND_TEMPLATE)
    async with studio.database.system() as session:
        await session.execute(_PROVEN)
    made = await studio.made(count=2, enhance=True)
    asset = made["assets"][0]["id"]
    kept = await studio.client.post(
        f"/api/workspace/assets/{asset}/keep", json={"title": "Dawn", "tags": ["sea", "quiet"]}
    )
    assert kept.status_code == 200, kept.text
    given_up = await studio.submit()
    await studio.client.post(f"/api/jobs/{given_up['id']}/cancel")
    await studio.submit()
    async with studio.database.system() as session:
        await session.execute(_BY_TEMPLATE)
        await session.execute(_IDENTITY)
    return studio
