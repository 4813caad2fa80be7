"""What endpoints of a person's own data ask for."""

from typing import Annotated

from fastapi import Depends, Request

from fabula.storage.base import BlobStore


def store_of(request: Request) -> BlobStore:
    store: BlobStore = request.app.state.store
    return store


StoreDep = Annotated[BlobStore, Depends(store_of)]
