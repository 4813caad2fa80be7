"""ComfyUI's workflows in API form: where in a graph the parts of a request go.

A graph is ``{node id: {"class_type": …, "inputs": {name: value or [node id, output]}}}``. A slot is
a named part of a request with the inputs that take it. Slots are found by following the links from
the sampler; a node that is titled ``fabula:SLOT`` in ComfyUI has the last word.
"""

import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Node = Mapping[str, Any]
Graph = Mapping[str, Node]
Place = tuple[str, str]
"""A node's id and the name of one of its inputs."""

TITLE = "fabula:"
MAX_NODES = 1000
SLOT_INPUTS: dict[str, tuple[str, ...]] = {
    "prompt": ("text", "text_g", "text_l", "clip_l", "t5xxl", "prompt", "string", "value"),
    "negative": ("text", "text_g", "text_l", "clip_l", "t5xxl", "prompt", "string", "value"),
    "seed": ("seed", "noise_seed", "value"),
    "width": ("width", "value"),
    "height": ("height", "value"),
    "steps": ("steps", "value"),
    "cfg": ("cfg", "guidance", "value"),
    "sampler": ("sampler_name",),
    "scheduler": ("scheduler",),
    "denoise": ("denoise", "value"),
    "checkpoint": ("ckpt_name", "unet_name", "model_name"),
    "image": ("image",),
    "mask": ("image", "mask"),
    "last": ("image",),
    "length": ("length", "num_frames", "video_frames", "value"),
    "fps": ("fps", "frame_rate", "value"),
}
"""The slots, each with the names of inputs that may take it."""

OUTPUTS = frozenset({"SaveImage", "PreviewImage", "SaveAnimatedWEBP", "Image Save"})
CLIP_OUTPUTS = frozenset({"SaveVideo", "VHS_VideoCombine", "SaveWEBM"})
_SIDES = ("positive", "negative")
_LOADERS = frozenset({"CheckpointLoaderSimple", "CheckpointLoader", "UNETLoader"})


class BadWorkflow(ValueError):
    """The workflow cannot be used; the message says why, and what would help."""


@dataclass(frozen=True, slots=True)
class Workflow:
    """A checked graph and its slots."""

    graph: Graph
    slots: Mapping[str, tuple[Place, ...]]
    notes: tuple[str, ...] = field(default=())
    """What a request cannot decide here, in sentences."""

    def value(self, slot: str) -> Any:  # noqa: ANN401 - whatever the graph holds
        """What stands in a slot before it is filled; None without the slot."""
        places = self.slots.get(slot)
        return self.graph[places[0][0]]["inputs"][places[0][1]] if places else None

    def filled(self, values: Mapping[str, object]) -> dict[str, dict[str, Any]]:
        """A copy of the graph with values in its slots; values without a slot are left out."""
        made: dict[str, dict[str, Any]] = copy.deepcopy({k: dict(v) for k, v in self.graph.items()})
        for slot, value in values.items():
            for node, name in self.slots.get(slot, ()):
                made[node]["inputs"][name] = value
        return made

    @property
    def makes_clips(self) -> bool:
        """Whether it ends in a clip, and not in pictures."""
        return any(each["class_type"] in CLIP_OUTPUTS for each in self.graph.values())

    @property
    def samplers(self) -> tuple[str, ...]:
        """Nodes whose progress is that of the picture."""
        return tuple(dict.fromkeys(node for node, _ in self.slots.get("steps", ())))


def read_workflow(graph: object) -> Workflow:
    """Check a graph and find its slots. Raises ``BadWorkflow``."""
    nodes = _checked(graph)
    slots: dict[str, tuple[Place, ...]] = {}
    for sampler in _samplers(nodes):
        for slot, places in _around(nodes, sampler):
            slots[slot] = tuple(dict.fromkeys((*slots.get(slot, ()), *places)))
    titled = _titled(nodes)
    elsewhere = {key for slot, places in titled.items() for key, _ in places if slot != "image"}
    for slot, class_type in (("image", "LoadImage"), ("mask", "LoadImageMask")):
        slots[slot] = tuple(
            (key, "image")
            for key, node in nodes.items()
            if node["class_type"] == class_type and key not in elsewhere
        )
    slots["fps"] = tuple(
        place for key in nodes if _ends_in_clip(nodes[key]) for place in _own(nodes, key, "fps")
    )
    slots["checkpoint"] = _loaders(nodes)
    slots |= titled
    found = {slot: places for slot, places in slots.items() if places}
    if "prompt" not in found:
        raise BadWorkflow(
            "No place for the prompt was found: title the node with the text "
            "“fabula:prompt” in ComfyUI and export the workflow again."
        )
    return Workflow(nodes, found, tuple(_notes(found)))


