"""Trying the text of a template that need not be in use: a prompt is rewritten with it, or a sample
message answered."""

import asyncio
import time
from contextlib import aclosing
from dataclasses import dataclass
from typing import Literal

from fabula.accounts.caller import Caller
from fabula.accounts.permissions import Permission
from fabula.core.errors import Conflict, Invalid, Unavailable
from fabula.engines.base import (
    Cancelled,
    CancelToken,
    EngineError,
    EngineInfo,
    Message,
    TextDelta,
    TextDone,
    TextRequest,
)
from fabula.moderation.policy import ContentRefused, screen
from fabula.moderation.rating import CONTENT_MODES, Mode, strictest
from fabula.prompting.enhancement import Enhanced, Enhancer, EnhanceRequest, TextRunner, TextSource
from fabula.prompting.keys import DEFAULT_ENHANCER, Family, TemplateKey
from fabula.prompting.selection import Selected, Trace, TraceStep
from fabula.prompting.templates import checks
from fabula.prompting.templates.kinds import filled

Ended = Literal["stop", "length", "time", "refused"]
ANSWER_SECONDS = 30.0
_USUAL_TOKENS = 300
_TEMPERATURE = 0.8
_TOP_P = 0.95
_JOB_TYPES = {
    ("sdxl", "image"): "sdxl_image_fast",
    ("wan", "image"): "image_fast",
    ("wan", "video"): "video_fast",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A text as it stands in an editor; ``mode`` is the one that it is for."""

    system_prompt: str
    token_limit: int | None
    mode: Mode


@dataclass(frozen=True, slots=True)
class Answer:
    """What the text engine answered; ``system_prompt`` is the text with its placeholders filled.
    ``ended`` is ``time`` where the engine was stopped for taking too long, and ``refused`` where
    the content policy refuses what it wrote, which is left out then. ``tokens`` are counted by the
    engine."""

    text: str
    system_prompt: str
    engine: EngineInfo
    ended: Ended
    tokens: int | None
    time_ms: int


async def rewrite_with(
    enhancer: Enhancer,
    caller: Caller,
    draft: Draft,
    *,
    target_model: Family,
    made: Literal["image", "video"],
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
    screen([draft.system_prompt], mode=draft.mode)
    mode = strictest(draft.mode, caller.mode)
    key = TemplateKey(target_model, DEFAULT_ENHANCER, made, "enhancement", CONTENT_MODES[mode])
    trace = Trace(key, (TraceStep("exact", hit=True),), "database")
    text = Selected(
        None, "the text that was sent", 0, draft.system_prompt, draft.token_limit, trace
    )
    return await enhancer.enhance(EnhanceRequest(prompt, job_type, seed, mode=mode), text)


async def answer_with(
    source: TextSource | None,
    caller: Caller,
    draft: Draft,
    *,
    use_case: str,
    message: str,
    seed: int | None,
) -> Answer:
    """Let the text engine answer a message by this text, its placeholders filled with the sample
    (``kinds.SAMPLE``). Admins only.

    Raises ``Invalid`` for a text that could not be saved, what screening raises of the text and the
    message, ``Conflict`` where there is no text engine, and ``Unavailable`` where it fails.
    """
    caller.require(Permission.TEMPLATES)
    checks.demand(
        checks.check(
            draft.system_prompt, use_case=use_case, target_model=None, token_limit=draft.token_limit
        )
    )
    screen([draft.system_prompt], mode=draft.mode)
    mode = strictest(draft.mode, caller.mode)
    screen([message], mode=mode)
    port = await source.current() if source else None
    if port is None:
        raise Conflict(
            "No text model is connected: choose one among the engines, then try again.",
            code="no_text_engine",
        )
    told = filled(draft.system_prompt, use_case)
    request = TextRequest(
        messages=(Message("system", told), Message("user", message)),
        max_tokens=draft.token_limit or _USUAL_TOKENS,
        temperature=_TEMPERATURE,
        top_p=_TOP_P,
        seed=seed,
        options={"dry": True},
    )
    began = time.perf_counter()
    text, ended, tokens = await _reply(port.host, request)
    if not _passes([message, text], mode):
        text, ended = "", "refused"
    spent = round((time.perf_counter() - began) * 1000)
    return Answer(text, told, port.info, ended, tokens, spent)


async def _reply(runner: TextRunner, request: TextRequest) -> tuple[str, Ended, int | None]:
    """What the engine writes within its time, why it ended, and its tokens where it counts them."""
    cancel = CancelToken()
    written = ""
    try:
        async with (
            asyncio.timeout(ANSWER_SECONDS),
            aclosing(runner.run(request, cancel)) as events,
        ):
            async for event in events:
                match event:
                    case TextDelta(text):
                        written += text
                    case TextDone(text, reason, _, tokens):
                        return text.strip(), "length" if reason == "length" else "stop", tokens
    except TimeoutError:
        return written.strip(), "time", None
    except (EngineError, Cancelled) as error:
        code = getattr(error, "code", "cancelled")
        message = f"The text model could not answer ({code}): look at it among the engines."
        raise Unavailable(message) from error
    finally:
        cancel.cancel()
    return written.strip(), "stop", None


def _passes(texts: list[str], mode: Mode) -> bool:
    try:
        screen(texts, mode=mode)
    except ContentRefused:
        return False
    return True
