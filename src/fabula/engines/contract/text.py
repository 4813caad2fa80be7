"""Checks for engines that write."""

from collections.abc import Iterator
from dataclasses import replace

from fabula.engines.base import (
    Cancelled,
    CancelToken,
    EngineError,
    Message,
    TextDelta,
    TextDone,
    TextEngine,
    TextEvent,
    TextRequest,
)
from fabula.engines.contract.check import Check, ContractViolation, require

REQUEST = TextRequest(
    messages=(Message("user", "Name three animals that live in a forest."),),
    max_tokens=24,
    temperature=0.0,
    seed=7,
)
ROUNDING_TOKENS = 2
"""A text cut out of a stream of tokens may count as a token or two more when read again."""


def a_reply_ends_with_exactly_one_done(engine: TextEngine) -> None:
    events = write(engine, REQUEST)
    require(events and isinstance(events[-1], TextDone), "The last event is no TextDone.")
    require(sum(isinstance(e, TextDone) for e in events) == 1, "More than one TextDone came.")


def the_parts_make_the_whole(engine: TextEngine) -> None:
    events = write(engine, REQUEST)
    parts = [e.text for e in events if isinstance(e, TextDelta)]
    require("".join(parts) == reply(events).text, "The deltas are not the text of TextDone.")
    streaming = engine.capabilities().streaming
    require(not streaming or len(parts) > 1, "A streaming engine sent its reply in one piece.")


def max_tokens_is_obeyed(engine: TextEngine) -> None:
    done = reply(write(engine, replace(REQUEST, max_tokens=4)))
    if done.completion_tokens is not None:
        require(done.completion_tokens <= 4, f"{done.completion_tokens} tokens instead of 4.")
    counted = engine.count_tokens(done.text)
    require(counted <= 4 + ROUNDING_TOKENS, f"The text has {counted} tokens instead of 4.")
    require(done.finish_reason in {"stop", "length"}, f"It ended with {done.finish_reason}.")


def requests_out_of_range_are_refused_before_any_work(engine: TextEngine) -> None:
    for wrong, request in _out_of_range(engine):
        try:
            event = next(iter(engine.run(request, CancelToken())), None)
        except EngineError as error:
            require(error.code == "bad_request", f"{wrong}: the code is {error.code}.")
            require(str(error).strip(), f"{wrong}: the error has no message.")
        else:
            raise ContractViolation(f"{wrong}: not refused; the engine sent {event!r:.80}.")


def a_cancelled_reply_stops_and_the_engine_works_afterwards(engine: TextEngine) -> None:
    token = CancelToken()
    try:
        events = list(_cancelling(engine, replace(REQUEST, max_tokens=200), token))
    except Cancelled:
        pass
    else:
        done = reply(events)
        require(done.finish_reason == "cancelled", "A cancelled reply went on to its end.")
    require(reply(write(engine, REQUEST)).text, "After a cancellation nothing was written.")


def a_request_cancelled_beforehand_is_not_begun(engine: TextEngine) -> None:
    token = CancelToken()
    token.cancel()
    try:
        events = list(engine.run(REQUEST, token))
    except Cancelled:
        return
    begun = any(isinstance(event, TextDelta) for event in events)
    require(not begun, "A request that was cancelled beforehand was written.")
    require(reply(events).finish_reason == "cancelled", "The reply does not end as cancelled.")


def tokens_are_counted(engine: TextEngine) -> None:
    few, many = engine.count_tokens("a fox"), engine.count_tokens("a fox in the snow at night")
    require(few >= 1, "A text with words has no tokens.")
    require(many > few, "A longer text has no more tokens.")


def unloading_and_loading_changes_nothing(engine: TextEngine) -> None:
    expected = reply(write(engine, REQUEST)).text
    engine.unload()
    engine.load()
    require(reply(write(engine, REQUEST)).text == expected, "A reloaded engine writes otherwise.")


def write(engine: TextEngine, request: TextRequest) -> list[TextEvent]:
    return list(engine.run(request, CancelToken()))


def reply(events: list[TextEvent]) -> TextDone:
    """The one ``TextDone`` of a reply."""
    done = [event for event in events if isinstance(event, TextDone)]
    require(len(done) == 1, f"{len(done)} TextDone instead of one.")
    return done[0]


def _cancelling(
    engine: TextEngine, request: TextRequest, token: CancelToken
) -> Iterator[TextEvent]:
    for event in engine.run(request, token):
        token.cancel()
        yield event


def _out_of_range(engine: TextEngine) -> Iterator[tuple[str, TextRequest]]:
    too_long = "forest " * (engine.capabilities().context + 1)
    yield "no messages", replace(REQUEST, messages=())
    yield (
        "a prompt longer than the context",
        replace(REQUEST, messages=(Message("user", too_long),)),
    )
    yield "max_tokens 0", replace(REQUEST, max_tokens=0)
    yield "temperature -1", replace(REQUEST, temperature=-1.0)
    yield "top_p 0", replace(REQUEST, top_p=0.0)
    yield "top_p 1.5", replace(REQUEST, top_p=1.5)


CHECKS = tuple(
    map(
        Check,
        (
            a_reply_ends_with_exactly_one_done,
            the_parts_make_the_whole,
            max_tokens_is_obeyed,
            requests_out_of_range_are_refused_before_any_work,
            a_cancelled_reply_stops_and_the_engine_works_afterwards,
            a_request_cancelled_beforehand_is_not_begun,
            tokens_are_counted,
            unloading_and_loading_changes_nothing,
        ),
    )
)