def unknown_classes(workflow: Workflow, known: Iterable[str]) -> list[str]:
    """Kinds of nodes that a server does not have."""
    return sorted({node["class_type"] for node in workflow.graph.values()} - set(known))


def _checked(graph: object) -> Graph:
    if not isinstance(graph, Mapping) or not graph:
        raise BadWorkflow("A workflow is a JSON object: export it in ComfyUI with “Export (API)”.")
    if "nodes" in graph and isinstance(graph["nodes"], list):
        raise BadWorkflow(
            "This is a workflow as ComfyUI's page keeps it. Export it in API form: “Export (API)” "
            "in its menu, after dev mode was turned on where that is missing."
        )
    if len(graph) > MAX_NODES:
        raise BadWorkflow(f"A workflow may have {MAX_NODES} nodes at most.")
    for key, node in graph.items():
        whole = isinstance(node, Mapping) and isinstance(node.get("inputs"), Mapping)
        if not whole or not isinstance(node.get("class_type"), str):
            raise BadWorkflow(f"Node {key} has no class_type or no inputs: export it in API form.")
    for key, node in graph.items():
        for name, value in node["inputs"].items():
            if _is_link(value) and value[0] not in graph:
                raise BadWorkflow(f"The input {name} of node {key} leads to a node that is absent.")
    if not any(_makes_pictures(node) for node in graph.values()):
        raise BadWorkflow("The workflow ends in no picture: add a node “Save Image”.")
    return graph


def _makes_pictures(node: Node) -> bool:
    return node["class_type"] in OUTPUTS or "filename_prefix" in node["inputs"]


def _ends_in_clip(node: Node) -> bool:
    return node["class_type"] in CLIP_OUTPUTS | {"CreateVideo"}


