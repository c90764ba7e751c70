"""Conditions on files, said for many at once: registered as, counting in a focus group, of an age."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import models
from django.db.models import Exists, OuterRef, Q

from clients.models import ClientCategory, FocusGroup
from clients.vocabulary import ADULT_FROM, ELDERLY_FROM, FOCUS_OF
from stations.models.dated import at


class AgeBand(models.TextChoices):
    """The value is “from-to”, both included."""

    INFANT = "0-5", "0–5 岁"
    CHILD = "6-13", "6–13 岁"
    YOUTH = "14-17", "14–17 岁"
    ADULT = "18-59", "18–59 岁"
    SIXTIES = "60-69", "60–69 岁"
    SEVENTIES = "70-79", "70–79 岁"
    EIGHTIES = "80-199", "80 岁以上"
    UNKNOWN = "unknown", "未填出生日期"


def years_before(day: date, years: int) -> date:
    """The same day so many years ago; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def registered(categories: Iterable[str], day: date) -> Exists:
    """Condition on files: registered as one of these on the day."""
    return Exists(ClientCategory.objects.filter(at(day), client=OuterRef("pk"), category__in=list(categories)))


def in_focus(group: FocusGroup, day: date) -> Q | Exists:
    """Condition on files: the person counts in the group on the day (clients.vocabulary.focus_groups in SQL)."""
    condition = Q(registered([category for category, groups in FOCUS_OF.items() if group in groups], day))
    if group is FocusGroup.ELDERLY:
        condition |= Q(born_on__lte=years_before(day, ELDERLY_FROM))
    if group is FocusGroup.CHILDREN:
        condition |= Q(born_on__gt=years_before(day, ADULT_FROM))
    return condition


def aged(band: AgeBand, day: date) -> Q:
    """Condition on files: of that age on the day."""
    if band is AgeBand.UNKNOWN:
        return Q(born_on=None)
    youngest, oldest = (int(part) for part in band.value.split("-"))
    return Q(born_on__lte=years_before(day, youngest), born_on__gt=years_before(day, oldest + 1))
