"""Addresses of files, made when they are read."""

import time
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from fabula.storage.buckets import BUCKETS
from fabula.storage.signing import Secret, attachment, quantise, sign, verify

FULL_LIFETIME = 3600
THUMBNAIL_LIFETIME = 86400


class Links:
    """Makes and checks links with the studio's secret.

    Links made with one of ``older`` secrets stay good until they expire. Whoever calls ``url`` has
    made sure that the person may see the file.
    """

    def __init__(self, secret: bytes, older: Iterable[bytes] = ()) -> None:
        self._secret = Secret(secret)
        self._all = (self._secret, *(Secret(each) for each in older))

    def url(self, bucket: str, key: str, *, download_as: str | None = None) -> str:
        """Where the file is read; with ``download_as`` a browser saves it under that name."""
        place = f"/api/files/{bucket}/{quote(key)}"
        if BUCKETS[bucket].public and download_as is None:
            return place
        small = ".thumb." in key or ".preview." in key
        ttl = THUMBNAIL_LIFETIME if small else FULL_LIFETIME
        disposition = None if download_as is None else attachment(download_as)
        expires = quantise(time.time(), ttl)
        return f"{place}?{sign(self._secret, bucket, key, expires, disposition=disposition)}"

    def allows(self, method: str, bucket: str, key: str, query: Mapping[str, str]) -> bool:
        """Whether a request may read the file. Check this before using ``query['disposition']``:
        only then is it ours."""
        public = bucket in BUCKETS and BUCKETS[bucket].public
        if public and method in {"GET", "HEAD"} and "disposition" not in query:
            return True
        return verify(self._all, bucket, key, query, now=time.time(), method=method)
