"""Pages of stages: the list, a station's page on screen and paper, criteria in force, the steps of a proposal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.gate import may, permitted, scoped
from accounts.models import OrgUnit
from accounts.queries import crumbs, home_unit, unit_in_scope
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from common.forms import WithdrawForm, attempt
from policies.kinds.stages import criterion_words
from standards.actions import confirm_stage, decide_stage, propose_due, propose_stage, withdraw_stage
from standards.forms.checks import DayForm
from standards.forms.stages import StageFilter, StepForm
from standards.models import ProposalState, StageProposal, StageSpell
from standards.queries.stage_pages import (
    STATE_TONES,
    proposals_of,
    sorted_stations,
    stage_cards,
    stage_counts,
    stage_rows,
    waiting_step,
)
from standards.queries.stages import standing_of, standings, tasks_in_force
from standards.views.shared import PAGE, list_context, top
from standards.views.stage_table import stage_table
from stations.models import Station
from stations.queries.citations import source

P = Permission
JOINED = ("station__unit", "decided_by", "confirmed_by")


@require_GET
@permitted(P.VIEW)
def stage_list(request: SignedIn) -> HttpResponse:
    """Filters: unit, q, stage, state, month (at its end). Sort: waiting (default), name, stage."""
    user = request.user
    unit = unit_in_scope(user, request.GET.get("unit"))
    form = StageFilter(request.GET, user=user, unit=unit, permission=P.VIEW)
    stations = Station.objects.visible_to(user)
    rows = sorted_stations(form.apply(stations), user, request.GET.get("sort", ""))
    page = Paginator(rows.select_related("unit"), PAGE).get_page(request.GET.get("page"))
    shown = stage_rows(user, page.object_list, form.on, below=top(request, unit))
    home = unit or home_unit(user)
    month = f"&month={form.until}" if form.until else ""
    address = f"{reverse('stage_list')}?unit={unit.pk if unit else ''}{month}"
    context = list_context(request, form, unit) | {
        "page": page,
        "rows": shown,
        "table": stage_table(shown),
        "cards": stage_counts(form.within(stations), home, form.on, address),
        "home": home,
        "may_propose": bool(user.paths(P.DECIDE_STAGE)) and not form.until,
    }
    context["sort"] = context["sort"] or "waiting"
    return render(request, "standards/stage_list.html", context)


def _station_context(request: SignedIn, station: Station) -> dict[str, Any]:
    today = timezone.localdate()
    standing = standing_of(station, today)
    spells = list(StageSpell.objects.visible_to(request.user).filter(station=station).order_by("starts_on"))
    proposals = list(proposals_of(station))
    for proposal in proposals:
        proposal.station = station
    waiting = next((row for row in proposals if row.is_open), None)
    return {
        "station": station,
        "standing": standing,
        "following": standing.stage.following if standing.stage else None,
        "cards": stage_cards(standing, spells),
        "proposals": [(row, STATE_TONES[ProposalState(row.state)]) for row in proposals],
        "waiting": waiting,
        "last": spells[-1] if spells else None,
        "today": today,
    }


@require_GET
@scoped(Station, P.VIEW, related=("unit",))
def station_stage(request: SignedIn, station: Station) -> HttpResponse:
    """Where the station stands today, what is missing first, and how its proposals went."""
    user, path = request.user, station.unit.path
    context = _station_context(request, station)
    waiting = context["waiting"]
    context |= {
        "step": waiting_step(user, waiting) if waiting else None,
        "may_propose": may(user, P.DECIDE_STAGE, path) and waiting is None and context["following"] is not None,
        "may_withdraw": may(user, P.CONFIRM_STAGE, path) and waiting is None and context["last"] is not None,
        "crumbs": [*crumbs(user, station.unit), {"label": "发展阶段"}],
    }
    return render(request, "standards/station_stage.html", context)


@require_GET
@scoped(Station, P.VIEW, related=("unit",))
def station_stage_print(request: SignedIn, station: Station) -> HttpResponse:
    """The same as a formal paper, A4."""
    context = _station_context(request, station) | {"now": timezone.localtime()}
    return render(request, "standards/station_stage_print.html", context)


@require_GET
@scoped(OrgUnit, P.VIEW)
def stage_criteria(request: SignedIn, unit: OrgUnit) -> HttpResponse:
    """Which tasks and criteria hold for the unit's stations on `?on=`, each with the document that sets it."""
    today = timezone.localdate()
    form = DayForm(request.GET if request.GET.get("on") else None, initial={"on": today})
    on = form.day(today)
    groups = [
        (stage, [(task, source(named), [(criterion_words(row.parameters), source(row)) for row in rows])
                 for task, named, rows in tasks])
        for stage, tasks in tasks_in_force(unit, on)
    ]  # fmt: skip
    context = {
        "unit": unit,
        "on": on,
        "form": form,
        "groups": groups,
        "may_issue": bool(request.user.paths(P.MANAGE_POLICIES)),
        "crumbs": [
            {"label": "发展阶段", "url": f"{reverse('stage_list')}?unit={unit.pk}"},
            {"label": f"{unit.name}评定条件"},
        ],
    }
    return render(request, "standards/stage_criteria.html", context)


# ---- proposing ------------------------------------------------------------------------------------------------------


