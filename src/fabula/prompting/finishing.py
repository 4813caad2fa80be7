"""What joins a prompt after its words are written: weights of terms, and words of controls.

Both have their place in the budget before the person's last phrases and the rewriting have theirs.
Only the subject comes before them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fabula.prompting.token_budget import Estimator, count_tokens
from fabula.prompting.weights import terms
from fabula.prompting.weights.budget import FittedPrompt, count_prompt, fit_prompt
from fabula.prompting.weights.syntax import Syntax, able_to_weigh, read, write
from fabula.prompting.weights.tree import Prompt, continued, plain


@dataclass(frozen=True, slots=True)
class Finish:
    """``weights`` are canonical terms; ``words`` are added at the end, each as it is."""

    weights: Mapping[str, float] = field(default_factory=dict)
    words: Sequence[str] = ()

    def __bool__(self) -> bool:
        return bool(self.weights or self.words)

    def onto(self, prompt: Prompt, limit: int) -> tuple[Prompt, list[str]]:
        """The finished prompt, and the terms that it does not contain and for which half of
        ``limit`` has no room beside the words."""
        left_out: list[str] = []
        if self.weights:
            room = limit // 2 - sum(_cost(words) for words in self.words)
            missing = terms.absent(prompt, self.weights)
            for term in missing:
                room -= _cost(term)
                if room < 0:
                    left_out.append(term)
            kept = {term: self.weights[term] for term in self.weights if term not in left_out}
            if missing and plain(prompt):
                prompt = continued(prompt, "")
            prompt = terms.apply(prompt, kept) if kept else prompt
        if self.words:
            prompt = continued(prompt, f", {', '.join(self.words)}")
        return prompt, left_out

    def syntax(self, syntax: Syntax) -> Syntax:
        """What the finished prompt is written in."""
        return able_to_weigh(syntax) if self.weights else syntax


UNFINISHED = Finish()
"""Nothing joins."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished prompt as text. ``cut`` lists phrases and terms for which there was no room."""

    text: str
    cut: tuple[str, ...] = ()


def room_for(prompt: Prompt, finish: Finish, limit: int, estimator: Estimator) -> FittedPrompt:
    """The prompt cut so far that what finishes it has room within ``limit`` tokens; its own
    ``limit`` is what is left to it."""
    left = limit
    while True:
        fitted = fit_prompt(prompt, max(1, left), estimator=estimator)
        over = count_prompt(finish.onto(fitted.prompt, limit)[0]) - limit
        if over <= 0 or left <= 1:
            return fitted
        left -= over


def finish_text(
    text: str, syntax: Syntax, finish: Finish, *, limit: int, estimator: Estimator
) -> Finished:
    """Finish a prompt that is not rewritten. Where nothing joins it, it stays as it is, whatever
    its length."""
    if not finish:
        return Finished(text)
    fitted = room_for(read(text, syntax), finish, limit, estimator)
    finished, left_out = finish.onto(fitted.prompt, limit)
    near = text + "".join(f", {words}" for words in finish.words)
    return Finished(write(finished, finish.syntax(syntax), near=near), (*fitted.cut, *left_out))


def _cost(words: str) -> int:
    return count_tokens(f", {words}")
