"""A studio inside a test: the application over a fresh database, and a worker on demand.

Its engine is the reference card, whose pictures are a function of the request.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from fabula import bootstrap
from fabula.accounts import secrets, service
from fabula.accounts.caller import Caller
from fabula.core.database import Database
from fabula.core.logging import configure_logging
from fabula.core.settings import Settings
from fabula.engines.base import EngineContext
from fabula.engines.pool import EnginePool
from fabula.engines.registry import EngineRegistry
from fabula.events.live import ProgressWire
from fabula.generation.dispatch import Dispatcher
from fabula.generation.provenance import Provenance
from fabula.generation.runner import RunnerTools
from fabula.generation.submit import Desk
from fabula.models import Job
from fabula.storage.links import Links
from fabula.storage.memory import MemoryStore
from fabula.web.app import create_app

configure_logging("WARNING", "text")
CARD = "fabula.engines.image.reference_card:ReferenceCard"
_USE_CARD = text(
    "INSERT INTO model_config_history (model_type, config_name, config_data, is_active) VALUES "
    '(\'SDXL\', \'test\', \'{"engines": ["reference-card"], "width": 64, "height": 64, '
    '"steps": 4}\', true)'
)


async def rewritten(_: Job, plan: Provenance) -> Provenance:
    """Stands in for the rewriting of prompts."""
    final = plan.prompt_final or f"{plan.prompt_original}, at dawn"
    return plan.model_copy(update={"prompt_final": final, "negative_final": plan.negative_prompt})


@dataclass
class Studio:
    """One studio with one person, who asks by API key."""

    database: Database
    services: bootstrap.Services
    app: FastAPI
    caller: Caller
    client: httpx.AsyncClient
    keys: dict[str, str] = field(default_factory=dict)

    @property
    def store(self) -> MemoryStore:
        assert isinstance(self.services.store, MemoryStore)
        return self.services.store

    async def person(self, name: str, role: str = "basic_user") -> httpx.AsyncClient:
        """A client of somebody else."""
        _, key = await _account(self.database, name, role)
        return client_of(self.app, key)

    async def submit(self, **body: Any) -> dict[str, Any]:
        body = {"prompt": "a lighthouse", "seed": 7, **body}
        answer = await self.client.post("/api/jobs", json=body)
        assert answer.status_code == 202, answer.text
        job: dict[str, Any] = answer.json()
        return job

    async def job(self, job_id: str) -> dict[str, Any]:
        answer = await self.client.get(f"/api/jobs/{job_id}")
        assert answer.status_code == 200, answer.text
        job: dict[str, Any] = answer.json()
        return job

    async def when(self, job_id: str, holds: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """The job, as soon as something holds of it; asked for as a client would."""
        async with asyncio.timeout(60):
            while not holds(job := await self.job(job_id)):  # noqa: ASYNC110 - as a client would
                await asyncio.sleep(0.02)
        return job

    async def ended(self, job_id: str) -> dict[str, Any]:
        """The job, once it has ended."""
        return await self.when(job_id, lambda job: job["status"] in {"completed", "failed"})

    async def made(self, **body: Any) -> dict[str, Any]:
        """A job that ran to its end."""
        job = await self.submit(**body)
        async with self.working():
            return await self.ended(job["id"])

    async def scalar(self, query: str, **params: Any) -> Any:
        async with self.database.system() as session:
            return await session.scalar(text(query), params)

    @asynccontextmanager
    async def working(
        self, *, slots: int = 1, lease_seconds: float = 20.0, heartbeat_seconds: float = 0.05,
        timeout_seconds: float = 60.0, pool: EnginePool | None = None, **options: Any,
    ) -> AsyncIterator[Dispatcher]:  # fmt: skip
        """A worker with a pool of its own, or with one that it leaves as it is; ``options`` are the
        reference card's."""
        context = EngineContext(models_dir="", options={"fault_injection": True, **options})
        engines = pool or EnginePool(EngineRegistry(context, [CARD]))
        wire = ProgressWire(self.database)
        tools = RunnerTools(
            database=self.database,
            store=self.services.store,
            events=self.services.desk.events,
            wire=wire,
            engines=engines,
            rewrite=rewritten,
            lease_seconds=lease_seconds,
            heartbeat_seconds=heartbeat_seconds,
            timeout_seconds=timeout_seconds,
            adult_mode=self.services.settings.adult_mode,
        )
        dispatcher = Dispatcher(tools, "test-worker", ("image", "video"), slots)
        task = asyncio.create_task(dispatcher.run())
        try:
            yield dispatcher
        finally:
            dispatcher.stop()
            await task
            if pool is None:
                await engines.close()
            await wire.close()


def client_of(app: FastAPI, key: str | None = None) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://studio", headers=headers)


async def _account(database: Database, name: str, role: str) -> tuple[Caller, str]:
    async with database.system() as session:
        row = await service.create_account(session, name, role)
        _, key = await service.create_api_key(session, row.id, "test")
        return Caller(row.id, row.username, frozenset([role])), key


@pytest.fixture
async def studio(database: Database, tmp_path: Path) -> AsyncIterator[Studio]:
    async with studio_with(database, Settings(data_dir=tmp_path)) as made:
        yield made


@pytest.fixture
async def adult_studio(database: Database, tmp_path: Path) -> AsyncIterator[Studio]:
    """One whose operator allows content for adults; the person has yet to pass the age gate."""
    async with studio_with(database, Settings(data_dir=tmp_path, adult_mode=True)) as made:
        yield made


@asynccontextmanager
async def studio_with(database: Database, settings: Settings) -> AsyncIterator[Studio]:
    store = MemoryStore()
    registry = EngineRegistry(EngineContext(models_dir=str(settings.data_dir)), [CARD])
    desk = Desk(registry, bootstrap.build_events(store, settings))
    services = bootstrap.Services(settings, store, Links(b"0" * 32), desk)
    app = create_app(services, database)
    async with database.system() as session:
        await session.execute(_USE_CARD)
    caller, key = await _account(database, "ada", "basic_user")
    async with client_of(app, key) as client:
        yield Studio(database, services, app, caller, client)
    await app.state.engines.close()


async def session_cookie(database: Database, user_id: UUID) -> str:
    """A browser's session, as signing in would make it."""
    async with database.system() as session:
        link = await service.new_link(session, user_id)
        signed = await service.sign_in_by_link(session, link, agent="test", address=None)
    assert secrets.token_hash(signed.token)
    return signed.token
