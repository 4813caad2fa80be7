"""A process that dies between any two steps of a job leaves a ledger that adds up."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import killed_steps
import psycopg


def test_a_kill_before_every_statement_and_commit_loses_no_credit(
    dsn: str, connection: psycopg.Connection[Any]
) -> None:
    config = json.dumps({"engines": ["reference-card"], "width": 64, "height": 64, "steps": 4})
    connection.execute(
        "INSERT INTO model_config_history (model_type, config_name, config_data, is_active) "
        "VALUES ('SDXL', 'test', %s, true)",
        [config],
    )
    done = subprocess.run(
        [sys.executable, str(Path(killed_steps.__file__)), dsn],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    places = [json.loads(line) for line in done.stdout.splitlines()]
    assert [place["killed"] for place in places] == [True] * (len(places) - 1) + [False]
    assert len(places) > 40
    left = {
        "between": [],
        "after": [],
        "balances": [100 - killed_steps.DELIVERED, 0],
        "usage": [killed_steps.DELIVERED],
    }
    assert [place for place in places if place | left != place] == []
