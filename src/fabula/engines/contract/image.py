"""Checks for engines that draw pictures."""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from fabula.engines.base import (
    CancelToken,
    EngineError,
    EngineWarning,
    ImageEngine,
    ImageEvent,
    ImageOutput,
    ImageRequest,
    Pixels,
    Progress,
    Reference,
    WeightedChunk,
    WeightedSpan,
    WeightedText,
)
from fabula.engines.contract.check import Check, require
from fabula.engines.contract.drawn import (
    require_not_begun,
    require_refused,
    require_small_previews,
    require_stopped,
    require_storable,
)
from fabula.engines.contract.image_requests import off_the_grid, out_of_range, sample

STRENGTHS = tuple(step / 10 for step in range(1, 11))
TOLERATED_DIP = 1.0
"""Grey levels of 255 by which the distance to a source may fall from one strength to the next:
rounding, and the grain of few steps."""
TOLERATED_CHANGE = 6.0
"""Mean difference in grey levels that upscaling may make to a picture with hard edges."""


def requests_out_of_range_are_refused_before_any_work(engine: ImageEngine) -> None:
    for wrong, request in out_of_range(engine):
        require_refused(wrong, partial(engine.run, request, CancelToken()))


def progress_runs_from_the_first_step_to_the_last(engine: ImageEngine) -> None:
    events = run(engine, replace(sample(engine), count=_two(engine)))
    for index in range(_two(engine)):
        mine = [e for e in events if isinstance(e, Progress) and e.index == index]
        steps = [e.step for e in mine]
        require(steps, f"Picture {index} reports no progress.")
        require(steps == sorted(steps), f"The progress of picture {index} goes backwards.")
        require(steps[0] >= 1, f"The first step of picture {index} is below 1.")
        require(len({e.steps for e in mine}) == 1, f"The steps of picture {index} change.")
        require(steps[-1] == mine[-1].steps, f"The progress of picture {index} does not end.")
        out = next(i for i, e in enumerate(events) if _is_output(e, index))
        require(mine[-1] in events[:out], f"Picture {index} comes before its last step.")


def previews_are_small_pictures(engine: ImageEngine) -> None:
    require_small_previews(run(engine, sample(engine)), engine.capabilities().previews)


def each_picture_comes_once_and_in_order(engine: ImageEngine) -> None:
    count = _two(engine)
    request = replace(sample(engine), count=count)
    made = outputs(engine, request)
    require([o.index for o in made] == list(range(count)), "Pictures are missing or doubled.")
    seeds = [o.seed - request.seed for o in made]
    require(seeds == list(range(count)), "Picture i must have the seed of the request plus i.")


def pictures_have_the_size_asked_for(engine: ImageEngine) -> None:
    request = sample(engine)
    pixels = picture(engine, request)
    require(pixels.dtype == np.uint8, f"The pixels are {pixels.dtype}, not uint8.")
    require(pixels.shape == (request.height, request.width, 3), f"The shape is {pixels.shape}.")


def a_size_between_steps_is_refused_or_reported(engine: ImageEngine) -> None:
    request = off_the_grid(engine)
    if request is None:
        return
    try:
        events = run(engine, request)
    except EngineError as error:
        require(error.code == "bad_request", f"The code is {error.code}.")
        return
    made = next(e for e in events if isinstance(e, ImageOutput))
    size = (made.pixels.shape[1], made.pixels.shape[0])
    if size != (request.width, request.height):
        effective = (made.effective.get("width"), made.effective.get("height"))
        require(effective == size, f"The picture has {size}, its record says {effective}.")
        warned = any(isinstance(e, EngineWarning) for e in events)
        require(warned, "The size was changed without a warning.")


def effective_parameters_can_be_stored(engine: ImageEngine) -> None:
    require_storable(outputs(engine, sample(engine))[0].effective)


def equal_seeds_give_equal_pictures(engine: ImageEngine) -> None:
    request = sample(engine)
    require(
        _alike(engine, picture(engine, request), picture(engine, request)),
        "Two equal requests gave two pictures.",
    )


def every_factor_gives_a_picture_of_its_size(engine: ImageEngine) -> None:
    able, request = engine.capabilities(), sample(engine)
    for factor in able.factors:
        height, width = request.height // min(able.factors), request.width // min(able.factors)
        pixels = picture(engine, replace(request, width=width * factor, height=height * factor))
        require(pixels.shape == (height * factor, width * factor, 3), f"It is {pixels.shape}.")


