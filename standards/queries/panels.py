"""The room's cards of a station's page, and its part of the station's timeline."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.gate import may
from accounts.models import User
from accounts.roles import Permission
from policies.models import Dimension, ProvisionKind
from standards.models import Asset, AssetState, Check, CheckKind, DimensionScore, Institution, ItemFailure, Sign
from standards.queries.station_page import score_cell
from standards.scoring import Points
from stations.models import DimensionState, Station
from stations.panels import panel
from stations.queries.citations import rules_for, source
from stations.queries.station_page import DimensionRow, dimension_rows
from stations.timeline import Event, timeline

P = Permission


@dataclass(frozen=True)
class StandardRow(DimensionRow):
    """A dimension with the points of the last check: “28/30”, "" before the first."""

    score: str


@panel(key="standard", title="建设标准", order=20, template="standards/panels/standard.html", half=True)
def standard(user: User, station: Station) -> dict[str, Any]:
    """The four dimensions (R3) with points and failing necessary items of today. Four queries, and the rules."""
    today = timezone.localdate()
    scores = {row.dimension: row for row in DimensionScore.objects.at(today).filter(station=station)}
    rows = []
    for dimension, state in zip(Dimension, dimension_rows(station), strict=True):
        row = scores.get(dimension)
        points = Points(row.earned, row.possible, row.failing, row.pending) if row else Points()
        rows.append(StandardRow(**vars(state), score=score_cell(dimension.label, points).fraction))
    failing = list(ItemFailure.objects.at(today).filter(station=station, necessary=True))
    last = Check.objects.submitted(CheckKind.COUNTY).filter(station=station).order_by("-checked_on", "-pk").first()
    links = [{"label": "逐项查看", "url": reverse("station_standard", args=[station.pk])}]
    path = station.unit.path
    if not station.closed_on and may(user, P.SELF_CHECK, path):
        links.append({"label": "自查", "url": reverse("check_self", args=[station.pk])})
    if not station.closed_on and may(user, P.CHECK_STANDARD, path):
        links.append({"label": "检查", "url": reverse("check_county", args=[station.pk])})
    provision = rules_for(station).provision(ProvisionKind.STANDARD_DIMENSION, path, today)
    return {
        "rows": rows,
        "failing": failing,
        "note": f"{last.checked_on} 县级检查" if last else "县级还没有按建设标准检查过",
        "source": source(provision),
        "links": links,
    }


@panel(key="holdings", title="设备、制度和标识", order=24, template="standards/panels/holdings.html", half=True)
def holdings(user: User, station: Station) -> dict[str, Any] | None:
    """What the registers count today. Three queries."""
    today = timezone.localdate()
    assets = list(Asset.objects.at(today).filter(station=station).values_list("state", "quantity"))
    rules = list(Institution.objects.at(today).filter(station=station).values_list("on_wall", flat=True))
    signs = list(Sign.objects.at(today).filter(station=station).values_list("state", flat=True))
    editable = may(user, P.SELF_CHECK, station.unit.path) and not station.closed_on
    if not (assets or rules or signs or editable):
        return None
    query = f"?unit={station.pk}"
    return {
        "pieces": sum(quantity for _, quantity in assets),
        "in_use": sum(quantity for state, quantity in assets if state == AssetState.IN_USE),
        "rules": len(rules),
        "on_wall": sum(rules),
        "signs": len(signs),
        "good": sum(state == "GOOD" for state in signs),
        "links": [
            {"label": label, "url": reverse(name) + query}
            for label, name in (("设备", "asset_list"), ("制度", "institution_list"), ("标识", "sign_list"))
        ],
    }


@timeline()
def checks(user: User, station: Station) -> Iterator[Event]:
    """Submitted checks, the county's with what followed; and what a changed standard did. Two queries."""
    turned = _states(station)
    rows = list(Check.objects.submitted().filter(station=station).select_related("submitted_by").order_by("pk"))
    deciding = {check.checked_on: check.pk for check in rows if check.kind == CheckKind.COUNTY}  # of a day, the last
    for check in rows:
        own = check.kind == CheckKind.SELF
        words = turned.pop(check.checked_on, "") if deciding.get(check.checked_on) == check.pk else ""
        yield Event(
            check.checked_on,
            "建设标准自查" if own else "建设标准检查",
            "。".join(filter(None, [words, check.comment])),
            url=reverse("check_detail", args=[check.pk]),
            actor=check.submitted_by.name if check.submitted_by else "",
        )
    for day, words in turned.items():
        yield Event(day, "建设标准判定", words, url=reverse("station_standard", args=[station.pk]))


def _states(station: Station) -> dict[date, str]:
    """Day → the dimensions that were judged from it on, in words."""
    days: dict[date, list[str]] = defaultdict(list)
    for state in DimensionState.objects.filter(station=station).order_by("starts_on", "pk"):
        note = f"（{state.note}）" if state.note else ""
        days[state.starts_on].append(f"{Dimension(state.dimension).label}{'达标' if state.met else '未达标'}{note}")
    return {day: "，".join(words) for day, words in days.items()}


@timeline()
def signs(user: User, station: Station) -> Iterator[Event]:
    """Signs hung and institutions adopted. Two queries."""
    for sign in Sign.objects.filter(station=station).order_by("pk"):
        yield Event(sign.starts_on, "悬挂标识", sign.name, url=reverse("sign_detail", args=[sign.pk]))
    for rule in Institution.objects.filter(station=station).order_by("pk"):
        yield Event(rule.starts_on, "通过制度", rule.name, url=reverse("institution_detail", args=[rule.pk]))
