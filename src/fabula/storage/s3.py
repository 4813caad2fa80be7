"""Files on any S3-compatible server, by obstore. Buckets of ours are folders of one S3 bucket."""

import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store as Client

from fabula.storage.base import (
    BadPlace,
    Blob,
    BlobNotFound,
    Listed,
    ObjectRef,
    StorageError,
    StorageUnavailable,
    clipped,
)
from fabula.storage.checks import allowed, checked, checked_prefix
from fabula.storage.sniff import UNKNOWN, content_type_of

if TYPE_CHECKING:  # obstore has these names in its stubs only
    from obstore import GetResult
    from obstore.store import ClientConfig, S3Config

# A whole block is fetched before it is handed on, so a slow reader holds no connection open.
_BLOCK = 4 * 1024 * 1024
_SHA256 = "sha256"
_NO_BUCKET = "NoSuchBucket"


def connect(
    s3_bucket: str,
    *,
    access_key_id: str,
    secret_access_key: str,
    endpoint: str | None = None,
    region: str = "us-east-1",
    prefix: str = "",
) -> "S3Store":
    """A store in one bucket of an S3 server.

    ``endpoint`` is the server's address where it is not Amazon's. Nothing is sent yet.
    """
    config: S3Config = {
        "access_key_id": access_key_id,
        "secret_access_key": secret_access_key,
        "region": region,
    }
    if endpoint:
        config["endpoint"] = endpoint
    options: ClientConfig = {
        "allow_http": bool(endpoint and endpoint.startswith("http://")),
        "connect_timeout": timedelta(seconds=5),
    }
    client = Client(
        s3_bucket,
        config=config,
        client_options=options,
        retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=20)},
    )
    return S3Store(client, prefix)


class S3Store:
    """A ``BlobStore`` on an S3 server; ``prefix`` is put before every key.

    The SHA-256 of a file is kept with it as metadata when it is put.
    """

    def __init__(self, client: Client, prefix: str = "") -> None:
        self._client = client
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""

    def _at(self, ref: ObjectRef) -> str:
        return f"{self._prefix}{ref.bucket}/{ref.key}"

    async def put(self, bucket: str, key: str, data: bytes, content_type: str) -> Blob:
        ref, kind = checked(bucket, key, data, content_type)
        digest = hashlib.sha256(data).hexdigest()
        with _translated():
            await obstore.put_async(
                self._client,
                self._at(ref),
                data,
                attributes={"Content-Type": kind, _SHA256: digest},
            )
        return Blob(bucket, key, len(data), digest, kind)

    async def get(self, bucket: str, key: str) -> bytes:
        at = self._at(ObjectRef(bucket, key))
        with _translated():
            result = await obstore.get_async(self._client, at)
            return bytes(await result.bytes_async())

    async def open(
        self, bucket: str, key: str, start: int | None = None, end: int | None = None
    ) -> AsyncIterator[bytes]:
        ref = ObjectRef(bucket, key)
        meta = (await self._head(ref)).meta
        first, stop = clipped(meta["size"], start, end)
        for begin in range(first, stop, _BLOCK):
            yield await self._block(ref, begin, min(begin + _BLOCK, stop), meta["e_tag"])

    async def _block(self, ref: ObjectRef, begin: int, stop: int, etag: str | None) -> bytes:
        with _translated():
            result = await obstore.get_async(
                self._client,
                self._at(ref),
                options={"range": (begin, stop), "if_match": etag},
            )
            return bytes(await result.bytes_async())

    async def stat(self, bucket: str, key: str) -> Blob | None:
        with suppress(BlobNotFound):
            return await self._facts(ObjectRef(bucket, key))
        return None

    async def _head(self, ref: ObjectRef) -> "GetResult":
        with _translated():
            return await obstore.get_async(self._client, self._at(ref), options={"head": True})

    async def _facts(self, ref: ObjectRef) -> Blob:
        result = await self._head(ref)
        digest = result.attributes.get(_SHA256)
        kind = result.attributes.get("Content-Type")
        if digest and kind:
            return Blob(ref.bucket, ref.key, result.meta["size"], digest, kind)
        return await self._read_facts(ref)

    async def _read_facts(self, ref: ObjectRef) -> Blob:
        """Facts of a file that something else put there: they are read from its content."""
        data = await self.get(ref.bucket, ref.key)
        kind = content_type_of(data) or UNKNOWN
        return Blob(ref.bucket, ref.key, len(data), hashlib.sha256(data).hexdigest(), kind)

    async def delete(self, bucket: str, key: str) -> None:
        at = self._at(ObjectRef(bucket, key))
        with suppress(BlobNotFound), _translated():
            await obstore.delete_async(self._client, at)

    async def copy(self, source: ObjectRef, target: ObjectRef) -> Blob:
        """The server copies; size and recorded SHA-256 of the copy must be those of the source."""
        original = await self._facts(source)
        allowed(target.bucket, original.size, original.content_type)
        if source == target:
            return original
        with _translated():
            await obstore.copy_async(self._client, self._at(source), self._at(target))
        made = await self._facts(target)
        if (made.size, made.sha256) != (original.size, original.sha256):
            await self.delete(target.bucket, target.key)
            raise StorageError("The copy is not the same as the file: nothing was kept, try again.")
        return made

    async def list(self, bucket: str, prefix: str = "") -> AsyncIterator[Listed]:
        root = f"{self._prefix}{bucket}/"
        folder = checked_prefix(bucket, prefix)
        with _translated():
            async for batch in obstore.list(self._client, prefix=f"{root}{folder}"):
                for meta in batch:
                    key = meta["path"].removeprefix(root)
                    if key.startswith(prefix) and (ref := _ours(bucket, key)):
                        yield Listed(ref, meta["size"], meta["last_modified"])


def _ours(bucket: str, key: str) -> ObjectRef | None:
    """A file that something else put there may have a name that is no key: it is passed over."""
    with suppress(BadPlace):
        return ObjectRef(bucket, key)
    return None


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        # Without its bucket no file is there, which must not read as if they were all deleted.
        if _NO_BUCKET in str(error):
            raise _failed() from error
        raise BlobNotFound from error
    except BaseError as error:
        raise _failed() from error


def _failed() -> StorageUnavailable:
    return StorageUnavailable(
        "The storage server did not do what it was asked: check its address, key and bucket."
    )