def what_is_upscaled_stays_what_it_was(engine: ImageEngine) -> None:
    able, request = engine.capabilities(), sample(engine)
    if not able.factors or request.reference is None:
        return
    factor, source = min(able.factors), request.reference.pixels
    untouched = source.copy()
    large = picture(engine, request).astype(np.float32)
    cut = large.reshape(source.shape[0], factor, source.shape[1], factor, 3)
    small = cut.mean(axis=(1, 3)).round().astype(np.uint8)
    require(_same(source, untouched), "The engine wrote into the pixels of the source.")
    require(_distance(small, source) < TOLERATED_CHANGE, "Made small again it is another picture.")


def other_seeds_give_other_pictures(engine: ImageEngine) -> None:
    if not engine.capabilities().seeds:
        return
    request = sample(engine)
    other = picture(engine, replace(request, seed=request.seed + 1))
    require(not _same(picture(engine, request), other), "Two seeds gave one picture.")


def a_picture_does_not_depend_on_its_batch(engine: ImageEngine) -> None:
    request = replace(sample(engine), count=_two(engine))
    for made in outputs(engine, request):
        alone = picture(engine, replace(request, seed=made.seed, count=1))
        require(
            _alike(engine, made.pixels, alone), f"Picture {made.index} differs from its seed alone."
        )


def a_resumed_batch_gives_the_same_pictures(engine: ImageEngine) -> None:
    last = _two(engine) - 1
    request = replace(sample(engine), count=last + 1)
    whole = outputs(engine, request)
    rest = outputs(engine, replace(request, start_index=last))
    require([o.index for o in rest] == [last], "start_index was not obeyed.")
    require(rest[0].seed == whole[last].seed, "The seed of a resumed picture differs.")
    require(_alike(engine, rest[0].pixels, whole[last].pixels), "A resumed picture differs.")


