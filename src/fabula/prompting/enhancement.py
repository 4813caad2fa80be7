"""Rewriting a prompt: by rules at once, and with the words of a language model where one is there.

The person's own words are never changed. The model's words are a suggestion: each phrase is checked
(``suggestion``), and the rules fill what it leaves open. Without a model, or when it is slow or
fails, the rules' result stands and a note says so.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

from fabula.core.errors import FabulaError
from fabula.core.logging import get_logger
from fabula.engines.base import (
    Cancelled,
    CancelToken,
    EngineError,
    EngineInfo,
    TextDelta,
    TextDone,
    TextRequest,
)
from fabula.moderation.rating import Mode
from fabula.prompting.asking import AS_USUAL, Sampling, is_enough, text_request
from fabula.prompting.finishing import UNFINISHED, Finish, room_for
from fabula.prompting.keys import target_of
from fabula.prompting.notes import Note
from fabula.prompting.rules import Form, additions_for, seed_for, trimmed
from fabula.prompting.selection import Selected
from fabula.prompting.suggestion import Suggestion, examine
from fabula.prompting.token_budget import (
    Estimator,
    Fitted,
    Phrase,
    count_tokens,
    estimator_of,
    fit_phrases,
    limit_of,
)
from fabula.prompting.weights.budget import FittedPrompt, count_prompt, fit_prompt
from fabula.prompting.weights.syntax import DEFAULT_SYNTAX, Syntax, read, readings, write
from fabula.prompting.weights.tree import Prompt, continued, plain

log = get_logger(__name__)
MODEL_SECONDS = 8.0
_OWN, _SUGGESTED, _RULES = 2.0, 1.0, 0.0
Strategy = Literal["rules", "rules+model", "original"]


class TextRunner(Protocol):
    """Runs requests of a text engine; ``EngineHost`` is one."""

    def run(self, request: TextRequest, cancel: CancelToken) -> AsyncGenerator[Any, None]:
        """The engine's events; errors as ``EngineHost.run``."""
        ...


class TextPort(Protocol):
    """A text engine: who it is, and what runs it."""

    @property
    def info(self) -> EngineInfo: ...

    @property
    def host(self) -> TextRunner: ...


class TextSource(Protocol):
    """Where the text engine of the moment comes from: admins connect and choose others."""

    async def current(self) -> TextPort | None: ...


@dataclass(frozen=True, slots=True)
class EnhanceRequest:
    """``seed`` picks the words that the rules add; without one it follows from the prompt, which is
    written in ``syntax``. ``finish`` joins what was written; with ``later`` it has its room only,
    because the job that is made of the words brings it along."""

    prompt: str
    job_type: str
    seed: int | None = None
    use_model: bool = True
    mode: Mode = "general"
    syntax: Syntax = DEFAULT_SYNTAX
    sampling: Sampling = AS_USUAL
    finish: Finish = UNFINISHED
    later: bool = False

    @property
    def joins(self) -> Finish:
        """What joins the prompt here."""
        return UNFINISHED if self.later else self.finish


@dataclass(frozen=True, slots=True)
class Enhanced:
    """A rewritten prompt and everything that explains it. ``final`` is written in the request's
    syntax, or one with weights where terms were weighed; ``tokens`` are those of its words;
    ``expansion_percent`` is how much longer it is in characters; ``engine`` is the text engine
    whose words are in it, if any."""

    original: str
    final: str
    strategy: Strategy
    template: Selected
    tokens: int
    token_limit: int
    estimator: Estimator
    cut: tuple[str, ...]
    notes: tuple[Note, ...]
    expansion_percent: float
    time_ms: int
    engine: EngineInfo | None


class Screen(Protocol):
    """The content policy: raises a ``FabulaError`` for texts that it refuses in a mode."""

    def __call__(self, texts: Iterable[str], /, *, mode: Mode) -> None: ...


Hear = Callable[[str], None]
"""Gets a piece of what the model writes, white space included."""


def _accept_all(_: Iterable[str], /, *, mode: Mode) -> None:
    """No policy: for callers that screen by themselves."""


