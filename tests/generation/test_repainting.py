"""Jobs that draw a part of a picture anew, or more around it, from the request to the pixels."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import text

from fabula.engines.capabilities import ImageCapabilities, Range
from fabula.generation.errors import NotPossible
from fabula.generation.job_types import JOB_TYPES
from fabula.generation.provenance import FrozenExtension
from fabula.generation.reference_schemas import ExtensionIn, ReferenceIn
from fabula.generation.repainting import repainted
from fabula.generation.schemas import JobIn
from fabula.generation.sizes import Frame, frame_of
from fabula.generation.source_repository import SourcePicture
from fabula.storage.infotext import OWN_KEY
from studio import Studio

NOBODY = "00000000-0000-4000-8000-000000000000"
SIDE = 96
PICTURE = np.random.default_rng(1).integers(0, 256, (SIDE, SIDE, 3), np.uint8)


def png(pixels: Any) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


async def brought(studio: Studio, pixels: Any) -> str:
    answer = await studio.client.post("/api/uploads", files={"file": ("a.png", png(pixels))})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def half(side: int = SIDE) -> Any:
    mask = np.zeros((side, side, 3), np.uint8)
    mask[:, side // 2 :] = 255
    return mask


async def reference(studio: Studio, white: Any = None, **more: Any) -> dict[str, Any]:
    named = {} if white is None else {"mask": await brought(studio, white)}
    return {"reference": {"asset_id": await brought(studio, PICTURE), **named, **more}}


async def pixels_of(studio: Studio, job: dict[str, Any]) -> Any:
    assert job["status"] == "completed", job["error"]
    data = (await studio.client.get(job["assets"][0]["url"])).content
    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert("RGB"))


async def refusal(studio: Studio, **body: Any) -> dict[str, Any]:
    answer = await studio.client.post("/api/jobs", json={"prompt": "a fox", **body})
    assert answer.status_code == 422, answer.text
    assert await studio.scalar("SELECT count(*) FROM jobs") == 0
    said: dict[str, Any] = answer.json()
    return said


async def test_only_the_white_of_a_mask_is_drawn_anew(studio: Studio) -> None:
    job = await studio.made(**await reference(studio, half()))
    made = await pixels_of(studio, job)
    assert np.array_equal(made[:, : SIDE // 2], PICTURE[:, : SIDE // 2])
    assert not np.array_equal(made[:, SIDE // 2 :], PICTURE[:, SIDE // 2 :])
    assert job["params"]["reference"]["strength"] == 0.9
    assert job["params"]["reference"]["extend"] is None


async def test_a_mask_of_another_size_and_of_greys_is_brought_to_two_values(studio: Studio) -> None:
    small = half(12)
    small[small == 255] = 140
    small[small == 0] = 110
    sources = await reference(studio, small, strength=1.0)
    made = await pixels_of(studio, await studio.made(**sources))
    sources["reference"]["mask"] = await brought(studio, half())
    assert np.array_equal(made, await pixels_of(studio, await studio.made(**sources)))


async def test_a_picture_grows_by_what_is_drawn_around_it(studio: Studio) -> None:
    grown = {"left": 16, "top": 6}
    job = await studio.made(**await reference(studio, extend=grown))
    assert job["params"]["reference"]["extend"] == {"left": 16, "right": 0, "top": 8, "bottom": 0}
    assert [w["code"] for w in job["warnings"]] == ["size_snapped"]
    made = await pixels_of(studio, job)
    assert made.shape == (SIDE + 8, SIDE + 16, 3)
    assert np.array_equal(made[8:, 16:], PICTURE)
    assert made[:8].std() > 0


async def test_mask_and_extension_go_together(studio: Studio) -> None:
    sources = await reference(studio, half(), extend={"bottom": 8})
    made = await pixels_of(studio, await studio.made(**sources))
    assert np.array_equal(made[:SIDE, : SIDE // 2], PICTURE[:, : SIDE // 2])
    assert not np.array_equal(made[:SIDE, SIDE // 2 :], PICTURE[:, SIDE // 2 :])


async def test_the_same_again_is_the_same_to_the_byte(studio: Studio) -> None:
    first = await studio.made(**await reference(studio, half(), extend={"right": 8}))
    answer = await studio.client.post(f"/api/jobs/{first['id']}/again")
    async with studio.working():
        again = await studio.ended(answer.json()["id"])
    assert again["params"] == first["params"]
    both = [(await studio.client.get(j["assets"][0]["url"])).content for j in (first, again)]
    assert both[0] == both[1]
    record = json.loads(Image.open(io.BytesIO(both[0])).text[OWN_KEY])  # type: ignore[attr-defined]
    assert len(record["reference"]["mask"]["sha256"]) == 64
    assert record["reference"]["extension"]["right"] == 8


async def test_a_mask_that_goes_away_fails_the_job_with_a_sentence(studio: Studio) -> None:
    sources = await reference(studio, half())
    job = await studio.submit(**sources)
    key = await studio.scalar(
        "SELECT key FROM studio.uploads WHERE id = :id", id=sources["reference"]["mask"]
    )
    await studio.store.delete("reference_images", key)
    async with studio.working():
        job = await studio.ended(job["id"])
    assert job["error"]["code"] == "reference_not_found"
    assert "The mask is not there" in job["error"]["message"]


async def test_a_mask_that_is_black_all_over_is_refused(studio: Studio) -> None:
    said = await refusal(studio, **await reference(studio, half() * 0))
    assert said["field"] == "reference.mask"
    assert "white" in said["detail"]


async def test_a_mask_of_somebody_else_is_not_there(studio: Studio) -> None:
    sources = await reference(studio, half())
    async with await studio.person("eve") as eve:
        theirs = await eve.post("/api/uploads", files={"file": ("a.png", png(PICTURE))})
        sources["reference"]["asset_id"] = theirs.json()["id"]
        answer = await eve.post("/api/jobs", json={"prompt": "a fox", **sources})
    assert (answer.status_code, answer.json()["field"]) == (422, "reference.mask")


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"extend": {}}, "reference.extend"),
        ({"extend": {"left": -8}}, "reference.extend.left"),
        ({"extend": {"left": 5000}}, "reference.extend.left"),
        ({"extend": {"left": 3000}}, "reference"),
        ({"extend": {"inside": 8}}, "reference.extend.inside"),
        ({"mask": NOBODY}, "reference.mask"),
        ({"strength": 2}, "reference.strength"),
    ],
)
async def test_what_makes_no_part_is_refused(
    studio: Studio, more: dict[str, Any], field: str
) -> None:
    assert (await refusal(studio, **await reference(studio, **more)))["field"] == field


async def test_an_extended_picture_has_a_size_of_its_own(studio: Studio) -> None:
    sources = await reference(studio, extend={"left": 8})
    assert (await refusal(studio, width=64, **sources))["field"] == "width"
    assert (await refusal(studio, height=64, **sources))["field"] == "height"


async def test_an_engine_that_cannot_is_told_before_anything_is_queued(
    studio: Studio, unable: Callable[[], None]
) -> None:
    done = await studio.made(**await reference(studio, half()))
    unable()
    for more in ({"extend": {"left": 8}}, {"mask": await brought(studio, half())}):
        answer = await studio.client.post(
            "/api/jobs", json={"prompt": "a fox", **await reference(studio, **more)}
        )
        (name,) = more
        assert answer.status_code == 422
        assert answer.json()["field"] == f"reference.{name}"
        assert "cannot draw a part of a picture anew" in answer.json()["detail"]
        assert "Possible with Sketchbook" in answer.json()["detail"]
    answer = await studio.client.post(f"/api/jobs/{done['id']}/again")
    assert (answer.status_code, answer.json()["field"]) == (422, "engine")
    types = (await studio.client.get("/api/job-types")).json()["items"]
    limits = {t["job_type"]: t["limits"] for t in types}["sdxl_image_fast"]
    assert (limits["image_to_image"], limits["inpainting"]) == (True, False)


@pytest.fixture
def unable(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Takes inpainting away from the card."""

    def take() -> None:
        registry = studio.services.registry
        before = {entry.info.id: entry for entry in registry.all()}
        card = before["reference-card"]
        assert isinstance(card.capabilities, ImageCapabilities)
        less = replace(card, capabilities=replace(card.capabilities, inpainting=False))
        after = before | {"reference-card": less}
        monkeypatch.setattr(registry, "get", after.get)
        monkeypatch.setattr(registry, "all", lambda: list(after.values()))

    return take


