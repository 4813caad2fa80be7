"""Servers from the API to the picture: connected, chosen, changed while workers run, removed."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from server_engines import FAKES
from servers.a1111 import FakeA1111
from servers.base import Fake
from servers.comfyui import MODELS, FakeComfyUI
from servers.openai import FakeOpenAI

from fabula.engine_servers import service
from studio import Studio, studio

__all__ = ["studio"]
KEY = "sk-very-private"
GRAPH: dict[str, Any] = {
    "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": MODELS[0]}},
    "2": {"class_type": "CLIPTextEncode", "inputs": {"text": "", "clip": ["1", 1]}},
    "3": {"class_type": "CLIPTextEncode", "inputs": {"text": "fog", "clip": ["1", 1]}},
    "4": {"class_type": "EmptyLatentImage",
          "inputs": {"width": 64, "height": 64, "batch_size": 1}},
    "5": {"class_type": "KSampler", "inputs": {
        "seed": 1, "steps": 4, "cfg": 5.0, "sampler_name": "euler", "scheduler": "normal",
        "denoise": 1.0, "model": ["1", 0], "positive": ["2", 0], "negative": ["3", 0],
        "latent_image": ["4", 0]}},
    "6": {"class_type": "VAEDecode", "inputs": {"samples": ["5", 0], "vae": ["1", 2]}},
    "7": {"class_type": "SaveImage", "inputs": {"images": ["6", 0], "filename_prefix": "x"}},
}  # fmt: skip


@pytest.fixture
def comfy() -> Iterator[FakeComfyUI]:
    with FakeComfyUI(key=KEY) as fake:
        yield fake


@pytest.fixture
def webui() -> Iterator[FakeA1111]:
    with FakeA1111() as fake:
        yield fake


@pytest.fixture
def openai() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as fake:
        yield fake


@pytest.fixture
async def admin(studio: Studio) -> AsyncIterator[httpx.AsyncClient]:
    async with await studio.person("root", "admin") as client:
        yield client


async def connect(
    admin: httpx.AsyncClient, kind: str, fake: Fake, **changes: Any
) -> dict[str, Any]:
    body = {"kind": kind, "name": "The attic", "address": fake.address, **changes}
    if fake.key:
        body.setdefault("key", fake.key)
    answer = await admin.post("/api/engine-servers", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def patch(admin: httpx.AsyncClient, server: dict[str, Any], **body: Any) -> dict[str, Any]:
    answer = await admin.patch(f"/api/engine-servers/{server['id']}", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def job_type(studio: Studio, name: str = "sdxl_image_fast") -> dict[str, Any]:
    items = (await studio.client.get("/api/job-types")).json()["items"]
    found: dict[str, Any] = next(item for item in items if item["job_type"] == name)
    return found


@pytest.mark.parametrize("kind", ["comfyui", "a1111", "openai-images"])
async def test_a_connected_server_makes_a_picture(
    studio: Studio, admin: httpx.AsyncClient, kind: str
) -> None:
    with FAKES[kind](key=KEY) as fake:
        server = await connect(admin, kind, fake)
        assert server["works"], server["fault"]
        assert server["engine_id"] == f"{kind}-the-attic"
        assert server["models"]
        assert server["answer_ms"] is not None
        size = (1024, 1024) if kind == "openai-images" else (64, 96)
        job = await studio.made(engine=server["engine_id"], width=size[0], height=size[1])
    assert job["status"] == "completed", job["error"]
    assert job["engine"]["name"] == "The attic"
    (asset,) = job["assets"]
    assert (asset["width"], asset["height"]) == size


async def test_a_key_goes_in_and_never_comes_out(
    studio: Studio, admin: httpx.AsyncClient, comfy: FakeComfyUI, caplog: pytest.LogCaptureFixture
) -> None:
    server = await connect(admin, "comfyui", comfy)
    assert server["has_key"]
    comfy.key = "another"
    for answer in (
        await admin.post(f"/api/engine-servers/{server['id']}/test"),
        await admin.get("/api/engine-servers"),
        await admin.get("/api/activity"),
        await admin.get("/api/engines"),
    ):
        assert answer.status_code == 200
        assert KEY not in answer.text
    row = await studio.scalar("SELECT to_jsonb(e)::text FROM studio.engine_servers e")
    assert KEY not in row
    assert KEY.encode().hex() not in row
    assert "does not accept the key" in row
    assert KEY not in caplog.text


async def test_a_name_with_its_password_signs_in(studio: Studio, admin: httpx.AsyncClient) -> None:
    with FakeA1111(key=KEY, username="ann") as fake, FakeA1111() as other:
        unnamed = await connect(admin, "a1111", fake)
        assert "does not accept the key" in unnamed["fault"]
        named = await patch(admin, unnamed, username="ann")
        assert named["works"], named["fault"]
        assert (named["username"], named["has_key"]) == ("ann", True)
        job = await studio.made(engine=named["engine_id"], width=64, height=96)
        assert job["status"] == "completed", job["error"]
        wrong = await patch(admin, named, key="another")
        assert "name and password" in wrong["fault"]
        moved = await patch(admin, wrong, address=other.address)
        assert (moved["username"], moved["has_key"], moved["works"]) == ("", False, True)
    for body, field in (({"username": "ann"}, "key"), ({"username": "a:b"}, "username")):
        answer = await admin.patch(f"/api/engine-servers/{moved['id']}", json=body)
        assert (answer.status_code, answer.json()["field"]) == (422, field)


async def test_a_key_does_not_follow_to_another_server(
    studio: Studio, admin: httpx.AsyncClient, comfy: FakeComfyUI
) -> None:
    server = await connect(admin, "comfyui", comfy)
    with FakeComfyUI() as other:
        moved = await patch(admin, server, address=other.address)
        assert not moved["has_key"]
        assert moved["works"]
        assert not [True for _, path, _ in other.asked if path == "/prompt"]
        again = await patch(admin, server, address=comfy.address, key=KEY)
        assert again["works"]
    renamed = await patch(admin, server, name="The cellar")
    assert renamed["has_key"]
    assert renamed["engine_id"] == server["engine_id"]
    assert not (await patch(admin, server, key=""))["has_key"]


async def test_a_key_that_was_sealed_with_another_secret_is_asked_for(
    studio: Studio, admin: httpx.AsyncClient, comfy: FakeComfyUI
) -> None:
    server = await connect(admin, "comfyui", comfy)
    async with studio.database.system() as session:
        session.info["secret"] = b"a new one"
    studio.database._sessions.configure(info={"secret": b"a new one"})
    tested = (await admin.post(f"/api/engine-servers/{server['id']}/test")).json()
    assert "enter it again" in tested["fault"]
    assert (await patch(admin, server, key=KEY))["works"]


async def test_a_worker_learns_of_changes_while_it_runs(
    studio: Studio, admin: httpx.AsyncClient, webui: FakeA1111
) -> None:
    with FakeA1111() as other:
        async with studio.working():
            server = await connect(admin, "a1111", webui)
            first = await studio.submit(engine=server["engine_id"])
            assert (await studio.ended(first["id"]))["status"] == "completed"
            await patch(admin, server, address=other.address)
            second = await studio.submit(engine=server["engine_id"])
            assert (await studio.ended(second["id"]))["status"] == "completed"
        assert "/sdapi/v1/txt2img" in other.paths("POST")
    assert webui.paths("POST").count("/sdapi/v1/txt2img") == 1


async def test_cancelling_a_job_reaches_the_server(
    studio: Studio, admin: httpx.AsyncClient, comfy: FakeComfyUI
) -> None:
    comfy.stop_at = 2
    server = await connect(admin, "comfyui", comfy)
    async with studio.working():
        job = await studio.submit(engine=server["engine_id"], steps=4)
        await studio.when(job["id"], lambda job: job["progress"]["step"] >= 1)
        await studio.client.post(f"/api/jobs/{job['id']}/cancel")
        ended = await studio.ended(job["id"])
    assert ended["error"]["code"] == "cancelled"
    assert len(comfy.interrupted) == 1


async def test_a_server_that_dies_fails_its_job_with_a_sentence(
    studio: Studio, admin: httpx.AsyncClient, webui: FakeA1111
) -> None:
    server = await connect(admin, "a1111", webui)
    job = await studio.submit(engine=server["engine_id"])
    webui.faults = {"/sdapi/v1/txt2img": "redirect"}
    async with studio.working():
        ended = await studio.ended(job["id"])
    assert ended["error"]["message"].startswith("The attic redirects elsewhere")


async def test_health_is_looked_at_again_and_again(
    studio: Studio, admin: httpx.AsyncClient, webui: FakeA1111
) -> None:
    server = await connect(admin, "a1111", webui)
    webui.faults = {"/": "500"}
    await service.check_all(studio.database)
    (seen,) = (await admin.get("/api/engine-servers")).json()["items"]
    assert not seen["works"]
    assert "failed with 500" in seen["fault"]
    assert seen["models"] == server["models"]
    refused = await studio.client.post(
        "/api/jobs", json={"prompt": "a fox", "engine": server["engine_id"]}
    )
    assert refused.status_code == 422
    assert refused.json()["field"] == "engine"
    assert "failed with 500" in refused.json()["detail"]
    assert "Possible with Reference card" in refused.json()["detail"]
    webui.faults = {}
    await service.check_all(studio.database)
    (seen,) = (await admin.get("/api/engine-servers")).json()["items"]
    assert seen["works"]
    await patch(admin, server, enabled=False)
    webui.asked.clear()
    await service.check_all(studio.database)
    assert not webui.asked


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"address": "ftp://127.0.0.1"}, 422, "address"),
        ({"address": "http://169.254.169.254/latest"}, 422, "address"),
        ({"address": "http://[::ffff:169.254.169.254]"}, 422, "address"),
        ({"address": "http://0.0.0.0:8188"}, 422, "address"),
        ({"address": "http://root:secret@127.0.0.1"}, 422, "address"),
        ({"address": "http://127.0.0.1:0"}, 422, "address"),
        ({"address": "http://127.0.0.1/?a=b"}, 422, "address"),
        ({"kind": "a1111", "workflow": GRAPH}, 422, "workflow"),
        ({"workflow": {"nodes": [], "links": []}}, 422, "workflow"),
        ({"workflow": {"1": {"class_type": "SaveImage", "inputs": {}}}}, 422, "workflow"),
        ({"workflow": {**GRAPH, "8": {"class_type": "a\x00", "inputs": {}}}}, 422, "workflow"),
        ({"name": " "}, 422, "name"),
        ({"username": "ann", "key": "x"}, 422, "username"),
        ({"kind": "gopher"}, 422, "kind"),
    ],
)
async def test_what_cannot_be_connected_is_refused(
    studio: Studio, admin: httpx.AsyncClient, body: dict[str, Any], status: int, field: str
) -> None:
    plain = {"kind": "comfyui", "name": "A", "address": "http://127.0.0.1:9"}
    answer = await admin.post("/api/engine-servers", json=plain | body)
    assert answer.status_code == status
    assert answer.json()["field"] == field
    assert await studio.scalar("SELECT count(*) FROM studio.engine_servers") == 0


async def test_names_are_taken_once_and_engine_ids_never_twice(
    studio: Studio, admin: httpx.AsyncClient
) -> None:
    body = {"kind": "a1111", "name": "Hall", "address": "http://127.0.0.1:9"}
    first = (await admin.post("/api/engine-servers", json=body)).json()
    assert "does not answer" in first["fault"]
    assert (await admin.post("/api/engine-servers", json=body)).status_code == 409
    other = (await admin.post("/api/engine-servers", json=body | {"name": "hall!"})).json()
    assert [first["engine_id"], other["engine_id"]] == ["a1111-hall", "a1111-hall-2"]


async def test_each_change_is_one_entry_of_the_trail(
    studio: Studio, admin: httpx.AsyncClient, webui: FakeA1111
) -> None:
    server = await connect(admin, "a1111", webui)
    await patch(admin, server, model=server["models"][1], key=KEY)
    await admin.post(f"/api/engine-servers/{server['id']}/test")
    place = "/api/engine-defaults/sdxl_image_fast"
    await admin.put(place, json={"engine": server["engine_id"]})
    await admin.put(place, json={"engine": server["engine_id"]})
    await admin.delete(f"/api/engine-servers/{server['id']}")
    rows = (await admin.get("/api/activity")).json()["items"]
    told = [row["action"] for row in rows if row["action"].startswith("engine")]
    assert told == [
        "engine_server.removed", "engine.chosen", "engine_server.tested", "engine_server.changed",
        "engine_server.added",
    ]  # fmt: skip
    missing = await admin.post(f"/api/engine-servers/{server['id']}/test")
    assert missing.status_code == 404


async def test_the_studio_uses_what_an_admin_chose(
    studio: Studio, admin: httpx.AsyncClient, comfy: FakeComfyUI
) -> None:
    server = await connect(admin, "comfyui", comfy)
    place = "/api/engine-defaults/sdxl_image_fast"
    wanted = {"engine": server["engine_id"], "model": MODELS[1]}
    assert (await admin.put(place, json=wanted)).status_code == 204
    kind = await job_type(studio)
    assert kind["engine"]["id"] == server["engine_id"]
    assert kind["limits"]["models"] == MODELS
    mine = next(e for e in kind["engines"] if e["id"] == server["engine_id"])
    assert mine["model"] == MODELS[1]
    job = await studio.made()
    assert job["params"]["model"] == MODELS[1]
    (sent,) = comfy.bodies("/prompt")
    assert sent["prompt"]["checkpoint"]["inputs"]["ckpt_name"] == MODELS[1]
    other = await studio.made(model=MODELS[0], scheduler="dpmpp_2m")
    assert other["params"]["model"] == MODELS[0]
    assert comfy.bodies("/prompt")[1]["prompt"]["sampler"]["inputs"]["sampler_name"] == "dpmpp_2m"
    by_card = await studio.made(engine="reference-card")
    assert by_card["engine"]["id"] == "reference-card"
    again = await studio.client.post(f"/api/jobs/{other['id']}/again")
    assert again.json()["params"] == other["params"]
    listed = (await admin.get("/api/engine-defaults")).json()["items"]
    assert listed == [{"use": "sdxl_image_fast", **wanted}]
    await admin.delete(f"/api/engine-servers/{server['id']}")
    assert (await admin.get("/api/engine-defaults")).json()["items"] == []
    assert (await job_type(studio))["engine"]["id"] == "reference-card"


async def test_a_chosen_server_that_is_down_is_not_replaced(
    studio: Studio, admin: httpx.AsyncClient, webui: FakeA1111
) -> None:
    server = await connect(admin, "a1111", webui)
    await admin.put("/api/engine-defaults/sdxl_image_fast", json={"engine": server["engine_id"]})
    webui.faults = {"/": "500"}
    await service.check_all(studio.database)
    kind = await job_type(studio)
    assert not kind["available"]
    assert "The attic cannot run here" in kind["reason"]
    assert "reference-card" in [engine["id"] for engine in kind["engines"]]
    refused = await studio.client.post("/api/jobs", json={"prompt": "a fox"})
    assert refused.status_code == 409


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({"engine": "nobody"}, "engine", "Possible with"),
        ({"engine": "local-llama"}, "engine", "Possible with"),
        ({"model": "unheard-of"}, "model", "It has meadow-1, harbour-2"),
        ({"width": 4096}, "width", "from 256 to 2048"),
        ({"steps": 30}, "steps", "steps"),
        ({"scheduler": "euler"}, "scheduler", "no such sampler"),
    ],
)
async def test_what_an_engine_cannot_do_is_refused_before_it_is_queued(
    studio: Studio, admin: httpx.AsyncClient, openai: FakeOpenAI, body: dict[str, Any],
    field: str, words: str,
) -> None:  # fmt: skip
    server = await connect(admin, "openai-images", openai)
    plain = {"prompt": "a fox", "engine": server["engine_id"]}
    answer = await studio.client.post("/api/jobs", json=plain | body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["field"] == field
    assert words in answer.json()["detail"]
    assert await studio.scalar("SELECT count(*) FROM jobs") == 0


async def test_only_the_sizes_of_a_model_are_possible(
    studio: Studio, admin: httpx.AsyncClient, openai: FakeOpenAI
) -> None:
    openai.models = ["gpt-image-1"]
    server = await connect(admin, "openai-images", openai)
    plain = {"prompt": "a fox", "engine": server["engine_id"]}
    refused = await studio.client.post("/api/jobs", json=plain | {"width": 1024, "height": 1280})
    assert refused.status_code == 422
    assert "1536 x 1024" in refused.json()["detail"]
    job = (await studio.client.post("/api/jobs", json=plain | {"seed": 3})).json()
    assert (job["width"], job["height"]) == (1024, 1024)
    assert [note["code"] for note in job["warnings"]] == ["seed_ignored"]


async def test_an_own_workflow_is_checked_and_used(
    studio: Studio, admin: httpx.AsyncClient, comfy: FakeComfyUI
) -> None:
    server = await connect(admin, "comfyui", comfy, workflow=GRAPH)
    assert server["works"], server["fault"]
    assert server["has_workflow"]
    job = await studio.made(engine=server["engine_id"], width=96, height=64, negative_prompt="rain")
    assert job["status"] == "completed", job["error"]
    graph = comfy.bodies("/prompt")[0]["prompt"]
    assert graph["2"]["inputs"]["text"] == "a lighthouse"
    assert graph["3"]["inputs"]["text"] == "rain"
    assert (graph["4"]["inputs"]["width"], graph["4"]["inputs"]["height"]) == (96, 64)
    assert graph["5"]["inputs"]["seed"] == 7
    foreign = {**GRAPH, "8": {"class_type": "Teleport", "inputs": {}}}
    broken = await patch(admin, server, workflow=foreign)
    assert "Teleport" in broken["fault"]
    assert (await patch(admin, server, workflow=None))["works"]


async def test_prompts_are_improved_by_the_chosen_text_engine(
    studio: Studio, admin: httpx.AsyncClient, openai: FakeOpenAI
) -> None:
    server = await connect(admin, "openai-chat", openai, model="harbour-2")
    chosen = await admin.put("/api/engine-defaults/text", json={"engine": server["engine_id"]})
    assert chosen.status_code == 204
    await studio.client.post("/api/prompts/enhance", json={"prompt": "a fox", "seed": 3})
    (asked,) = openai.bodies("/v1/chat/completions")
    assert asked["model"] == "harbour-2"
    assert asked["messages"][-1]["role"] == "user"
    wrong = await admin.put("/api/engine-defaults/text", json={"engine": "sketchbook"})
    assert wrong.status_code == 422
    unknown = await admin.put("/api/engine-defaults/poems", json={"engine": "sketchbook"})
    assert unknown.status_code == 422
