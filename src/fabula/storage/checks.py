"""What every store checks before it takes a file."""

import re

from fabula.storage.base import BadPlace, NotAllowed, ObjectRef
from fabula.storage.buckets import BUCKETS
from fabula.storage.sniff import SNIFF_BYTES, UNKNOWN, content_type_of

_PREFIX = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9._-]*+/)*+(?:[A-Za-z0-9][A-Za-z0-9._-]*+)?")
_MB = 1024 * 1024


def checked(bucket: str, key: str, data: bytes, content_type: str) -> tuple[ObjectRef, str]:
    """The place and the type read from the bytes, if the bucket takes the file.

    A caller that knows no type says ``application/octet-stream``. Raises ``NotAllowed``.
    """
    ref = ObjectRef(bucket, key)
    found = allowed(bucket, len(data), content_type_of(data[:SNIFF_BYTES]))
    if content_type not in {found, UNKNOWN}:
        raise NotAllowed(f"The file is {found}, not {content_type}.")
    return ref, found


def allowed(bucket: str, size: int, kind: str | None) -> str:
    """``kind``, if the bucket takes files of that type and size in bytes, else ``NotAllowed``."""
    rules = BUCKETS[bucket]
    if size > rules.max_bytes:
        raise NotAllowed(
            f"The file has {size / _MB:.1f} MB; {bucket} takes at most {rules.max_bytes // _MB}."
        )
    if kind is None or kind not in rules.types:
        takes = ", ".join(sorted(rules.types))
        raise NotAllowed(f"{bucket} takes {takes}, and this file is {kind or 'something else'}.")
    return kind


def checked_prefix(bucket: str, prefix: str) -> str:
    """The folder part of a prefix (``a/b`` of ``a/b/c``). Raises ``BadPlace``."""
    if bucket not in BUCKETS:
        raise BadPlace(f"There is no bucket {bucket!r}.")
    if not _PREFIX.fullmatch(prefix):
        raise BadPlace(f"{prefix!r} is not the start of a key.")
    return prefix.rpartition("/")[0]
