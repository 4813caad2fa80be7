"""What each use case of a template is for: its placeholders, and how long its answers may be."""

import re
from dataclasses import dataclass

MODES = ("sfw", "nsfw", "admin")
TARGETS = ("sdxl", "wan")
JOB_TYPES = ("image", "video", "chat")

_CHARACTER = (
    "character_name",
    "character_description",
    "character_personality",
    "character_persona",
    "character_background",
    "character_speaking_style",
    "character_goals",
    "character_quirks",
    "character_relationships",
    "character_visual_description",
    "voice_tone",
)
_SCENE = ("mood", "scene_context")
_ALL = (*_CHARACTER, *_SCENE)
_MADE = (("sdxl", "image"), ("wan", "image"), ("wan", "video"))
_FOR_SDXL = (("sdxl", "chat"),)
_PLACEHOLDER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_LOOSE = re.compile(r"\{\{|\}\}")


@dataclass(frozen=True, slots=True)
class UseCase:
    """``requests`` are the targets and job types that it is asked for; ``least`` and ``most`` bound
    the tokens of an answer; ``placeholders`` are those that the caller of the template fills in."""

    name: str
    label: str
    requests: tuple[tuple[str | None, str | None], ...] = ((None, "chat"),)
    placeholders: tuple[str, ...] = ()
    least: int = 50
    most: int = 2048


USE_CASES = {
    case.name: case
    for case in (
        UseCase("enhancement", "Rewriting a prompt", _MADE, least=20, most=200),
        UseCase("chat_general", "Conversation"),
        UseCase("chat_creative", "Conversation, creative"),
        UseCase("chat_admin", "Conversation with an admin"),
        UseCase("chat_sdxl_conversion", "Conversation to a picture's prompt", _FOR_SDXL, most=1024),
        UseCase("roleplay", "Roleplay", placeholders=_SCENE),
        UseCase("character_roleplay", "Roleplay as a character", placeholders=_ALL),
        UseCase("scene_generation", "Picture of a scene", _FOR_SDXL, _ALL, most=1024),
        UseCase("scene_narrative_generation", "Narration of a scene", placeholders=_ALL),
    )
}


SAMPLE = {
    "character_name": "Mira",
    "character_description": "A lighthouse keeper of forty who mends clocks.",
    "character_personality": "Patient, dry, curious about strangers.",
    "character_persona": "A host who asks more than she tells.",
    "character_background": "She came to the island as a child and never left it.",
    "character_speaking_style": "Short sentences, and words of the sea.",
    "character_goals": "To find out who lights the second lamp.",
    "character_quirks": "Winds every clock that she passes.",
    "character_relationships": "A brother on the mainland, who writes on Sundays.",
    "character_visual_description": "grey braid, blue oilskin coat, brass spectacles",
    "voice_tone": "calm",
    "mood": "quiet, a little uneasy",
    "scene_context": "The lamp room at dusk, while a storm comes up.",
}
"""What fills the placeholders where a text is tried: a character and a moment of our own."""


def filled(text: str, use_case: str) -> str:
    """The text with the sample in the placeholders of its use case."""
    known = USE_CASES[use_case].placeholders
    return _PLACEHOLDER.sub(lambda found: SAMPLE[found[1]] if found[1] in known else found[0], text)


@dataclass(frozen=True, slots=True)
class Placeholders:
    """What a text names. ``unknown`` are none of its use case, ``unused`` are those that it could
    name and does not; ``broken`` says that braces do not match."""

    used: tuple[str, ...]
    unknown: tuple[str, ...]
    unused: tuple[str, ...]
    broken: bool


def placeholders_of(text: str, use_case: str) -> Placeholders:
    """Read the placeholders of a text, such as ``{{character_name}}``."""
    known = USE_CASES[use_case].placeholders
    named = tuple(dict.fromkeys(_PLACEHOLDER.findall(text)))
    return Placeholders(
        used=tuple(name for name in named if name in known),
        unknown=tuple(name for name in named if name not in known),
        unused=tuple(name for name in known if name not in named),
        broken=bool(_LOOSE.search(_PLACEHOLDER.sub("", text))),
    )
