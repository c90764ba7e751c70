"""What workers hold on a day: certificate (R4), employment, hours of training in the year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper

from common.sums import decimal_sum
from stations.models import Attendance, Certificate, CertificateLevel, Employment
from stations.models.careers import valid

RANK = {level: rank for rank, level in enumerate(CertificateLevel.values)}


@dataclass(frozen=True)
class Qualification:
    """Certificate and employment on a day.

    `level` is "" without a certificate that counts; `expired` then says that there was one. `runs_to`: the last day of
    its registration, None where none is recorded. `full_time` is None when unemployed.
    """

    level: str = ""
    issued_on: date | None = None
    runs_to: date | None = None
    expired: bool = False
    employer: str = ""
    employer_kind: str = ""
    full_time: bool | None = None

    @property
    def certified(self) -> bool:
        return bool(self.level)

    @property
    def words(self) -> str:
        """Why there is no certificate that counts; "" when there is one."""
        if self.level:
            return ""
        return f"证书已于 {self.runs_to} 到期" if self.expired else "未持证"

    def expires_within(self, days: int | None, on: date) -> bool:
        """Does the registration run out in so many days?"""
        if days is None or not self.level or self.runs_to is None:
            return False
        return self.runs_to <= on + timedelta(days=days)


def _rank(held: Any) -> tuple[bool, int, date]:
    """What counts before what has expired; then the level; then what lasts longest."""
    return held.counts, RANK[held.level], held.runs_to or date.max


def qualifications(workers: Sequence[int], on: date) -> dict[int, Qualification]:
    """What each worker holds on `on`: the highest certificate and the employment. Two queries."""
    best: dict[int, Any] = {}
    counts = ExpressionWrapper(valid(on), output_field=BooleanField())
    rows = Certificate.objects.with_end(on).filter(worker__in=workers, issued_on__lte=on).annotate(counts=counts)
    for held in rows.order_by():
        known = best.get(held.worker_id)
        if known is None or _rank(held) > _rank(known):
            best[held.worker_id] = held
    jobs = {job.worker_id: job for job in Employment.objects.at(on).filter(worker__in=workers)}
    return {key: _qualification(best.get(key), jobs.get(key)) for key in workers}


def _qualification(held: Any, job: Employment | None) -> Qualification:
    return Qualification(
        level=CertificateLevel(held.level).label if held and held.counts else "",
        issued_on=held.issued_on if held else None,
        runs_to=held.runs_to if held else None,
        expired=bool(held and not held.counts),
        employer=job.employer_name if job else "",
        employer_kind=job.get_employer_kind_display() if job else "",
        full_time=job.full_time if job else None,
    )


def training_hours(workers: Sequence[int], on: date) -> dict[int, Decimal]:
    """Hours of training in the year of `on`, until then, for those who had any. One query."""
    rows = Attendance.objects.within(on.replace(month=1, day=1), on).filter(worker__in=workers).order_by()
    return {row["worker"]: row["total"] for row in rows.values("worker").annotate(total=decimal_sum("hours", 1))}
