"""A text engine without a model: it writes the words of a fixed list."""

from collections.abc import Iterator

from fabula.engines.base import (
    Availability,
    CancelToken,
    EngineContext,
    EngineError,
    EngineInfo,
    Modality,
    TextDelta,
    TextDone,
    TextEvent,
    TextRequest,
)
from fabula.engines.capabilities import TextCapabilities

WORDS = ("fox ", "owl ", "deer ", "badger ", "hare ") * 50
CAPABILITIES = TextCapabilities(context=512)


class Scribe:
    info = EngineInfo(
        id="scribe",
        name="Scribe",
        modality=Modality.TEXT,
        version="1",
        summary="Names animals.",
        model="none",
        licence="Apache-2.0",
        stand_in=True,
    )

    def __init__(self, context: EngineContext) -> None:
        self.context = context

    def availability(self) -> Availability:
        return Availability(True)

    def capabilities(self) -> TextCapabilities:
        return CAPABILITIES

    def load(self) -> None:
        """There is nothing to load."""

    def unload(self) -> None:
        """There is nothing to free."""

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def run(self, request: TextRequest, cancel: CancelToken) -> Iterator[TextEvent]:
        self.check(request)
        written = ""
        for word in WORDS[: request.max_tokens]:
            cancel.check()
            written += word
            yield TextDelta(word)
        cancel.check()
        yield TextDone(written, "length", completion_tokens=len(written.split()))

    def check(self, request: TextRequest) -> None:
        prompt = sum(self.count_tokens(message.content) for message in request.messages)
        if not (
            request.messages
            and request.max_tokens >= 1
            and request.temperature >= 0
            and 0 < request.top_p <= 1
            and prompt <= CAPABILITIES.context
        ):
            raise EngineError("The request is out of range.", code="bad_request")