def test_the_new_part_continues_the_edges_and_is_white_in_the_mask() -> None:
    found = repainted(PICTURE, 0.9, None, FrozenExtension(left=4, bottom=2))
    assert found.mask is not None
    assert found.pixels.shape == found.mask.shape == (SIDE + 2, SIDE + 4, 3)
    assert np.array_equal(found.pixels[:SIDE, 4:], PICTURE)
    assert np.array_equal(found.pixels[:SIDE, 0], PICTURE[:, 0])
    assert np.array_equal(found.pixels[-1, 4:], PICTURE[-1])
    assert (found.mask[:SIDE, 4:] == 0).all()
    assert (found.mask[:, :4] == 255).all()
    assert (found.mask[SIDE:] == 255).all()
    assert repainted(PICTURE, 0.5, None, None).mask is None


ABLE = ImageCapabilities(
    width=Range(256, 2048, 1024, 8),
    height=Range(256, 2048, 1024, 8),
    steps=Range(1, 50, 20),
    guidance_scale=Range(0, 20, 5),
    inpainting=True,
)


def frame(width: int, height: int, extend: dict[str, int] | None, **able: Any) -> Frame:
    start = ReferenceIn(
        asset_id=uuid4(), mask=UUID(NOBODY), extend=ExtensionIn(**extend) if extend else None
    )
    picture = SourcePicture(
        uuid4(), "b", "k", "s", "image/png", width, height, "general", None, None
    )
    limits = replace(ABLE, **able)
    body = JobIn(prompt="a fox", reference=start)
    return frame_of(body, picture, JOB_TYPES["sdxl_image_fast"], limits)


