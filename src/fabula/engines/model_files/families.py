"""Families of models: what they are called, and what fits what."""

from dataclasses import dataclass

SDXL, SDXL_REFINER, SD15, SD2 = "sdxl", "sdxl-refiner", "sd15", "sd2"
WAN21_SMALL, WAN21_LARGE = "wan2.1-1.3b", "wan2.1-14b"
WAN22_SMALL, WAN22_LARGE = "wan2.2-5b", "wan2.2-14b"
FLUX, SD3 = "flux", "sd3"


@dataclass(frozen=True, slots=True)
class Family:
    """``runs`` is False where the studio's own engines cannot use models of the family; a connected
    server may."""

    label: str
    runs: bool = True


@dataclass(frozen=True, slots=True)
class LoraChoice:
    """A LoRA by the name that a request gives as ``Lora.path``. ``family`` is the family of models
    that it was made for, as ``FAMILIES`` has them; empty where nobody knows."""

    name: str
    family: str = ""


FAMILIES: dict[str, Family] = {
    SDXL: Family("Stable Diffusion XL"),
    SD15: Family("Stable Diffusion 1.5"),
    SD2: Family("Stable Diffusion 2"),
    WAN21_SMALL: Family("Wan 2.1, 1.3B"),
    WAN21_LARGE: Family("Wan 2.1, 14B"),
    WAN22_SMALL: Family("Wan 2.2, 5B"),
    WAN22_LARGE: Family("Wan 2.2, 14B"),
    SDXL_REFINER: Family("Stable Diffusion XL refiner", runs=False),
    SD3: Family("Stable Diffusion 3", runs=False),
    FLUX: Family("FLUX", runs=False),
}
_SHARE_LORAS = ({WAN21_LARGE, WAN22_LARGE},)
"""Their networks have the same layers, so that LoRAs for the one load into the other."""


def label_of(family: str) -> str:
    """What people call the family; an unknown one by its own name."""
    known = FAMILIES.get(family)
    return known.label if known else family


def fits(lora: str, model: str) -> bool:
    """Whether a LoRA for one family works with models of another. What is not known may fit."""
    if not lora or not model or lora == model:
        return True
    return any({lora, model} <= shared for shared in _SHARE_LORAS)
