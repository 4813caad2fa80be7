"""Many processes at once: nothing drifts, nothing is spent twice."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import ledger_crowd
import psycopg
from ledger_facts import add_person, faults

Connection = psycopg.Connection[tuple[Any, ...]]
PROCESSES = 3
OPERATIONS = 10_008


def crowd(dsn: str, kind: str, processes: int, size: int) -> Counter[str]:
    """Run processes of ``ledger_crowd`` at once; what all of them did."""
    script = str(Path(ledger_crowd.__file__))
    running = [
        subprocess.Popen(
            [sys.executable, script, dsn, kind, str(seed), str(size)],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ,
        )
        for seed in range(processes)
    ]
    done: Counter[str] = Counter()
    for process in running:
        out, _ = process.communicate(timeout=200)
        assert process.returncode == 0
        done.update(json.loads(out))
    return done


def test_ten_thousand_operations_of_several_processes_drift_by_nothing(
    dsn: str, connection: Connection
) -> None:
    for number in range(ledger_crowd.PEOPLE):
        add_person(connection, f"p{number}")
    done = crowd(dsn, "random", PROCESSES, OPERATIONS // PROCESSES)
    assert sum(done[what] for what in ledger_crowd.WEIGHTS) == OPERATIONS
    assert min(done[why] for why in ("InsufficientCredits", "Conflict", "Lost")) > 0
    kinds = {
        row[0] for row in connection.execute("SELECT DISTINCT kind FROM studio.ledger_entries")
    }
    assert kinds == {"start", "grant", "adjustment", "reserve", "settle", "release"}
    assert faults(connection) == []


def test_two_processes_never_overspend_the_last_credits(dsn: str, connection: Connection) -> None:
    add_person(connection, "ada", 100)
    done = crowd(dsn, "race", 2, 40)
    assert done == {"reserve": 100 // 7, "InsufficientCredits": 80 - 100 // 7}
    assert connection.execute("SELECT token_balance FROM profiles").fetchone() == (100 % 7,)
    assert faults(connection) == []
