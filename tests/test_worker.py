"""kill -9 with the real worker, its own process and a real broker: every change is counted all the same."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
import redis

ROOT = Path(__file__).resolve().parent.parent
SERVICES = ("DATABASE_URL", "CELERY_BROKER_URL")
WORKER = ["-m", "celery", "-A", "config", "worker", "--pool", "solo", "--queues", "recounts", "--loglevel", "ERROR",
          "--without-gossip", "--without-mingle"]  # fmt: skip
REDIS_DATABASE = "13"  # the suite's own nudges go to the one of CELERY_BROKER_URL
STATIONS = 800


class Site:
    """An installation in a folder and a database of its own."""

    def __init__(self, environment: dict[str, str]) -> None:
        inherited = {key: value for key, value in os.environ.items() if key not in SERVICES}
        self.environment = {**inherited, "DJANGO_SETTINGS_MODULE": "config.settings", **environment}
        self.workers: list[subprocess.Popen] = []

    def run(self, *command: object) -> Any:
        arguments = [sys.executable, "-m", "tests.worker_site", *map(str, command)]
        done = subprocess.run(
            arguments, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.splitlines()[-1])

    def start(self, command: str) -> subprocess.Popen:
        """A command beside the test; its answer is the last line of its output."""
        arguments = [sys.executable, "-m", "tests.worker_site", command]
        return subprocess.Popen(arguments, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True)

    def start_worker(self) -> subprocess.Popen:
        worker = subprocess.Popen([sys.executable, *WORKER], cwd=ROOT, env=self.environment)
        self.workers.append(worker)
        return worker

    def stop(self) -> None:
        for worker in self.workers:
            worker.kill()
            worker.wait(timeout=20)


def _embedded(folder: Path) -> Iterator[Site]:
    yield Site({"VAR_DIR": str(folder)})


def _services(folder: Path) -> Iterator[Site]:
    if not all(os.environ.get(name) for name in SERVICES):
        pytest.skip("needs DATABASE_URL and CELERY_BROKER_URL (make test-services)")
    server, name = urlsplit(os.environ["DATABASE_URL"]), f"shezhan_worker_{secrets.token_hex(4)}"
    broker = urlunsplit(urlsplit(os.environ["CELERY_BROKER_URL"])._replace(path=f"/{REDIS_DATABASE}"))
    admin = psycopg2.connect(os.environ["DATABASE_URL"])
    admin.autocommit = True
    admin.cursor().execute(f"CREATE DATABASE {name}")
    redis.Redis.from_url(broker).delete("recounts")
    try:
        yield Site(
            {
                "VAR_DIR": str(folder),
                "DATABASE_URL": urlunsplit(server._replace(path=f"/{name}")),
                "CELERY_BROKER_URL": broker,
            }
        )
    finally:
        admin.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")
        admin.close()


@pytest.fixture(params=["embedded", pytest.param("services", marks=pytest.mark.services)])
def site(request, tmp_path) -> Iterator[Site]:
    for site in {"embedded": _embedded, "services": _services}[request.param](tmp_path):
        yield site
        site.stop()


def test_what_a_killed_worker_left_behind_is_counted_by_the_next(site):
    marked = site.run("prepare", STATIONS)
    assert marked == STATIONS * 3
    killer = site.start("kill_in_the_middle")
    assert killer.stdout.readline() == "watching\n"
    worker = site.start_worker()
    site.run("nudge")
    state = json.loads(killer.communicate(timeout=120)[0])
    worker.wait(timeout=20)
    assert worker.returncode == -9
    assert 0 < state["left"] < state["whole"] == marked

    site.start_worker()
    site.run("nudge")
    assert site.run("wait_until_drained")
    result = site.run("compare")
    assert result["rows"] > STATIONS * 3
    assert result["differing"] == []
