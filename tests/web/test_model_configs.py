"""Configurations of models: versioned, one active, and used by the next job."""

from studio import Studio

BODY = {
    "model_type": "SDXL",
    "config_name": "slow and careful",
    "config_data": {"engines": ["reference-card"], "width": 64, "height": 64, "steps": 9},
}


async def test_an_admin_changes_rolls_back_and_leaves_the_settings(studio: Studio) -> None:
    async with await studio.person("root", "admin") as admin:
        before = (await admin.get("/api/model-configs")).json()["items"]
        made = await admin.post("/api/model-configs", json=BODY)
        assert made.status_code == 201
        job = await studio.submit()
        assert job["params"]["steps"] == 9
        used = await studio.scalar("SELECT metadata ->> 'model_config_id' FROM jobs")
        assert used == made.json()["id"]
        back = await admin.post(f"/api/model-configs/{before[0]['id']}/activate")
        assert back.json()["is_active"]
        assert (await studio.submit())["params"]["steps"] == 4
        active = "SELECT count(*) FROM model_config_history WHERE is_active"
        assert await studio.scalar(active) == 1
        await admin.post(f"/api/model-configs/{before[0]['id']}/deactivate")
        assert await studio.scalar(active) == 0
        assert (await studio.submit(width=256, height=256))["params"]["steps"] == 15


async def test_one_quality_may_have_settings_of_its_own(studio: Studio) -> None:
    data = BODY["config_data"] | {"high": {"steps": 30}}  # type: ignore[operator]
    async with await studio.person("root", "admin") as admin:
        await admin.post("/api/model-configs", json=BODY | {"config_data": data})
    assert (await studio.submit())["params"]["steps"] == 9
    assert (await studio.submit(job_type="sdxl_image_high"))["params"]["steps"] == 30


async def test_others_may_not_even_look(studio: Studio) -> None:
    assert (await studio.client.get("/api/model-configs")).status_code == 403
    assert (await studio.client.post("/api/model-configs", json=BODY)).status_code == 403


async def test_an_engine_that_is_not_there_is_refused(studio: Studio) -> None:
    async with await studio.person("root", "admin") as admin:
        body = BODY | {"config_data": {"engines": ["nonsense"]}}
        answer = await admin.post("/api/model-configs", json=body)
        assert (answer.status_code, answer.json()["field"]) == (422, "config_data.engines")
        wrong = await admin.post("/api/model-configs", json=BODY | {"config_data": {"step": 3}})
        assert wrong.status_code == 422
