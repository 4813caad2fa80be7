"""What endpoints ask for to make and show pictures."""

from typing import Annotated

from fastapi import Depends, Request

from fabula.accounts.access import SessionDep
from fabula.engine_servers import directory
from fabula.engines.registry import EngineRegistry
from fabula.generation.submit import Desk
from fabula.storage.base import BlobStore
from fabula.storage.links import Links


def desk_of(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def store_of(request: Request) -> BlobStore:
    store: BlobStore = request.app.state.store
    return store


def links_of(request: Request) -> Links:
    links: Links = request.app.state.links
    return links


def registry_of(desk: Annotated[Desk, Depends(desk_of)]) -> EngineRegistry:
    return desk.registry


async def fresh_registry(
    desk: Annotated[Desk, Depends(desk_of)], session: SessionDep
) -> EngineRegistry:
    """The registry, which knows of every server that is connected by now."""
    await directory.refresh(session, desk.registry)
    return desk.registry


DeskDep = Annotated[Desk, Depends(desk_of)]
StoreDep = Annotated[BlobStore, Depends(store_of)]
LinksDep = Annotated[Links, Depends(links_of)]
RegistryDep = Annotated[EngineRegistry, Depends(registry_of)]
FreshRegistryDep = Annotated[EngineRegistry, Depends(fresh_registry)]
