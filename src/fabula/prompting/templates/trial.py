"""Rewriting a prompt with the text of a template that is not in use."""

from typing import Literal

from fabula.accounts.caller import Caller
from fabula.accounts.permissions import Permission
from fabula.core.errors import Invalid
from fabula.moderation.policy import screen
from fabula.moderation.rating import CONTENT_MODES, Mode
from fabula.prompting.enhancement import Enhanced, Enhancer, EnhanceRequest
from fabula.prompting.keys import DEFAULT_ENHANCER, Family, TemplateKey
from fabula.prompting.selection import Selected, Trace, TraceStep

_JOB_TYPES = {
    ("sdxl", "image"): "sdxl_image_fast",
    ("wan", "image"): "image_fast",
    ("wan", "video"): "video_fast",
}


async def rewrite_with(
    enhancer: Enhancer,
    caller: Caller,
    *,
    system_prompt: str,
    token_limit: int | None,
    target_model: Family,
    made: Literal["image", "video"],
    mode: Mode,
    prompt: str,
    seed: int | None,
) -> Enhanced:
    """Rewrite a prompt as jobs would with this text. Admins only.

    Raises ``Invalid`` where nothing of this kind is made for the target, and what screening raises
    of the text and of the prompt.
    """
    caller.require(Permission.TEMPLATES)
    job_type = _JOB_TYPES.get((target_model, made))
    if job_type is None:
        raise Invalid("SDXL makes pictures: choose WAN for clips.", field="job_type")
    screen([system_prompt], mode=mode)
    key = TemplateKey(target_model, DEFAULT_ENHANCER, made, "enhancement", CONTENT_MODES[mode])
    trace = Trace(key, (TraceStep("exact", hit=True),), "database")
    text = Selected(None, "the text that was sent", 0, system_prompt, token_limit, trace)
    return await enhancer.enhance(EnhanceRequest(prompt, job_type, seed, mode=mode), text)
