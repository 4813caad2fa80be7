"""Clips by a ComfyUI server: the studio's workflows for Wan, or one of the server's owner."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from fabula.engines.base import (
    Availability,
    CancelToken,
    EngineContext,
    EngineError,
    EngineInfo,
    EngineWarning,
    Modality,
    VideoEvent,
    VideoOutput,
    VideoRequest,
)
from fabula.engines.capabilities import Range, VideoCapabilities
from fabula.engines.image_checks import refused
from fabula.engines.remote.client import Client
from fabula.engines.remote.clips import SUFFIXES, ReadClip, read_clip
from fabula.engines.remote.comfyui import Turn, upload_picture
from fabula.engines.remote.comfyui_clips import built_in_clip, makes_clips, takes_frames
from fabula.engines.remote.comfyui_workflow import Workflow, read_workflow
from fabula.engines.remote.connection import Connection, Facts, availability, connection_of
from fabula.engines.remote.driving import drive
from fabula.engines.remote.requests import connected
from fabula.engines.remote.weights import comfyui_text
from fabula.engines.video_checks import refuse_out_of_range

SIDE_STEP, FRAME_STEP = 16, 4
"""Wan's sides are multiples of 16 pixels, and its frames one more than a multiple of 4."""


class ComfyUIClips:
    """One server."""

    info = EngineInfo(
        id="comfyui-clips",
        name="ComfyUI clips",
        modality=Modality.VIDEO,
        version="1",
        summary="Makes clips on a ComfyUI server, with Wan or with your own workflow.",
        model="those of the server",
        licence="those of the server's models",
    )

    def __init__(self, context: EngineContext) -> None:
        self._to = connection_of(context)
        own = read_workflow(self._to.workflow) if self._to and self._to.workflow else None
        self._own = own if own and own.makes_clips else None

    def availability(self) -> Availability:
        if self._to and not self._own and not makes_clips(self._to.facts):
            return Availability(
                False,
                "The server has no model for clips.",
                "Put Wan 2.1 with its text encoder and VAE there, or give it a workflow for clips.",
            )
        return availability(self._to)

    def capabilities(self) -> VideoCapabilities:
        facts = self._to.facts if self._to else Facts()
        first, last = takes_frames(facts)
        able = VideoCapabilities(
            width=Range(64, 1280, 832, SIDE_STEP),
            height=Range(64, 1280, 480, SIDE_STEP),
            frames=Range(5, 161, 81, FRAME_STEP),
            fps=Range(8, 30, 16),
            seconds=Range(0.5, 10, 5, 0.25),
            steps=Range(1, 100, 25),
            guidance_scale=Range(0, 30, 6, 0.1),
            negative_prompt=True,
            first_frame=first,
            last_frame=last,
            previews=True,
        )
        return able if self._own is None else _limited(able, self._own)

    def load(self) -> None:
        """The server loads its models."""

    def unload(self) -> None:
        """Nothing of the server's is held."""

    def run(self, request: VideoRequest, cancel: CancelToken) -> Iterator[VideoEvent]:
        to = connected(self._to)
        refuse_out_of_range(request, self.capabilities())
        if request.model is not None:
            raise refused("The model of clips follows from the server: name none.")
        if request.width % SIDE_STEP or request.height % SIDE_STEP:
            raise refused(f"width and height must be multiples of {SIDE_STEP}.")
        if (request.frames - 1) % FRAME_STEP:
            raise refused(f"frames must be one more than a multiple of {FRAME_STEP}.")
        if self._own and "image" in self._own.slots and request.first_frame is None:
            raise refused("The server's workflow starts from a picture: choose a first frame.")
        return drive(self._make(to, request), cancel)

    async def _make(
        self, to: Connection, request: VideoRequest
    ) -> AsyncGenerator[VideoEvent, None]:
        workflow = self._own or built_in_clip(
            to.facts,
            first=request.first_frame is not None,
            last=request.last_frame is not None,
        )
        prompt = comfyui_text(request.prompt, None)
        negative = comfyui_text(request.negative_prompt, None)
        texts = (prompt, negative, request.prompt, request.negative_prompt)
        async with Client(to, texts) as client:
            values: dict[str, object] = {
                "prompt": prompt, "negative": negative, "seed": request.seed,
                "steps": request.steps, "cfg": request.guidance_scale, "width": request.width,
                "height": request.height, "length": request.frames, "fps": request.fps,
            }  # fmt: skip
            for slot, pixels in (("image", request.first_frame), ("last", request.last_frame)):
                if pixels is not None:
                    values[slot] = await upload_picture(client, pixels)
            turn = Turn(client, workflow, workflow.filled(values), 0, what="clip")
            async with aclosing(turn.run(request.steps)) as events:
                async for event in events:
                    yield event
            clip = await _clip(turn)
            if note := _changed(request, clip, client.name):
                yield note
            yield VideoOutput(
                0, request.seed, clip.mp4, clip.width, clip.height, clip.frames, clip.fps,
                _effective(turn, clip),
            )  # fmt: skip


async def _clip(turn: Turn) -> ReadClip:
    """The clip that a prompt made: SaveVideo calls it an image, VideoHelperSuite a gif."""
    made = turn.outputs("images", "gifs", "videos")
    files = [file for file in made if str(file["filename"]).lower().endswith(SUFFIXES)]
    if not files:
        message = f"{turn.client.name} ended without a clip: look at the workflow's end."
        raise EngineError(message)
    data = await turn.fetch(files[-1])
    return await asyncio.to_thread(read_clip, turn.client, data)


def _changed(request: VideoRequest, clip: ReadClip, name: str) -> EngineWarning | None:
    """A warning where the server made another clip than was asked for."""
    asked = (request.width, request.height, request.frames, round(request.fps, 2))
    if asked == (clip.width, clip.height, clip.frames, round(clip.fps, 2)):
        return None
    message = f"{name} made the clip at {clip.width} x {clip.height}, with {clip.frames} frames at "
    return EngineWarning("clip_changed", f"{message}{clip.fps:g} a second.")


def _effective(turn: Turn, clip: ReadClip) -> dict[str, Any]:
    """What was really used, read back from the graph that was sent."""
    sent = replace(turn.workflow, graph=turn.graph)
    loaders = [n["inputs"] for n in turn.graph.values() if "unet_name" in n["inputs"]]
    used = {
        "steps": sent.value("steps"),
        "guidance_scale": sent.value("cfg"),
        "model": loaders[0]["unet_name"] if loaders else None,
        "frames": clip.frames,
        "fps": clip.fps,
    }
    return {name: value for name, value in used.items() if value not in (None, "")}


def _limited(able: VideoCapabilities, own: Workflow) -> VideoCapabilities:
    """What is left where a workflow decides some things itself."""
    fixed: dict[str, Any] = {}
    slots = {"steps": "steps", "cfg": "guidance_scale"}
    for slot, name in slots.items():
        limits: Range = getattr(able, name)
        value = own.value(slot)
        if isinstance(value, int | float) and not isinstance(value, bool):
            default = min(max(value, limits.minimum), limits.maximum)
            fixed[name] = replace(limits, default=default)
        elif slot not in own.slots:
            fixed[name] = Range(limits.minimum, limits.minimum, limits.minimum, limits.step)
    return replace(
        able,
        negative_prompt="negative" in own.slots,
        first_frame="image" in own.slots,
        last_frame="last" in own.slots,
        **fixed,
    )
