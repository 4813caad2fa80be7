"""What is installed, what can run here, why the rest cannot, and what to do about it."""

import asyncio
import os
import platform
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from fabula import __version__, bootstrap
from fabula.accounts.oidc.problems import ProviderUnreachable
from fabula.accounts.oidc.provider import providers_of
from fabula.cli.running import embedded
from fabula.cli.workers import facts, read_workers
from fabula.core.database import Database
from fabula.core.embedded_postgres import packaged_programs
from fabula.core.errors import FabulaError
from fabula.core.migrate import newest_revision
from fabula.core.settings import Settings
from fabula.engine_servers import repository as engine_servers
from fabula.engine_servers.views import server_out
from fabula.engines.setup import missing_models
from fabula.generation.catalogue import engine_state
from fabula.generation.engine_choice import choose
from fabula.generation.job_types import JOB_TYPES
from fabula.web.page import STATIC

_GIB = 2**30
_ROLE = """
SELECT rolname, json_build_object('a superuser', rolsuper, 'may bypass row-level security',
    rolbypassrls, 'makes databases', rolcreatedb)
FROM pg_roles WHERE rolname = current_user
"""


@dataclass(slots=True)
class Finding:
    """One thing that was looked at; ``remedy`` says what to do where it is not well."""

    name: str
    well: bool
    detail: str
    remedy: str = ""
    needed: bool = True
    """Whether the studio works without it."""


@dataclass(slots=True)
class Findings:
    studio: list[Finding] = field(default_factory=list)
    engines: list[dict[str, Any]] = field(default_factory=list)
    servers: list[Finding] = field(default_factory=list)
    workers: list[Finding] = field(default_factory=list)
    job_types: list[Finding] = field(default_factory=list)

    @property
    def works(self) -> bool:
        return all(finding.well or not finding.needed for finding in self.studio)


def examine(settings: Settings) -> Findings:
    found = Findings()
    found.studio = [
        _machine(),
        _folder(settings),
        *_database(settings),
        _storage(settings),
        _page(),
        _models(settings),
        *asyncio.run(provider_findings(settings)),
    ]
    registry = bootstrap.build_registry(settings)
    found.engines = [engine_state(entry).model_dump() for entry in registry.all()]
    if dsn := _current_database(settings):
        found.servers = asyncio.run(server_findings(dsn))
        found.workers = asyncio.run(worker_findings(dsn))
    for job_type in JOB_TYPES.values():
        choice = choose(job_type, registry)
        detail = f"by {choice.entry.info.name}" if choice.entry else choice.reason
        found.job_types.append(
            Finding(job_type.name, choice.entry is not None, detail, choice.remedy, needed=False)
        )
    return found


def _machine() -> Finding:
    memory = psutil.virtual_memory()
    detail = (
        f"Fabula {__version__}, Python {platform.python_version()}, {platform.machine()}, "
        f"{os.cpu_count()} cores, {memory.total / _GIB:.1f} GiB of memory "
        f"({memory.available / _GIB:.1f} free)"
    )
    return Finding("machine", sys.version_info >= (3, 11), detail, "Use Python 3.11 or newer.")


def _folder(settings: Settings) -> Finding:
    folder = settings.data_dir
    existing = next(p for p in (folder, *folder.parents) if p.exists())
    free = shutil.disk_usage(existing).free
    detail = f"{folder}, {free / _GIB:.1f} GiB free"
    if not os.access(existing, os.W_OK):
        return Finding("data folder", False, detail, "Make it writable, or set FABULA_DATA_DIR.")
    return Finding("data folder", free > _GIB, detail, "Free some disk space: 1 GiB at least.")


def _database(settings: Settings) -> list[Finding]:
    import psycopg

    try:
        if settings.database_url is not None:
            dsn, kind = settings.database_url.get_secret_value(), "external PostgreSQL"
        else:
            packaged_programs() if settings.postgres_bin is None else settings.postgres_bin
            running = embedded(settings).running_dsn()
            if running is None:
                return [Finding("database", True, "embedded PostgreSQL, does not run now")]
            dsn, kind = running, "embedded PostgreSQL"
        with psycopg.connect(dsn, connect_timeout=5) as connection:
            version = connection.info.server_version
            row = connection.execute("SELECT to_regclass('studio.alembic_version')").fetchone()
            revision = None
            if row and row[0]:
                found = connection.execute("SELECT version_num FROM studio.alembic_version")
                revision = (found.fetchone() or [None])[0]
            role = _role(*connection.execute(_ROLE).fetchall()[0])
    except (FabulaError, psycopg.Error) as error:
        return [Finding("database", False, str(error).strip(), "See FABULA_DATABASE_URL.")]
    detail = f"{kind} {version // 10000}.{version % 10000}, revision {revision}"
    current = revision == newest_revision() and version >= 150000
    return [Finding("database", current, detail, "Run `fabula db migrate`."), role]


