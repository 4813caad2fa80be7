"""An account's deletion in processes that are killed before every statement, commit and file.

Run as ``python killed_deletions.py DSN FOLDER``. A child is forked for each place, deletes a person
of its own and is killed there; another one does what housekeeping would. What was left in between
and afterwards is printed as JSON, a line for each place.
"""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from killed_steps import forked
from ledger_facts import add_person, faults, held_by_ended_jobs
from traces import KEPT, traces

from fabula.accounts.leaving import erasure
from fabula.accounts.leaving import service as leaving
from fabula.core.database import Database
from fabula.core.logging import configure_logging
from fabula.storage.filesystem import FilesystemStore

BUCKETS = ("workspace-temp", "user-library", "reference_images")
FILES = 2 * len(BUCKETS)
OPEN = {"studio.erasures.user_id"}
_JOB = """
WITH job AS (INSERT INTO jobs (user_id, job_type) VALUES (%s, 'sdxl_image_fast') RETURNING id),
run AS (INSERT INTO studio.job_runs (job_id, user_id, lane, engine_id, job_type)
        SELECT id, %s, 'image', 'sketchbook', 'sdxl_image_fast' FROM job)
INSERT INTO studio.ledger_entries (kind, reference, account_id, amount)
SELECT 'reserve', job.id, a.id, CASE kind WHEN 'reserved' THEN 5 ELSE -5 END
FROM job, studio.ledger_accounts a WHERE a.user_id = %s
"""


class Studio:
    """The parts of a server and of a worker that a deletion passes through."""

    def __init__(self, dsn: str, folder: Path) -> None:
        self.database = Database(dsn, pool_size=1, secret=bytes(32))
        self.store = FilesystemStore(folder)

    async def delete(self, person: UUID) -> None:
        await leaving.delete_account(self.database, person, by=None, reason="a test")

    async def erase(self) -> None:
        await erasure.erase_files(self.database, self.store)

    async def both(self, person: UUID) -> None:
        await self.delete(person)
        await self.erase()

    def killed_among_files(self, place: int) -> None:
        """Kill this process before it removes a file, counted from 1."""
        passed, really = 0, self.store.delete

        async def delete(bucket: str, key: str) -> None:
            nonlocal passed
            passed += 1
            if passed == place:
                os.kill(os.getpid(), signal.SIGKILL)
            await really(bucket, key)

        self.store.delete = delete  # type: ignore[method-assign]

    def files(self, person: UUID) -> int:
        root = self.store._root
        return sum(path.is_file() for b in BUCKETS for path in (root / b / str(person)).rglob("*"))


def lived(connection: psycopg.Connection[Any], studio: Studio, name: str) -> UUID:
    """Somebody with a job on its way, credits held for it, and files."""
    person = add_person(connection, name)
    connection.execute(_JOB, [person, person, person])
    for bucket in BUCKETS:
        place = studio.store._root / bucket / str(person) / "a"
        place.mkdir(parents=True)
        for number in range(2):
            (place / f"{number}.png").write_bytes(b"not a picture")
    return person


def told(connection: psycopg.Connection[Any], studio: Studio, person: UUID) -> dict[str, Any]:
    """What is there of a person: the account, the job, files, traces elsewhere."""
    rows = connection.execute(
        "SELECT (SELECT count(*) FROM auth.accounts WHERE id = %(id)s), "
        "(SELECT count(*) FROM jobs WHERE user_id = %(id)s), "
        "(SELECT count(*) FROM studio.erasures WHERE user_id = %(id)s)",
        {"id": person},
    ).fetchone()
    assert rows
    gone = not rows[0]
    return {
        "there": rows[0],
        "jobs": rows[1],
        "promised": rows[2],
        "files": studio.files(person),
        "traces": sorted(traces(connection, str(person)) - KEPT.keys() - OPEN) if gone else [],
        "faults": faults(connection) + [str(job) for job in held_by_ended_jobs(connection)],
    }


def main(dsn: str, folder: Path) -> None:
    configure_logging("ERROR", "text")
    studio = Studio(dsn, folder)
    with psycopg.connect(dsn, autocommit=True) as connection:
        # Once without a kill: what is compiled and set up by the first run, children inherit.
        first = lived(connection, studio, "first")
        asyncio.run(warm(studio, first))
        for kind in ("statement", "file"):
            place, killed = 0, True
            while killed:
                place += 1
                line = one_place(connection, studio, kind, place)
                killed = line["killed"]
                sys.stdout.write(json.dumps(line) + "\n")


async def warm(studio: Studio, person: UUID) -> None:
    await studio.both(person)
    await studio.database.close()


def one_place(
    connection: psycopg.Connection[Any], studio: Studio, kind: str, place: int
) -> dict[str, Any]:
    person = lived(connection, studio, f"{kind}{place}")

    async def work() -> None:
        if kind == "file":
            studio.killed_among_files(place)
        await studio.both(person)

    status = forked(studio, place if kind == "statement" else 0, work)  # type: ignore[arg-type]
    between = told(connection, studio, person)
    assert forked(studio, 0, studio.erase) == 0  # type: ignore[arg-type]
    after = told(connection, studio, person)
    connection.execute("DELETE FROM studio.erasures")
    killed = status == signal.SIGKILL
    return {"kind": kind, "killed": killed, "between": between, "after": after}


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
