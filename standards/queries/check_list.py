"""Rows of the list of stations by their scores, as of a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Case, Exists, F, FloatField, OuterRef, Subquery, Sum, When
from django.db.models.functions import Cast
from django.urls import reverse

from policies.models import Dimension
from standards.models import Check, CheckKind, DimensionScore, ItemFailure
from standards.scoring import Points
from stations.models.stations import StationQuerySet
from stations.queries.where import names_between

ANY = "any"  # of the four dimensions


class Checked(models.TextChoices):
    """How far a station has been checked by a day."""

    YES = "yes", "已检查"
    NO = "no", "从未检查"
    SELF = "self", "只有自查"


# Words for lists and figures: `stations` as of the day `on`.


def by_check(stations: StationQuerySet, which: Checked, on: date) -> StationQuerySet:
    """Checked by the county by then, or never, or so far only by themselves."""
    done = Check.objects.submitted().filter(station=OuterRef("pk"), checked_on__lte=on)
    county, own = Exists(done.filter(kind=CheckKind.COUNTY)), Exists(done.filter(kind=CheckKind.SELF))
    match which:
        case Checked.YES:
            return stations.filter(county)
        case Checked.NO:
            return stations.filter(~county)
        case Checked.SELF:
            return stations.filter(~county, own)


def failing_dimension(stations: StationQuerySet, dimension: str, on: date) -> StationQuerySet:
    """In which a necessary item of the dimension fails; ANY: of any."""
    rows = DimensionScore.objects.at(on).filter(station=OuterRef("pk"), failing__gt=0)
    return stations.filter(Exists(rows if dimension == ANY else rows.filter(dimension=dimension)))


def failing_item(stations: StationQuerySet, code: str, on: date) -> StationQuerySet:
    """Which fail the item, necessary or not."""
    return stations.filter(Exists(ItemFailure.objects.at(on).filter(station=OuterRef("pk"), code=code)))


COLUMNS = ("pk", "unit__name", "unit__path")


@dataclass(frozen=True)
class CheckRow:
    """One station. `points` in the order of Dimension, None where nothing was judged; `failing` as (name, reason)."""

    key: int
    name: str
    place: str
    url: str
    total: Points | None
    points: tuple[Points | None, ...]
    failing: tuple[tuple[str, str, str], ...]
    pending: int
    checked_on: date | None
    self_checked_on: date | None


def sorted_stations(stations: StationQuerySet, sort: str, on: date) -> Any:
    """In the order of `?sort=`: score (worst first; default), failing, checked_on, name. Never checked ones last."""
    key, down = sort.removeprefix("-"), sort.startswith("-")
    if key == "name":
        return stations.order_by("-unit__path" if down else "unit__path")
    scores = DimensionScore.objects.at(on).filter(station=OuterRef("pk")).order_by().values("station")
    if key == "failing":
        rows = stations.annotate(place=Subquery(scores.annotate(n=Sum("failing")).values("n")))
    elif key == "checked_on":
        last = Check.objects.submitted(CheckKind.COUNTY).filter(station=OuterRef("pk"), checked_on__lte=on)
        rows = stations.annotate(place=Subquery(last.order_by("-checked_on").values("checked_on")[:1]))
    else:
        down = down if key == "score" else False
        earned, possible = (Cast(Sum(name), FloatField()) for name in ("earned", "possible"))
        share = scores.annotate(earned_=earned, possible_=possible).annotate(
            share=Case(When(possible_=0, then=None), default=F("earned_") / F("possible_"), output_field=FloatField())
        )
        rows = stations.annotate(place=Subquery(share.values("share")))
    order = F("place").desc(nulls_last=True) if down else F("place").asc(nulls_last=True)
    return rows.order_by(order, "unit__path")


def check_rows(stations: Iterable[Sequence], on: date, *, below: str = "") -> list[CheckRow]:
    """`stations` (the COLUMNS of one page) as of `on`: four queries."""
    found = list(stations)
    keys = [key for key, *_ in found]
    scores = _scores(keys, on)
    failing = _failing(keys, on)
    checked = _checked(keys, on)
    places = names_between([(key, path, name) for key, name, path, *_ in found], below)
    rows = []
    for key, name, *_ in found:
        here = scores.get(key, {})
        rows.append(
            CheckRow(
                key=key,
                name=name,
                place=places[key],
                url=reverse("station_standard", args=[key]),
                total=_sum(here.values()) if here else None,
                points=tuple(here.get(dimension) for dimension in Dimension.values),
                failing=tuple(failing[key]),
                pending=sum(points.pending for points in here.values()),
                checked_on=checked.get((key, CheckKind.COUNTY)),
                self_checked_on=checked.get((key, CheckKind.SELF)),
            )
        )
    return rows


def _sum(parts: Iterable[Points]) -> Points:
    parts = list(parts)
    return Points(
        sum((part.earned for part in parts), Decimal(0)),
        sum((part.possible for part in parts), Decimal(0)),
        sum(part.failing for part in parts),
        sum(part.pending for part in parts),
    )


def _scores(keys: Sequence[int], on: date) -> dict[int, dict[str, Points]]:
    found: dict[int, dict[str, Points]] = defaultdict(dict)
    rows = DimensionScore.objects.at(on).filter(station__in=keys).order_by()
    columns = ("station_id", "dimension", "earned", "possible", "failing", "pending")
    for key, dimension, earned, possible, failing, pending in rows.values_list(*columns):
        found[key][dimension] = Points(earned, possible, failing, pending)
    return found


def _failing(keys: Sequence[int], on: date) -> dict[int, list[tuple[str, str, str]]]:
    """Station → (item, reason, citation) of its failing necessary items."""
    found: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
    rows = ItemFailure.objects.at(on).filter(station__in=keys, necessary=True).order_by("starts_on", "pk")
    for key, name, reason, citation in rows.values_list("station_id", "name", "reason", "citation"):
        found[key].append((name, reason, citation))
    return found


def _checked(keys: Sequence[int], on: date) -> dict[tuple[int, str], date]:
    rows = Check.objects.submitted().filter(station__in=keys, checked_on__lte=on).order_by("checked_on", "pk")
    return {(key, kind): day for key, kind, day in rows.values_list("station_id", "kind", "checked_on")}
