"""An upscale as a job of the command line."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts.caller import Caller
from fabula.bootstrap import Services
from fabula.cli.making import Wish, bring
from fabula.generation.upscaling import service
from fabula.generation.upscaling.schemas import Factor, UpscaleIn


@dataclass(frozen=True, slots=True, kw_only=True)
class Upscaling(Wish):
    """More pixels for ``picture``: a file of this machine, or the id of a picture."""

    picture: str
    factor: Factor
    model: str | None

    async def accept(self, session: AsyncSession, services: Services, caller: Caller) -> UUID:
        asset_id = None
        with suppress(ValueError):
            asset_id = UUID(self.picture)
        if asset_id is None:
            asset_id = await bring(session, services, caller, Path(self.picture), "picture")
        body = UpscaleIn(asset_id=asset_id, factor=self.factor, model=self.model)
        return await service.submit(session, caller, body, services.desk)
