"""Requests that no client of ours would send: none of them is answered with a fault of ours."""

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from studio import Studio

_LONG, _LARGE = "a" * 5000, 2**70
_VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 2**31, 2**63, _LARGE, 1e308, "", " ", "\x00", _LONG, "%00", "NaN",
    "'; DROP TABLE jobs; --", "../../etc/passwd", [], [[]], {}, {"a": 1}, "not-a-uuid",
    "00000000-0000-0000-0000-000000000000", "2026-13-45",
)  # fmt: skip
_LEFT_OUT = {"/api/events", "/api/health/ready"}
"""A stream has no end; readiness tells the truth about a studio without a listener."""


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        if path not in _LEFT_OUT:
            yield from ((path, method, operation) for method, operation in methods.items())


def as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def request_for(
    path: str, operation: dict[str, Any], document: dict[str, Any], rng: random.Random
) -> tuple[str, dict[str, str], object]:
    """Address, query and body, each near to what the document says and mostly wrong."""
    query = {}
    for parameter in operation.get("parameters", []):
        value = as_text(rng.choice(_VALUES))
        if parameter["in"] == "path":
            place = "{" + parameter["name"] + "}"
            path = path.replace(place, value.replace("/", "%2F").replace("\x00", "%00") or "x")
        elif parameter["in"] == "query" and rng.random() < 0.5:
            query[parameter["name"]] = value
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" not in content:
        return path, query, None
    return path, query, body_for(content["application/json"]["schema"], document, rng)


def body_for(schema: dict[str, Any], document: dict[str, Any], rng: random.Random) -> object:
    if rng.random() < 0.1:
        return rng.choice(_VALUES)
    properties = resolved(schema, document).get("properties", {})
    body = {name: rng.choice(_VALUES) for name in properties if rng.random() < 0.7}
    if "prompt" in properties and rng.random() < 0.6:
        body["prompt"] = "a fox"
    if rng.random() < 0.1:
        body["unknown"] = rng.choice(_VALUES)
    return body


def resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    for option in (schema, *schema.get("anyOf", [])):
        if "$ref" in option:
            found: dict[str, Any] = document["components"]["schemas"][
                option["$ref"].rpartition("/")[2]
            ]
            return found
    return schema


@pytest.mark.parametrize("seed", range(8))
async def test_malformed_requests_give_no_fault(studio: Studio, seed: int) -> None:
    """At least 50 a seed, over every endpoint of the document."""
    rng = random.Random(seed)
    document, sent = studio.app.openapi(), 0
    for path, method, operation in [*operations(document)] * 2:
        url, query, body = request_for(path, operation, document, rng)
        answer = await studio.client.request(method.upper(), url, params=query, json=body)
        sent += 1
        assert answer.status_code < 500, (method, url, query, body, answer.text)
        if answer.status_code >= 400:
            assert answer.json().keys() == {"error", "detail", "field"}
    assert sent >= 50
