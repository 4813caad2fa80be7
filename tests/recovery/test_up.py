"""`fabula up` and the commands that work beside it."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
from PIL import Image

from fabula.storage.clips import clip_facts
from real_studio import FABULA, RealStudio, running, until

pytestmark = pytest.mark.recovery


@pytest.fixture(scope="module")
def studio() -> Iterator[RealStudio]:
    with running() as found:
        found.use_card()
        yield found


@pytest.fixture(scope="module")
def key(studio: RealStudio) -> str:
    printed = studio.command("user", "create", "ada", "--role", "premium_user", "--api-key")
    assert len(printed.split()) == 1
    return printed.strip()


def test_credits_are_given_and_taken_by_command(studio: RealStudio, key: str) -> None:
    assert studio.command("user", "grant", "ada", "25", "--reason", "a gift") == "125\n"
    assert studio.command("user", "grant", "ada", "-5", "--reason", "a slip") == "120\n"
    with studio.client(key) as client:
        newest = client.get("/api/me/ledger").json()["items"][0]
    assert (newest["kind"], newest["amount"], newest["reason"]) == ("adjustment", -5, "a slip")
    done = subprocess.run(
        [*FABULA, "user", "grant", "ada", "-121", "--reason", "too much"],
        env=studio.env, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1
    assert "120 credits" in done.stderr
    assert "Traceback" not in done.stderr


def test_db_url_prints_a_dsn_and_nothing_else(studio: RealStudio) -> None:
    printed = studio.command("db", "url")
    assert len(printed.splitlines()) == 1
    with psycopg.connect(printed.strip()) as connection:
        row = connection.execute("SELECT count(*) FROM system_config").fetchone()
    assert row == (1,)


def test_the_live_inventory_is_ours(studio: RealStudio) -> None:
    assert studio.command("inventory", "--check").splitlines()[-1] == "0 differences"
    assert studio.command("inventory").startswith("#")


def test_a_second_studio_in_the_same_folder_is_refused(studio: RealStudio) -> None:
    env = studio.env | {"FABULA_PORT": "1"}
    done = subprocess.run(
        [*FABULA, "up", "--offline"], env=env, check=False, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr.startswith("fabula: ")
    assert "Traceback" not in done.stderr


def test_generate_works_beside_a_running_studio(studio: RealStudio, tmp_path: Path) -> None:
    target = tmp_path / "fox.png"
    printed = studio.command("generate", "a fox", "--seed", "3", "--out", str(target))
    assert printed.strip() == str(target)
    assert target.read_bytes().startswith(b"\x89PNG")


def test_generate_makes_a_clip_of_a_picture(studio: RealStudio, tmp_path: Path) -> None:
    picture = tmp_path / "hill.png"
    Image.new("RGB", (320, 240), "seagreen").save(picture)
    printed = studio.command(
        "generate", "a hill", "--video", "--seconds", "1", "--motion", "pan-left", "--loop",
        "--first-frame", str(picture), "--seed", "3", "--out", str(tmp_path / "clips"),
    )  # fmt: skip
    target = tmp_path / "clips" / "fabula-3-0.mp4"
    assert printed.strip() == str(target)
    facts = clip_facts(target.read_bytes())
    assert (facts.frames, facts.fps) == (24, 24)
    assert facts.width / facts.height == pytest.approx(4 / 3, abs=0.02)


def test_a_wrong_wish_is_a_sentence(studio: RealStudio) -> None:
    done = subprocess.run(
        [*FABULA, "generate", "a fox", "--type", "video_slow"],
        env=studio.env, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1
    assert "sdxl_image_fast" in done.stderr
    assert "Traceback" not in done.stderr


def test_doctor_says_what_can_run(studio: RealStudio) -> None:
    found = json.loads(studio.command("doctor", "--json"))
    looked_at = {finding["name"]: finding for finding in found["studio"]}
    assert looked_at["database role"]["detail"] == "fabula_owner, owns the database only"
    engines = {engine["id"]: engine for engine in found["engines"]}
    assert engines["sketchbook"]["available"]
    assert all(e["available"] or (e["reason"] and e["remedy"]) for e in engines.values())
    assert {row["name"] for row in found["job_types"]} >= {"sdxl_image_fast", "video_high"}


def test_workers_are_listed_while_they_run(studio: RealStudio) -> None:
    dead = [*FABULA, "engine", "add", "a1111", "http://127.0.0.1:9", "--name", "Hall"]
    subprocess.run(dead, env=studio.env, check=False, capture_output=True)

    def listed() -> list[str]:
        return studio.command("worker", "list").splitlines()

    until(lambda: len(listed()) == 2, "the worker and the server tell of themselves")
    names = {line.split("\t")[0].startswith("server-") for line in listed()}
    assert names == {True, False}
    assert all("idle" in line for line in listed())
    found = json.loads(studio.command("doctor", "--json"))
    assert len(found["workers"]) == 2
    assert all(worker["well"] for worker in found["workers"])
    (hall,) = found["servers"]
    assert (hall["name"], hall["well"]) == ("Hall", False)
    assert "does not answer" in hall["detail"]


def test_events_tell_of_a_job_and_can_be_resumed(studio: RealStudio, key: str) -> None:
    with studio.client(key) as client:
        heard: list[tuple[str, str | None]] = []
        with client.stream("GET", "/api/events") as stream:
            lines = stream.iter_lines()
            assert next(lines) == ": ready"
            client.post("/api/jobs", json={"prompt": "a lighthouse", "enhance": False})
            event, last = "", None
            for line in lines:
                if line.startswith("event: "):
                    event = line.removeprefix("event: ")
                elif line.startswith("id: "):
                    last = line.removeprefix("id: ")
                elif line == "" and event:
                    heard.append((event, last))
                    event = ""
                elif line.startswith("data:") and '"completed"' in line:
                    break
        kinds = [kind for kind, _ in heard]
        assert "job.updated" in kinds
        assert "asset.created" in kinds
        assert "job.progress" in kinds
        first = next(last for kind, last in heard if last)
        with client.stream("GET", "/api/events", headers={"Last-Event-ID": str(first)}) as again:
            missed = []
            for line in again.iter_lines():
                if line.startswith("id: "):
                    missed.append(int(line.removeprefix("id: ")))
                if len(missed) >= 2:
                    break
        assert missed == sorted(missed)
        assert all(number > int(first or 0) for number in missed)


def test_expired_outputs_go_with_their_files(studio: RealStudio, key: str) -> None:
    with studio.client(key) as client:
        body = {"prompt": "a lighthouse", "enhance": False}
        job = client.post("/api/jobs", json=body).json()["id"]
        until(lambda: client.get(f"/api/jobs/{job}").json()["assets"], "the picture is there")
        asset = client.get(f"/api/jobs/{job}").json()["assets"][0]
        file = httpx.URL(asset["url"]).path.removeprefix("/api/files/")
        place = studio.folder / "files" / file
        assert place.exists()
        with psycopg.connect(studio.dsn) as connection:
            connection.execute("UPDATE workspace_assets SET expires_at = now()")
            connection.execute("SET search_path TO queue")
            connection.execute(
                "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW('default', 'workspace.expire', 0, "
                "NULL, NULL, '{\"timestamp\": 0}', NULL)::procrastinate_job_to_defer_v1])"
            )
        until(lambda: not place.exists(), "the file is gone")
        assert not place.with_name("0.thumb.webp").exists()
        assert studio.rows("SELECT count(*) FROM workspace_assets") == [(0,)]


def test_it_stops_cleanly_and_starts_again() -> None:
    with running() as studio:
        assert studio.stop() == 0
        studio.start()
        assert studio.ready()
