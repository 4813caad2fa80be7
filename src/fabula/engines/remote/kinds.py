"""The kinds of servers that can be connected."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from fabula.engines.base import EngineInfo
from fabula.engines.image import a1111, comfyui
from fabula.engines.image.openai_images import OpenAIImages
from fabula.engines.remote import openai
from fabula.engines.remote.connection import Connection, Facts
from fabula.engines.text.openai_chat import OpenAIChat
from fabula.engines.video.comfyui import ComfyUIClips

Probe = Callable[[Connection], Coroutine[Any, Any, Facts]]


Engine = type[comfyui.ComfyUI | a1111.A1111 | OpenAIImages | OpenAIChat | ComfyUIClips]


@dataclass(frozen=True, slots=True)
class Kind:
    """``engine`` stands for a server of the kind, ``probe`` asks one what it is and has. ``clips``
    is a second engine, for servers that also make clips."""

    engine: type[comfyui.ComfyUI | a1111.A1111 | OpenAIImages | OpenAIChat]
    probe: Probe
    clips: type[ComfyUIClips] | None = None

    @property
    def info(self) -> EngineInfo:
        return self.engine.info


def path_of(engine: type) -> str:
    """Where an engine's class is, as ``module:Class``."""
    return f"{engine.__module__}:{engine.__name__}"


KINDS: dict[str, Kind] = {
    kind.info.id: kind
    for kind in (
        Kind(comfyui.ComfyUI, comfyui.probe, ComfyUIClips),
        Kind(a1111.A1111, a1111.probe),
        Kind(OpenAIImages, openai.probe),
        Kind(OpenAIChat, openai.probe),
    )
}
