"""Staged and kept assets, uploads and files over HTTP."""

import io
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from PIL import Image
from sqlalchemy import text

from fabula.storage.infotext import read_png
from studio import Studio, client_of


def png(colour: str = "red", size: tuple[int, int] = (40, 30)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


async def test_outputs_are_staged_with_their_days(studio: Studio) -> None:
    job = await studio.made(count=2)
    items = (await studio.client.get("/api/workspace/assets")).json()["items"]
    assert {item["id"] for item in items} == {asset["id"] for asset in job["assets"]}
    one = (await studio.client.get(f"/api/workspace/assets/{items[0]['id']}")).json()
    assert one == items[0]
    assert (one["saved"], one["prompt"], one["job_id"]) == (False, "a lighthouse", job["id"])
    days = await studio.scalar(
        "SELECT round(extract(epoch FROM min(expires_at) - now()) / 86400) FROM workspace_assets"
    )
    assert days == 7


async def test_keeping_twice_gives_the_same_library_asset(studio: Studio) -> None:
    asset = (await studio.made())["assets"][0]
    place = f"/api/workspace/assets/{asset['id']}/keep"
    first = await studio.client.post(place, json={"title": "Light", "tags": ["sea", "sea"]})
    second = await studio.client.post(place)
    assert first.status_code == second.status_code == 200
    assert first.json()["id"] == second.json()["id"]
    assert (second.json()["title"], second.json()["tags"]) == ("Light", ["sea"])
    assert await studio.scalar("SELECT count(*) FROM user_library") == 1
    assert await studio.scalar("SELECT status FROM workspace_items") == "saved"
    staged = (await studio.client.get(f"/api/workspace/assets/{asset['id']}")).json()
    assert (staged["saved"], staged["library_asset_id"]) == (True, first.json()["id"])


async def test_what_was_kept_stays_when_the_staged_one_is_discarded(studio: Studio) -> None:
    asset = (await studio.made())["assets"][0]
    place = f"/api/workspace/assets/{asset['id']}"
    kept = (await studio.client.post(f"{place}/keep")).json()
    assert (await studio.client.delete(place)).status_code == 204
    assert (await studio.client.delete(place)).status_code == 204
    assert (await studio.client.get(place)).status_code == 404
    file = await studio.client.get(kept["url"])
    assert file.status_code == 200
    again = await studio.client.post(f"{place}/keep")
    assert again.json()["id"] == kept["id"]


async def test_discarding_queues_the_removal_of_file_and_thumbnail(studio: Studio) -> None:
    asset = (await studio.made())["assets"][0]
    await studio.client.delete(f"/api/workspace/assets/{asset['id']}")
    query = "SELECT args FROM queue.procrastinate_jobs WHERE task_name = 'storage.delete'"
    blobs = (await studio.scalar(query))["blobs"]
    assert sorted(key.rpartition("/")[2] for _, key in blobs) == ["0.png", "0.thumb.webp"]


async def test_assets_of_others_are_not_there(studio: Studio) -> None:
    asset = (await studio.made())["assets"][0]
    kept = (await studio.client.post(f"/api/workspace/assets/{asset['id']}/keep")).json()
    staged, shelf = f"/api/workspace/assets/{asset['id']}", f"/api/library/assets/{kept['id']}"
    async with await studio.person("eve", "premium_user") as eve:
        for method, path in (
            ("GET", staged), ("POST", f"{staged}/keep"), ("GET", shelf), ("PATCH", shelf),
            ("DELETE", shelf), ("POST", f"{shelf}/again"), ("GET", f"{shelf}/download"),
        ):  # fmt: skip
            answer = await eve.request(method, path, json={} if method == "PATCH" else None)
            assert (answer.status_code, answer.json()["error"]) == (404, "asset_not_found"), path
        assert (await eve.delete(staged)).status_code == 204
        body = {"prompt": "a fox", "reference": {"asset_id": asset["id"]}}
        stolen = await eve.post("/api/jobs", json=body)
        assert stolen.json()["error"] == "reference_not_found"
    assert (await studio.client.get(staged)).status_code == 200
    assert (await studio.client.get(shelf)).status_code == 200


async def test_the_same_parameters_give_the_same_bytes(studio: Studio) -> None:
    first = await studio.made(count=2, enhance=True)
    answer = await studio.client.post(f"/api/jobs/{first['id']}/again")
    async with studio.working():
        second = await studio.ended(answer.json()["id"])
    for one, other in zip(first["assets"], second["assets"], strict=True):
        assert one["id"] != other["id"]
        files = [(await studio.client.get(a["url"])).content for a in (one, other)]
        assert files[0] == files[1]


async def test_a_kept_asset_is_made_again_after_its_job_is_gone(studio: Studio) -> None:
    asset = (await studio.made())["assets"][0]
    original = (await studio.client.get(asset["url"])).content
    kept = (await studio.client.post(f"/api/workspace/assets/{asset['id']}/keep")).json()
    async with studio.database.system() as session:
        await session.execute(text("UPDATE images SET job_id = NULL"))
        await session.execute(text("DELETE FROM workspace_assets"))
        await session.execute(text("DELETE FROM jobs"))
    answer = await studio.client.post(f"/api/library/assets/{kept['id']}/again")
    assert answer.status_code == 202
    async with studio.working():
        again = (await studio.ended(answer.json()["id"]))["assets"][0]
    assert (await studio.client.get(again["url"])).content == original


async def test_a_picture_tells_how_it_was_made(studio: Studio) -> None:
    asset = (await studio.made(negative_prompt="fog", enhance=True))["assets"][0]
    found = read_png((await studio.client.get(asset["url"])).content)
    assert found.generation is not None
    assert found.own is not None
    assert found.generation.prompt == "a lighthouse, at dawn"
    assert found.generation.negative_prompt == "fog"
    facts = (
        found.generation.seed,
        found.generation.steps,
        found.generation.width,
        found.generation.height,
    )
    assert facts == (7, 4, 64, 64)
    assert found.own["prompt"] == "a lighthouse"


async def test_a_job_may_go_straight_to_the_library(studio: Studio) -> None:
    job = await studio.made(destination="library", count=2)
    assert [asset["saved"] for asset in job["assets"]] == [True, True]
    items = (await studio.client.get("/api/library/assets")).json()["items"]
    assert {item["id"] for item in items} == {asset["id"] for asset in job["assets"]}
    assert (await studio.client.get("/api/workspace/assets")).json()["items"] == []


async def test_the_library_is_searched_by_prompt_title_and_tag(studio: Studio) -> None:
    job = await studio.made(prompt="a blue whale in the sea")
    place = f"/api/workspace/assets/{job['assets'][0]['id']}/keep"
    body = {"title": "Quiet giant", "tags": ["ocean"]}
    kept = (await studio.client.post(place, json=body)).json()

    async def found(query: str) -> list[str]:
        answer = await studio.client.get("/api/library/assets", params={"q": query})
        assert answer.status_code == 200
        return [item["id"] for item in answer.json()["items"]]

    for query in ("whale", "whales", "wha", "giant", "ocean", "blue sea", "  WHALE  "):
        assert await found(query) == [kept["id"]], query
    for query in ("fox", "whale fox", "&|!()", "'; DROP TABLE", "\\"):
        assert await found(query) == [], query


async def test_a_kept_asset_changes_only_what_is_sent(studio: Studio) -> None:
    asset = (await studio.made())["assets"][0]
    kept = (
        await studio.client.post(
            f"/api/workspace/assets/{asset['id']}/keep", json={"title": "One", "tags": ["a"]}
        )
    ).json()
    place = f"/api/library/assets/{kept['id']}"
    changed = (await studio.client.patch(place, json={"is_favorite": True})).json()
    assert (changed["title"], changed["tags"], changed["is_favorite"]) == ("One", ["a"], True)
    changed = (await studio.client.patch(place, json={"title": None})).json()
    assert (changed["title"], changed["is_favorite"]) == (None, True)
    refused = await studio.client.patch(place, json={"user_id": str(uuid4())})
    assert refused.status_code == 422
    favourites = await studio.client.get("/api/library/assets", params={"favorite": True})
    assert [item["id"] for item in favourites.json()["items"]] == [kept["id"]]


async def test_an_upload_is_a_reference_and_its_type_comes_from_its_bytes(studio: Studio) -> None:
    files = {"file": ("picture.jpg", png(), "image/jpeg")}
    answer = await studio.client.post("/api/uploads", files=files)
    assert answer.status_code == 201
    upload = answer.json()
    assert (upload["mime_type"], upload["width"], upload["height"]) == ("image/png", 40, 30)
    job = await studio.made(reference={"asset_id": upload["id"], "strength": 0.4})
    assert job["status"] == "completed"
    reference = job["params"]["reference"]
    assert (reference["asset_id"], reference["strength"]) == (upload["id"], 0.4)
    assert float(await studio.scalar("SELECT reference_strength FROM images")) == 0.6


@pytest.mark.parametrize(
    "data", [b"", b"not a picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>", png()[:60]]
)
async def test_an_upload_that_is_no_picture_is_refused(studio: Studio, data: bytes) -> None:
    answer = await studio.client.post("/api/uploads", files={"file": ("a.png", data)})
    assert (answer.status_code, answer.json()["field"]) == (422, "file")
    assert await studio.scalar("SELECT count(*) FROM studio.uploads") == 0


async def test_a_file_is_read_by_its_link_alone_and_by_ranges(studio: Studio) -> None:
    asset = (await studio.made())["assets"][0]
    async with client_of(studio.app) as nobody:
        whole = await nobody.get(asset["url"])
        assert (whole.status_code, whole.headers["content-type"]) == (200, "image/png")
        assert whole.headers["x-content-type-options"] == "nosniff"
        part = await nobody.get(asset["url"], headers={"Range": "bytes=8-15"})
        assert (part.status_code, part.content) == (206, whole.content[8:16])
        assert part.headers["content-range"] == f"bytes 8-15/{len(whole.content)}"
        tail = await nobody.get(asset["url"], headers={"Range": "bytes=-4"})
        assert tail.content == whole.content[-4:]
        behind = await nobody.get(asset["url"], headers={"Range": "bytes=99999999-"})
        assert behind.status_code == 416
        known = {"If-None-Match": whole.headers["etag"]}
        assert (await nobody.get(asset["url"], headers=known)).status_code == 304
        head = await nobody.head(asset["url"])
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == str(len(whole.content))


async def test_a_link_opens_nothing_else(studio: Studio) -> None:
    first, second = (await studio.made(count=2))["assets"]
    place, query = urlsplit(first["url"]).path, urlsplit(second["url"]).query
    async with client_of(studio.app) as nobody:
        for url in (place, f"{place}?{query}", first["url"].replace("expires=", "expires=9")):
            answer = await nobody.get(url)
            assert (answer.status_code, answer.json()["error"]) == (403, "forbidden")
        for path in ("/api/files/nowhere/a.png", "/api/files/workspace-temp/../../etc/passwd"):
            assert (await nobody.get(path)).status_code == 404


async def test_a_download_has_a_name(studio: Studio) -> None:
    asset = (await studio.made(destination="library"))["assets"][0]
    answer = await studio.client.get(f"/api/library/assets/{asset['id']}/download")
    assert answer.status_code == 200
    assert f"fabula-{asset['id']}.png" in answer.headers["content-disposition"]
