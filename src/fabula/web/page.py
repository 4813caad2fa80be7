"""The web client: built files with their own cache rules, and the page for every other address."""

import mimetypes
from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

from fabula.core.errors import NotFound

STATIC = Path(__file__).with_name("static")
_YEAR = "public, max-age=31536000, immutable"
_ENCODINGS = {"br": ".br", "gzip": ".gz"}
PAGE_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "style-src 'self' 'unsafe-inline'; script-src 'self'; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"
)
_MISSING = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Fabula</title>
<body style="font:16px system-ui;max-width:40rem;margin:4rem auto;padding:0 1rem">
<h1>The page was not built</h1>
<p>The studio runs, but its web client is not there. Run <code>make up</code> in the checkout, or
install the package without <code>FABULA_SKIP_WEB_BUILD=1</code>.</p></body></html>"""

unknown_api = APIRouter()


@unknown_api.api_route(
    "/api/{path:path}",
    methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    include_in_schema=False,
)
def nothing_here(path: str) -> None:
    """An address under /api that does not exist is an error, never the page."""
    raise NotFound(f"There is nothing at /api/{path[:80]}: see /openapi.json.")


def add_page(app: FastAPI, static: Path = STATIC) -> None:
    """Serve the client. Addresses of the page are its own business, so all of them get it."""

    @app.api_route("/{path:path}", methods=["GET", "HEAD"], include_in_schema=False)
    def page(path: str, request: Request) -> Response:
        file = _file(static, path)
        if file is not None:
            return _asset(file, path, request)
        if path.startswith("assets/") or "." in path.rpartition("/")[2]:
            raise NotFound("There is no such file.")
        return _index(static)


def _file(static: Path, path: str) -> Path | None:
    """A built file by its path, never one outside of the folder."""
    if not path or path.endswith((".br", ".gz")) or path == "index.html":
        return None
    return _known_files(static).get(path)


@lru_cache(maxsize=2)
def _known_files(static: Path) -> dict[str, Path]:
    return {p.relative_to(static).as_posix(): p for p in static.rglob("*") if p.is_file()}


def _asset(file: Path, path: str, request: Request) -> Response:
    headers = {
        "Cache-Control": _YEAR if path.startswith("assets/") else "public, max-age=3600",
        "X-Content-Type-Options": "nosniff",
        "Vary": "Accept-Encoding",
    }
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    accepted = request.headers.get("accept-encoding", "")
    for name, suffix in _ENCODINGS.items():
        packed = file.with_name(file.name + suffix)
        if name in accepted and packed.exists():
            headers["Content-Encoding"] = name
            return FileResponse(packed, headers=headers, media_type=kind)
    return FileResponse(file, headers=headers, media_type=kind)


def _index(static: Path) -> Response:
    headers = {
        "Cache-Control": "no-cache",
        "Content-Security-Policy": PAGE_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "X-Frame-Options": "DENY",
    }
    index = static / "index.html"
    if not index.exists():
        return HTMLResponse(_MISSING, 503, headers)
    return FileResponse(index, headers=headers, media_type="text/html")
