"""The official calendar: a year's notice is entered as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import Level, OrgUnit, User
from common.text import plain_name
from policies.models import CalendarDay, CalendarYear
from policies.notices import REST, WORK, NoticeDay
from policies.signals import rules_changed


@transaction.atomic
def enter_year(*, by: User | None, year: int, days: Sequence[NoticeDay], source: str, reason: str = "") -> CalendarYear:
    """Make `days` the notice of `year` and the year confirmed; a confirmed year is replaced, with a reason.

    `days` come from policies.notices without problems. ValidationError({source, reason, days: 中文说明}).
    """
    nation = OrgUnit.objects.select_for_update().get(level=Level.NATION)  # two entries of a year come one by one
    source = plain_name(source, field="source", label="依据", max_length=120)
    standing = CalendarYear.objects.filter(year=year).first()
    if standing:
        reason = plain_name(reason, field="reason", label="重新录入的理由", max_length=200)
    if not days:
        raise ValidationError({"days": "没有任何日期，请填写或上传放假安排"})
    if year > timezone.localdate().year + 1:
        raise ValidationError({"days": f"{year} 年的放假通知还没有发布，最早可录入明年"})
    before = _entries(year)
    elsewhere = _elsewhere(year, days)
    row = standing or CalendarYear(year=year)
    row.source, row.confirmed_by, row.confirmed_at = source, by, timezone.now()
    row.save()
    CalendarDay.objects.filter(year=year).delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(date=day.date, year=row, rest=day.rest, name=day.name) for day in days if day.date not in elsewhere
    )
    audit.record(
        by=by,
        verb="重新录入工作日历" if standing else "录入工作日历",
        target=row,
        unit=nation,
        changes=audit.changes(before, _entries(year)),
        reason=reason,
    )
    rules_changed.send(sender=CalendarYear, path=nation.path, kind=None, since=date(year - 1, 12, 1))
    return row


def _entries(year: int) -> dict[str, str]:
    days = CalendarDay.objects.filter(year=year)
    return {str(day.date): f"{REST if day.rest else WORK} {day.name}".strip() for day in days}


def _elsewhere(year: int, days: Sequence[NoticeDay]) -> set[date]:
    """Dates that another year's notice settles alike (a December day in both); ValidationError where they differ."""
    wanted = {day.date: day for day in days}
    taken = CalendarDay.objects.filter(date__in=wanted).exclude(year=year)
    for row in taken:
        if row.rest != wanted[row.date].rest:
            kind = REST if row.rest else WORK
            raise ValidationError({"days": f"{row.date} 在 {row.year_id} 年的安排中是“{kind}”，与本次录入不一致"})
    return {row.date for row in taken}
