"""Rewriting a prompt with and without a model: always an answer, always within the budget."""

from collections.abc import Iterable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from writers import FAILURE, Writer, info

from fabula.core.errors import FabulaError, Invalid
from fabula.engines.base import Cancelled
from fabula.prompting.asking import Sampling
from fabula.prompting.enhancement import Enhanced, Enhancer, EnhanceRequest
from fabula.prompting.finishing import Finish
from fabula.prompting.keys import enhancement_key
from fabula.prompting.rules import trimmed
from fabula.prompting.selection import Selected, select
from fabula.prompting.token_budget import count_tokens
from fabula.prompting.weights import a1111
from fabula.prompting.weights.budget import count_prompt
from fabula.prompting.weights.tree import plain


class Refused(FabulaError):
    status = 422
    code = "screened_text"


def refusing(word: str) -> object:
    def screen(texts: Iterable[str], /, *, mode: str) -> None:
        if any(word in text for text in texts):
            raise Refused("That is not possible here.")

    return screen


def template(job_type: str) -> Selected:
    return select([], enhancement_key(job_type))


async def enhance(
    prompt: str, enhancer: Enhancer | None = None, job_type: str = "sdxl_image_fast", seed: int = 4,
    *, use_model: bool = True,
) -> Enhanced:  # fmt: skip
    request = EnhanceRequest(prompt, job_type, seed, use_model)
    return await (enhancer or Enhancer(None)).enhance(request, template(job_type))


def codes(result: Enhanced) -> set[str]:
    return {note.code for note in result.notes}


async def test_without_a_model_the_rules_answer_and_say_so() -> None:
    result = await enhance("A Fox in the snow.")
    assert result.final.startswith("A Fox in the snow, ")
    assert result.strategy == "rules"
    assert result.engine is None
    assert codes(result) == {"model_missing", "template_missing"}
    assert result.tokens == count_tokens(result.final) <= result.token_limit == 75
    old = len("A Fox in the snow.")
    assert result.expansion_percent == round((len(result.final) - old) / old * 100, 2)


async def test_the_model_continues_the_persons_words() -> None:
    writer = Writer("frosty air, quiet mood, pale colours")
    result = await enhance("a fox in the snow", Enhancer(writer))
    assert result.strategy == "rules+model"
    assert result.engine == writer.info
    assert result.final.startswith("a fox in the snow, frosty air, quiet mood, pale colours, ")
    (request,) = writer.requests
    assert [m.role for m in request.messages] == ["system", *["user", "assistant"] * 3]
    assert request.messages[-2].content == "a fox in the snow"
    assert request.messages[-1].content == "a fox in the snow,"
    assert request.stop == ("\n",)
    assert request.seed == 4


async def test_a_model_that_does_not_stop_is_stopped() -> None:
    writer = Writer(", ".join(["frosty air"] * 500))
    result = await enhance("a fox", Enhancer(writer))
    assert result.final.count("frosty air") == 1
    assert writer.cancelled == [False]
    assert writer.written < 30


async def test_rules_alone_on_request() -> None:
    writer = Writer("frosty air")
    result = await enhance("a fox", Enhancer(writer), use_model=False)
    assert (result.strategy, writer.requests) == ("rules", [])
    assert "model_missing" not in codes(result)


@pytest.mark.parametrize("error", [FAILURE, Cancelled()])
async def test_a_model_that_fails_changes_nothing(error: Exception) -> None:
    failed = await enhance("a fox", Enhancer(Writer(error)))
    plain = await enhance("a fox", use_model=False)
    assert (failed.final, failed.strategy) == (plain.final, "rules")
    assert "model_failed" in codes(failed)


async def test_a_model_that_is_slow_is_left_and_told_to_stop() -> None:
    writer = Writer("frosty air", delay=30)
    result = await enhance("a fox", Enhancer(writer, model_seconds=0.02))
    assert result.strategy == "rules"
    assert "model_slow" in codes(result)
    assert len(writer.cancelled) == 1


async def test_a_fault_of_the_code_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        await enhance("a fox", Enhancer(Writer(ZeroDivisionError())))


async def test_the_policy_refuses_the_persons_words_before_the_model_sees_them() -> None:
    writer = Writer("frosty air")
    enhancer = Enhancer(writer, screen=refusing("forbidden"))  # type: ignore[arg-type]
    with pytest.raises(Refused):
        await enhance("a forbidden fox", enhancer)
    assert writer.requests == []


async def test_the_policy_drops_the_models_words() -> None:
    enhancer = Enhancer(Writer("frosty air"), screen=refusing("frosty"))  # type: ignore[arg-type]
    result = await enhance("a fox", enhancer)
    assert result.strategy == "rules"
    assert "suggestion_screened" in codes(result)
    assert "frosty" not in result.final


async def test_the_policy_reads_the_models_words_beside_the_persons() -> None:
    read: list[tuple[list[str], str]] = []

    def screen(texts: Iterable[str], /, *, mode: str) -> None:
        read.append(([*texts], mode))

    await enhance("a fox", Enhancer(Writer("frosty air, at dusk"), screen=screen))
    assert read == [(["a fox"], "general"), (["a fox", "frosty air, at dusk"], "general")]


async def test_a_prompt_that_says_everything_is_left_alone() -> None:
    full = "a fox in a meadow at dawn, backlit, calm, warm colours, wide shot, painting, misty"
    result = await enhance(full)
    assert (result.final, result.strategy, result.expansion_percent) == (full, "original", 0.0)


