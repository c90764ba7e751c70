"""Measure in one scratch database, whose DATABASE_URL is in the environment; prints one line of JSON.

`python -m bench.measure STATIONS SERVICES [pages] [month]`
"""

from __future__ import annotations

import json
import os
import sys
from time import perf_counter
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402

from bench import month, nation, pages  # noqa: E402
from bench.bulk import tidy  # noqa: E402
from reporting.compute import compute_month  # noqa: E402


def main(stations: int, services: int, parts: list[str]) -> dict[str, Any]:
    call_command("migrate", verbosity=0)
    start = perf_counter()
    nation.build(stations=stations, services=services)
    result: dict[str, Any] = {"build": perf_counter() - start}
    if "month" in parts:
        result["month"] = month.whole_month()
    else:
        compute_month(nation.MONTH)
    tidy()
    result["station_ms"] = month.one_station_month()
    if "pages" in parts:
        result["pages"] = pages.rates()
    return result


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])))