class Enhancer:
    """Rewrites prompts with the engine that it was given. Touches no database.

    What ``screen`` raises of the person's words goes to the caller; of the model's words, these are
    left out. ``model_seconds`` bounds
    the wait for the model, its loading and the requests before this one included.
    """

    def __init__(
        self,
        text: TextSource | None,
        *,
        screen: Screen = _accept_all,
        model_seconds: float = MODEL_SECONDS,
    ) -> None:
        self.text = text
        self._screen = screen
        self._seconds = model_seconds

    def check(self, request: EnhanceRequest) -> None:
        """Raise what ``enhance`` would raise, without any work."""
        target_of(request.job_type)
        self._screen(readings(request.prompt, request.syntax), mode=request.mode)

    async def enhance(
        self, request: EnhanceRequest, template: Selected, hear: Hear | None = None
    ) -> Enhanced:
        """Rewrite a prompt. ``hear`` gets what the model writes as it comes, as far as the content
        policy lets it pass beside the person's words.

        Raises what ``screen`` raises, and ``Invalid`` for a job type that does not exist; never for
        a fault of the model.
        """
        started = time.perf_counter()
        self.check(request)
        family, made = target_of(request.job_type)
        prompt = read(request.prompt, request.syntax)
        limit, encoder = limit_of(family, template.token_limit), limit_of(family)
        notes = _template_notes(template)
        suggestion = Suggestion(())
        port: TextPort | None = None
        room = room_for(prompt, request.finish, encoder, estimator_of(family))
        own = fit_prompt(room.prompt, min(limit, room.limit), estimator=room.estimator)
        own = replace(own, cut=[*own.cut, *room.cut])
        words = _words_of(own)
        asked = replace(request, prompt=words.text)
        if request.use_model and not own.cut:
            port = await self.text.current() if self.text else None
            suggestion = await self._suggestion(port, asked, template, hear)
            notes.extend(suggestion.notes)
        fitted, grown = _grown(asked, suggestion.phrases, own, encoder, moving=made == "video")
        finished, left_out = _finished(request, own, fitted, grown, encoder)
        notes.extend(_budget_notes(fitted, words))
        used = [phrase for phrase in suggestion.phrases if phrase not in fitted.cut]
        return Enhanced(
            original=request.prompt,
            final=finished,
            strategy=_strategy(plain(prompt), fitted.text, used),
            template=template,
            tokens=count_prompt(read(finished, request.joins.syntax(request.syntax))),
            token_limit=encoder if request.joins else limit,
            estimator=fitted.estimator,
            cut=(*fitted.cut, *left_out),
            notes=tuple(notes),
            expansion_percent=_expansion(request.prompt, finished),
            time_ms=round((time.perf_counter() - started) * 1000),
            engine=port.info if used and port else None,
        )

    async def _suggestion(
        self,
        port: TextPort | None,
        request: EnhanceRequest,
        template: Selected,
        hear: Hear | None,
    ) -> Suggestion:
        if port is None:
            message = "No text model is connected, so the rules alone were used."
            return Suggestion((), (Note("model_missing", message),))
        try:
            reply = await self._reply(port.host, request, template, hear)
        except TimeoutError:
            log.info("enhance.model_slow", seconds=self._seconds)
            message = f"The text model took longer than {self._seconds:g} seconds, "
            message += "so the rules alone were used."
            return Suggestion((), (Note("model_slow", message),))
        except (EngineError, Cancelled) as error:
            log.warning("enhance.model_failed", code=getattr(error, "code", "cancelled"))
            message = "The text model could not answer, so the rules alone were used."
            return Suggestion((), (Note("model_failed", message),))
        suggestion = examine(
            reply,
            prompt=request.prompt,
            instructions=template.system_prompt,
            strict=port.info.stand_in,
        )
        return self._screened(request, suggestion)

    async def _reply(
        self,
        runner: TextRunner,
        request: EnhanceRequest,
        template: Selected,
        hear: Hear | None,
    ) -> str:
        """What the model writes after the person's words, within the time limit."""
        cancel = CancelToken()
        written = ""
        asked = text_request(request.prompt, request.seed, template.system_prompt, request.sampling)
        try:
            async with asyncio.timeout(self._seconds):
                async with aclosing(runner.run(asked, cancel)) as events:
                    async for event in events:
                        match event:
                            case TextDelta(text):
                                written += text
                                if hear and self._passes(request, written):
                                    hear(text)
                            case TextDone(text):
                                written = text
                        if is_enough(written):
                            break
        finally:
            cancel.cancel()
        return written

    def _screened(self, request: EnhanceRequest, suggestion: Suggestion) -> Suggestion:
        """The suggestion, unless the content policy refuses it beside the person's words."""
        if not suggestion.phrases:
            return suggestion
        if not self._passes(request, ", ".join(suggestion.phrases)):
            message = "What the model wrote is not possible here, so the rules alone were used."
            return Suggestion((), (*suggestion.notes, Note("suggestion_screened", message)))
        return suggestion

    def _passes(self, request: EnhanceRequest, written: str) -> bool:
        """Whether the content policy lets the model's words stand beside the person's."""
        try:
            self._screen([request.prompt, written], mode=request.mode)
        except FabulaError:
            return False
        return True


