"""Logging a service: the form that a worker fills on the phone, and the due date that it shows before saving."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.gate import permitted, require
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from common.forms import put_errors
from common.months import Month
from services import rules
from services.actions import log_service
from services.forms import LOOK_BACK, OTHER_DAY, LogForm, copied
from services.models import Domain, Method, ServiceRecord
from services.queries import (
    differs,
    is_locked,
    last_record,
    loggable_stations,
    preview_due,
    recent_titles,
    stations_in_reach,
    team_choices,
    usual_station,
)
from services.views import judgement
from stations.models import Station

LAST = "last"


@GET_OR_POST
@permitted(Permission.LOG_SERVICE)
def service_log(request: SignedIn) -> HttpResponse:
    """GET: a form, filled by `?station=`, `?method=`, `?domain=`, `?copy=<pk>` or `?copy=last`. POST: save."""
    return _submitted(request) if request.method == "POST" else _opened(request)


@require_safe
@permitted(Permission.LOG_SERVICE)
def service_due(request: SignedIn) -> HttpResponse:
    """The panel with the due date for the day that is being chosen; `station_id`, `when`, `starts_on`, `ends_on`."""
    station = _station(request, request.GET.get("station_id"))
    starts_on, ends_on = _chosen_days(request.GET)
    return render(request, "services/_due.html", {"panel": _panel(station, starts_on, ends_on)})


def _submitted(request: SignedIn) -> HttpResponse:
    station = _station(request, request.POST.get("station_id"))
    form = LogForm(request.POST, station=station, today=timezone.localdate())
    saved = _save(request, form) if form.is_valid() else None
    return saved or _page(request, form)


def _opened(request: SignedIn) -> HttpResponse:
    source, wanted = _copied_record(request), request.GET.get("station")
    stations = list(loggable_stations(request.user))
    station: Station | None
    if source:
        station = source.station
    elif wanted:
        station = _station(request, wanted)
    else:
        station = usual_station(request.user, stations)
    if station is None:
        return render(request, "services/no_station.html")
    if request.GET.get("copy") == LAST:
        source = last_record(request.user, station)
    today = timezone.localdate()
    presets = copied(source) if source else {}
    for name, choices in (("method", Method), ("domain", Domain)):
        if request.GET.get(name) in choices.values:
            presets[name] = request.GET[name]
    team = team_choices(station, today - LOOK_BACK, today)
    form = LogForm.blank(station=station, today=today, team=team, user_id=request.user.pk, **presets)
    return _page(request, form, stations=stations)


def _save(request: SignedIn, form: LogForm) -> HttpResponse | None:
    """Save and go on to the record; None when the form must be shown again, for its errors or to confirm."""
    facts = form.facts()
    ends_on = facts["ends_on"] or facts["starts_on"]
    now = timezone.now()
    in_order = facts["starts_on"] and facts["starts_on"] <= ends_on <= timezone.localdate(now)
    unseen = in_order and form.cleaned_data.get("judged_for") != ends_on
    # Without scripts the panel showed another day. Good news need no second look, a late entry does.
    if unseen and preview_due(form.station, ends_on).is_late(now):
        form.must_confirm = True
        return None
    try:
        record, created = log_service(
            by=request.user, station=form.station, client_id=form.cleaned_data["client_id"], now=now, **facts
        )
        if not created and differs(record, facts, now):
            form.begin_anew(record)
            return None
    except ValidationError as error:
        put_errors(form, error)
        return None
    if created:
        judged = "按时录入" if record.on_time else "已记为迟录"
        messages.success(request, f"已保存“{record.title}”，{judged}。")
    else:
        messages.info(request, "这次提交此前已经保存，没有重复登记。")
    return redirect(f"{reverse('service_detail', args=[record.pk])}?saved=1")


def _page(request: SignedIn, form: LogForm, **more: Any) -> HttpResponse:
    station = form.station
    starts_on, ends_on = _chosen_days({name: form[name].value() for name in ("when", "starts_on", "ends_on")})
    more.setdefault("stations", list(loggable_stations(request.user)))
    plain = not form.is_bound and not request.GET.keys() & {"copy", "method", "domain"}
    context = {
        "form": form,
        "station": station,
        "panel": _panel(station, starts_on, ends_on),
        "titles": recent_titles(station),
        "draft_key": f"{request.user.pk}:{station.pk}",
        "plain": plain,
        **more,
    }
    return render(request, "services/service_log.html", context)


def _panel(station: Station, starts_on: date | None, ends_on: date | None) -> dict[str, Any]:
    """What services/_due.html shows: the due date of the chosen day, or why there is none."""
    today = timezone.localdate()
    if starts_on is None or ends_on is None:
        return {"note": "选好服务日期后，这里显示录入截止日期"}
    if ends_on > today or starts_on > today:
        return {"problem": "不能登记今天以后的服务"}
    if ends_on < starts_on:
        return {"problem": "结束日期不能早于开始日期"}
    month = Month.of(starts_on)
    locked = rules.locked_words(month) if is_locked(station, month) else ""
    due = preview_due(station, ends_on)
    return {"due": judgement.of_entry(due, timezone.now()), "judged_for": ends_on, "locked": locked}


def _chosen_days(typed: Any) -> tuple[date | None, date | None]:
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


def _station(request: SignedIn, key: Any) -> Station:
    """The station with this key: 404 out of reach, 403 where the user may not log."""
    station = _by_key(stations_in_reach(request.user), key)
    require(request.user, Permission.LOG_SERVICE, station.unit.path)
    return station


def _copied_record(request: SignedIn) -> ServiceRecord | None:
    key = request.GET.get("copy")
    if not key or key == LAST:
        return None
    rows = ServiceRecord.objects.visible_to(request.user, Permission.LOG_SERVICE).select_related("station__unit")
    return _by_key(rows, key)


def _by_key(rows: QuerySet[Any], key: Any) -> Any:
    text = str(key or "")
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Http404("编号无效")
    return get_object_or_404(rows, pk=int(text))