@pytest.mark.parametrize(
    ("size", "extend", "expected", "grows"),
    [
        ((1024, 768), None, (1024, 768), None),
        ((1021, 770), None, (1024, 768), None),
        ((4000, 3000), None, (2048, 1536), None),
        ((128, 200), None, (256, 400), None),
        ((1024, 768), {"left": 256, "right": 256}, (1536, 768), (256, 256, 0, 0)),
        ((1024, 768), {"left": 1}, (1032, 768), (8, 0, 0, 0)),
        ((1021, 768), {"right": 10, "left": 4}, (1040, 768), (4, 15, 0, 0)),
        ((2000, 1500), {"bottom": 1000}, (1640, 2048), (0, 0, 0, 1000)),
    ],
)
def test_the_size_follows_the_picture(
    size: tuple[int, int],
    extend: dict[str, int] | None,
    expected: tuple[int, int],
    grows: tuple[int, ...] | None,
) -> None:
    found = frame(*size, extend)
    assert (found.width, found.height) == expected
    assert (tuple(found.extension.model_dump().values()) if found.extension else None) == grows
    wanted = (size[0] + sum((extend or {}).get(s, 0) for s in ("left", "right")),
              size[1] + sum((extend or {}).get(s, 0) for s in ("top", "bottom")))  # fmt: skip
    assert bool(found.warnings) == (wanted != expected)


def test_an_engine_with_few_sizes_makes_the_nearest() -> None:
    found = frame(1024, 768, {"right": 200}, sizes=((1024, 1024), (1536, 1024)))
    assert (found.width, found.height) == (1536, 1024)
    assert found.extension == FrozenExtension(right=200)
    assert found.warnings


def test_a_picture_that_is_too_long_is_refused() -> None:
    with pytest.raises(NotPossible, match="too long"):
        frame(1024, 768, {"right": 4096, "left": 4096})


async def test_masks_count_as_pictures_that_were_brought_nowhere(studio: Studio) -> None:
    """A mask shows nobody: what is made by it keeps the mode of its reference."""
    made = await studio.made(prompt="a castle", count=1)
    own = {"asset_id": made["assets"][0]["id"], "mask": await brought(studio, half(64))}
    job = await studio.made(reference=own)
    async with studio.database.system() as session:
        brought_along = await session.scalar(
            text("SELECT metadata->'reference'->'mask'->>'brought' FROM jobs WHERE id = :id"),
            {"id": job["id"]},
        )
    assert brought_along == "false"