def _current_database(settings: Settings) -> str | None:
    """The DSN of a database that runs and has the newest structure."""
    import psycopg

    try:
        dsn = (
            settings.database_url.get_secret_value()
            if settings.database_url
            else embedded(settings).running_dsn()
        )
        if dsn is None:
            return None
        with psycopg.connect(dsn, connect_timeout=5) as connection:
            found = connection.execute("SELECT version_num FROM studio.alembic_version")
            return dsn if (found.fetchone() or [None])[0] == newest_revision() else None
    except (FabulaError, psycopg.Error):
        return None  # said with the database itself


async def server_findings(dsn: str) -> list[Finding]:
    """Connected servers, as they were found when they were last asked."""
    database = Database(dsn, pool_size=1)
    try:
        async with database.system() as session:
            servers = [server_out(row) for row in await engine_servers.servers(session)]
    finally:
        await database.close()
    found = []
    for server in servers:
        detail = f"{server.kind} at {server.address}"
        if server.works:
            detail += f", version {server.version or 'unknown'}, answers in {server.answer_ms} ms"
        else:
            detail += f". {server.fault or 'It is switched off or was not asked yet.'}"
        remedy = f"Run `fabula engine test {server.engine_id}`."
        found.append(Finding(server.name, server.works, detail, remedy, needed=False))
    return found


async def worker_findings(dsn: str) -> list[Finding]:
    """Who runs engines now. A studio that is not up has no workers."""
    remedy = "It is gone, or its machine is: its jobs are taken back by the others."
    return [
        Finding(each.name, not each.silent, ", ".join(facts(each)), remedy, needed=False)
        for each in await read_workers(dsn)
    ]


def _role(name: str, powers: dict[str, bool]) -> Finding:
    """The studio owns its database and needs nothing else of the server."""
    held = [power for power, has in powers.items() if has]
    detail = f"{name}, {' and '.join(held)}" if held else f"{name}, owns the database only"
    remedy = "Let a role of its own own the database: docs/how-to/external-database.md."
    return Finding("database role", not held, detail, remedy, needed=False)


def _storage(settings: Settings) -> Finding:
    detail = settings.storage_url or str(settings.data_dir / "files")
    try:
        bootstrap.build_store(settings)
    except FabulaError as error:
        return Finding("storage", False, detail, str(error))
    return Finding("storage", True, detail)


def _page() -> Finding:
    built = (STATIC / "index.html").exists()
    remedy = "Run `make up` in the checkout, or install without FABULA_SKIP_WEB_BUILD."
    return Finding("web page", built, "built" if built else "was not built", remedy)


def _models(settings: Settings) -> Finding:
    missing = missing_models(settings.models_folder)
    folder: Path = settings.models_folder
    if not missing:
        return Finding("built-in models", True, f"complete in {folder}", needed=False)
    names = ", ".join(model.name for model in missing)
    return Finding("built-in models", False, f"missing: {names}", "Run `fabula setup`.", False)


async def provider_findings(settings: Settings) -> list[Finding]:
    """Whether each OpenID provider answers with a discovery document that fits."""
    remedy = "See FABULA_OIDC_PROVIDERS, and whether this machine reaches the provider."
    found = []
    for name, provider in providers_of(settings).items():
        try:
            await provider.metadata()
        except ProviderUnreachable as error:
            found.append(Finding(f"sign-in by {name}", False, error.reason, remedy, needed=False))
        else:
            detail = f"{provider.config.issuer} answers; its way back is {provider.redirect_uri}"
            found.append(Finding(f"sign-in by {name}", True, detail, needed=False))
    return found


def render(found: Findings) -> str:
    """As text for a terminal."""
    lines = ["Studio"]
    lines += [_line(f.well, f.name, f.detail, f.remedy) for f in found.studio]
    lines += ["", "Engines"]
    for engine in found.engines:
        what = engine["summary"] if engine["available"] else engine["reason"]
        title = f"{engine['name']} ({engine['modality']})"
        lines.append(_line(engine["available"], title, what, engine["remedy"]))
    for title, findings in (("Connected servers", found.servers), ("Workers", found.workers)):
        if findings:
            lines += ["", title]
            lines += [_line(f.well, f.name, f.detail, f.remedy) for f in findings]
    lines += ["", "Job types"]
    lines += [_line(f.well, f.name, f.detail, f.remedy) for f in found.job_types]
    return "\n".join(lines) + "\n"


def _line(well: bool, name: str, detail: str, remedy: str) -> str:
    line = f"  {'ok  ' if well else 'no  '}{name}: {detail}"
    return line if well or not remedy else f"{line}\n        {remedy}"
