"""Where a request goes in somebody else's workflow."""

import copy
from typing import Any

import pytest
from server_engines import engine_over
from servers.base import card, card_request, pixels_of
from servers.comfyui import MODELS, FakeComfyUI

from fabula.engines.base import (
    CancelToken,
    EngineContext,
    EngineError,
    ImageRequest,
    Lora,
    Reference,
)
from fabula.engines.remote.addresses import parse_address
from fabula.engines.remote.comfyui_workflow import BadWorkflow, built_in, read_workflow
from fabula.engines.remote.connection import Connection


def node(class_type: str, title: str = "", **inputs: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"class_type": class_type, "inputs": inputs}
    return made | ({"_meta": {"title": title}} if title else {})


PLAIN = {
    "1": node("CheckpointLoaderSimple", ckpt_name=MODELS[0]),
    "2": node("CLIPTextEncode", text="a hill", clip=["1", 1]),
    "3": node("CLIPTextEncode", text="fog", clip=["1", 1]),
    "4": node("EmptyLatentImage", width=64, height=96, batch_size=1),
    "5": node(
        "KSampler", seed=1, steps=4, cfg=5.0, sampler_name="euler", scheduler="normal",
        denoise=1.0, model=["1", 0], positive=["2", 0], negative=["3", 0], latent_image=["4", 0],
    ),
    "6": node("VAEDecode", samples=["5", 0], vae=["1", 2]),
    "7": node("SaveImage", images=["6", 0], filename_prefix="x"),
}  # fmt: skip
FLUX = {
    "1": node("UNETLoader", unet_name="flux", weight_dtype="default"),
    "2": node("DualCLIPLoader", clip_name1="a", clip_name2="b"),
    "3": node("CLIPTextEncode", text="a hill", clip=["2", 0]),
    "4": node("FluxGuidance", guidance=3.5, conditioning=["3", 0]),
    "5": node("BasicGuider", model=["1", 0], conditioning=["4", 0]),
    "6": node("RandomNoise", noise_seed=1),
    "7": node("KSamplerSelect", sampler_name="euler"),
    "8": node("BasicScheduler", model=["1", 0], scheduler="simple", steps=20, denoise=1.0),
    "9": node("EmptySD3LatentImage", width=1024, height=1024, batch_size=1),
    "10": node(
        "SamplerCustomAdvanced", noise=["6", 0], guider=["5", 0], sampler=["7", 0],
        sigmas=["8", 0], latent_image=["9", 0],
    ),
    "11": node("VAEDecode", samples=["10", 0], vae=["12", 0]),
    "12": node("VAELoader", vae_name="ae"),
    "13": node("SaveImage", images=["11", 0], filename_prefix="x"),
}  # fmt: skip


def test_slots_are_found_by_following_the_links() -> None:
    assert read_workflow(PLAIN).slots == {
        "prompt": (("2", "text"),), "negative": (("3", "text"),), "seed": (("5", "seed"),),
        "steps": (("5", "steps"),), "cfg": (("5", "cfg"),), "sampler": (("5", "sampler_name"),),
        "scheduler": (("5", "scheduler"),), "denoise": (("5", "denoise"),),
        "width": (("4", "width"),), "height": (("4", "height"),),
        "checkpoint": (("1", "ckpt_name"),),
    }  # fmt: skip


def test_settings_in_nodes_of_their_own_are_found_too() -> None:
    found = read_workflow(FLUX)
    assert found.slots == {
        "prompt": (("3", "text"),), "seed": (("6", "noise_seed"),), "steps": (("8", "steps"),),
        "cfg": (("4", "guidance"),), "sampler": (("7", "sampler_name"),),
        "scheduler": (("8", "scheduler"),), "denoise": (("8", "denoise"),),
        "width": (("9", "width"),), "height": (("9", "height"),),
        "checkpoint": (("1", "unet_name"),),
    }  # fmt: skip
    assert found.notes == ("The workflow decides itself: the negative prompt.",)


def test_a_title_has_the_last_word() -> None:
    graph = copy.deepcopy(PLAIN)
    graph["8"] = node("PrimitiveString", "Fabula:prompt", value="a hill")
    graph["2"]["inputs"]["text"] = ["8", 0]
    found = read_workflow(graph)
    assert found.slots["prompt"] == (("8", "value"),)
    filled = found.filled({"prompt": "a lake", "mask": "nowhere"})
    assert filled["8"]["inputs"]["value"] == "a lake"
    assert graph["8"]["inputs"]["value"] == "a hill"


@pytest.mark.parametrize(
    ("graph", "words"),
    [
        ([], "Export"),
        ({}, "Export"),
        ({"nodes": [], "links": []}, "API form"),
        ({"1": {"class_type": "KSampler"}}, "Node 1"),
        ({"1": node("SaveImage", images=["9", 0])}, "node that is absent"),
        ({"1": node("KSampler", seed=1)}, "ends in no picture"),
        ({"1": node("SaveImage", images=None)}, "fabula:prompt"),
        (PLAIN | {"8": node("Note", "fabula:colour")}, "the slots are prompt"),
        (PLAIN | {"8": node("Note", "fabula:seed", text="x")}, "no input for that"),
        ({str(at): node("SaveImage") for at in range(1001)}, "1000 nodes"),
    ],
)
def test_what_cannot_be_used_is_told(graph: Any, words: str) -> None:
    with pytest.raises(BadWorkflow, match=words):
        read_workflow(graph)


