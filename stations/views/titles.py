"""Demonstration rooms 示范社区社工室: the list, applications, decisions, withdrawals (R2, R14)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.gate import may, permitted, scoped
from accounts.queries import crumbs, home_unit, unit_in_scope
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from common.forms import attempt
from files.queries import attachments_of
from stations.actions import apply_for_title, decide_title, withdraw_title
from stations.forms.building import ApplyForm, DecideForm, WithdrawTitleForm
from stations.forms.building_filters import TitleFilter
from stations.models import RoomTitle, Station, StationKind, TitleState
from stations.queries.plans import target_day, targets_of
from stations.queries.titles import TONES, sorted_titles, stations_above, title_rows
from stations.views.tabs import building_tabs

PAGE = 50
P = Permission
JOINED = ("room__unit", "applied_by", "decided_by")


@require_GET
@permitted(P.VIEW)
def title_list(request: SignedIn) -> HttpResponse:
    """Rooms with their titles. Filters: unit, q, year, state. Sort: name, year, applied_on, decided_on."""
    user, today = request.user, timezone.localdate()
    unit = unit_in_scope(user, request.GET.get("unit"))
    form = TitleFilter(request.GET, user=user, unit=unit, permission=P.VIEW)
    sort = request.GET.get("sort", "")
    titles = form.apply(RoomTitle.objects.visible_to(user))
    page = Paginator(sorted_titles(titles, sort), PAGE).get_page(request.GET.get("page"))
    here = unit or home_unit(user)
    year = form.given.get("year") or today.year
    targets = targets_of(here, target_day(year, today)) if here else []
    context = {
        "tabs": building_tabs(user, "title_list"),
        "form": form,
        "unit": unit,
        "sort": sort,
        "page": page,
        "rows": title_rows(page.object_list),
        "filtered": any(value for key, value in request.GET.items() if key in form.fields),
        "targets": [target for target in targets if "社工室" in target.what],
        "held": RoomTitle.objects.visible_to(user).held(today).order_by().values("room").distinct().count(),
        "waiting": RoomTitle.objects.visible_to(user).open().count(),
        "may_apply": bool(user.paths(P.BUILD_STATION)),
        "rooms_url": f"{reverse('station_list')}?kind={StationKind.ROOM}",
    }
    return render(request, "stations/title_list.html", context)


@require_GET
@scoped(RoomTitle, P.VIEW, related=JOINED)
def title_detail(request: SignedIn, title: RoomTitle) -> HttpResponse:
    user, room = request.user, title.room
    may_decide = may(user, P.ACCEPT_STATION, room.unit.path)
    state = TitleState(title.state)
    context = {
        "title": title,
        "room": room,
        "above": stations_above([room.unit.parent_id or 0]).get(room.unit.parent_id or 0),
        "tone": TONES[state],
        "files": attachments_of(user, [title])[title.pk],
        "may_decide": may_decide and state == TitleState.APPLIED,
        "may_withdraw": may_decide and state == TitleState.GRANTED,
        "crumbs": [*crumbs(user, room.unit), {"label": f"{title.year} 年命名", "url": ""}],
    }
    return render(request, "stations/title_detail.html", context)


def _form_page(request: SignedIn, form: Any, title: str, back: str, about: str, **extra: Any) -> HttpResponse:
    context = {"form": form, "title": title, "back": back, "about": about, **extra}
    return render(request, "stations/building_form.html", context)


@GET_OR_POST
@scoped(Station, P.BUILD_STATION, related=("unit",))
def title_apply(request: SignedIn, room: Station) -> HttpResponse:
    """The township applies for one of its rooms."""
    if room.kind != StationKind.ROOM:
        messages.info(request, "只有社区社工室可以申请示范社区社工室")
        return redirect("station_detail", room.pk)
    form = ApplyForm(request.POST or None, request.FILES or None, initial={"year": timezone.localdate().year})
    if title := attempt(form, lambda: apply_for_title(by=request.user, room=room, **form.cleaned_data)):
        messages.success(request, "申请已提交，等待县级评定")
        return redirect("title_detail", title.pk)
    back = reverse("station_detail", args=[room.pk])
    return _form_page(request, form, "申请示范社区社工室", back, room.unit.name, submit="提交申请")


@GET_OR_POST
@scoped(RoomTitle, P.ACCEPT_STATION, related=JOINED)
def title_decide(request: SignedIn, title: RoomTitle) -> HttpResponse:
    form = DecideForm(request.POST or None)
    if attempt(form, lambda: decide_title(by=request.user, title=title, **form.values())):
        messages.success(request, "评定已登记")
        return redirect("title_detail", title.pk)
    back = reverse("title_detail", args=[title.pk])
    about = f"{title.room.unit.name} · {title.year} 年，{title.applied_on} 申请"
    return _form_page(request, form, "评定示范社区社工室", back, about, submit="登记评定")


@GET_OR_POST
@scoped(RoomTitle, P.ACCEPT_STATION, related=JOINED)
def title_withdraw(request: SignedIn, title: RoomTitle) -> HttpResponse:
    form = WithdrawTitleForm(request.POST or None)
    if attempt(form, lambda: withdraw_title(by=request.user, title=title, **form.cleaned_data)):
        messages.success(request, "已取消命名")
        return redirect("title_detail", title.pk)
    back = reverse("title_detail", args=[title.pk])
    about = f"{title.room.unit.name} · {title.year} 年"
    return _form_page(request, form, "取消示范社区社工室命名", back, about, submit="确认取消", danger=True)
