"""The contract finds what it is there to find: each engine here breaks one rule."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import pytest
from enlargers import Enlarger, Inventive, OneFactor, Restless, Scribbling
from scribe import Scribe

from fabula.engines.base import (
    Availability,
    Cancelled,
    CancelToken,
    EngineContext,
    EngineError,
    EngineWarning,
    ImageEvent,
    ImageOutput,
    ImageRequest,
    Modality,
    Progress,
    TextDelta,
    TextDone,
    TextEvent,
    TextRequest,
)
from fabula.engines.capabilities import ImageCapabilities, Range
from fabula.engines.contract import ContractViolation, checks_for
from fabula.engines.contract.image import TOLERATED_DIP
from fabula.engines.image.reference_card import CAPABILITIES, ReferenceCard

IGNORED = CancelToken()


class Card(ReferenceCard):
    """A card whose events go through ``changed`` one by one."""

    request: ImageRequest

    def run(self, request: ImageRequest, cancel: CancelToken) -> Iterator[ImageEvent]:
        self.request = request
        for event in super().run(request, cancel):
            yield from self.changed(event)

    def changed(self, event: ImageEvent) -> Iterator[ImageEvent]:
        yield event


class OwnInfo(ReferenceCard):
    def __init__(self, context: EngineContext) -> None:
        super().__init__(context)
        self.info = replace(ReferenceCard.info, name="Mine")


class BadId(ReferenceCard):
    info = replace(ReferenceCard.info, id="My Engine")


class NoLicence(ReferenceCard):
    info = replace(ReferenceCard.info, licence=" ")


class Unexplained(ReferenceCard):
    def availability(self) -> Availability:
        return Availability(False, "No model.")


class Able(ReferenceCard):
    able: ClassVar[Any] = CAPABILITIES

    def capabilities(self) -> ImageCapabilities:
        able: ImageCapabilities = self.able
        return able


class DefaultOutside(Able):
    able = replace(CAPABILITIES, width=Range(64, 512, 1024, 8))


class HalfPixels(Able):
    able = replace(CAPABILITIES, height=Range(64, 512, 64, 0.5))


class NoFamily(Able):
    able = replace(CAPABILITIES, families=())


class OtherCapabilities(Able):
    able = Scribe(EngineContext("")).capabilities()


class NoPreviews(Able):
    able = replace(CAPABILITIES, previews=False)


class TakesAnything(ReferenceCard):
    def run(self, request: ImageRequest, cancel: CancelToken) -> Iterator[ImageEvent]:
        yield Progress(0, 1, 1)
        yield from super().run(request, cancel)


class OtherCode(ReferenceCard):
    def run(self, request: ImageRequest, cancel: CancelToken) -> Iterator[ImageEvent]:
        try:
            yield from super().run(request, cancel)
        except EngineError as error:
            raise EngineError(str(error)) from error


class Backwards(Card):
    def changed(self, event: ImageEvent) -> Iterator[ImageEvent]:
        if isinstance(event, Progress) and event.step == 3:
            yield replace(event, step=1)
        else:
            yield event


class NeverAtTheEnd(Card):
    def changed(self, event: ImageEvent) -> Iterator[ImageEvent]:
        if not (isinstance(event, Progress) and event.step == event.steps):
            yield event


class OtherTotal(Card):
    def changed(self, event: ImageEvent) -> Iterator[ImageEvent]:
        yield replace(event, steps=event.step) if isinstance(event, Progress) else event


class PreviewsAsPng(Card):
    def changed(self, event: ImageEvent) -> Iterator[ImageEvent]:
        tiny = bytes.fromhex(
            "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763"
            "f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
        )
        yield replace(event, preview=tiny) if isinstance(event, Progress) else event


class Twice(Card):
    def changed(self, event: ImageEvent) -> Iterator[ImageEvent]:
        yield event
        if isinstance(event, ImageOutput):
            yield event


class OneSeed(Card):
    def changed(self, event: ImageEvent) -> Iterator[ImageEvent]:
        yield replace(event, seed=self.request.seed) if isinstance(event, ImageOutput) else event


class Turned(Card):
    def changed(self, event: ImageEvent) -> Iterator[ImageEvent]:
        if isinstance(event, ImageOutput):
            event = replace(event, pixels=event.pixels.transpose(1, 0, 2))
        yield event


class SilentlySnapped(ReferenceCard):
    def run(self, request: ImageRequest, cancel: CancelToken) -> Iterator[ImageEvent]:
        yield from super().run(replace(request, width=request.width // 8 * 8), cancel)


class SnappedWithoutRecord(SilentlySnapped):
    def run(self, request: ImageRequest, cancel: CancelToken) -> Iterator[ImageEvent]:
        yield EngineWarning("size", "The size was changed.")
        yield from super().run(request, cancel)


class ArraysInTheRecord(Card):
    def changed(self, event: ImageEvent) -> Iterator[ImageEvent]:
        if isinstance(event, ImageOutput):
            event = replace(event, effective={"sigma": np.float32(1)})
        yield event


class Moody(Card):
    """No two pictures of one engine are alike."""

    def __init__(self, context: EngineContext) -> None:
        super().__init__(context)
        self._drawn = 0

    def changed(self, event: ImageEvent) -> Iterator[ImageEvent]:
        if isinstance(event, ImageOutput):
            self._drawn += 1
            event = replace(event, pixels=event.pixels ^ np.uint8(self._drawn))
        yield event


class Seedless(Card):
    def changed(self, event: ImageEvent) -> Iterator[ImageEvent]:
        if isinstance(event, ImageOutput):
            event = replace(event, pixels=np.zeros_like(event.pixels))
        yield event


class OneNoiseForAll(Card):
    """Like an engine that draws the noise of a batch at once."""

    def changed(self, event: ImageEvent) -> Iterator[ImageEvent]:
        if isinstance(event, ImageOutput):
            event = replace(event, pixels=event.pixels ^ np.uint8(event.index))
        yield event


class StartsAtZero(ReferenceCard):
    def run(self, request: ImageRequest, cancel: CancelToken) -> Iterator[ImageEvent]:
        whole = request if request.start_index >= request.count else replace(request, start_index=0)
        yield from super().run(whole, cancel)


class Stubborn(ReferenceCard):
    def run(self, request: ImageRequest, _cancel: CancelToken) -> Iterator[ImageEvent]:
        yield from super().run(request, IGNORED)


class OneStepLate(ReferenceCard):
    def run(self, request: ImageRequest, cancel: CancelToken) -> Iterator[ImageEvent]:
        waiting: ImageEvent | None = None
        for event in super().run(request, IGNORED):
            if waiting:
                yield waiting
            if waiting and cancel.cancelled:
                yield event
                raise Cancelled
            waiting = event
        if waiting:
            yield waiting


class BrokenByLeaving(Moody):
    def run(self, request: ImageRequest, cancel: CancelToken) -> Iterator[ImageEvent]:
        drawing = super().run if self._drawn else ReferenceCard(EngineContext("")).run
        try:
            yield from drawing(request, cancel)
        except GeneratorExit:
            self._drawn = 9
            raise


class BrokenByUnloading(Moody):
    def run(self, request: ImageRequest, cancel: CancelToken) -> Iterator[ImageEvent]:
        drawing = super().run if self._drawn else ReferenceCard(EngineContext("")).run
        yield from drawing(request, cancel)

    def unload(self) -> None:
        self._drawn = 9


class StrengthTurnedRound(ReferenceCard):
    def run(self, request: ImageRequest, cancel: CancelToken) -> Iterator[ImageEvent]:
        if request.reference and 0 <= request.reference.strength <= 1:
            turned = replace(request.reference, strength=1 - request.reference.strength)
            request = replace(request, reference=turned)
        yield from super().run(request, cancel)


class NoStrength(ReferenceCard):
    def run(self, request: ImageRequest, cancel: CancelToken) -> Iterator[ImageEvent]:
        if request.reference and 0 <= request.reference.strength <= 1:
            request = replace(request, reference=replace(request.reference, strength=0.5))
        yield from super().run(request, cancel)


class PaintsOverTheSource(Card):
    def changed(self, event: ImageEvent) -> Iterator[ImageEvent]:
        if self.request.reference is not None:
            self.request.reference.pixels[:] = 0
        yield event


class ForgetsTheMask(ReferenceCard):
    def run(self, request: ImageRequest, cancel: CancelToken) -> Iterator[ImageEvent]:
        if request.reference and request.reference.mask is not None:
            whole = replace(request.reference, mask=np.full_like(request.reference.mask, 255))
            request = replace(request, reference=whole)
        yield from super().run(request, cancel)


class KeepsEverything(ReferenceCard):
    def run(self, request: ImageRequest, cancel: CancelToken) -> Iterator[ImageEvent]:
        if request.reference and request.reference.mask is not None:
            nothing = replace(request.reference, mask=np.zeros_like(request.reference.mask))
            request = replace(request, reference=nothing)
        yield from super().run(request, cancel)


class IgnoresWeights(ReferenceCard):
    def capabilities(self) -> ImageCapabilities:
        return replace(CAPABILITIES, weights=True)


class CountsNeutralWeights(IgnoresWeights):
    def run(self, request: ImageRequest, cancel: CancelToken) -> Iterator[ImageEvent]:
        prompt = f"{request.prompt} {request.weighted_prompt}"
        return super().run(replace(request, prompt=prompt), cancel)


IMAGE_CASES: list[tuple[type[ReferenceCard], str]] = [
    (OwnInfo, "the_info_is_complete"),
    (BadId, "the_info_is_complete"),
    (NoLicence, "the_info_is_complete"),
    (Unexplained, "availability_is_explained"),
    (DefaultOutside, "capabilities_are_sane"),
    (HalfPixels, "capabilities_are_sane"),
    (NoFamily, "capabilities_are_sane"),
    (OtherCapabilities, "capabilities_are_sane"),
    (NoPreviews, "previews_are_small_pictures"),
    (PreviewsAsPng, "previews_are_small_pictures"),
    (TakesAnything, "requests_out_of_range_are_refused_before_any_work"),
    (OtherCode, "requests_out_of_range_are_refused_before_any_work"),
    (Backwards, "progress_runs_from_the_first_step_to_the_last"),
    (NeverAtTheEnd, "progress_runs_from_the_first_step_to_the_last"),
    (OtherTotal, "progress_runs_from_the_first_step_to_the_last"),
    (Twice, "each_picture_comes_once_and_in_order"),
    (OneSeed, "each_picture_comes_once_and_in_order"),
    (Turned, "pictures_have_the_size_asked_for"),
    (SilentlySnapped, "a_size_between_steps_is_refused_or_reported"),
    (SnappedWithoutRecord, "a_size_between_steps_is_refused_or_reported"),
    (ArraysInTheRecord, "effective_parameters_can_be_stored"),
    (Moody, "equal_seeds_give_equal_pictures"),
    (Seedless, "other_seeds_give_other_pictures"),
    (OneNoiseForAll, "a_picture_does_not_depend_on_its_batch"),
    (Moody, "a_resumed_batch_gives_the_same_pictures"),
    (StartsAtZero, "a_resumed_batch_gives_the_same_pictures"),
    (Stubborn, "a_cancelled_engine_stops_at_the_next_step_and_works_afterwards"),
    (OneStepLate, "a_cancelled_engine_stops_at_the_next_step_and_works_afterwards"),
    (Moody, "a_cancelled_engine_stops_at_the_next_step_and_works_afterwards"),
    (Stubborn, "a_request_cancelled_beforehand_is_not_begun"),
    (BrokenByLeaving, "an_abandoned_run_leaves_the_engine_usable"),
    (BrokenByUnloading, "unloading_and_loading_changes_nothing"),
    (StrengthTurnedRound, "strength_leads_away_from_the_source"),
    (NoStrength, "strength_leads_away_from_the_source"),
    (PaintsOverTheSource, "strength_leads_away_from_the_source"),
    (ForgetsTheMask, "a_mask_keeps_what_is_black_and_changes_what_is_white"),
    (KeepsEverything, "a_mask_keeps_what_is_black_and_changes_what_is_white"),
    (IgnoresWeights, "weights_count_and_neutral_ones_do_not"),
    (CountsNeutralWeights, "weights_count_and_neutral_ones_do_not"),
    (OneFactor, "every_factor_gives_a_picture_of_its_size"),
    (Inventive, "what_is_upscaled_stays_what_it_was"),
    (Scribbling, "what_is_upscaled_stays_what_it_was"),
    (Restless, "equal_seeds_give_equal_pictures"),
]


class Mute(Scribe):
    def run(self, request: TextRequest, cancel: CancelToken) -> Iterator[TextEvent]:
        yield from (e for e in super().run(request, cancel) if isinstance(e, TextDelta))


class Stutters(Scribe):
    def run(self, request: TextRequest, cancel: CancelToken) -> Iterator[TextEvent]:
        for event in super().run(request, cancel):
            yield event
            if isinstance(event, TextDone):
                yield event


class Embellishes(Scribe):
    def run(self, request: TextRequest, cancel: CancelToken) -> Iterator[TextEvent]:
        for event in super().run(request, cancel):
            yield replace(event, text=f"{event.text}!") if isinstance(event, TextDone) else event


class InOnePiece(Scribe):
    def run(self, request: TextRequest, cancel: CancelToken) -> Iterator[TextEvent]:
        done = list(super().run(request, cancel))[-1]
        assert isinstance(done, TextDone)
        yield TextDelta(done.text)
        yield done


class Chatty(Scribe):
    def run(self, request: TextRequest, cancel: CancelToken) -> Iterator[TextEvent]:
        yield from super().run(replace(request, max_tokens=request.max_tokens * 3), cancel)


class Eager(Scribe):
    def check(self, request: TextRequest) -> None:
        """Takes anything."""


class Unstoppable(Scribe):
    def run(self, request: TextRequest, _cancel: CancelToken) -> Iterator[TextEvent]:
        yield from super().run(request, IGNORED)


class CountsNothing(Scribe):
    def count_tokens(self, text: str) -> int:
        return min(1, len(text))


class ForgetsItself(Scribe):
    loaded = True

    def unload(self) -> None:
        self.loaded = False

    def run(self, request: TextRequest, cancel: CancelToken) -> Iterator[TextEvent]:
        few = request if self.loaded else replace(request, max_tokens=1)
        yield from super().run(few, cancel)


TEXT_CASES: list[tuple[type[Scribe], str]] = [
    (Mute, "a_reply_ends_with_exactly_one_done"),
    (Stutters, "a_reply_ends_with_exactly_one_done"),
    (Embellishes, "the_parts_make_the_whole"),
    (InOnePiece, "the_parts_make_the_whole"),
    (Chatty, "max_tokens_is_obeyed"),
    (Eager, "requests_out_of_range_are_refused_before_any_work"),
    (Unstoppable, "a_cancelled_reply_stops_and_the_engine_works_afterwards"),
    (Unstoppable, "a_request_cancelled_beforehand_is_not_begun"),
    (CountsNothing, "tokens_are_counted"),
    (ForgetsItself, "unloading_and_loading_changes_nothing"),
]


def _named(cases: list[Any]) -> list[str]:
    return [f"{engine.__name__}-{check}" for engine, check in cases]


@pytest.mark.parametrize(("engine", "check"), IMAGE_CASES, ids=_named(IMAGE_CASES))
def test_a_broken_picture_engine_is_found(engine: type[ReferenceCard], check: str) -> None:
    with pytest.raises(ContractViolation) as caught:
        _check(Modality.IMAGE, check)(engine(EngineContext(models_dir="")))
    assert str(caught.value)


def test_an_engine_that_upscales_fulfils_it() -> None:
    for check in checks_for(Modality.IMAGE):
        check(Enlarger(EngineContext(models_dir="")))


@pytest.mark.parametrize(("engine", "check"), TEXT_CASES, ids=_named(TEXT_CASES))
def test_a_broken_text_engine_is_found(engine: type[Scribe], check: str) -> None:
    with pytest.raises(ContractViolation):
        _check(Modality.TEXT, check)(engine(EngineContext(models_dir="")))


@pytest.mark.parametrize("modality", [Modality.IMAGE, Modality.TEXT])
def test_every_check_has_an_engine_that_it_finds(modality: Modality) -> None:
    cases = {name for _, name in [*IMAGE_CASES, *TEXT_CASES]}
    assert {str(check) for check in checks_for(modality)} <= cases


def test_the_tolerance_is_below_what_an_eye_sees() -> None:
    assert TOLERATED_DIP <= 255 / 100


def _check(modality: Modality, name: str) -> Callable[[object], None]:
    return next(check for check in checks_for(modality) if str(check) == name)
