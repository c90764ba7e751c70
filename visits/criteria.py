"""Whom a batch is for: criteria as JSON, their words, and the condition on files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q

from clients.models import Client, ClientCategory
from clients.vocabulary import ADULT_FROM, ELDERLY_FROM, FOCUS_OF, LEVELS, Category, FocusGroup
from stations.models.dated import at

OLDEST = 130
Criteria = Mapping[str, Any]


def clean(raw: Criteria) -> dict[str, Any]:
    """Checked criteria, what is empty left out. ValidationError by name."""
    ages: dict[str, Any] = {name: raw.get(name) for name in ("age_from", "age_to") if raw.get(name) is not None}
    for name, value in ages.items():
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= OLDEST:
            raise ValidationError({name: f"年龄应在 0 至 {OLDEST} 之间"})
    if len(ages) == 2 and ages["age_from"] > ages["age_to"]:
        raise ValidationError({"age_to": "年龄上限不能小于下限"})
    offered: dict[str, Iterable[Any]] = {"categories": Category.values, "focus": FocusGroup.values, "levels": LEVELS}
    found: dict[str, Any] = {}
    for name, choices in offered.items():
        values = [value for value in choices if value in (raw.get(name) or [])]
        if len(values) != len(set(raw.get(name) or [])):
            raise ValidationError({name: "请从选项中选择"})
        if values:
            found[name] = values
    return found | ages


def in_words(criteria: Criteria) -> str:
    """“老年人、儿童；1级、2级；60岁及以上”; 全部在档服务对象 without any."""
    said = []
    if criteria.get("focus"):
        said.append("、".join(str(FocusGroup(each).label) for each in criteria["focus"]))
    if criteria.get("categories"):
        said.append("、".join(str(Category(each).label) for each in criteria["categories"]))
    if criteria.get("levels"):
        said.append("跟进级别" + "、".join(f"{each}级" for each in criteria["levels"]))
    low, high = criteria.get("age_from"), criteria.get("age_to")
    if low is not None and high is not None:
        said.append(f"{low}至{high}岁")
    elif low is not None:
        said.append(f"{low}岁及以上")
    elif high is not None:
        said.append(f"{high}岁及以下")
    return "；".join(said) or "全部在档服务对象"


def condition(criteria: Criteria, day: date) -> Q:
    """Files that match on `day`: one of each named list, and the age."""
    found = Q()
    if criteria.get("categories"):
        found &= _registered(criteria["categories"], day)
    if criteria.get("focus"):
        groups = {FocusGroup(each) for each in criteria["focus"]}
        among = [category for category, its in FOCUS_OF.items() if groups & set(its)]
        any_of = _registered(among, day)
        if FocusGroup.ELDERLY in groups:
            any_of |= Q(born_on__lte=_years_before(day, ELDERLY_FROM))
        if FocusGroup.CHILDREN in groups:
            any_of |= Q(born_on__gt=_years_before(day, ADULT_FROM))
        found &= any_of
    if criteria.get("levels"):
        found &= Q(level__in=criteria["levels"])
    if criteria.get("age_from") is not None:
        found &= Q(born_on__lte=_years_before(day, criteria["age_from"]))
    if criteria.get("age_to") is not None:
        found &= Q(born_on__gt=_years_before(day, criteria["age_to"] + 1))
    return found


def _registered(categories: Iterable[str], day: date) -> Q:
    rows = ClientCategory.objects.filter(at(day), client=OuterRef("pk"), category__in=list(categories))
    return Q(Exists(rows))


def _years_before(day: date, years: int) -> date:
    """Whoever was born on or before this date is at least so many years old on `day` (clients.vocabulary.age_on)."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February: those born on 1 March are not yet of age
        return date(day.year - years, 2, 28)


def files(criteria: Criteria, paths: Iterable[str], day: date) -> Any:
    """The open files in these subtrees that match."""
    rows: Any = Client.objects.open()
    return rows.in_paths(paths).filter(condition(criteria, day))
