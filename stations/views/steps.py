"""The steps of a station's life: recording the next one, and acceptance with its rounds (R14)."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.gate import may, permitted, scoped
from accounts.queries import crumbs, unit_in_scope
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from common.forms import WithdrawForm, attempt
from files.queries import attachments_of
from stations import life
from stations.actions import record_acceptance, record_status, withdraw_acceptance
from stations.actions.acceptance import next_round
from stations.forms.building import AcceptanceForm
from stations.forms.building_filters import AcceptanceFilter
from stations.forms.stations import StatusForm
from stations.models import Acceptance, Station, StationKind, StationStatus
from stations.queries.acceptances import SORTS, acceptance_rows, sorted_acceptances
from stations.queries.checklist import ChecklistItem, checklist
from stations.queries.citations import source
from stations.queries.steps import steps_for
from stations.views.tabs import building_tabs

PAGE = 50


@GET_OR_POST
@scoped(Station, Permission.BUILD_STATION, related=("unit",))
def station_status(request: SignedIn, station: Station) -> HttpResponse:
    """Record the next status: those that this user may. The form carries the spell that was seen, so that no two
    people record it twice."""
    steps = steps_for(request.user, station)
    form = StatusForm(request.POST or None, request.FILES or None, following=steps.offered, expected=steps.current.pk)
    if spell := attempt(form, lambda: record_status(by=request.user, station=station, **form.cleaned_data)):
        messages.success(request, f"已登记“{StationStatus(spell.status).label}”")
        return redirect("station_detail", station.pk)
    context = {
        "station": station,
        "form": form,
        "title": "登记站点状态",
        "current": steps.current,
        "steps": steps,
        "crumbs": crumbs(request.user, station.unit),
    }
    return render(request, "stations/station_status.html", context)


@GET_OR_POST
@scoped(Station, Permission.ACCEPT_STATION, related=("unit",))
def acceptance_record(request: SignedIn, station: Station) -> HttpResponse:
    """One round of acceptance over the checklist of its day."""
    current = station.spells.current().get()
    reason = life.refusal(StationKind(station.kind), StationStatus(current.status), StationStatus.ACCEPTED)
    if reason and not request.POST:
        messages.info(request, reason)
        return redirect("station_detail", station.pk)
    number = next_round(station)
    on = AcceptanceForm.asked_day(request.POST)
    items = checklist(station.unit.path, on)
    form = AcceptanceForm(request.POST or None, request.FILES or None, items=items, expected=number)
    if saved := attempt(form, lambda: record_acceptance(by=request.user, station=station, **form.values())):
        messages.success(request, f"已登记{saved}" + ("" if saved.passed else f"，整改期限 {saved.correct_by}"))
        return redirect("acceptance_detail", saved.pk)
    context = {
        "station": station,
        "form": form,
        "round": number,
        "current": current,
        "sources": _sources(items),
        "last": station.acceptances.order_by("-round").first(),
        "crumbs": crumbs(request.user, station.unit),
    }
    return render(request, "stations/acceptance_form.html", context)


def _sources(items: list[ChecklistItem]) -> list[dict[str, str]]:
    """Each document and clause once."""
    found = {item.provision.document_id: source(item.provision) for item in items}
    return [{**told, "label": told["label"].split(" ")[0]} for told in found.values() if told]


@require_GET
@scoped(Acceptance, Permission.VIEW, related=("station__unit", "recorded_by"))
def acceptance_detail(request: SignedIn, acceptance: Acceptance) -> HttpResponse:
    station, user = acceptance.station, request.user
    last = not station.acceptances.filter(round__gt=acceptance.round).exists()
    withdrawable = last and may(user, Permission.ACCEPT_STATION, station.unit.path)
    waits = last and not acceptance.passed and station.closed_on is None
    items = list(acceptance.items.select_related("provision__document"))
    context = {
        "acceptance": acceptance,
        "station": station,
        "items": [{"item": item, "source": source(item.provision)} for item in items],
        "unmet": sum(1 for item in items if not item.met),
        "files": attachments_of(user, [acceptance])[acceptance.pk],
        "withdrawable": withdrawable,
        "waits": waits,
        "late": waits and acceptance.correction_is_late(timezone.localdate()),
        "may_accept": waits and withdrawable,
        "crumbs": [*crumbs(user, station.unit), {"label": f"第 {acceptance.round} 轮验收", "url": ""}],
    }
    return render(request, "stations/acceptance_detail.html", context)


@GET_OR_POST
@scoped(Station, Permission.ACCEPT_STATION, related=("unit",))
def acceptance_withdraw(request: SignedIn, station: Station) -> HttpResponse:
    """Take back the last round, with a reason."""
    last = station.acceptances.order_by("-round").first()
    if last is None:
        messages.info(request, "没有可以撤回的验收")
        return redirect("station_detail", station.pk)
    form = WithdrawForm(request.POST or None, expected=last.pk)
    if attempt(form, lambda: withdraw_acceptance(by=request.user, station=station, **form.cleaned_data)):
        messages.success(request, "已撤回验收")
        return redirect("station_detail", station.pk)
    effect = "站点恢复为“建成”" if last.passed else "本轮验收记录取消"
    context = {"target": station, "back": "station_detail", "row": last, "on": last.held_on, "what": "验收"}
    return render(request, "stations/withdraw.html", context | {"effect": effect, "form": form})


@require_GET
@permitted(Permission.VIEW)
def acceptance_list(request: SignedIn) -> HttpResponse:
    """Rounds, the latest first. Filters: unit, q, year, month, result. Sort: held_on, correct_by, name."""
    user, today = request.user, timezone.localdate()
    unit = unit_in_scope(user, request.GET.get("unit"))
    form = AcceptanceFilter(request.GET, user=user, unit=unit, permission=Permission.VIEW)
    found = form.apply(Acceptance.objects.visible_to(user))
    sort = request.GET.get("sort", "")
    page = Paginator(sorted_acceptances(found, sort), PAGE).get_page(request.GET.get("page"))
    context = {
        "tabs": building_tabs(user, "acceptance_list"),
        "form": form,
        "unit": unit,
        "sort": sort if sort in SORTS else "-held_on",
        "page": page,
        "rows": acceptance_rows(page.object_list, today),
        "filtered": any(value for key, value in request.GET.items() if key in form.fields),
        "waiting": Acceptance.objects.visible_to(user).awaiting_corrections(today).count(),
        "late": Acceptance.objects.visible_to(user).corrections_late(today).count(),
        "to_accept": Station.objects.visible_to(user).in_status(StationStatus.COMPLETED, on=today).count(),
    }
    return render(request, "stations/acceptance_list.html", context)
