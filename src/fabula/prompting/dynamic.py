r"""Prompts that stand for many: alternatives, lists and variables.

``{red|blue}`` is one of them, ``{3::red|blue}`` the first three times as often, ``{2$$a|b|c}`` two
of them and ``{1-2$$ and $$a|b|c}`` one or two with their own joiner; ``__animals__`` is an entry of
the person's list of that name, and ``${place}`` what the person gave for it, ``${place=a forest}``
with a default. All nest, and a backslash before a brace, a bar, a dollar sign or an underscore
makes it text. A text without any of this stands for itself. The notation is that of the Dynamic
Prompts extension.
"""

import itertools
import math
import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from fabula.core.errors import Invalid

MAX_SHOWN = 1000
_JOINER = ", "
_DEPTH = 8
_MAX_CHOICES = 100
_MAX_OPTIONS = 20_000
_NAME = r"[A-Za-z0-9][A-Za-z0-9_./-]*?"
_LIST = re.compile(rf"__({_NAME})__")
_VARIABLE = re.compile(r"\$\{([A-Za-z][A-Za-z0-9_]*)(=?)")
_COUNT = re.compile(r"(\d{1,3})?(?:(-)(\d{1,3})?)?\$\$")
_SHARE = re.compile(r"\s*(\d+(?:\.\d+)?)::")
_ESCAPABLE = "{}|$_\\"
_UNBALANCED = "A brace is opened and never closed: close it, or write \\{ for a brace as text."


@dataclass(frozen=True, slots=True)
class Option:
    parts: "Parts"
    share: float = 1.0
    """How often it comes compared with the others, when chosen at random."""


@dataclass(frozen=True, slots=True)
class Choice:
    """``least`` to ``most`` of the options, in their order, with ``joiner`` between them."""

    options: tuple[Option, ...]
    least: int = 1
    most: int = 1
    joiner: str = _JOINER


@dataclass(frozen=True, slots=True)
class FromList:
    name: str


@dataclass(frozen=True, slots=True)
class Variable:
    name: str
    default: "Parts | None" = None


Part = str | Choice | FromList | Variable
Parts = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Needs:
    """The lists and variables that a prompt names, each once, in its order."""

    lists: tuple[str, ...]
    variables: tuple[str, ...]


def parse(text: str) -> Parts:
    """Read a prompt. Raises ``Invalid`` for a brace that is never closed, nesting beyond
    8 levels or more than 100 choices."""
    return _Reader(text).parts("")


def needs(parts: Parts) -> Needs:
    """What a prompt must be given before it can be expanded."""
    lists: dict[str, None] = {}
    variables: dict[str, None] = {}
    for part in _walk(parts):
        if isinstance(part, FromList):
            lists.setdefault(part.name)
        elif isinstance(part, Variable):
            variables.setdefault(part.name)
    return Needs(tuple(lists), tuple(variables))


def resolve(
    parts: Parts, lists: Mapping[str, Sequence[str]], values: Mapping[str, str] | None = None
) -> Parts:
    """Put lists and variables in place, so that only texts and choices are left.

    Entries of lists are read as prompts themselves. Raises ``Invalid`` for a list or variable that
    is not there, an empty list, or lists that name one another in a circle.
    """
    return _Resolver(lists, values or {}).resolved(parts, ())


def count(parts: Parts) -> int:
    """How many combinations a resolved prompt has. Exact, and without making them."""
    return math.prod(_count_of(part) for part in parts)


def combinations(parts: Parts, limit: int = MAX_SHOWN) -> list[str]:
    """The first combinations of a resolved prompt, the last choice changing fastest."""
    return [_tidy(text) for text in itertools.islice(_texts(parts), limit)]


def sample(parts: Parts, number: int, seed: int) -> list[str]:
    """Combinations of a resolved prompt at random, as their shares say; the same for the same
    seed. Some may be equal."""
    source = random.Random(seed)
    return [_tidy("".join(_drawn(parts, source))) for _ in range(number)]


