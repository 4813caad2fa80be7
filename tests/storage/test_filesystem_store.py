"""What only a disk can do: run full, be killed in the middle, lose a folder."""

import errno
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import anyio
import pytest
from storage_samples import encoded

from fabula.storage import durable
from fabula.storage.base import ObjectRef, StorageError, StorageFull
from fabula.storage.durable import TEMPORARY_PREFIX, remove_with_empty_folders, replacing
from fabula.storage.filesystem import FilesystemStore

PNG = encoded("PNG")
OTHER = encoded("PNG", width=40)
TEMP = "workspace-temp"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def disk(root: Path) -> FilesystemStore:
    return FilesystemStore(root)


def files(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def full(*_: Any, **__: Any) -> Any:
    raise OSError(errno.ENOSPC, "No space left on device")


def write_then_fail(path: Path, error: Exception) -> None:
    with replacing(path) as file:
        file.write(PNG)
        raise error


@pytest.mark.parametrize("step", ["mkstemp", "os.fdopen", "os.fsync", "Path.replace"])
async def test_a_full_disk_leaves_nothing_behind(
    disk: FilesystemStore, root: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    await disk.put(TEMP, "ann/0.png", PNG, "image/png")
    monkeypatch.setattr(f"fabula.storage.durable.{step}", full)
    with pytest.raises(StorageFull, match="free some space"):
        await disk.put(TEMP, "ann/0.png", OTHER, "image/png")
    with pytest.raises(StorageFull):
        await disk.copy(ObjectRef(TEMP, "ann/0.png"), ObjectRef(TEMP, "ann/1.png"))
    monkeypatch.undo()
    assert files(root) == [f"{TEMP}/ann/0.png"]
    assert await disk.get(TEMP, "ann/0.png") == PNG


def test_a_disk_that_fills_while_writing(tmp_path: Path) -> None:
    path = tmp_path / "0.png"
    with pytest.raises(StorageFull):
        write_then_fail(path, OSError(errno.ENOSPC, "No space left on device"))
    assert files(tmp_path) == []


def test_other_failures_stay_what_they_are(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        write_then_fail(tmp_path / "0.png", KeyError())
    with pytest.raises(OSError, match="weather"):
        write_then_fail(tmp_path / "0.png", OSError(errno.EIO, "weather"))
    assert files(tmp_path) == []


def test_content_name_and_new_folders_are_synced_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int | str] = []
    real_sync, real_replace = os.fsync, Path.replace

    def sync(descriptor: int) -> None:
        seen.append(os.fstat(descriptor).st_ino)
        real_sync(descriptor)

    def replace(self: Path, target: Path) -> Path:
        seen.append("rename")
        return real_replace(self, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Path, "replace", replace)
    path = tmp_path / "ann/job/0.png"
    with replacing(path) as file:
        file.write(PNG)
    job, ann, top = (folder.stat().st_ino for folder in list(path.parents)[:3])
    assert set(seen[:2]) == {ann, top}
    assert seen[2:] == [path.stat().st_ino, "rename", job]


async def test_a_copy_that_came_out_different_is_not_kept(
    disk: FilesystemStore, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await disk.put(TEMP, "ann/0.png", PNG, "image/png")

    def cut(source: Any, target: Any, *_: Any) -> None:
        target.write(source.read()[:-1])

    monkeypatch.setattr(shutil, "copyfileobj", cut)
    with pytest.raises(StorageError, match="not the same"):
        await disk.copy(ObjectRef(TEMP, "ann/0.png"), ObjectRef("user-library", "ann/1.png"))
    assert files(root) == [f"{TEMP}/ann/0.png"]


async def test_a_folder_in_the_way(disk: FilesystemStore, root: Path) -> None:
    await disk.put(TEMP, "ann/job/0.png", PNG, "image/png")
    for key in ("ann/job", "ann/job/0.png/1.png"):
        with pytest.raises(StorageError, match="same name"):
            await disk.put(TEMP, key, PNG, "image/png")
    assert files(root) == [f"{TEMP}/ann/job/0.png"]


async def test_delete_takes_empty_folders_and_no_more(disk: FilesystemStore, root: Path) -> None:
    await disk.put(TEMP, "ann/job/0.png", PNG, "image/png")
    await disk.put(TEMP, "ann/other/0.png", PNG, "image/png")
    await disk.delete(TEMP, "ann/job/0.png")
    assert not (root / TEMP / "ann/job").exists()
    await disk.delete(TEMP, "ann/other/0.png")
    assert list((root / TEMP).iterdir()) == []


def test_a_folder_removed_in_between_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ann/job/0.png"
    made = durable._make_folder
    left = iter(range(3))

    def make_then_lose(folder: Path) -> None:
        made(folder)
        if next(left, None) is not None:
            remove_with_empty_folders(path, tmp_path)

    monkeypatch.setattr(durable, "_make_folder", make_then_lose)
    with replacing(path) as file:
        file.write(PNG)
    assert path.read_bytes() == PNG


def test_a_folder_removed_while_it_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What ``Path.mkdir`` raises when the folder goes between its two looks at it."""
    real = Path.mkdir
    left = iter([FileExistsError(errno.EEXIST, "File exists")])

    def mkdir(self: Path, **options: Any) -> None:
        if error := next(left, None):
            raise error
        real(self, **options)

    monkeypatch.setattr(Path, "mkdir", mkdir)
    with replacing(tmp_path / "ann/0.png") as file:
        file.write(PNG)
    assert (tmp_path / "ann/0.png").read_bytes() == PNG


async def test_putting_beside_deleting(disk: FilesystemStore) -> None:
    async def again_and_again(key: str) -> None:
        for _ in range(20):
            await disk.put(TEMP, key, PNG, "image/png")
            await disk.delete(TEMP, key)
        await disk.put(TEMP, key, PNG, "image/png")

    async with anyio.create_task_group() as group:
        for index in range(4):
            group.start_soon(again_and_again, f"ann/job/{index}.png")
    assert len([each async for each in disk.list(TEMP)]) == 4


async def test_leftovers_of_a_killed_process(disk: FilesystemStore, root: Path) -> None:
    await disk.put(TEMP, "ann/0.png", PNG, "image/png")
    (root / TEMP / "ann" / f"{TEMPORARY_PREFIX}half").write_bytes(PNG[:9])
    assert [each.ref.key async for each in disk.list(TEMP)] == ["ann/0.png"]
    now = datetime.now(UTC)
    assert await disk.remove_leftovers(now - timedelta(hours=1)) == 0
    assert await disk.remove_leftovers(now + timedelta(hours=1)) == 1
    assert files(root) == [f"{TEMP}/ann/0.png"]


async def test_a_settled_file_is_read_for_its_digest_once(
    disk: FilesystemStore, root: Path
) -> None:
    blob = await disk.put(TEMP, "ann/0.png", PNG, "image/png")
    path = root / TEMP / "ann/0.png"
    os.utime(path, (1_700_000_000, 1_700_000_000))
    assert await disk.stat(TEMP, "ann/0.png") == blob
    # Same place, size and time: only a digest that was remembered can still be the old one.
    path.write_bytes(PNG[:-1] + b"!")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    assert await disk.stat(TEMP, "ann/0.png") == blob
    os.utime(path, (1_700_000_001, 1_700_000_001))
    changed = await disk.stat(TEMP, "ann/0.png")
    assert changed
    assert changed.sha256 != blob.sha256


async def test_a_file_that_may_still_change_is_read_again(
    disk: FilesystemStore, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within one tick of the clock two contents can have one stamp."""
    blob = await disk.put(TEMP, "ann/0.png", PNG, "image/png")
    path = root / TEMP / "ann/0.png"
    monkeypatch.setattr("fabula.storage.digests.time.time_ns", lambda: 4_000_000_001 * 10**9)
    os.utime(path, (4_000_000_000, 4_000_000_000))
    assert await disk.stat(TEMP, "ann/0.png") == blob
    path.write_bytes(PNG[:-1] + b"!")
    os.utime(path, (4_000_000_000, 4_000_000_000))
    changed = await disk.stat(TEMP, "ann/0.png")
    assert changed
    assert changed.sha256 != blob.sha256


async def test_files_are_not_for_everybody(disk: FilesystemStore, root: Path) -> None:
    await disk.put(TEMP, "ann/0.png", PNG, "image/png")
    assert (root / TEMP / "ann/0.png").stat().st_mode & 0o777 == 0o640
