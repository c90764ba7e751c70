"""`make bench`: the goals of issue 2 as ratios, side by side in one run.

Scratch databases: SQLite files under var/bench, and databases beside that of BENCH_DATABASE_URL (or DATABASE_URL)
when one is given. Both are removed afterwards.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "bench"
SMALL = 1_000


def main() -> None:
    options = _options()
    server = os.environ.get("BENCH_DATABASE_URL") or os.environ.get("DATABASE_URL", "")
    databases = ["sqlite", "postgresql"] if server.startswith("postgres") else ["sqlite"]
    parts = ["month", "pages"] if not options.no_pages else ["month"]
    small = min(SMALL, options.stations)
    for database in options.only or databases:
        print(f"\n{database}", flush=True)
        found = {}
        for stations in sorted({small, options.stations}):
            services = options.services * stations // options.stations
            _say(f"  building {stations:,} stations, {services:,} services …")
            with _scratch(database, server, stations) as url:
                found[stations] = _measure(url, stations, services, parts)
            _report(stations, services, found[stations])
        _compare(found)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--stations", type=int, default=41_000)
    parser.add_argument("--services", type=int, default=800_000, help="in the month that is counted")
    parser.add_argument("--no-pages", action="store_true", help="only the counting")
    parser.add_argument("--only", action="append", choices=["sqlite", "postgresql"])
    return parser.parse_args()


@contextmanager
def _scratch(database: str, server: str, stations: int) -> Iterator[str]:
    """The URL of an empty database, removed afterwards."""
    if database == "sqlite":
        folder = FOLDER / "data"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            yield f"sqlite:///{folder / f'{stations}.sqlite3'}"
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return
    name = f"shezhan_bench_{stations}_{os.getpid()}"
    admin = psycopg2.connect(server)
    admin.autocommit = True
    admin.cursor().execute(f"CREATE DATABASE {name}")
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    finally:
        admin.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")
        admin.close()


def _measure(url: str, stations: int, services: int, parts: list[str]) -> dict[str, Any]:
    environment = {**os.environ, "DATABASE_URL": url, "VAR_DIR": str(FOLDER), "LOG_LEVEL": "ERROR"}
    done = subprocess.run(
        [sys.executable, "-m", "bench.measure", str(stations), str(services), *parts],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _verdict(good: bool) -> str:
    return "ok" if good else "MISSED"


def _report(stations: int, services: int, found: dict[str, Any]) -> None:
    month = found["month"]
    print(f"  {stations:,} stations, {services:,} services in the month (built in {found['build']:.0f} s)")
    print(
        f"    whole month, {month['units']:,} units: {month['compute']:.2f} s; by hand {month['by_hand']:.2f} s;"
        f" ratio {month['ratio']:.2f} (goal ≤ 1.5: {_verdict(month['ratio'] <= 1.5)});"
        f" same rows: {'yes' if month['same_rows'] else 'NO'}"
    )
    station = found["station_ms"]
    print(f"    one station-month with ancestors: {station:.1f} ms (goal ≤ 25: {_verdict(station <= 25)})")
    if "pages" not in found:
        return
    rates, ratios = found["pages"]["rates"], found["pages"]["ratios"]
    print(f"    empty signed-in page: {rates['empty']:.0f}/s")
    for name, goal in (("dashboard", 0.8), ("services", 0.3), ("stations", 0.3)):
        label = name if name == "dashboard" else f"list of 50 {name}"
        print(
            f"    {label}: {rates[name]:.0f}/s, ratio {ratios[name]:.2f}"
            f" (goal ≥ {goal}: {_verdict(ratios[name] >= goal)})",
            flush=True,
        )


def _compare(found: dict[int, dict[str, Any]]) -> None:
    if len(found) < 2:
        return
    small, large = (found[stations]["station_ms"] for stations in sorted(found))
    print(f"  one station-month, large against small: {large / small:.2f} (goal: flat)", flush=True)


if __name__ == "__main__":
    main()
