"""Rewriting prompts, negative prompts, the cache."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from fabula.accounts.access import (
    CallerDep,
    DatabaseDep,
    SessionDep,
    signed_in,
)
from fabula.accounts.permissions import Permission
from fabula.prompting import rewriting, service, streaming
from fabula.prompting.controls import MOST_STYLE_TOKENS, WORDS, Angle, Aspect, Shot
from fabula.prompting.enhancement import Enhancer, EnhanceRequest
from fabula.prompting.finishing import Finish
from fabula.prompting.keys import DEFAULT_JOB_TYPE
from fabula.prompting.lookups import cache_alarm
from fabula.prompting.presets import service as presets
from fabula.prompting.schemas import (
    AlarmOut,
    CacheAlarmOut,
    CacheCountsOut,
    CacheStateOut,
    ChoiceOut,
    ControlsOut,
    EnhanceEvent,
    EnhanceIn,
    EnhanceOut,
    JobTypeName,
    NegativeOut,
)
from fabula.prompting.views import enhanced_out

router = APIRouter(prefix="/prompts", tags=["prompts"])


def enhancer_of(request: Request) -> Enhancer:
    enhancer: Enhancer = request.app.state.enhancer
    return enhancer


EnhancerDep = Annotated[Enhancer, Depends(enhancer_of)]


async def request_of(
    body: EnhanceIn, caller: CallerDep, enhancer: EnhancerDep, database: DatabaseDep
) -> EnhanceRequest:
    """What is asked for, once it is known that it may be."""
    async with database.system() as session:
        preset = await presets.asked_for(session, body.preset_id)
    request = EnhanceRequest(
        prompt=body.prompt,
        job_type=body.job_type,
        seed=body.seed,
        use_model=body.strategy == "auto",
        mode=caller.mode,
        syntax=body.prompt_syntax,
        sampling=presets.sampling_of(preset),
        finish=Finish(presets.weights_of(preset)),
        later=True,
    )
    enhancer.check(request)
    return request


RequestDep = Annotated[EnhanceRequest, Depends(request_of)]


@router.post("/enhance")
async def enhance_prompt(
    request: RequestDep, database: DatabaseDep, enhancer: EnhancerDep
) -> EnhanceOut:
    """Rewrite a prompt for a job type, without making anything. The words that were sent stay in
    front, unchanged; the answer tells what was added, cut and why."""
    return enhanced_out(await rewriting.rewrite(database, enhancer, request))


@router.post(
    "/enhance/stream",
    response_class=EventSourceResponse,
    responses={200: {"model": EnhanceEvent, "description": "The events of one rewriting."}},
)
async def stream_enhancement(
    request: RequestDep, database: DatabaseDep, enhancer: EnhancerDep
) -> AsyncIterator[ServerSentEvent]:
    """Rewrite a prompt, and tell what the model writes as it comes: any number of `delta` events,
    then one `done`. A stream that ends without it has failed. Leaving it stops the model."""
    async with aclosing(streaming.stream(database, enhancer, request)) as pieces:
        async for piece in pieces:
            if isinstance(piece, str):
                yield ServerSentEvent(event="delta", data={"text": piece})
            else:
                whole = enhanced_out(piece).model_dump(mode="json")
                yield ServerSentEvent(event="done", data=whole)


@router.get("/controls", dependencies=[Depends(signed_in)])
def list_controls() -> ControlsOut:
    """What can be chosen instead of written, with the words that each choice adds."""
    return ControlsOut(
        shot=_choices(Shot), angle=_choices(Angle), aspect=_choices(Aspect),
        style_tokens=MOST_STYLE_TOKENS,
    )  # fmt: skip


def _choices(kind: type[Shot | Angle | Aspect]) -> list[ChoiceOut]:
    return [ChoiceOut(value=choice, words=WORDS[choice]) for choice in kind]


@router.get("/negative")
async def get_negative_prompt(
    caller: CallerDep,
    database: DatabaseDep,
    job_type: Annotated[JobTypeName, Query()] = DEFAULT_JOB_TYPE,
) -> NegativeOut:
    """The studio's negative prompts, which follow the person's own."""
    found = await rewriting.base_negatives(database, job_type, caller.mode)
    return NegativeOut(
        base_negative_prompt=found.text,
        items=list(found.items),
        model_type=found.model_type,
        content_mode=found.content_mode,
    )


@router.get("/cache")
async def get_prompt_cache(caller: CallerDep, session: SessionDep) -> CacheStateOut:
    """Whether the stored cache is whole, fresh and like the tables. Admins only."""
    state = await service.cache_state(session, caller)
    return CacheStateOut.model_validate(state, from_attributes=True)


@router.get("/cache/alarm")
async def get_prompt_cache_alarm(caller: CallerDep, database: DatabaseDep) -> CacheAlarmOut:
    """Whether jobs cannot use the cache, or use an old one; cheap to ask often. Admins only."""
    caller.require(Permission.TEMPLATES)
    found = await cache_alarm(database)
    return CacheAlarmOut(alarm=AlarmOut.model_validate(found) if found else None)


@router.post("/cache/refresh")
async def refresh_prompt_cache(caller: CallerDep, session: SessionDep) -> CacheCountsOut:
    """Build the cache again from the tables. Admins only."""
    counts = await service.refresh(session, caller)
    return CacheCountsOut.model_validate(counts, from_attributes=True)