@require_POST
@permitted(P.DECIDE_STAGE)
def stage_propose_all(request: SignedIn) -> HttpResponse:
    """Look at every station of the user's (of `unit` where one is given) now."""
    user = request.user
    unit = unit_in_scope(user, request.POST.get("unit"), P.DECIDE_STAGE)
    stations = Station.objects.visible_to(user, P.DECIDE_STAGE)
    done = propose_due(stations.under(unit) if unit else stations, by=user)
    rest = done.looked_at - done.proposed
    said = f"评定了 {done.looked_at} 个站点：{done.proposed} 个四项任务均已完成，已提出；{rest} 个还有任务未完成"
    messages.success(request, said if done.looked_at else "没有需要评定的站点：都在评定中、未运营或已在专业阶段")
    return redirect(f"{reverse('stage_list')}?unit={unit.pk}" if unit else "stage_list")


@require_POST
@scoped(Station, P.DECIDE_STAGE, related=("unit",))
def stage_propose(request: SignedIn, station: Station) -> HttpResponse:
    """Look at one station now; what is missing is said."""
    try:
        proposal = propose_stage(by=request.user, station=station)
    except ValidationError as error:
        messages.warning(request, "；".join(error.messages))
        return redirect("station_stage", station.pk)
    messages.success(request, f"四项任务均已完成，已提出进入{proposal.get_stage_display()}，请核对后认定")
    return redirect("stage_decide", proposal.pk)


# ---- a proposal -----------------------------------------------------------------------------------------------------


def _proposal_page(request: SignedIn, proposal: StageProposal, **extra: Any) -> HttpResponse:
    station = proposal.station
    changed = []
    if proposal.is_open:
        # What was met when it was proposed and is not any more.
        kept = {task["task"] for task in proposal.evidence}
        now = standings([station], timezone.localdate(), whole=True)[station.pk]
        changed = [task for task in now.tasks.values() if task.task.value in kept and not task.met]
    context = {
        "proposal": proposal,
        "station": station,
        "tone": STATE_TONES[ProposalState(proposal.state)],
        "changed": changed,
        "step": waiting_step(request.user, proposal),
        "crumbs": [
            *crumbs(request.user, station.unit),
            {"label": "发展阶段", "url": reverse("station_stage", args=[station.pk])},
            {"label": f"进入{proposal.get_stage_display()}"},
        ],
    }
    form = extra.get("form")
    status = 400 if form is not None and form.errors else 200
    return render(request, "standards/stage_proposal.html", context | extra, status=status)


@require_GET
@scoped(StageProposal, P.VIEW, related=JOINED)
def stage_proposal(request: SignedIn, proposal: StageProposal) -> HttpResponse:
    return _proposal_page(request, proposal)


def _step_page(
    request: SignedIn,
    proposal: StageProposal,
    state: ProposalState,
    form: StepForm,
    action: Callable[..., Any],
    **said: str,
) -> HttpResponse:
    if request.method != "POST" and proposal.state != state:
        messages.info(request, f"评定现为“{proposal.get_state_display()}”，不需要{said['word']}")
        return redirect("stage_proposal", proposal.pk)
    if done := attempt(form, lambda: action(by=request.user, proposal=proposal, **form.values())):
        messages.success(request, f"已登记：{done.get_state_display()}")
        return redirect("station_stage", proposal.station_id)
    return _proposal_page(request, proposal, form=form, **said)


@GET_OR_POST
@scoped(StageProposal, P.DECIDE_STAGE, related=JOINED)
def stage_decide(request: SignedIn, proposal: StageProposal) -> HttpResponse:
    """The county agrees or sends back."""
    state = ProposalState.WAITING_COUNTY
    form = StepForm(request.POST or None, agree_label="同意，报市级确认", day_label="认定日期", expected=state.value)
    return _step_page(request, proposal, state, form, decide_stage, word="认定", title="县级认定")


@GET_OR_POST
@scoped(StageProposal, P.CONFIRM_STAGE, related=JOINED)
def stage_confirm(request: SignedIn, proposal: StageProposal) -> HttpResponse:
    """The city agrees, and the stage begins; or sends back."""
    state = ProposalState.WAITING_CITY
    form = StepForm(
        request.POST or None,
        agree_label=f"同意进入{proposal.get_stage_display()}",
        day_label="确认日期（新阶段自该日起）",
        expected=state.value,
    )
    return _step_page(request, proposal, state, form, confirm_stage, word="确认", title="市级确认")


@GET_OR_POST
@scoped(Station, P.CONFIRM_STAGE, related=("unit",))
def stage_withdraw(request: SignedIn, station: Station) -> HttpResponse:
    """The city takes the last stage back."""
    last = StageSpell.objects.visible_to(request.user).current().filter(station=station).first()
    if last is None and request.method != "POST":
        messages.info(request, "本站没有可以撤回的阶段")
        return redirect("station_stage", station.pk)
    form = WithdrawForm(request.POST or None, expected=last.pk if last else 0)
    if attempt(form, lambda: withdraw_stage(by=request.user, station=station, **form.cleaned_data)):
        messages.success(request, "已撤回，有关月份的数字将重新计算")
        return redirect("station_stage", station.pk)
    context = {
        "station": station,
        "last": last,
        "form": form,
        "crumbs": [
            *crumbs(request.user, station.unit),
            {"label": "发展阶段", "url": reverse("station_stage", args=[station.pk])},
            {"label": "撤回"},
        ],
    }
    return render(request, "standards/stage_withdraw.html", context, status=400 if form.errors else 200)
