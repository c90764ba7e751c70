"""A service can make a visit: `/services/log/?link=visit:12` (services.links)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from django.db.models import F
from django.http import Http404
from django.urls import reverse

from accounts.models import User
from accounts.roles import Permission
from clients.vocabulary import FocusGroup
from services.links import FollowUp, Link, declare
from services.models import Domain, Method, ServiceRecord
from visits.actions import make_visit
from visits.forms.visits import result_form
from visits.models import Visit, VisitState


def find(user: User, key: int) -> Visit:
    """Open ones, and those that were made: a submit that is sent again finds its record before it comes to `attach`."""
    rows = Visit.objects.visible_to(user, Permission.LOG_SERVICE).select_related("client", "station__unit", "batch")
    found = rows.filter(pk=key, state__in=[VisitState.OPEN, VisitState.MADE]).first()
    if found is None:
        raise Http404
    return found


def _name(visit: Visit) -> str:
    return f"{visit.client} {visit.due_on:%Y-%m-%d} 前探访"


def _presets(visit: Visit) -> Mapping[str, Any]:
    return {
        "method": Method.VISIT,
        "domain": _domain(visit),
        "clients": [visit.client_id],
        "title": visit.batch.title if visit.batch else "入户探访",
        "place": visit.client.residence,
    }


def _domain(visit: Visit) -> Domain:
    """By the group that the person belongs to; changed on the form where another one fits better."""
    if visit.children or visit.orphans:
        return Domain.CHILD_WELFARE
    return Domain.ELDERLY_CARE if getattr(visit, FocusGroup.ELDERLY.value) else Domain.RELIEF


def _attach(*, by: User | None, record: ServiceRecord, row: Visit) -> None:
    make_visit(by=by, visit=row, record=record)


def _of(record: ServiceRecord) -> Iterable[Visit]:
    """Those of a batch first: they have questions."""
    rows = Visit.objects.filter(record=record).select_related("client", "batch")
    return rows.order_by(F("batch").asc(nulls_last=True), "pk")


def _asks(visit: Visit) -> FollowUp | None:
    if visit.state != VisitState.MADE or visit.condition:
        return None
    title = f"{visit.client}的探访结果" + (f"（{visit.batch.title}）" if visit.batch else "")
    note = visit.batch.requirement if visit.batch else ""
    return FollowUp(title, partial(result_form, visit), reverse("visit_result", args=[visit.pk]), note)


declare(
    Link(
        key="visit",
        label="探访",
        find=find,
        name=_name,
        page=lambda visit: reverse("visit_detail", args=[visit.pk]),
        station=lambda visit: visit.station_id,
        presets=_presets,
        attach=_attach,
        of=_of,
        asks=_asks,
    )
)