def _words_of(own: FittedPrompt) -> Fitted:
    """The words alone of what is left of the person's prompt. What its weights take more than the
    words is not theirs to fill."""
    text = plain(own.prompt)
    tokens = count_tokens(text)
    return Fitted(text, tokens, own.limit - (own.tokens - tokens), own.cut, own.estimator)


def _grown(
    request: EnhanceRequest,
    suggested: Iterable[str],
    own: FittedPrompt,
    encoder: int,
    *,
    moving: bool,
) -> tuple[Fitted, Prompt]:
    """The person's words with what is added to them, as words and on their tree, so far that what
    finishes the prompt still has its room."""
    words = _words_of(own)
    while True:
        fitted = _merge(request, suggested, words, moving=moving)
        grown = own.prompt
        if fitted.text != plain(own.prompt):
            grown = continued(own.prompt, _added(own, fitted))
        over = count_prompt(request.finish.onto(grown, encoder)[0]) - encoder
        if over <= 0 or grown is own.prompt or words.limit <= words.tokens:
            return fitted, grown
        words = replace(words, limit=max(words.tokens, words.limit - over))


def _added(own: FittedPrompt, fitted: Fitted) -> str:
    return fitted.text.removeprefix(trimmed(plain(own.prompt)))


def _finished(
    request: EnhanceRequest, own: FittedPrompt, fitted: Fitted, grown: Prompt, limit: int
) -> tuple[str, list[str]]:
    """The grown prompt, finished and written; and the terms that found no room."""
    finished, left_out = request.joins.onto(grown, limit)
    more = _added(own, fitted) if grown is not own.prompt else ""
    base = trimmed(request.prompt) if more else request.prompt.strip()
    near = base + more + "".join(f", {words}" for words in request.joins.words)
    return write(finished, request.joins.syntax(request.syntax), near=near), left_out


def _merge(
    request: EnhanceRequest, suggested: Iterable[str], own: Fitted, *, moving: bool
) -> Fitted:
    """The person's words, the model's, then the rules', within the budget. The last go first."""
    if own.cut:
        return own
    family, _ = target_of(request.job_type)
    form: Form = "phrases" if family == "sdxl" else "sentences"
    accepted = tuple(suggested)
    more = additions_for(
        ", ".join([own.text, *request.finish.words]),
        form=form,
        motion=moving,
        seed=seed_for(request.prompt, request.seed),
        accepted=accepted,
    )
    if not accepted and not more.words and not more.motion:
        return own
    words = trimmed(own.text)
    if not words:
        return own
    parts = [Phrase(words, _OWN)]
    parts += [Phrase(p, _SUGGESTED - i / 100) for i, p in enumerate(accepted)]
    parts += [Phrase(p, _RULES - i / 100) for i, p in enumerate(more.words)]
    return _with_motion(parts, more.motion, own)


def _with_motion(parts: list[Phrase], motion: str | None, own: Fitted) -> Fitted:
    """The parts, and a sentence on movement after them: to a clip it matters more than a fourth
    phrase on the light, but less than the person's own words."""
    sentence = f". {motion}." if motion else ""
    left = own.limit - count_tokens(sentence)
    if not sentence or left < count_tokens(parts[0].text):
        fitted = fit_phrases(parts, own.limit, estimator=own.estimator)
        return replace(fitted, cut=[*fitted.cut, motion]) if motion else fitted
    fitted = fit_phrases(parts, left, estimator=own.estimator)
    text = fitted.text + sentence
    return replace(fitted, text=text, tokens=count_tokens(text), limit=own.limit)


def _template_notes(template: Selected) -> list[Note]:
    if template.fallback_level != "built_in":
        return []
    message = "No template of this studio fits, so a built-in text was used: an admin can add one."
    return [Note("template_missing", message)]


def _budget_notes(fitted: Fitted, own: Fitted) -> list[Note]:
    notes = []
    if own.cut:
        message = f"The prompt is longer than the model reads ({fitted.limit} tokens), "
        message += "so its last parts were left out."
        notes.append(Note("prompt_cut", message))
    if fitted.estimator == "clip_estimate":
        message = "The tokens of this model family are estimated with another family's tokenizer."
        notes.append(Note("tokens_estimated", message))
    return notes


def _strategy(prompt: str, final: str, used: list[str]) -> Strategy:
    if used:
        return "rules+model"
    return "original" if final == prompt.strip() else "rules"


def _expansion(old: str, new: str) -> float:
    return round((len(new) - len(old)) / len(old) * 100, 2) if old else 0.0
