"""The clips of the fake ComfyUI: reference cards that turn into one another, as the graph asks."""

import io
from dataclasses import dataclass, replace
from typing import Any

import av
import numpy as np
from servers.base import card_request, pixels_of

from fabula.engines.base import ImageRequest, Pixels
from fabula.engines.image.reference_card import drawing
from fabula.engines.video.h264 import H264Writer

Node = dict[str, Any]
_ENDS = ("SaveVideo", "VHS_VideoCombine")


@dataclass
class ComfyClips:
    """What a graph wants of the server, if it is a clip."""

    graph: dict[str, Node]
    files: dict[str, bytes]
    instead: bytes | None = None
    length: int | None = None

    @property
    def end(self) -> str:
        return next((k for k, n in self.graph.items() if n["class_type"] in _ENDS), "")

    @property
    def wanted(self) -> bool:
        return bool(self.end)

    def request(self) -> ImageRequest:
        """The clip as a card: what counts for it is in these values."""
        sampler = self._of("KSampler")
        latent = self.graph[sampler["latent_image"][0]]
        sides = []
        for side in ("positive", "negative"):
            at = self.graph[sampler[side][0]]
            at = at if "text" in at["inputs"] else self.graph[at["inputs"][side][0]]
            sides.append(at["inputs"]["text"])
        size = latent["inputs"]["width"], latent["inputs"]["height"]
        return card_request(
            sides[0], sampler["seed"], size, sampler["steps"], sampler["cfg"], sides[1]
        )

    def saved(self, name: str) -> dict[str, Any]:
        """Write the clip; the output as the node at the end tells it."""
        if self.graph[self.end]["class_type"] == "SaveVideo":
            made = self._mp4(self._of("CreateVideo")["fps"])
            self.files[f"{name}.mp4"] = made if self.instead is None else self.instead
            file = {"filename": f"{name}.mp4", "subfolder": "fabula", "type": "output"}
            return {"images": [file], "animated": [True]}
        self.files[f"{name}.webm"] = webm(
            self._frames(), self.graph[self.end]["inputs"]["frame_rate"]
        )
        file = {"filename": f"{name}.webm", "subfolder": "", "type": "output",
                "format": "video/webm", "frame_rate": 8.0}  # fmt: skip
        return {"gifs": [file]}

    def _mp4(self, fps: float) -> bytes:
        request = self.request()
        writer = H264Writer(request.width, request.height, fps)
        for page in self._frames():
            writer.write(av.VideoFrame.from_ndarray(page).reformat(format="yuv420p").to_ndarray())
        return writer.finish()

    def _frames(self) -> list[Pixels]:
        request = self.request()
        latent = self.graph[self._of("KSampler")["latent_image"][0]]["inputs"]
        first = drawing(request, request.seed)
        last = drawing(replace(request, prompt=f"{request.prompt} later"), request.seed)
        if "start_image" in latent:
            first = self._picture(latent["start_image"][0], request)
            last = first
        if "end_image" in latent:
            last = self._picture(latent["end_image"][0], request)
        count = self.length or latent["length"]
        ways = [number / max(count - 1, 1) for number in range(count)]
        return [(first * (1 - way) + last * way).astype(np.uint8) for way in ways]

    def _picture(self, scaled: str, request: ImageRequest) -> Pixels:
        source = self.graph[scaled]["inputs"]["image"][0]
        pixels = pixels_of(self.files[self.graph[source]["inputs"]["image"]])
        assert pixels.shape[:2] == (request.height, request.width)
        return pixels

    def _of(self, class_type: str) -> Node:
        found: Node = next(
            n["inputs"] for n in self.graph.values() if n["class_type"] == class_type
        )
        return found


def webm(frames: list[Pixels], fps: float) -> bytes:
    """A clip as VideoHelperSuite writes it."""
    file = io.BytesIO()
    with av.open(file, "w", format="webm") as container:
        track = container.add_stream("libvpx", rate=round(fps))
        track.height, track.width = frames[0].shape[:2]
        track.pix_fmt = "yuv420p"
        for page in frames:
            container.mux(track.encode(av.VideoFrame.from_ndarray(page)))
        container.mux(track.encode())
    return file.getvalue()
