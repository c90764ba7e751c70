"""Rows and days named by what a browser sends."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.gate import require
from accounts.requests import SignedIn
from accounts.roles import Permission
from services.forms import OTHER_DAY
from services.queries import stations_in_reach
from stations.models import Station


def by_key(rows: QuerySet[Any], key: Any) -> Any:
    """The row with this key, as it was sent; 404 for anything else."""
    text = str(key or "")
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Http404("编号无效")
    return get_object_or_404(rows, pk=int(text))


def station_of(request: SignedIn, key: Any) -> Station:
    """The station with this key: 404 out of reach, 403 where the user may not log."""
    station = by_key(stations_in_reach(request.user), key)
    require(request.user, Permission.LOG_SERVICE, station.unit.path)
    return station


def chosen_days(typed: Any) -> tuple[date | None, date | None]:
    """First and last day of what stands in the form, each None while it is no date."""

    def day(name: str) -> date | None:
        value = typed.get(name)
        if isinstance(value, date):
            return value
        try:
            found = date.fromisoformat(str(value or "")[:10])
        except ValueError:
            return None
        return found if 1990 <= found.year <= 2099 else None

    if typed.get("when") and typed.get("when") != OTHER_DAY:
        return day("when"), day("when")
    starts_on = day("starts_on")
    return starts_on, day("ends_on") if typed.get("ends_on") else starts_on
