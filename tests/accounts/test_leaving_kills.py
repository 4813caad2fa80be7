"""A process that dies between any two steps of a deletion leaves an account whole or gone."""

import json
import subprocess
import sys
from pathlib import Path

import killed_deletions


def test_a_kill_anywhere_leaves_an_account_whole_or_gone(dsn: str, tmp_path: Path) -> None:
    script = str(Path(killed_deletions.__file__))
    done = subprocess.run(
        [sys.executable, script, dsn, str(tmp_path)], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    places = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(places) > 20
    whole = {
        "there": 1, "jobs": 1, "promised": 0, "files": killed_deletions.FILES, "traces": [],
        "faults": [],
    }  # fmt: skip
    gone = {"there": 0, "jobs": 0, "promised": 1, "files": 0, "traces": [], "faults": []}
    seen = set()
    for place in places:
        between, after = place["between"], place["after"]
        if between["there"]:
            seen.add("whole")
            assert place["killed"]
            assert (between, after) == (whole, whole), place
        else:
            seen.add("between" if between["files"] else "gone")
            assert between == gone | {"files": between["files"]}, place
            assert after == gone, place
    assert seen == {"whole", "between", "gone"}
