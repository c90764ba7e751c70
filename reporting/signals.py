"""What other rooms tell this one: facts became stale, or a target changed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection, transaction
from django.dispatch import receiver

from accounts.models import OrgUnit
from common.months import Month
from common.nudge import wake
from policies.models import ProvisionKind
from policies.signals import rules_changed
from reporting.models import UnitMonth
from reporting.tasks import drain
from stations import stale

TARGETS = (ProvisionKind.COVERAGE_TARGET, ProvisionKind.ROOM_TARGET)


@receiver(stale.marked)
def nudge_after_commit(sender: Any, **kwargs: Any) -> None:
    """Wake a worker when the change is there to be seen; once for each transaction."""
    if all(entry[1] is not wake_worker for entry in connection.run_on_commit):
        transaction.on_commit(wake_worker)


def wake_worker() -> None:
    wake(drain.name)


@receiver(rules_changed)
def target_changed(sender: Any, path: str, kind: ProvisionKind | None, since: date | None, **kwargs: Any) -> None:
    """R1, R2: the months of the unit that were counted already are counted against the new target."""
    if kind not in TARGETS:
        return
    counted = UnitMonth.objects.filter(unit__path=path)
    if since:
        counted = counted.filter(month__gte=Month.of(since))
    months = list(counted.values_list("month", flat=True))
    if months:
        stale.mark(OrgUnit.objects.get(path=path).pk, months)
