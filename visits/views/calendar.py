"""The month of visits, and the private feed for calendars."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.gate import open_to_all, permitted
from accounts.requests import SignedIn
from accounts.roles import Permission
from clients.gate import supervises
from common.months import Month
from stations.models import Station
from visits.actions import create_feed, hashed, note_use, revoke_feed
from visits.feed import calendar_of
from visits.queries.calendar import agenda, feed_by_key, feed_of, feed_visits, overdue, stations_for, weeks_of

P = Permission


@require_safe
@permitted(P.VIEW_CLIENTS, also=supervises)
def visit_calendar(request: SignedIn) -> HttpResponse:
    """`?station=`, `?month=`, `?mine=yes`. A grid on a desk, an agenda on a phone."""
    stations = stations_for(request.user)
    if not stations:
        return render(request, "visits/visit_calendar.html", {"stations": []})
    station = _chosen(stations, request.GET.get("station", ""))
    today = timezone.localdate()
    month, mine = _month(request, today), request.GET.get("mine") == "yes"
    weeks = weeks_of(request.user, station, month, today, mine=mine)
    return render(request, "visits/visit_calendar.html", _context(request, stations, station, month, weeks, mine=mine))


def _context(
    request: SignedIn, stations: list[Station], station: Station, month: Month, weeks: Any, *, mine: bool
) -> dict[str, Any]:
    here = f"{reverse('visit_calendar')}?station={station.pk}{'&mine=yes' if mine else ''}"
    return {
        "stations": stations,
        "station": station,
        "month": month,
        "mine": mine,
        "weeks": weeks,
        "agenda": agenda(weeks),
        "overdue": overdue(request.user, station, timezone.localdate(), mine=mine),
        "weekdays": "一二三四五六日",
        "feed": feed_of(request.user, station),
        "picker": {
            "label": month.label,
            "previous_url": f"{here}&month={month - 1}",
            "next_url": f"{here}&month={month + 1}",
        },
    }


def _chosen(stations: list[Station], asked: str) -> Station:
    if not asked:
        return stations[0]
    for station in stations:
        if str(station.pk) == asked:
            return station
    raise Http404("没有这个站点，或您不能查看它的服务对象")


def _month(request: SignedIn, today: Any) -> Month:
    now = Month.of(today)
    try:
        asked = Month.parse(request.GET.get("month", ""))
    except ValueError:
        return now
    return min(max(asked, now - 24), now + 12)


@require_POST
@permitted(P.VIEW_CLIENTS, also=supervises)
def feed_create(request: SignedIn, pk: int) -> HttpResponse:
    """A new address for the station, shown in this answer and never again: it is kept in no session and no message."""
    station = _chosen(stations_for(request.user), str(pk))
    feed, key = create_feed(by=request.user, station=station)
    address = request.build_absolute_uri(f"{reverse('visit_feed', args=[feed.pk])}?key={key}")
    response = render(request, "visits/feed_created.html", {"station": station, "address": address})
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@permitted(P.VIEW_CLIENTS, also=supervises)
def feed_revoke(request: SignedIn, pk: int) -> HttpResponse:
    """Stop one's own address of the station."""
    station = _chosen(stations_for(request.user), str(pk))
    if feed := feed_of(request.user, station):
        revoke_feed(by=request.user, feed=feed)
        messages.success(request, "日历地址已停用，已订阅的日历不再更新")
    return redirect(f"{reverse('visit_calendar')}?station={station.pk}")


@require_safe
@open_to_all("日历软件不能登录，凭地址中的密钥读取；内容只有姓氏、档案号和日期")
def visit_feed(request: HttpRequest, pk: int) -> HttpResponse:
    """The key stands in the query, which no log of ours holds (Django logs paths; nginx.conf turns its log off here).

    A wrong, stopped or outdated key is answered alike: 404, without a word.
    """
    key = request.GET.get("key", "")
    feed = feed_by_key(pk, hashed(key)) if 40 <= len(key) <= 60 else None
    if feed is None:
        return HttpResponse(status=404)
    note_use(feed)
    body = calendar_of(feed.station.unit.name, feed_visits(feed), timezone.now(), request.get_host())
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    response["Content-Disposition"] = 'inline; filename="visits.ics"'
    return response