def a_cancelled_engine_stops_at_the_next_step_and_works_afterwards(engine: ImageEngine) -> None:
    request = sample(engine)
    expected = picture(engine, request)
    last = max(e.step for e in run(engine, request) if isinstance(e, Progress))
    for step in sorted({1, (last + 1) // 2, last}):
        require_stopped(partial(engine.run, request), step)
        require(
            _alike(engine, picture(engine, request), expected),
            "A cancelled engine draws differently.",
        )


def a_request_cancelled_beforehand_is_not_begun(engine: ImageEngine) -> None:
    require_not_begun(partial(engine.run, sample(engine)))


def an_abandoned_run_leaves_the_engine_usable(engine: ImageEngine) -> None:
    request = sample(engine)
    expected = picture(engine, request)
    events = iter(engine.run(request, CancelToken()))
    next(events)
    close = getattr(events, "close", None)
    require(close is not None, "run must return a generator, which can be closed.")
    if close is not None:
        close()
    require(
        _alike(engine, picture(engine, request), expected), "An abandoned engine draws differently."
    )


def unloading_and_loading_changes_nothing(engine: ImageEngine) -> None:
    request = sample(engine)
    expected = picture(engine, request)
    engine.unload()
    engine.load()
    require(
        _alike(engine, picture(engine, request), expected), "A reloaded engine draws differently."
    )


def strength_leads_away_from_the_source(engine: ImageEngine) -> None:
    able = engine.capabilities()
    if not (able.image_to_image and able.reference_strength):
        return
    request = sample(engine, steps=10)
    source = picture(engine, replace(request, prompt="a red car in the desert", seed=7)).copy()
    untouched = source.copy()
    away = [_distance(source, _from_source(engine, request, source, s)) for s in STRENGTHS]
    require(_same(source, untouched), "The engine wrote into the pixels of the source.")
    for strength, before, after in zip(STRENGTHS[1:], away, away[1:], strict=False):
        message = f"At strength {strength} the picture comes back to its source: {away}"
        require(after >= before - TOLERATED_DIP, message)
    require(away[-1] > away[0], "Strength makes no difference.")


def a_mask_keeps_what_is_black_and_changes_what_is_white(engine: ImageEngine) -> None:
    if not engine.capabilities().inpainting:
        return
    request = sample(engine, steps=10)
    source = picture(engine, replace(request, prompt="a red car in the desert", seed=7))
    anew = np.zeros(source.shape[:2], bool)
    anew[source.shape[0] // 4 :, source.shape[1] // 2 :] = True
    mask = np.repeat(anew[..., None], 3, axis=2).astype(np.uint8) * 255
    made = picture(engine, replace(request, reference=Reference(source, 1.0, mask)))
    require(made.shape == source.shape, f"The shape is {made.shape}, not that of the source.")
    require(_same(made[~anew], source[~anew]), "What is black in the mask was changed.")
    message = "What is white in the mask was left as it was."
    require(_distance(made[anew], source[anew]) > TOLERATED_DIP, message)


def weights_count_and_neutral_ones_do_not(engine: ImageEngine) -> None:
    """Neutral weights may go another way through a model than none, so pictures may differ by what
    rounding does."""
    if not engine.capabilities().weights:
        return
    words = sample(engine)
    fields = {"weighted_prompt": words}
    if engine.capabilities().negative_prompt:
        fields["weighted_negative"] = replace(words, negative_prompt=words.prompt)
    for field, request in fields.items():
        neutral, heavy, light = (
            picture(engine, replace(request, **_weighted(field, weight)))
            for weight in (1.0, 1.8, 0.3)
        )
        message = f"Words in {field} that all count the same change the picture."
        require(_distance(picture(engine, request), neutral) < TOLERATED_DIP, message)
        different = not _same(neutral, heavy) and not _same(neutral, light)
        require(different, f"Weights in {field} make no difference.")


def _weighted(field: str, weight: float) -> dict[str, Any]:
    """The words of ``sample`` with a weight on some of them."""
    spans = (WeightedSpan("a "), WeightedSpan("blue fox", weight), WeightedSpan(" in the snow"))
    return {field: WeightedText((WeightedChunk(spans),))}


def run(engine: ImageEngine, request: ImageRequest) -> list[ImageEvent]:
    return list(engine.run(request, CancelToken()))


def outputs(engine: ImageEngine, request: ImageRequest) -> list[ImageOutput]:
    return [event for event in run(engine, request) if isinstance(event, ImageOutput)]


def picture(engine: ImageEngine, request: ImageRequest) -> Pixels:
    made = outputs(engine, request)
    require(len(made) == 1, f"{len(made)} pictures instead of one.")
    return made[0].pixels


def _from_source(
    engine: ImageEngine, request: ImageRequest, source: Pixels, strength: float
) -> Pixels:
    return picture(engine, replace(request, reference=Reference(source, strength)))


def _two(engine: ImageEngine) -> int:
    return min(2, engine.capabilities().max_count)


def _is_output(event: ImageEvent, index: int) -> bool:
    return isinstance(event, ImageOutput) and event.index == index


def _same(one: Pixels, other: Pixels) -> bool:
    return np.array_equal(one, other)


def _alike(engine: ImageEngine, one: Pixels, other: Pixels) -> bool:
    """Equal pictures, or where seeds do not count, pictures of one shape. What is upscaled depends
    on its source alone."""
    able = engine.capabilities()
    return _same(one, other) if able.seeds or able.factors else one.shape == other.shape


def _distance(one: Pixels, other: Pixels) -> float:
    """Mean absolute difference, 0-255."""
    return float(np.abs(one.astype(np.int16) - other.astype(np.int16)).mean())


CHECKS = tuple(
    map(
        Check,
        (
            requests_out_of_range_are_refused_before_any_work,
            progress_runs_from_the_first_step_to_the_last,
            previews_are_small_pictures,
            each_picture_comes_once_and_in_order,
            pictures_have_the_size_asked_for,
            a_size_between_steps_is_refused_or_reported,
            effective_parameters_can_be_stored,
            every_factor_gives_a_picture_of_its_size,
            what_is_upscaled_stays_what_it_was,
            equal_seeds_give_equal_pictures,
            other_seeds_give_other_pictures,
            a_picture_does_not_depend_on_its_batch,
            a_resumed_batch_gives_the_same_pictures,
            a_cancelled_engine_stops_at_the_next_step_and_works_afterwards,
            a_request_cancelled_beforehand_is_not_begun,
            an_abandoned_run_leaves_the_engine_usable,
            unloading_and_loading_changes_nothing,
            strength_leads_away_from_the_source,
            a_mask_keeps_what_is_black_and_changes_what_is_white,
            weights_count_and_neutral_ones_do_not,
        ),
    )
)
