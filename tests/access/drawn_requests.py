"""Requests drawn from the OpenAPI document: as it says, against it, and at the edges of both.

Everything is deterministic: the same document and ids give the same requests.
"""

import json
import random
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.core import NotSet

ENDLESS = {"/api/events"}
_EDGES: tuple[Any, ...] = (
    None, True, 0, -1, 2**31, 2**63, 2**70, 1e308, "", " ", "\x00", "a" * 5000, "%00", "NaN",
    "'; DROP TABLE jobs; --", "../../etc/passwd", [], [[]], {}, {"a": 1}, "not-a-uuid",
    "00000000-0000-0000-0000-000000000000", "2026-13-45",
)  # fmt: skip


@dataclass(frozen=True)
class Drawn:
    """A request, in the terms of httpx."""

    method: str
    url: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any = None
    """JSON, or the bytes of a file; None is no body."""

    @property
    def content(self) -> dict[str, Any]:
        if self.body is None:
            return {}
        if isinstance(self.body, bytes):
            return {"files": {"file": ("a.png", self.body, "image/png")}}
        return {"content": json.dumps(self.body), "headers": {"content-type": "application/json"}}

    @property
    def texts(self) -> list[str]:
        """Every text in the request, as it was before it was encoded."""
        return [self.url, *self.query.values(), *self.headers.values(), *_texts(self.body)]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def draw(
    document: dict[str, Any],
    ids: Sequence[str],
    cursors: Sequence[str],
    files: Sequence[bytes],
    *,
    each: int,
) -> Iterator[Drawn]:
    """For every operation ``each`` requests of each of three kinds, and one for every id in its
    path. Ids, cursors and files are taken from those given."""
    schemathesis.openapi.format("uuid", st.sampled_from(ids))
    rng = random.Random(0)
    for found in schemathesis.openapi.from_dict(document).get_all_operations():
        operation = found.ok()
        if operation.path in ENDLESS:
            continue
        valid = _cases(operation.as_strategy(generation_mode=GenerationMode.POSITIVE), each)
        wrong = _cases(operation.as_strategy(generation_mode=GenerationMode.NEGATIVE), each)
        requests = [_request(case, cursors, files, rng) for case in [*valid, *wrong]]
        for case in valid:
            names = [name for name in case.path_parameters if name.endswith("_id")]
            if names and case is valid[0]:
                requests += [_request(_at(valid, i, names, id_), cursors, files, rng)
                             for i, id_ in enumerate(ids)]  # fmt: skip
            requests.append(_request(_edged(case, rng), cursors, files, rng))
        yield from requests


def _cases(strategy: st.SearchStrategy[Case], number: int) -> list[Case]:
    found: list[Case] = []

    @settings(
        max_examples=number, derandomize=True, database=None, deadline=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(strategy)
    def keep(case: Case) -> None:
        found.append(case)

    with suppress(Unsatisfiable):  # nothing in such a request can be wrong
        keep()
    return found


def _at(valid: list[Case], place: int, names: list[str], id_: str) -> Case:
    case = valid[place % len(valid)]
    case.path_parameters.update(dict.fromkeys(names, id_))
    return case


def _edged(case: Case, rng: random.Random) -> Case:
    """The case with some of its values at the edge of what there is."""
    for values in (case.path_parameters, case.query, case.body):
        if isinstance(values, dict):
            for name in values:
                if rng.random() < 0.4:
                    values[name] = rng.choice(_EDGES)
    return case


def _request(
    case: Case, cursors: Sequence[str], files: Sequence[bytes], rng: random.Random
) -> Drawn:
    path = case.path
    for name, value in case.path_parameters.items():
        path = path.replace("{" + name + "}", _quoted(_text(value)) or "x")
    query = {name: _text(value) for name, value in case.query.items()}
    if "cursor" in query and rng.random() < 0.7:
        query["cursor"] = rng.choice(cursors)
    headers = {
        name: value
        for name, value in (case.headers or {}).items()
        if isinstance(value, str) and value.isascii() and value.isprintable()
    }
    body = None if isinstance(case.body, NotSet) else case.body
    if case.media_type == "multipart/form-data":
        body = rng.choice(files)
    return Drawn(case.method, path, query, headers, body)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _quoted(value: str) -> str:
    return value.replace("%", "%25").replace("/", "%2F").replace("\x00", "%00").replace("?", "%3F")
