"""The texts that stand in where no template fits: for general audiences, whatever was asked for."""

from dataclasses import dataclass

from fabula.prompting.keys import TemplateKey


@dataclass(frozen=True, slots=True)
class BuiltInText:
    name: str
    version: int
    system_prompt: str
    token_limit: int


_PICTURE = BuiltInText(
    name="built-in: picture",
    version=1,
    system_prompt=(
        "Extend the description of a picture by short phrases on place, light, weather and mood, "
        "set apart by commas. Keep its subject and every word of it. Write for a general audience."
    ),
    token_limit=75,
)
_CLIP = BuiltInText(
    name="built-in: clip",
    version=1,
    system_prompt=(
        "Extend the description of a short film clip by one plain sentence on movement, light and "
        "camera. Keep its subject and every word of it. Write for a general audience."
    ),
    token_limit=100,
)
_TALK = BuiltInText(
    name="built-in: conversation",
    version=1,
    system_prompt=(
        "You are a friendly companion of a studio for stories, pictures and films. Answer plainly, "
        "briefly and kindly. Write for a general audience."
    ),
    token_limit=300,
)


def built_in_text(key: TemplateKey) -> BuiltInText:
    """The text for what is made: a picture, a clip, or talk."""
    if key.target_model == "wan":
        return _CLIP
    if key.target_model == "sdxl" or key.use_case == "enhancement":
        return _PICTURE
    return _TALK
