"""The studio's secret: it signs the links of files and the trail, and seals other secrets."""

import os
import secrets
from pathlib import Path
from uuid import uuid4

from fabula.core.settings import Settings

_SECRET_BYTES = 32


def secret_of(settings: Settings) -> bytes:
    """The secret: from the settings, or made once in the data folder."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value().encode()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    place = settings.data_dir / "secret-key"
    if not place.exists():
        _write_secret(place)
    return bytes.fromhex(place.read_text().strip())


def _write_secret(place: Path) -> None:
    """Whole or not at all; of two processes that try, the first one wins."""
    temporary = place.with_name(f".secret-key.{uuid4().hex}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(_SECRET_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(temporary, place)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
