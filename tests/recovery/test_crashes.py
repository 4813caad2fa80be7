"""A whole studio whose parts are killed in the middle of their work."""

import json
import signal
from typing import Any

import httpx
import psutil
import pytest

from real_studio import RealStudio, running, until

pytestmark = pytest.mark.recovery
STEP = json.dumps({"step_seconds": 0.04})


@pytest.fixture
def studio() -> Any:
    with running(FABULA_ENGINE_OPTIONS=STEP) as found:
        found.use_card()
        yield found


def submit(studio: RealStudio, client: httpx.Client, jobs: int, count: int) -> list[str]:
    ids = []
    for seed in range(jobs):
        body = {"prompt": "a lighthouse", "count": count, "seed": seed, "enhance": False}
        answer = client.post("/api/jobs", json=body)
        assert answer.status_code == 202, answer.text
        ids.append(answer.json()["id"])
    assert studio.rows("SELECT count(*) FROM jobs") == [(jobs,)]
    return ids


def all_ended(client: httpx.Client, ids: list[str]) -> bool:
    return all(
        client.get(f"/api/jobs/{job}").json()["status"] in {"completed", "failed"} for job in ids
    )


def delivered(studio: RealStudio) -> int:
    return int(studio.rows("SELECT count(*) FROM workspace_assets")[0][0])


def every_picture_is_there_once(studio: RealStudio, jobs: int, count: int) -> None:
    total = jobs * count
    statuses = studio.rows("SELECT DISTINCT status FROM jobs")
    assert statuses == [("completed",)]
    for query in (
        "SELECT count(*), count(DISTINCT (job_id, asset_index)) FROM workspace_assets",
        "SELECT count(*), count(DISTINCT (job_id, image_index)) FROM images",
    ):
        assert studio.rows(query) == [(total, total)], query
    assert studio.rows("SELECT count(*) FROM workspace_items WHERE status = 'generated'") == [
        (total,)
    ]
    files = [p for p in (studio.folder / "files" / "workspace-temp").rglob("*") if p.is_file()]
    assert len(files) == 2 * total


def test_a_worker_killed_in_the_middle_loses_and_doubles_nothing(studio: RealStudio) -> None:
    key = studio.command("user", "create", "ada", "--role", "basic_user", "--api-key").strip()
    with studio.client(key) as client:
        ids = submit(studio, client, jobs=10, count=3)
        until(lambda: delivered(studio) >= 4, "some pictures are there")
        (worker,) = studio.parts("worker")
        worker.send_signal(signal.SIGKILL)
        until(lambda: all_ended(client, ids), "all jobs have ended")
    every_picture_is_there_once(studio, jobs=10, count=3)
    assert studio.rows("SELECT max(attempts) FROM jobs") == [(2,)]


def test_a_studio_killed_whole_goes_on_where_it_was(studio: RealStudio) -> None:
    key = studio.command("user", "create", "ada", "--role", "basic_user", "--api-key").strip()
    with studio.client(key) as client:
        ids = submit(studio, client, jobs=3, count=2)
        until(lambda: delivered(studio) >= 1, "a picture is there")
        assert studio.process is not None
        family = psutil.Process(studio.process.pid).children(recursive=True)
        studio.process.kill()
        studio.process.wait()
        _, alive = psutil.wait_procs(family, timeout=20)
        assert alive == []
        studio.start()
        until(lambda: all_ended(client, ids), "all jobs have ended")
    every_picture_is_there_once(studio, jobs=3, count=2)


def test_a_database_killed_in_the_middle_comes_back_by_itself(studio: RealStudio) -> None:
    key = studio.command("user", "create", "ada", "--role", "basic_user", "--api-key").strip()
    with studio.client(key) as client:
        ids = submit(studio, client, jobs=3, count=2)
        until(lambda: delivered(studio) >= 1, "a picture is there")
        assert studio.process is not None
        children = psutil.Process(studio.process.pid).children()
        (server,) = [child for child in children if child.name() == "postgres"]
        server.send_signal(signal.SIGKILL)
        until(studio.ready, "the studio is ready again")
        until(lambda: all_ended(client, ids), "all jobs have ended")
    every_picture_is_there_once(studio, jobs=3, count=2)