@dataclass(slots=True)
class _Resolver:
    """Puts lists and variables in place; ``left`` is how many options it may still make."""

    lists: Mapping[str, Sequence[str]]
    values: Mapping[str, str]
    left: int = _MAX_OPTIONS

    def resolved(self, parts: Parts, inside: tuple[str, ...]) -> Parts:
        kept: list[Part] = []
        for part in parts:
            match part:
                case Choice(options, least, most, joiner):
                    kept.append(Choice(self._options(options, inside), least, most, joiner))
                case FromList(name):
                    kept.append(Choice(self._entries(name, inside)))
                case Variable(name, default):
                    kept += self._value(name, default, inside)
                case str():
                    kept.append(part)
        return tuple(kept)

    def _options(self, options: Iterable[Option], inside: tuple[str, ...]) -> tuple[Option, ...]:
        return tuple(self._option(option.parts, option.share, inside) for option in options)

    def _option(self, parts: Parts, share: float, inside: tuple[str, ...]) -> Option:
        self.left -= 1
        if self.left < 0:
            message = f"The prompt and its lists have over {_MAX_OPTIONS:,} options: use fewer."
            raise Invalid(message, field="prompt")
        return Option(self.resolved(parts, inside), share)

    def _entries(self, name: str, inside: tuple[str, ...]) -> tuple[Option, ...]:
        if name in inside:
            circle = " → ".join([*inside[inside.index(name) :], name])
            raise Invalid(f"Lists name one another in a circle: {circle}.", field="prompt")
        entries = [entry for entry in self.lists.get(name, ()) if entry.strip()]
        if not entries:
            state = "is empty" if name in self.lists else "is not among your lists"
            raise Invalid(f"The list {name} {state}: add entries to it first.", field="prompt")
        return tuple(self._option(parse(entry), 1.0, (*inside, name)) for entry in entries)

    def _value(self, name: str, default: Parts | None, inside: tuple[str, ...]) -> Parts:
        if name in self.values:
            return (self.values[name],)
        if default is None:
            message = f"Give a value for ${{{name}}}, or a default as ${{{name}=…}}."
            raise Invalid(message, field="values")
        return self.resolved(default, inside)


def _count_of(part: Part) -> int:
    if not isinstance(part, Choice):
        return 1
    sizes = [count(option.parts) for option in part.options]
    return sum(_ways(sizes)[part.least : part.most + 1])


def _ways(sizes: Sequence[int]) -> list[int]:
    """The elementary symmetric polynomials: at place k, the sum of the products of k sizes."""
    ways = [1]
    for size in sizes:
        ways = [a + size * b for a, b in zip([*ways, 0], [0, *ways], strict=True)]
    return ways


def _texts(parts: Parts) -> Iterator[str]:
    """All combinations, made only as far as they are asked for."""
    if not parts:
        yield ""
        return
    first, rest = parts[0], parts[1:]
    for head in _texts_of(first):
        for tail in _texts(rest):
            yield head + tail


def _texts_of(part: Part) -> Iterator[str]:
    if not isinstance(part, Choice):
        yield str(part)
        return
    for size in range(part.least, part.most + 1):
        for chosen in itertools.combinations(part.options, size):
            yield from _joined(chosen, part.joiner)


def _joined(chosen: Sequence[Option], joiner: str) -> Iterator[str]:
    if not chosen:
        yield ""
        return
    for head in _texts(chosen[0].parts):
        for tail in _joined(chosen[1:], joiner):
            yield head + joiner + tail if len(chosen) > 1 else head


def _drawn(parts: Parts, source: random.Random) -> Iterator[str]:
    for part in parts:
        if not isinstance(part, Choice):
            yield str(part)
            continue
        left = list(range(len(part.options)))
        taken: list[int] = []
        for _ in range(source.randint(part.least, part.most)):
            shares = [part.options[place].share for place in left]
            taken.append(left.pop(source.choices(range(len(left)), shares)[0]))
        yield part.joiner.join(
            "".join(_drawn(part.options[place].parts, source)) for place in sorted(taken)
        )


