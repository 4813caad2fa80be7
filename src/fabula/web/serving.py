"""The HTTP server of this process: granian over the application."""

import socket

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from fabula.core.errors import Unavailable
from fabula.core.settings import Settings

_STOP_SECONDS = 5


def serve_until_stopped(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM. ``FABULA_DATABASE_URL`` must be set."""
    check_port_free(settings)
    Granian(
        "fabula.web.app:create",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        factory=True,
        workers=1,
        respawn_failed_workers=True,
        workers_kill_timeout=_STOP_SECONDS,
        log_level=LogLevels.warning,
        log_access=False,
        backpressure=512,
    ).serve()


def check_port_free(settings: Settings) -> None:
    """A port in use is a sentence, not a traceback."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise Unavailable(
                f"Port {settings.port} on {settings.host} is in use: stop what uses it, "
                "or choose another one with FABULA_PORT."
            ) from error
