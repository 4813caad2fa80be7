"""The buckets: what each is for, who may read it, how large a file may be, which types it takes.

Private is the default. A private bucket is read by signed link only, and the first part of its
keys is the owner's id. Keys by bucket:

- ``workspace-temp``: ``{user}/{job}/{index}.png`` or ``.mp4``, beside it ``{index}.thumb.webp`` and
  of a clip ``{index}.preview.mp4``
- ``user-library``: ``{user}/{asset}.{ext}``, beside it ``{asset}.thumb.webp`` and of a clip
  ``{asset}.preview.mp4``
- ``reference_images``: ``{user}/{upload}.{ext}``, beside it ``{upload}.thumb.webp``
- ``videos``: ``{user}/{project}.mp4``
- ``avatars`` (public): ``characters/{slug}.png``; administrators write
- ``system_assets`` (public): any; administrators write
"""

from dataclasses import dataclass

_MB = 1024 * 1024
_PICTURES = frozenset({"image/png", "image/jpeg", "image/webp"})
_MEDIA = _PICTURES | {"video/mp4"}


@dataclass(frozen=True, slots=True)
class Bucket:
    """Rules of a bucket. Files of a ``public`` one need no signature to be read."""

    name: str
    max_bytes: int
    types: frozenset[str]
    public: bool = False


BUCKETS: dict[str, Bucket] = {
    bucket.name: bucket
    for bucket in (
        Bucket("workspace-temp", 1024 * _MB, _MEDIA),
        Bucket("user-library", 1024 * _MB, _MEDIA),
        # The most that the setting for uploads may ask for; its default is 10 MB.
        Bucket("reference_images", 100 * _MB, _PICTURES | {"image/gif"}),
        Bucket("avatars", 10 * _MB, _PICTURES, public=True),
        Bucket("system_assets", 5 * _MB, _PICTURES | {"image/svg+xml"}, public=True),
        Bucket("videos", 1024 * _MB, frozenset({"video/mp4"})),
    )
}
PRIVATE_BUCKETS = tuple(name for name, bucket in BUCKETS.items() if not bucket.public)
"""Where the first part of a key is the id of the person whose file it is."""
