"""The rules of the structure that no linter knows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "fabula"
FILES = sorted(SOURCE.rglob("*.py"))
DOMAINS = ("accounts", "prompting", "moderation", "generation", "library", "workspace")


def names(tree: ast.AST) -> Iterator[str]:
    """Modules that a file imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@pytest.mark.parametrize("domain", DOMAINS)
def test_services_never_commit_and_know_nothing_of_http(domain: str) -> None:
    for path in sorted((SOURCE / domain).glob("*.py")):
        if path.name in {"endpoints.py", "access.py"}:
            continue
        tree = parsed(path)
        assert not any(name.split(".")[0] == "fastapi" for name in names(tree)), path
        calls = (node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute))
        assert "commit" not in set(calls), path


def test_only_repositories_select_whole_rows() -> None:
    """A query of a domain starts in its repository, where the owner's condition is."""
    for path in FILES:
        if path.stem.endswith("repository") or "models" in path.parts:
            continue
        imported = {
            alias.name
            for node in ast.walk(parsed(path))
            if isinstance(node, ast.ImportFrom) and node.module == "sqlalchemy"
            for alias in node.names
        }
        allowed = path.parent.name in {"events", "queue", "core"}
        assert allowed or "select" not in imported, f"{path} selects by itself"


def test_engines_know_nothing_of_the_studio() -> None:
    """An engine's file needs the engines package and its libraries, and nothing else of ours."""
    for path in sorted((SOURCE / "engines").rglob("*.py")):
        ours = {name for name in names(parsed(path)) if name.startswith("fabula.")}
        foreign = {name for name in ours if not name.startswith(("fabula.engines", "fabula.core"))}
        assert not foreign, (path, foreign)


def test_torch_is_never_imported_on_the_way_in() -> None:
    """The base install works without the extra: heavy imports stand inside of functions."""
    heavy = {"torch", "diffusers", "transformers", "compel", "peft", "xllamacpp"}
    for path in FILES:
        top = {
            name.split(".")[0]
            for node in parsed(path).body
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in names(node)
        }
        assert not top & heavy, path


def test_every_module_says_what_it_is() -> None:
    for path in FILES:
        tree = parsed(path)
        assert not tree.body or ast.get_docstring(tree), f"{path} has no docstring"


def test_functions_stay_short_and_files_stay_readable() -> None:
    for path in FILES:
        lines = path.read_text().count("\n")
        # An engine is one file that stands alone, so it may be longer.
        most = 650 if path.parent.parent.name == "engines" else 450
        assert lines <= most, f"{path} has {lines} lines: split it by idea"
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                assert length <= 70, f"{path}:{node.lineno} {node.name} has {length} lines"


def test_no_file_is_called_for_nothing_in_particular() -> None:
    assert not [path for path in FILES if path.stem in {"utils", "helpers", "misc", "common_utils"}]


def test_no_registry_is_named() -> None:
    hosts = re.compile("|".join(("py" + "pi.org", "python" + "hosted", "registry.npm" + "js")))
    for folder in ("src", "docs", "tests", "training", "bench", ".ci"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in {".py", ".md", ".toml", ".sh", ".sql"}:
                assert not hosts.search(path.read_text()), path
