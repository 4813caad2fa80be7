"""What the studio costs: start, latency, overhead of a job, pages of a large library.

    python -m bench.studio [--rounds 5] [--rows 100000] [--json]

Runs a whole studio of its own on a free port with a data folder of its own. The engine is the
reference card with exact pauses, so that what is over is the studio's. Every figure stands beside
what it is compared with in the same run: the engine called directly, the bare SQL.
"""

import argparse
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

import httpx
import psycopg

from fabula.core.pagination import Cursor
from fabula.engines.base import CancelToken, EngineContext, ImageRequest
from fabula.engines.image.reference_card import ReferenceCard

STEPS, STEP_SECONDS = 15, 2.0 / 15
FABULA = [sys.executable, "-m", "fabula"]
PAGE = 60
News = Queue[dict[str, str]]
_PAGE_SQL = """
SELECT l.*, f.* FROM user_library l JOIN studio.library_files f ON f.asset_id = l.id
WHERE l.user_id = %(user)s AND (l.created_at, l.id) < (%(at)s, %(id)s)
ORDER BY l.created_at DESC, l.id DESC LIMIT 61
"""
_WORDS_SQL = """
SELECT l.*, f.* FROM user_library l JOIN studio.library_files f ON f.asset_id = l.id
WHERE l.user_id = %(user)s AND l.id IN (SELECT asset_id FROM studio.library_words
    WHERE user_id = %(user)s AND words @@ to_tsquery('english', 'lighthouse:*'))
ORDER BY l.created_at DESC, l.id DESC LIMIT 61
"""
_FILL = """
WITH rows AS (
    INSERT INTO user_library (user_id, asset_type, storage_path, file_size_bytes, mime_type,
        original_prompt, model_used, generation_seed, tags, created_at)
    SELECT %(user)s, 'image', 'bench/' || n, 900000, 'image/png',
        (ARRAY['a fox','a castle','a robot','a whale'])[1 + n %% 4] || ' in the '
        || (ARRAY['snow','desert','forest','city','fog'])[1 + n %% 5]
        || CASE WHEN n %% 1000 = 0 THEN ' beside a lighthouse' ELSE '' END,
        'bench', n, '{}', now() - make_interval(secs => n)
    FROM generate_series(1, %(rows)s) n RETURNING id, user_id, storage_path)
INSERT INTO studio.library_files (asset_id, user_id, settings, bucket, key, thumbnail_key,
    thumbhash, sha256, width, height)
SELECT id, user_id, '{"seed": 1, "steps": 15, "guidance_scale": 6.0}', 'user-library',
    storage_path || '.png', storage_path || '.thumb.webp', 'WUkGFwiKhX', 'x', 1024, 768 FROM rows
"""


@dataclass(frozen=True)
class Result:
    """Seconds, unless the name says otherwise; medians over the rounds."""

    cold_start: float
    warm_start: float
    enqueue_to_start_ms: float
    direct: float
    through_the_studio: float
    overhead_percent: float
    first_page_ms: float
    deep_page_ms: float
    search_page_ms: float
    deep_page_sql_ms: float
    search_page_sql_ms: float


