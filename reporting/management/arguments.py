"""Arguments that the commands of this room share, with messages that say what is wrong."""

from __future__ import annotations

from django.core.management.base import CommandError
from django.utils import timezone

from accounts.models import FormerCode, OrgUnit
from common.months import Month


def month_of(text: str | None) -> Month:
    """From "2023-09"; CommandError for anything else and for a month that has not begun."""
    if not text:
        raise CommandError("请给出月份，写作 YYYY-MM，如 2023-09")
    try:
        month = Month.parse(text)
    except ValueError as error:
        raise CommandError(str(error)) from None
    if month > Month.of(timezone.localdate()):
        raise CommandError(f"{month.label}还没有到")
    return month


def unit_of(code: str | None) -> OrgUnit:
    """By its 12-digit code; CommandError, with the present code where a former one was given."""
    if not code:
        raise CommandError("请用 --unit 给出 12 位区划代码，如 --unit 140700000000")
    unit = OrgUnit.objects.filter(code=code).first()
    if unit:
        return unit
    former = FormerCode.objects.filter(code=code).select_related("unit").first()
    hint = f"；它是{former.unit.name}的原代码，现为 {former.unit.code}" if former else ""
    raise CommandError(f"没有代码为“{code[:40]}”的单位{hint}")
