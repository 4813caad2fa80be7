"""What is asked of a server with AUTOMATIC1111's API."""

import base64
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from server_engines import engine_over
from servers.a1111 import MODELS, FakeA1111
from servers.base import pixels_of

from fabula.engines.base import CancelToken, ImageRequest, Lora, Reference

PLAIN = ImageRequest("a lake", 2**40 + 9, 64, 96, 3, 4.0, negative_prompt="rain")


@pytest.fixture
def webui() -> Iterator[FakeA1111]:
    with FakeA1111() as fake:
        yield fake


def asked(fake: FakeA1111, request: ImageRequest, **changes: str) -> dict[str, object]:
    made = list(engine_over("a1111", fake, **changes).run(request, CancelToken()))[-1]
    assert made.seed == request.seed
    path = "/sdapi/v1/img2img" if request.reference else "/sdapi/v1/txt2img"
    body: dict[str, object] = fake.bodies(path)[-1]
    return body


def test_the_servers_own_settings_stay_as_they_are(webui: FakeA1111) -> None:
    before = {**webui.options}
    asked(webui, PLAIN, model=MODELS[1])
    asked(webui, PLAIN)
    assert webui.model_in_use == [MODELS[1], MODELS[0]]
    assert webui.options == before
    assert "/sdapi/v1/options" not in webui.paths("POST")


def test_a_request_is_told_in_the_servers_words(webui: FakeA1111) -> None:
    more = replace(PLAIN, loras=(Lora("ink", 0.5),), options={"schedule": "Karras"})
    body = asked(webui, more)
    assert body["prompt"] == "a lake <lora:ink:0.5>"
    assert body["negative_prompt"] == "rain"
    assert (body["seed"], body["steps"], body["cfg_scale"]) == (9, 3, 4.0)
    assert (body["sampler_name"], body["scheduler"]) == ("DPM++ 2M", "Karras")
    assert body["save_images"] is False
    assert (body["batch_size"], body["n_iter"]) == (1, 1)


def test_inpainting_sends_picture_and_mask(webui: FakeA1111) -> None:
    source = np.full((96, 64, 3), 90, np.uint8)
    mask = np.zeros((48, 32, 3), np.uint8)
    mask[:24] = 255
    body = asked(webui, replace(PLAIN, reference=Reference(source, 0.7, mask)))
    assert body["denoising_strength"] == 0.7
    assert isinstance(body["mask"], str)
    sent = pixels_of(base64.b64decode(body["mask"]))
    assert sent.shape == (96, 64, 3)
    assert (sent[:48] == 255).all()
    assert (sent[48:] == 0).all()
