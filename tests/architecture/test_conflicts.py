"""Every 409 has a code of its own, and the page of codes has them all."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from fabula.core.errors import Conflict, FabulaError

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "src" / "fabula").rglob("*.py"))
PAGE = ROOT / "docs" / "reference" / "conflicts.md"
SHARED = {"two_factor_off"}
"""Codes of the same conflict at two doors: one's own account and somebody else's."""


def _is_conflict(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "Conflict"


def _is_super(call: ast.Call) -> bool:
    target = call.func
    return (
        isinstance(target, ast.Attribute)
        and target.attr == "__init__"
        and isinstance(target.value, ast.Call)
        and isinstance(target.value.func, ast.Name)
        and target.value.func.id == "super"
    )


def _made(tree: ast.Module) -> Iterator[ast.Call]:
    """The calls that make a conflict: of the class itself, and in the classes that are ones."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _is_conflict(node.func):
            yield node
        elif isinstance(node, ast.ClassDef) and any(map(_is_conflict, node.bases)):
            found = [n for n in ast.walk(node) if isinstance(n, ast.Call) and _is_super(n)]
            assert found, f"{node.name} gives no code"
            yield from found


def _codes() -> list[str]:
    codes = []
    for path in FILES:
        for call in _made(ast.parse(path.read_text())):
            given = [word.value for word in call.keywords if word.arg == "code"]
            assert len(given) == 1, f"{path}:{call.lineno} makes a conflict without a code"
            assert isinstance(given[0], ast.Constant), f"{path}:{call.lineno}: name the code there"
            codes.append(str(given[0].value))
    return codes


def test_every_conflict_has_a_code_of_its_own() -> None:
    codes = _codes()
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)+", code) for code in codes)
    assert {code for code in codes if codes.count(code) > 1} == SHARED


def test_the_page_of_codes_has_them_all_in_order() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", PAGE.read_text(), re.MULTILINE)
    assert listed == sorted(set(_codes()))


def test_no_other_error_answers_409() -> None:
    waiting = [FabulaError]
    while waiting:
        kind = waiting.pop()
        waiting.extend(kind.__subclasses__())
        assert kind.status != 409 or issubclass(kind, Conflict), kind
