"""Words that lists and figures share: filters of a page, conditions on facts. Of this room only models stand below.

A figure counts, and its list shows, by the same word; so neither imports the other.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from clients.models import FileSpell
from common.months import Month
from stations.models import StationKind, StationStatus, StatusSpell
from stations.models.dated import at, during


class QueueState(models.TextChoices):
    """Where a station stands with a month's report: the states of a report that was sent, any of them, and none."""

    MISSING = "MISSING", "未报"
    SENT = "SENT", "已报（不论审核）"
    OPEN = "OPEN", "已报未通过"
    SUBMITTED = "SUBMITTED", "待审核"
    RETURNED = "RETURNED", "已退回"
    APPROVED = "APPROVED", "已通过"


class Punctuality(models.TextChoices):
    """How a report stands against R7."""

    YES = "yes", "按时上报"
    NO = "no", "迟报"
    LATE = "late", "未按时（迟报或未报）"


class Covered(models.TextChoices):
    YES = "yes", "已建站"
    NO = "no", "未建站"


class CoverageLevel(models.TextChoices):
    TOWNSHIP = "township", "乡镇（街道）"
    COUNTY = "county", "县（市、区）"


class Kept(models.TextChoices):
    """Files of people served, in place of people served in a month."""

    OPEN = "open", "在档服务对象"
    OPENED = "opened", "本月新建档案"


def kept_files(day: Any) -> Any:
    """Spells of files that are open on the day; merged ones left out: the person has another file."""
    return FileSpell.objects.filter(at(day), client__merged_into=None)


def first_files(first: Any, last: Any) -> Any:
    """Spells by which a file was opened from `first` to `last`: what moved or was opened again had one before."""
    earlier = FileSpell.objects.filter(
        Q(starts_on__lt=OuterRef("starts_on")) | Q(starts_on=OuterRef("starts_on"), pk__lt=OuterRef("pk")),
        client=OuterRef("client"),
    )
    return FileSpell.objects.filter(
        ~Exists(earlier), starts_on__gte=first, starts_on__lte=last, client__merged_into=None
    )


def operating_during(month: Month) -> Q:
    """Spells of operation that share a day with the month, where the station is recorded here by then."""
    return Q(
        Q(station__records_from=None) | Q(station__records_from__lte=month.last),
        during(month.first, month.last),
        status=StationStatus.OPERATING,
    )


def owing_spells(month: Month) -> QuerySet[StatusSpell]:
    """The spells that make their stations owe the month's report: operating stations of kind STATION."""
    return StatusSpell.objects.filter(operating_during(month), station__kind=StationKind.STATION)