def test_the_studios_own_are_found_as_they_are_written() -> None:
    for reference, mask in ((False, False), (True, False), (True, True)):
        own = built_in(reference=reference, mask=mask)
        assert read_workflow(own.graph).slots.keys() >= own.slots.keys() - {"width", "height"}


def request(**changes: Any) -> ImageRequest:
    return ImageRequest("a lake", 9, 64, 96, 3, 4.0, **changes)


def test_a_workflow_says_what_it_cannot_do() -> None:
    graph = copy.deepcopy(PLAIN)
    graph["4"] = node("LoadImage", image="a.png")
    graph["8"] = node("VAEEncode", pixels=["4", 0], vae=["1", 2])
    graph["5"]["inputs"] |= {"latent_image": ["8", 0], "steps": ["9", 0], "seed": ["9", 1]}
    graph["9"] = node("Dice")
    with FakeComfyUI() as fake:
        plain = engine_over("comfyui", fake, workflow=PLAIN)
        able = plain.capabilities()
        assert (able.image_to_image, able.seeds, able.negative_prompt) == (False, True, True)
        assert able.steps.default == 4
        with pytest.raises(BadWorkflow, match="Dice"):
            engine_over("comfyui", fake, workflow=graph)
    able = type(plain)(_context(graph)).capabilities()
    assert (able.reference_required, able.inpainting, able.seeds) == (True, False, False)
    assert able.steps.minimum == able.steps.maximum


def _context(graph: dict[str, Any]) -> Any:
    connection = Connection("A", parse_address("http://127.0.0.1:9"), workflow=graph)
    return EngineContext(models_dir="", options=connection.option())


def test_an_own_workflow_draws_what_the_request_says() -> None:
    with FakeComfyUI() as fake:
        engine = engine_over("comfyui", fake, workflow=PLAIN, model=MODELS[1])
        made = list(engine.run(request(negative_prompt="rain"), CancelToken()))[-1]
        (sent,) = fake.bodies("/prompt")
    wanted = card_request("a lake", 9, (64, 96), 3, 4.0, "rain")
    assert (made.pixels == pixels_of(card(wanted))).all()
    assert sent["prompt"]["1"]["inputs"]["ckpt_name"] == MODELS[1]
    assert made.effective["model"] == MODELS[1]
    assert made.effective["scheduler"] == "euler"


def test_loras_follow_the_model_in_their_order() -> None:
    with FakeComfyUI() as fake:
        engine = engine_over("comfyui", fake)
        loras = (Lora("ink.safetensors", 0.5), Lora("ink.safetensors", 0.2))
        list(engine.run(request(loras=loras), CancelToken()))
        (sent,) = fake.bodies("/prompt")
        with pytest.raises(EngineError, match="no LoRA"):
            engine.run(request(loras=(Lora("gone"),)), CancelToken())
    graph = sent["prompt"]
    assert graph["fabula-lora-0"]["inputs"]["model"] == ["checkpoint", 0]
    assert graph["fabula-lora-1"]["inputs"]["clip"] == ["fabula-lora-0", 1]
    assert graph["sampler"]["inputs"]["model"] == ["fabula-lora-1", 0]
    assert graph["prompt"]["inputs"]["clip"] == ["fabula-lora-1", 1]
    assert graph["decode"]["inputs"]["vae"] == ["checkpoint", 2]


def test_reference_and_mask_are_brought_along() -> None:
    source = pixels_of(card(card_request("a hill", 1, (64, 96), 1)))
    mask = source.copy()
    mask[:] = 0
    mask[:48] = 255
    with FakeComfyUI() as fake:
        engine = engine_over("comfyui", fake)
        reference = Reference(source, 0.4, mask)
        list(engine.run(request(reference=reference), CancelToken()))
        (sent,) = fake.bodies("/prompt")
        graph = sent["prompt"]
        assert graph["sampler"]["inputs"]["denoise"] == 0.4
        brought = {graph[key]["inputs"]["image"] for key in ("source", "hole")}
        assert all(place.endswith(" [temp]") for place in brought)
        pictures = [pixels_of(fake.files[place]) for place in brought]
    assert any((picture == source).all() for picture in pictures)
    assert any((picture[..., 0] == mask[..., 0]).all() for picture in pictures)


def test_more_pictures_than_one_are_told() -> None:
    with FakeComfyUI() as fake:
        fake.outputs = 3
        events = list(engine_over("comfyui", fake).run(request(), CancelToken()))
    assert [event.code for event in events if hasattr(event, "code")] == ["more_pictures"]