async def test_a_prompt_that_is_too_long_is_cut_and_the_model_is_not_asked() -> None:
    writer = Writer("frosty air")
    long = "a fox, " + ", ".join(f"hill number {n}" for n in range(60))
    result = await enhance(long, Enhancer(writer))
    assert writer.requests == []
    assert result.final.startswith("a fox, hill number 0")
    assert result.tokens <= 75
    assert result.cut[-1] == "hill number 59"
    assert "prompt_cut" in codes(result)
    assert result.strategy == "rules"


async def test_the_rules_words_go_before_the_models_and_the_persons_stay() -> None:
    own = "a fox, " + ", ".join(["tall grey stones"] * 17)
    result = await enhance(own, Enhancer(Writer("frosty air, quiet mood", info=info())))
    assert result.final.startswith(own)
    assert result.tokens <= 75
    assert result.cut
    assert "frosty air" not in result.cut


@pytest.mark.parametrize("job_type", ["video_fast", "video7b_high_enhanced"])
async def test_clips_get_a_sentence_of_movement(job_type: str) -> None:
    result = await enhance("a fox in the snow", job_type=job_type)
    assert result.token_limit == 100
    assert result.estimator == "clip_estimate"
    assert "tokens_estimated" in codes(result)
    assert result.final.count(". ") == 1
    assert result.final.endswith(".")


async def test_a_clip_without_room_for_movement_says_what_is_missing() -> None:
    own = "a fox, " + ", ".join(["tall grey stones"] * 23)
    result = await enhance(own, job_type="video_fast")
    assert result.final.startswith(own)
    assert result.tokens <= 100
    assert "." not in result.final
    assert result.cut


async def test_an_unknown_job_type_is_refused() -> None:
    with pytest.raises(Invalid):
        await Enhancer(None).enhance(EnhanceRequest("a fox", "poem"), template("video_fast"))


async def test_the_template_may_ask_for_fewer_tokens() -> None:
    short = Selected(None, "short", 1, "Go on.", 12, template("video_fast").trace)
    result = await Enhancer(None).enhance(EnhanceRequest("a fox", "sdxl_image_fast", 1), short)
    assert result.token_limit == 12
    assert result.tokens <= 12


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    prompt=st.text(min_size=1, max_size=300),
    reply=st.text(max_size=200),
    job_type=st.sampled_from(["sdxl_image_fast", "image_fast", "video_fast"]),
)
async def test_any_prompt_and_any_reply_stay_within_the_budget(
    prompt: str, reply: str, job_type: str
) -> None:
    result = await enhance(prompt, Enhancer(Writer(reply)), job_type)
    assert result.tokens == count_prompt(a1111.parse(result.final)) <= result.token_limit
    own = trimmed(plain(a1111.parse(prompt)))
    assert not own or plain(a1111.parse(result.final)).startswith(own[0])


async def test_the_same_request_gives_the_same_words() -> None:
    writer = Writer("frosty air, quiet mood")
    first, second = [await enhance("a fox", Enhancer(writer), seed=9) for _ in range(2)]
    assert first.final == second.final
    assert (await enhance("a fox", seed=9)).final != (await enhance("a fox", seed=10)).final


async def test_weights_stay_on_the_persons_words() -> None:
    writer = Writer("frosty air, quiet mood")
    result = await enhance("a ((fox)) in [snow].", Enhancer(writer))
    assert result.final.startswith("a ((fox)) in [snow], frosty air, quiet mood, ")
    assert writer.requests[0].messages[-1].content == "a fox in snow,"
    assert result.tokens == count_prompt(a1111.parse(result.final)) < count_tokens(result.final)


async def test_what_finishes_a_prompt_comes_last_and_is_weighed_in_the_models_words() -> None:
    writer = Writer("frosty air, quiet mood")
    finish = Finish({"mood": 1.2, "cobweb": 0.8}, ["wide shot", "ink"])
    request = EnhanceRequest("a fox", "sdxl_image_fast", 4, finish=finish)
    result = await Enhancer(writer).enhance(request, template("sdxl_image_fast"))
    assert result.final.startswith("a fox, frosty air, quiet (mood:1.2), ")
    assert result.final.endswith(", (cobweb:0.8), wide shot, ink")


@pytest.mark.parametrize("details", [0, 5, 40])
async def test_a_finished_prompt_is_within_the_encoders_limit(details: int) -> None:
    prompt = "a fox" + ", (tall grey stones:1.2)" * details
    finish = Finish({"lake": 0.8}, ["wide shot"])
    request = EnhanceRequest(prompt, "sdxl_image_fast", 4, finish=finish)
    result = await Enhancer(None).enhance(request, template("sdxl_image_fast"))
    assert result.final.endswith(", (lake:0.8), wide shot")
    assert result.tokens == count_prompt(a1111.parse(result.final)) <= 75


async def test_a_preset_may_say_how_the_model_writes() -> None:
    writer = Writer("frosty air")
    for sampling in (Sampling(), Sampling(0.2, 30)):
        request = EnhanceRequest("a fox", "sdxl_image_fast", sampling=sampling)
        await Enhancer(writer).enhance(request, template("sdxl_image_fast"))
    told = [(asked.temperature, asked.max_tokens) for asked in writer.requests]
    assert told == [(0.7, 48), (0.2, 30)]