def _walk(parts: Iterable[Part]) -> Iterator[Part]:
    for part in parts:
        yield part
        if isinstance(part, Choice):
            yield from _walk(inner for option in part.options for inner in option.parts)
        elif isinstance(part, Variable) and part.default is not None:
            yield from _walk(part.default)


def _tidy(text: str) -> str:
    """White space and commas that an empty choice left over are taken out."""
    text = re.sub(r"[ \t]{2,}", " ", text)
    text = re.sub(r"(?:,\s*){2,}", ", ", text)
    return text.strip().strip(",").strip()


@dataclass(slots=True)
class _Reader:
    """A recursive descent over the text."""

    text: str
    place: int = 0
    depth: int = 0
    choices: int = 0

    def parts(self, closing: str) -> Parts:
        """Everything up to one of ``closing``, which is left to be read; to the end without."""
        kept: list[Part] = []
        said = ""
        while self.place < len(self.text):
            letter = self.text[self.place]
            if letter in closing:
                break
            special = self._special()
            if special is None:
                said += self._letter()
                continue
            self.choices += 1
            if self.choices > _MAX_CHOICES:
                raise Invalid(f"A prompt has at most {_MAX_CHOICES} choices.", field="prompt")
            kept += [said, special] if said else [special]
            said = ""
        return (*kept, said) if said else tuple(kept)

    def _letter(self) -> str:
        letter, following = self.text[self.place], self.text[self.place + 1 : self.place + 2]
        if letter == "\\" and following and following in _ESCAPABLE:
            self.place += 2
            return following
        self.place += 1
        return letter

    def _special(self) -> Part | None:
        if found := _LIST.match(self.text, self.place):
            self.place = found.end()
            return FromList(found[1])
        if found := _VARIABLE.match(self.text, self.place):
            return self._variable(found)
        if self.text[self.place] == "{":
            self.place += 1
            return self._choice()
        return None

    def _variable(self, found: re.Match[str]) -> Variable:
        self.place = found.end()
        default = self._nested("}") if found[2] else None
        self._close()
        return Variable(found[1], default)

    def _choice(self) -> Choice:
        quantity, joiner = _COUNT.match(self.text, self.place), _JOINER
        if quantity:
            self.place = quantity.end()
            end = self.text.find("$$", self.place)
            if end >= 0 and not set(self.text[self.place : end]) & set("{}|"):
                joiner = self.text[self.place : end]
                self.place = end + 2
        options = [self._option()]
        while self.text[self.place : self.place + 1] == "|":
            self.place += 1
            options.append(self._option())
        self._close()
        least, most = _bounds(quantity, len(options))
        return Choice(tuple(options), least, most, joiner)

    def _option(self) -> Option:
        found = _SHARE.match(self.text, self.place)
        if found:
            self.place = found.end()
        share = float(found[1]) if found else 1.0
        if not 0 < share < math.inf:
            raise Invalid("The share of an option, as in {3::a|b}, is above 0.", field="prompt")
        return Option(self._nested("|}"), share)

    def _nested(self, closing: str) -> Parts:
        self.depth += 1
        if self.depth > _DEPTH:
            raise Invalid(f"Choices nest at most {_DEPTH} levels deep.", field="prompt")
        parts = self.parts(closing)
        self.depth -= 1
        return parts

    def _close(self) -> None:
        if self.text[self.place : self.place + 1] != "}":
            raise Invalid(_UNBALANCED, field="prompt")
        self.place += 1


def _bounds(quantity: re.Match[str] | None, options: int) -> tuple[int, int]:
    if quantity is None:
        return 1, 1
    low, dash, high = quantity.groups()
    least = int(low) if low else 0 if dash else 1
    most = int(high) if high else options if dash else least
    if least > most or most > options:
        message = f"A choice takes from 0 to {options} of its {options} options: write fewer."
        raise Invalid(message, field="prompt")
    return least, most
