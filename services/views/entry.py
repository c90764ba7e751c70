"""Logging a service: the form that a worker fills on the phone, and the due date that it shows before saving."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.gate import permitted
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from common.forms import put_errors
from common.months import Month
from services import links, rules
from services.forms import LOOK_BACK, LogForm
from services.links import Linked
from services.queries import (
    differs,
    is_locked,
    loggable_stations,
    preview_due,
    recent_titles,
    team_choices,
    usual_station,
)
from services.queries.usual import templates_for
from services.views import judgement
from services.views.finding import chosen_days, station_of
from services.views.opening import ASKED, Opening, copied_record, linked_of, opening
from services.views.people import picker
from stations.models import Station


@GET_OR_POST
@permitted(Permission.LOG_SERVICE)
def service_log(request: SignedIn) -> HttpResponse:
    """GET: a form, filled with the usual and by `?station=`, `?method=`, `?domain=`, `?client=<pk>`, `?template=<key>`,
    `?link=case:12`, `?copy=<pk>` or `?copy=last`. POST: save."""
    return _submitted(request) if request.method == "POST" else _opened(request)


@require_safe
@permitted(Permission.LOG_SERVICE)
def service_due(request: SignedIn) -> HttpResponse:
    """The panel with the due date for the day that is being chosen; `station_id`, `when`, `starts_on`, `ends_on`."""
    station = station_of(request, request.GET.get("station_id"))
    starts_on, ends_on = chosen_days(request.GET)
    return render(request, "services/_due.html", {"panel": _panel(station, starts_on, ends_on)})


def _submitted(request: SignedIn) -> HttpResponse:
    station = station_of(request, request.POST.get("station_id"))
    form = LogForm(request.POST, request.FILES, station=station, user=request.user, today=timezone.localdate())
    saved = _save(request, form) if form.is_valid() else None
    if saved:
        return saved
    page = _page(request, form, Opening(linked=_still_linked(request, form)))
    if form.saved_before:
        page.headers["X-Entry"] = "saved-before"  # to static/js/offline/worker.js: the sent id waits no longer
    return page


def _opened(request: SignedIn) -> HttpResponse:
    linked = linked_of(request, request.GET.get("link", ""))
    source, wanted = copied_record(request), request.GET.get("station")
    stations = list(loggable_stations(request.user))
    station: Station | None
    if linked:
        station = station_of(request, linked.station_id)
    elif source:
        station = source.station
    elif wanted:
        station = station_of(request, wanted)
    else:
        station = usual_station(request.user, stations)
    if station is None:
        return render(request, "services/no_station.html")
    today = timezone.localdate()
    opened = opening(request, station, source, linked)
    team = list(team_choices(station, today - LOOK_BACK, today))
    offered = {worker.pk for worker in team}
    opened.presets["workers"] = [key for key in opened.presets.get("workers", ()) if key in offered]
    form = LogForm.blank(station=station, today=today, team=team, user=request.user, **opened.presets)
    return _page(request, form, opened, stations=stations)


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
        record, created = form.save(by=request.user, now=now)
        if not created and differs(record, facts, form.cleaned_data, now):
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
    query = {"saved": 1} | ({"link": form.cleaned_data["link"].value} if form.cleaned_data["link"] else {})
    return redirect(f"{reverse('service_detail', args=[record.pk])}?{urlencode(query)}")


def _page(request: SignedIn, form: LogForm, opened: Opening, **more: Any) -> HttpResponse:
    station = form.station
    starts_on, ends_on = chosen_days({name: form[name].value() for name in ("when", "starts_on", "ends_on")})
    more.setdefault("stations", list(loggable_stations(request.user)))
    plain = not form.is_bound and not request.GET.keys() & ASKED
    context = {
        "form": form,
        "station": station,
        "panel": _panel(station, starts_on, ends_on),
        "picker": picker(form, ends_on or form.today),
        "titles": recent_titles(station),
        "templates": templates_for(station) if plain and not opened.linked else [],
        "linked": opened.linked,
        "said": opened.said,
        "draft_key": draft_key(request, station, opened.linked),
        "plain": plain,
        **more,
    }
    return render(request, "services/service_log.html", context)


def draft_key(request: SignedIn, station: Station, linked: Linked | None) -> str:
    """Under which the browser keeps what is being typed: an entry for a case is not one without."""
    return ":".join(filter(None, [str(request.user.pk), str(station.pk), linked.value if linked else ""]))


def _still_linked(request: SignedIn, form: LogForm) -> Linked | None:
    """What the sent form belongs to; None when that is refused, which stands at the top of the page."""
    try:
        return links.find(request.user, str(form["link"].value() or ""))
    except ValidationError:
        return None


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
