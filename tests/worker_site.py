"""A scratch installation that a real worker serves, driven from outside: `python -m tests.worker_site COMMAND`.

Settings come from the environment (VAR_DIR, DATABASE_URL, CELERY_BROKER_URL), as for the worker itself. Each command
prints one line of JSON.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from django.db.models import F  # noqa: E402

from accounts.models import Level, OrgUnit  # noqa: E402
from bench.nation import MONTH, build  # noqa: E402
from reporting.compute import compute_month  # noqa: E402
from reporting.models import UnitMonth  # noqa: E402
from reporting.tasks import drain  # noqa: E402
from services.models import ServiceRecord  # noqa: E402
from stations import stale  # noqa: E402
from stations.models import StaleMonth  # noqa: E402

MONTHS = [MONTH - 2, MONTH - 1, MONTH]


def prepare(stations: int) -> Any:
    """A nation with three counted months, after which every service changed and every station was marked."""
    call_command("migrate", verbosity=0)
    build(stations=stations, services=stations * 10)
    for month in MONTHS:
        compute_month(month)
    leaves = list(OrgUnit.objects.filter(level=Level.STATION).values_list("pk", flat=True))
    with transaction.atomic():
        ServiceRecord.objects.update(contacts=F("contacts") + 1)
        for station in leaves:
            stale.mark(station, MONTHS)
    return StaleMonth.objects.count()


def nudge() -> None:
    """Twice, as a broker may deliver it."""
    for _ in range(2):
        drain.apply_async(retry=False)


def kill_in_the_middle(seconds: float = 90.0) -> Any:
    """kill -9 the worker once it finished a month and holds the next; what it left behind.

    Says "watching" first, so that the test starts the worker only when nothing of its work can be missed.
    """
    whole, end = StaleMonth.objects.count(), time.monotonic() + seconds
    print("watching", flush=True)
    while time.monotonic() < end:
        left = StaleMonth.objects.count()
        holder = StaleMonth.objects.exclude(claimed_by="").values_list("claimed_by", flat=True).first()
        if left < whole and holder:
            os.kill(int(holder.rpartition(":")[2]), signal.SIGKILL)
            return {"whole": whole, "left": StaleMonth.objects.count()}
        time.sleep(0.002)
    raise TimeoutError("the worker was never in the middle")


def wait_until_drained(seconds: float = 90.0) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not StaleMonth.objects.exists():
            return True
        time.sleep(0.05)
    return False


def _snapshots() -> dict[str, Any]:
    rows = UnitMonth.objects.values_list("unit_id", "month", "measures")
    return {f"{unit_id} {month}": measures for unit_id, month, measures in rows}


def compare() -> Any:
    """How many snapshots there are, and how many differ from a clean count."""
    counted = _snapshots()
    UnitMonth.objects.all().delete()
    for month in MONTHS:
        compute_month(month)
    clean = _snapshots()
    differing = [key for key in counted.keys() | clean.keys() if counted.get(key) != clean.get(key)]
    return {"rows": len(clean), "differing": differing[:5]}


COMMANDS = {f.__name__: f for f in (prepare, nudge, kill_in_the_middle, wait_until_drained, compare)}

if __name__ == "__main__":
    print(json.dumps(COMMANDS[sys.argv[1]](*map(int, sys.argv[2:]))))
