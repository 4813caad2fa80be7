"""The server: routers, error handlers, and what lives as long as the process."""

import asyncio
import os
import signal
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import perf_counter
from types import FrameType
from typing import Any
from uuid import uuid4

import structlog
from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fabula import __version__, bootstrap
from fabula.accounts.content.endpoints import router as content
from fabula.accounts.credits.endpoints import router as credits_
from fabula.accounts.endpoints import router as accounts
from fabula.accounts.export.endpoints import router as export
from fabula.accounts.leaving.endpoints import router as leaving
from fabula.accounts.oidc.endpoints import router as oidc
from fabula.accounts.oidc.provider import providers_of
from fabula.accounts.oversight.endpoints import router as oversight
from fabula.accounts.people.endpoints import router as people
from fabula.core.database import Database
from fabula.core.logging import configure_logging, get_logger
from fabula.core.machine import machine_name
from fabula.core.sealing import Sealer
from fabula.core.secret_key import secret_of
from fabula.core.settings import Settings, get_settings
from fabula.engine_servers.endpoints import router as engine_servers
from fabula.engines.pool import EnginePool
from fabula.events.listener import Listener
from fabula.fleet.endpoints import router as fleet
from fabula.fleet.reporting import About, Reporter
from fabula.generation.endpoints import router as generation
from fabula.generation.upscaling.endpoints import router as upscaling
from fabula.library.endpoints import router as library
from fabula.model_files.endpoints import router as model_files
from fabula.moderation.policy import screen
from fabula.prompting.book.endpoints import router as book
from fabula.prompting.endpoints import router as prompting
from fabula.prompting.enhancement import Enhancer
from fabula.prompting.negatives.endpoints import router as negatives
from fabula.prompting.presets.endpoints import router as presets
from fabula.prompting.templates.endpoints import router as templates
from fabula.prompting.weights.endpoints import router as weights
from fabula.web import files, health, stream
from fabula.web.errors import RESPONSES, add_error_handlers
from fabula.web.page import add_page, unknown_api
from fabula.workspace.endpoints import router as workspace

log = get_logger(__name__)
SignalHandler = Callable[[int, FrameType | None], Any] | int | None
_QUIET = ("/api/health", "/api/files", "/assets")
_DESCRIPTION = (
    "Everything that the page does. Sign in with an API key as `Authorization: Bearer KEY`; "
    "lists page by `cursor`; errors are `{error, detail, field}`."
)


def create_app(services: bootstrap.Services, database: Database) -> FastAPI:
    """The application over ready services; the database is closed with it."""
    app = FastAPI(
        title="Fabula",
        version=__version__,
        description=_DESCRIPTION,
        lifespan=_lifespan,
        docs_url="/api/docs",
        redoc_url=None,
        openapi_url="/openapi.json",
        swagger_ui_oauth2_redirect_url=None,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.database = database
    app.state.settings = services.settings
    app.state.store = services.store
    app.state.links = services.links
    app.state.desk = services.desk
    app.state.providers = providers_of(services.settings)
    app.state.sign_in_sealer = Sealer(secret_of(services.settings), "sign-in transaction")
    app.state.listener = Listener(database)
    limits = bootstrap.engine_limits(services.settings, services.settings.server_threads)
    app.state.engines = EnginePool(services.registry, limits)
    text = bootstrap.TextHosts(services.desk, app.state.engines, database)
    app.state.enhancer = Enhancer(text, screen=screen)
    app.state.closing = asyncio.Event()
    app.add_middleware(RequestLog)
    add_error_handlers(app)
    api = APIRouter(prefix="/api", responses=RESPONSES)
    for router in (
        accounts,
        oidc,
        people,
        content,
        credits_,
        oversight,
        export,
        leaving,
        upscaling,
        generation,
        engine_servers,
        fleet,
        model_files,
        prompting,
        negatives,
        templates,
        presets,
        weights,
        book,
        workspace,
        library,
        stream.router,
        files.router,
    ):
        api.include_router(router)
    app.include_router(api)
    app.include_router(health.router, prefix="/api")
    app.include_router(unknown_api)
    add_page(app)
    return app


def create() -> FastAPI:
    """The application of this process, from its settings."""
    settings: Settings = get_settings()
    configure_logging(settings.log_level, settings.log_format)
    if settings.database_url is None:
        raise RuntimeError("The server needs FABULA_DATABASE_URL: start it by `fabula serve`.")
    database = Database(settings.database_url.get_secret_value(), secret=secret_of(settings))
    return create_app(bootstrap.build(settings), database)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    await app.state.listener.start()
    # The first look reads the header of every model file: not while others wait.
    await asyncio.to_thread(app.state.desk.registry.all)
    _end_streams_on_signals(app.state.closing)
    telling = asyncio.create_task(_reporter(app).run(), name="reporting")
    try:
        yield
    finally:
        app.state.closing.set()
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)
        await app.state.listener.stop()
        await app.state.engines.close()
        await app.state.database.close()


def _reporter(app: FastAPI) -> Reporter:
    settings: Settings = app.state.settings
    name = f"server-{machine_name()}-{os.getpid()}"
    about = About(name, "server", settings.server_threads)
    return Reporter(
        app.state.database, app.state.engines, about, seconds=settings.heartbeat_seconds
    )


def _end_streams_on_signals(closing: asyncio.Event) -> None:
    """A server waits for open responses before it ends, and live streams have no end of their
    own: they are told as soon as the signal comes. The server's own handlers run as before."""
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        before = signal.getsignal(number)

        def handle(received: int, frame: FrameType | None, before: SignalHandler = before) -> None:
            loop.call_soon_threadsafe(closing.set)
            if callable(before):
                before(received, frame)

        signal.signal(number, handle)


class RequestLog:
    """A line for every request, and its id in every line that is written meanwhile.

    Plain ASGI: Starlette's base class for middleware costs a task and two queues a request.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id, began, status = uuid4().hex[:16], perf_counter(), 500

        async def told(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [*message.get("headers", ()), (b"x-request-id", request_id.encode())]
                message = {**message, "headers": headers}
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, told)
            finally:
                if not scope["path"].startswith(_QUIET):
                    took = round((perf_counter() - began) * 1000, 1)
                    log.info(
                        "request",
                        method=scope["method"],
                        path=scope["path"],
                        status=status,
                        ms=took,
                    )
