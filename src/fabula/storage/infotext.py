"""Generation data in the form of the A1111 web UI ("infotext"), and our own beside it.

An infotext is the prompt, then ``Negative prompt: …``, then one line of ``Key: value`` pairs, in
the PNG text chunk ``parameters``. The form has its limits: spaces at the ends of lines are lost,
and a line of a prompt that starts with ``Negative prompt:`` is read as one. Our own record, JSON in
the chunk ``fabula``, is exact.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from fabula.storage.infotext_line import read_line, write_line
from fabula.storage.png_texts import read_texts, with_texts

_NEGATIVE = "Negative prompt:"
PARAMETERS_KEY = "parameters"
OWN_KEY = "fabula"
OWN_VERSION = 1

_N = TypeVar("_N", int, float)


@dataclass(frozen=True, slots=True)
class GenerationData:
    """What the web UIs read: width and height in pixels, ``denoising_strength`` (0 to 1) only with
    a source picture. ``extras`` holds all other pairs as they were written."""

    prompt: str
    negative_prompt: str = ""
    steps: int | None = None
    sampler: str | None = None
    cfg_scale: float | None = None
    seed: int | None = None
    width: int | None = None
    height: int | None = None
    model: str | None = None
    denoising_strength: float | None = None
    version: str | None = None
    extras: dict[str, str] = field(default_factory=dict)

    @property
    def clip_skip(self) -> int:
        """1 where the text does not say."""
        return _whole(self.extras.get("Clip skip", "")) or 1

    @property
    def rng(self) -> str:
        """The source of the noise: GPU where the text does not say."""
        return self.extras.get("RNG", "GPU")


def write_infotext(data: GenerationData) -> str:
    """The text, in A1111's order of keys; what is None is left out.

    Raises ``ValueError`` for fewer than three values or an extra whose name cannot be read again.
    """
    known: dict[str, str | None] = {
        "Steps": _plain(data.steps),
        "Sampler": data.sampler,
        "CFG scale": _plain(data.cfg_scale),
        "Seed": _plain(data.seed),
        "Size": f"{data.width}x{data.height}" if data.width and data.height else None,
        "Model": data.model,
        "Denoising strength": _plain(data.denoising_strength),
        "Version": data.version,
    }
    pairs = data.extras | {key: value for key, value in known.items() if value is not None}
    negative = _trimmed(data.negative_prompt)
    parts = [
        _trimmed(data.prompt),
        f"{_NEGATIVE} {negative}" if negative else "",
        write_line(pairs),
    ]
    return "\n".join(part for part in parts if part)


def read_infotext(text: str) -> GenerationData:
    """Read what any of the web UIs wrote. A last line with fewer than three pairs belongs to the
    prompt, and a value that is not the number it should be stays in ``extras``."""
    *lines, last = text.strip().split("\n")
    pairs = read_line(last)
    if pairs is None:
        lines, pairs = [*lines, last], {}
    prompt, negative = _split_prompts(lines)
    width, height = _taken_size(pairs)
    return GenerationData(
        prompt=prompt,
        negative_prompt=negative,
        steps=_taken(pairs, "Steps", _whole),
        sampler=pairs.pop("Sampler", None),
        cfg_scale=_taken(pairs, "CFG scale", _real),
        seed=_taken(pairs, "Seed", _whole),
        width=width,
        height=height,
        model=pairs.pop("Model", None),
        denoising_strength=_taken(pairs, "Denoising strength", _real),
        version=pairs.pop("Version", None),
        extras=pairs,
    )


def _split_prompts(lines: list[str]) -> tuple[str, str]:
    """A1111 strips each line; what follows the first mark belongs to the negative prompt."""
    stripped = [line.strip() for line in lines]
    marks = (index for index, line in enumerate(stripped) if line.startswith(_NEGATIVE))
    at = next(marks, len(stripped))
    negative = "\n".join(stripped[at:]).removeprefix(_NEGATIVE)
    return _trimmed("\n".join(stripped[:at])), _trimmed(negative)


def _trimmed(text: str) -> str:
    return "\n".join(line.strip() for line in text.split("\n")).strip()


def _plain(value: float | None) -> str | None:
    """7 and not 7.0, else all digits that the number needs."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return None if value is None else str(value)


def _whole(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None


def _real(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _taken(pairs: dict[str, str], key: str, read: Callable[[str], _N | None]) -> _N | None:
    number = read(pairs.get(key, ""))
    if number is not None:
        del pairs[key]
    return number


def _taken_size(pairs: dict[str, str]) -> tuple[int | None, int | None]:
    width, _, height = pairs.get("Size", "").partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        return None, None
    size = _whole(width), _whole(height)
    if all(size):
        del pairs["Size"]
        return size
    return None, None


class Embedded(NamedTuple):
    """What a PNG says about how it was made, as far as it does: for the web UIs, and our own."""

    generation: GenerationData | None
    own: dict[str, Any] | None


def texts_for(data: GenerationData, own: Mapping[str, Any]) -> dict[str, str]:
    """The text chunks of a PNG of ours: for the web UIs and for ourselves."""
    record = json.dumps({**own, "version": OWN_VERSION}, ensure_ascii=False, sort_keys=True)
    return {PARAMETERS_KEY: write_infotext(data), OWN_KEY: record}


def embed_png(png: bytes, data: GenerationData, own: Mapping[str, Any]) -> bytes:
    """The same PNG with both records, replacing those it had. Raises ``ValueError``."""
    return with_texts(png, texts_for(data, own))


def read_png(data: bytes) -> Embedded:
    """Both records of a PNG. SwarmUI keeps JSON under ``parameters``: that is no infotext."""
    texts = read_texts(data)
    parameters = texts.get(PARAMETERS_KEY)
    if parameters is None or _json_object(parameters) is not None:
        generation = None
    else:
        generation = read_infotext(parameters)
    return Embedded(generation, _json_object(texts.get(OWN_KEY, "")))


def _json_object(text: str) -> dict[str, Any] | None:
    """A prompt may start with a brace too, so that alone decides nothing."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        found: dict[str, Any] = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found
