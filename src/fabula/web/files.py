"""Stored files by signed link: ranges, conditional requests, nothing that a browser would run."""

import re
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from fabula.core.errors import Forbidden
from fabula.generation.access import LinksDep, StoreDep
from fabula.storage.base import Blob, BlobNotFound, ObjectRef
from fabula.storage.buckets import BUCKETS

router = APIRouter(tags=["files"])
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_PRIVATE = "private, max-age=86400, immutable"
_PUBLIC = "public, max-age=3600"


@router.api_route(
    "/files/{bucket}/{key:path}",
    methods=["GET", "HEAD"],
    response_class=Response,
    include_in_schema=False,
)
async def read_file(
    bucket: str, key: str, request: Request, store: StoreDep, links: LinksDep
) -> Response:
    """A file, for whoever holds a link that is still good."""
    ref = ObjectRef(bucket, key)
    query = dict(request.query_params)
    if not links.allows(request.method, ref.bucket, ref.key, query):
        raise Forbidden("This link is too old or was changed: load the page again for a new one.")
    blob = await store.stat(ref.bucket, ref.key)
    if blob is None:
        raise BlobNotFound
    headers = _headers(blob, query.get("disposition"))
    if f'"{blob.etag}"' in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    wanted = _range_of(request, blob)
    if wanted is None:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{blob.size}"})
    return _reply(request.method, store.open(ref.bucket, ref.key, *wanted), blob, wanted, headers)


def _reply(
    method: str,
    body: AsyncIterator[bytes],
    blob: Blob,
    wanted: tuple[int, int],
    headers: dict[str, str],
) -> Response:
    start, stop = wanted
    whole = wanted == (0, blob.size)
    headers["Content-Length"] = str(stop - start)
    if not whole:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{blob.size}"
    status = 200 if whole else 206
    if method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=blob.content_type)
    return StreamingResponse(body, status, headers, blob.content_type)


def _headers(blob: Blob, disposition: str | None) -> dict[str, str]:
    headers = {
        "ETag": f'"{blob.etag}"',
        "Accept-Ranges": "bytes",
        "Cache-Control": _PUBLIC if BUCKETS[blob.bucket].public else _PRIVATE,
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if disposition is not None:
        headers["Content-Disposition"] = disposition
    return headers


def _range_of(request: Request, blob: Blob) -> tuple[int, int] | None:
    """First byte and one behind the last (RFC 9110, 14); None where nothing of it is there.
    Forms that we do not serve, several ranges among them, mean the whole file."""
    whole = (0, blob.size)
    condition = request.headers.get("if-range")
    if condition is not None and condition != f'"{blob.etag}"':
        return whole
    found = _RANGE.fullmatch(request.headers.get("range", ""))
    if not found or found.groups() == ("", ""):
        return whole
    first, last = found.groups()
    if first == "":
        length = min(int(last), blob.size)
        return (blob.size - length, blob.size) if length else None
    start = int(first)
    stop = min(int(last) + 1, blob.size) if last else blob.size
    if last and int(last) < start:
        return whole
    return (start, stop) if start < blob.size else None