def _is_link(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and isinstance(value[0], str)


def _samplers(graph: Graph) -> Iterator[str]:
    """Nodes that draw: they take conditioning and a seed, or a guider and noise."""
    for key, node in graph.items():
        inputs = node["inputs"]
        plain = _is_link(inputs.get("positive")) and ("seed" in inputs or "noise_seed" in inputs)
        if plain or (_is_link(inputs.get("guider")) and _is_link(inputs.get("noise"))):
            yield key


def _around(graph: Graph, sampler: str) -> Iterator[tuple[str, list[Place]]]:
    """The slots of one sampler."""
    near = [sampler, *_behind(graph, sampler, ("guider", "noise", "sampler", "sigmas"))]
    for slot in ("seed", "steps", "cfg", "sampler", "scheduler", "denoise"):
        yield slot, [place for key in near for place in _own(graph, key, slot)]
    for slot, link in (("prompt", "positive"), ("negative", "negative")):
        for key in near:
            yield slot, _texts(graph, key, (link, "conditioning") if slot == "prompt" else (link,))
    for slot in ("width", "height", "length"):
        yield slot, _first(graph, sampler, ("latent_image",), slot)


def _texts(graph: Graph, start: str, links: tuple[str, ...]) -> list[Place]:
    """The nearest texts behind a node's conditioning."""
    return _first(graph, start, links, "prompt")


def _first(graph: Graph, start: str, links: tuple[str, ...], slot: str) -> list[Place]:
    """The places for a slot in the nearest node behind some links that has any."""
    for key in _behind(graph, start, links):
        found = list(_own(graph, key, slot))
        if found:
            return found
    return []


def _own(graph: Graph, key: str, slot: str) -> Iterator[Place]:
    """Inputs of a node that hold a value, not a link, and are named as the slot's are. A bare
    ``value`` says nothing of its meaning and counts only where the node is titled."""
    inputs = graph[key]["inputs"]
    for name in SLOT_INPUTS[slot]:
        if name != "value" and name in inputs and not _is_link(inputs[name]):
            yield key, name


def _behind(graph: Graph, start: str, links: tuple[str, ...]) -> Iterator[str]:
    """Nodes behind some inputs of a node, the nearest first, each once."""
    inputs = graph[start]["inputs"]
    waiting = [inputs[name][0] for name in links if _is_link(inputs.get(name))]
    seen: set[str] = set()
    while waiting:
        key = waiting.pop(0)
        if key in seen:
            continue
        seen.add(key)
        yield key
        inputs = graph[key]["inputs"]
        # A node with both sides of the conditioning hands each of them on by itself.
        side = [name for name in links if name in _SIDES and _is_link(inputs.get(name))]
        waiting += [inputs[name][0] for name in side or inputs if _is_link(inputs[name])]


def _loaders(graph: Graph) -> tuple[Place, ...]:
    return tuple(
        place
        for key, node in graph.items()
        if node["class_type"] in _LOADERS
        for place in _own(graph, key, "checkpoint")
    )


def _titled(graph: Graph) -> dict[str, tuple[Place, ...]]:
    """Slots that titles name, as ``fabula:prompt``."""
    found: dict[str, tuple[Place, ...]] = {}
    for key, node in graph.items():
        title = str((node.get("_meta") or {}).get("title", "")).strip().lower()
        if not title.startswith(TITLE):
            continue
        slot = title.removeprefix(TITLE).strip()
        if slot not in SLOT_INPUTS:
            raise BadWorkflow(
                f"Node {key} is titled “{title}”, and the slots are {', '.join(SLOT_INPUTS)}."
            )
        names = [name for name in SLOT_INPUTS[slot] if name in node["inputs"]]
        if not names:
            raise BadWorkflow(f"Node {key} is titled “{title}” and has no input for that.")
        found[slot] = (*found.get(slot, ()), *((key, name) for name in names))
    return found


def _notes(slots: Mapping[str, object]) -> Iterator[str]:
    names = {
        "negative": "the negative prompt", "seed": "the seed", "width": "the width",
        "height": "the height", "steps": "the steps", "cfg": "the guidance scale",
        "checkpoint": "the model",
    }  # fmt: skip
    missing = [words for slot, words in names.items() if slot not in slots]
    if missing:
        yield f"The workflow decides itself: {', '.join(missing)}."


def built_in(*, reference: bool, mask: bool) -> Workflow:
    """The studio's own workflows: text to image, image to image, and inpainting.

    They end in a preview, whose file ComfyUI drops by itself: pictures of people do not pile up in
    its output folder.
    """
    graph: dict[str, dict[str, Any]] = {
        "checkpoint": node("CheckpointLoaderSimple", ckpt_name=""),
        "prompt": node("CLIPTextEncode", text="", clip=["checkpoint", 1]),
        "negative": node("CLIPTextEncode", text="", clip=["checkpoint", 1]),
        "sampler": node(
            "KSampler", seed=0, steps=20, cfg=7.0, sampler_name="euler", scheduler="normal",
            denoise=1.0, model=["checkpoint", 0], positive=["prompt", 0],
            negative=["negative", 0], latent_image=["latent", 0],
        ),
        "decode": node("VAEDecode", samples=["sampler", 0], vae=["checkpoint", 2]),
        "picture": node("PreviewImage", images=["decode", 0]),
    }  # fmt: skip
    slots: dict[str, tuple[Place, ...]] = {
        "prompt": (("prompt", "text"),), "negative": (("negative", "text"),),
        "checkpoint": (("checkpoint", "ckpt_name"),), "seed": (("sampler", "seed"),),
        "steps": (("sampler", "steps"),), "cfg": (("sampler", "cfg"),),
        "sampler": (("sampler", "sampler_name"),), "scheduler": (("sampler", "scheduler"),),
        "denoise": (("sampler", "denoise"),),
    }  # fmt: skip
    sized = "scaled" if reference else "latent"
    slots |= {"width": ((sized, "width"),), "height": ((sized, "height"),)}
    if not reference:
        graph["latent"] = node("EmptyLatentImage", width=512, height=512, batch_size=1)
        return Workflow(graph, slots)
    graph["source"] = node("LoadImage", image="")
    graph["scaled"] = node(
        "ImageScale", image=["source", 0], upscale_method="lanczos", width=512, height=512,
        crop="disabled",
    )  # fmt: skip
    graph["latent"] = node("VAEEncode", pixels=["scaled", 0], vae=["checkpoint", 2])
    slots["image"] = (("source", "image"),)
    if mask:
        graph["hole"] = node("LoadImageMask", image="", channel="red")
        graph["masked"] = node("SetLatentNoiseMask", samples=["latent", 0], mask=["hole", 0])
        graph["sampler"]["inputs"]["latent_image"] = ["masked", 0]
        slots["mask"] = (("hole", "image"),)
    return Workflow(graph, slots)


def with_loras(
    graph: dict[str, dict[str, Any]], loader: str, loras: Iterable[tuple[str, float]]
) -> None:
    """Put LoRAs behind the node that loads the model, in order; the graph is changed."""
    model, clip = [loader, 0], [loader, 1]
    takers = [key for key in graph if key != loader]
    for at, (name, weight) in enumerate(loras):
        key = f"fabula-lora-{at}"
        graph[key] = node(
            "LoraLoader", lora_name=name, strength_model=weight, strength_clip=weight,
            model=model, clip=clip,
        )  # fmt: skip
        model, clip = [key, 0], [key, 1]
    for key in takers:
        inputs = graph[key]["inputs"]
        for name, value in inputs.items():
            if value == [loader, 0]:
                inputs[name] = model
            elif value == [loader, 1]:
                inputs[name] = clip


def node(class_type: str, **inputs: object) -> dict[str, Any]:
    """A node of a graph."""
    return {"class_type": class_type, "inputs": inputs}