class Studio:
    """A studio of its own, in a temporary data folder."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self.env = os.environ | {
            "FABULA_DATA_DIR": str(folder),
            "FABULA_PORT": str(self.port),
            "FABULA_LOG_LEVEL": "ERROR",
            "FABULA_EXTRA_ENGINES": '["fabula.engines.image.reference_card:ReferenceCard"]',
        }

    @contextmanager
    def running(self, **more: str) -> Iterator[float]:
        """The studio runs; gives the seconds that it took to be ready."""
        began = time.perf_counter()
        process = subprocess.Popen(
            [*FABULA, "up", "--offline"], env=self.env | more, stderr=subprocess.DEVNULL
        )
        try:
            while not self._ready():
                time.sleep(0.01)
            yield time.perf_counter() - began
        finally:
            process.send_signal(signal.SIGINT)
            process.wait()

    def _ready(self) -> bool:
        try:
            answer = httpx.get(f"{self.base}/api/health/ready", trust_env=False)
        except httpx.HTTPError:
            return False
        return answer.status_code == httpx.codes.OK

    def output(self, *arguments: str) -> str:
        done = subprocess.run(
            [*FABULA, *arguments], env=self.env, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()


def measure(rounds: int, rows: int) -> Result:
    with tempfile.TemporaryDirectory(prefix="fabula-bench-") as folder:
        studio = Studio(Path(folder))
        with studio.running() as cold:
            pass
        options = json.dumps({"step_seconds": STEP_SECONDS})
        with studio.running(FABULA_ENGINE_OPTIONS=options) as warm:
            key = studio.output("user", "create", "bench", "--role", "basic_user", "--api-key")
            with psycopg.connect(studio.output("db", "url"), autocommit=True) as database:
                _use_the_card(database)
                client = httpx.Client(
                    base_url=studio.base, headers={"Authorization": f"Bearer {key}"}, timeout=60,
                    trust_env=False,
                )  # fmt: skip
                with client:
                    with listening(client) as news:
                        jobs = _jobs(client, news, rounds)
                        latency = _latency(client, news, database)
                    pages = _pages(client, database, rows)
    return Result(cold, warm, latency, *jobs, *pages)


def _use_the_card(database: psycopg.Connection[Any]) -> None:
    """Let the job types of SDXL be done by the reference card."""
    config = json.dumps({"engines": ["reference-card"]})
    database.execute(
        "INSERT INTO model_config_history (model_type, config_name, config_data, is_active) "
        "VALUES ('SDXL', 'bench', %s, true)",
        (config,),
    )


def _job(client: httpx.Client, news: News, steps: int, size: tuple[int, int]) -> dict[str, Any]:
    body = {"prompt": "a lighthouse", "steps": steps, "width": size[0], "height": size[1]}
    return job_of(client, news, body | {"seed": 7, "guidance_scale": 5})


def job_of(client: httpx.Client, news: News, body: dict[str, Any]) -> dict[str, Any]:
    """Ask for a job and wait until its page hears that it has ended well."""
    answer = client.post("/api/jobs", json=body)
    job: dict[str, Any] = answer.raise_for_status().json()
    while (status := news.get(timeout=60).get(job["id"])) not in {"completed", "failed"}:
        pass
    if status == "failed":
        raise RuntimeError(client.get(f"/api/jobs/{job['id']}").json()["error"])
    return job


@contextmanager
def listening(client: httpx.Client) -> Iterator[News]:
    """What a page hears: the status of jobs, as soon as it is told."""
    news: News = Queue()
    headers = {"Accept": "text/event-stream"}
    with client.stream("GET", "/api/events", headers=headers) as stream:
        Thread(target=_hear, args=(stream, news), daemon=True).start()
        yield news


def _hear(stream: httpx.Response, news: News) -> None:
    with suppress(httpx.HTTPError):
        for line in stream.iter_lines():
            if line.startswith("data:") and '"status"' in line:
                data = json.loads(line.removeprefix("data:"))
                news.put({data["job_id"]: data["status"]})


def _jobs(client: httpx.Client, news: News, rounds: int) -> tuple[float, float, float]:
    """The same picture directly and through the studio, in turn."""
    engine = ReferenceCard(EngineContext(models_dir="", options={"step_seconds": STEP_SECONDS}))
    request = ImageRequest("a lighthouse", 7, 1024, 768, STEPS, 5.0)
    direct, whole = [], []
    _job(client, news, 1, (64, 64))
    for _ in range(rounds):
        direct.append(_timed(lambda: list(engine.run(request, CancelToken()))))
        whole.append(_timed(lambda: _job(client, news, STEPS, (1024, 768))))
    one, other = statistics.median(direct), statistics.median(whole)
    return one, other, (other / one - 1) * 100


def _latency(client: httpx.Client, news: News, database: psycopg.Connection[Any]) -> float:
    """Median milliseconds from the commit of a job to the claim of an idle worker."""
    ids = [_job(client, news, 1, (64, 64))["id"] for _ in range(20)]
    row = database.execute(
        "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM "
        "started_at - created_at)) * 1000 FROM studio.job_runs WHERE job_id = ANY(%s::uuid[])",
        (ids,),
    ).fetchone()
    return float(row[0]) if row else 0.0


def _pages(
    client: httpx.Client, database: psycopg.Connection[Any], rows: int
) -> tuple[float, float, float, float, float]:
    found = database.execute("SELECT id FROM auth.accounts WHERE username = 'bench'").fetchone()
    user = found[0] if found else None
    database.execute(_FILL, {"user": user, "rows": rows})
    database.execute("VACUUM ANALYZE user_library, studio.library_files, studio.library_words")
    place = database.execute(
        "SELECT created_at, id FROM user_library WHERE user_id = %s "
        "ORDER BY created_at DESC, id DESC OFFSET %s LIMIT 1",
        (user, rows * 9 // 10),
    ).fetchone()
    if place is None:
        raise LookupError(user)
    cursor = Cursor(*place).encode()
    deep = {"user": user, "at": place[0], "id": place[1]}
    return (
        _page_ms(client, {"limit": PAGE}),
        _page_ms(client, {"limit": PAGE, "cursor": cursor}),
        _page_ms(client, {"limit": PAGE, "q": "lighthouse"}),
        _milliseconds(lambda: database.execute(_PAGE_SQL, deep).fetchall()),
        _milliseconds(lambda: database.execute(_WORDS_SQL, {"user": user}).fetchall()),
    )


def _page_ms(client: httpx.Client, query: dict[str, Any]) -> float:
    return _milliseconds(
        lambda: client.get("/api/library/assets", params=query).raise_for_status().content
    )


def _milliseconds(work: Callable[[], object], rounds: int = 30) -> float:
    return statistics.median(_timed(work) for _ in range(rounds)) * 1000


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the studio.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result = measure(options.rounds, options.rows)
    if options.json:
        print(json.dumps(asdict(result)))
        return
    print(f"cold start to ready                    {result.cold_start:8.2f} s")
    print(f"warm start to ready                    {result.warm_start:8.2f} s")
    print(f"enqueue to start, idle worker          {result.enqueue_to_start_ms:8.1f} ms")
    print(f"a picture, engine called directly      {result.direct:8.3f} s")
    print(f"the same through the whole studio      {result.through_the_studio:8.3f} s")
    print(f"overhead                               {result.overhead_percent:8.1f} %")
    print(f"library of {options.rows:,} rows, by API (bare SQL):")
    print(f"  first page of {PAGE}                     {result.first_page_ms:8.1f} ms")
    print(
        f"  page at nine tenths of it            {result.deep_page_ms:8.1f} ms "
        f"({result.deep_page_sql_ms:.1f})"
    )
    print(
        f"  page of a search                     {result.search_page_ms:8.1f} ms "
        f"({result.search_page_sql_ms:.1f})"
    )


if __name__ == "__main__":
    main()
