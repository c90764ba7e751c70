"""Yearly plans of building, their milestones, and stations placed on townships (R1, R14, R16)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.gate import may, permitted, scoped
from accounts.queries import home_unit, unit_in_scope
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from common.forms import attempt, put_errors
from files.queries import attachments_of
from stations.actions import (
    finish_milestone,
    place_stations,
    remove_milestone,
    reopen_milestone,
    save_milestone,
    save_plan,
)
from stations.forms.building import DoneForm, MilestoneForm, PlaceForm, PlanForm, ReasonForm
from stations.forms.building_filters import MilestoneFilter, PlanFilter
from stations.models import BuildingPlan, Milestone, MilestoneKind
from stations.queries.milestones import late_first, milestone_rows, sorted_rows
from stations.queries.plans import plan_rows, site_rows, sorted_plans, target_day, targets_of, unit_sites
from stations.queries.progress import progress
from stations.views.tabs import building_tabs

PAGE = 50
P = Permission


@require_GET
@permitted(P.VIEW)
def plan_list(request: SignedIn) -> HttpResponse:
    """Filters: unit, q, year. Sort: year, unit, title."""
    user, today = request.user, timezone.localdate()
    unit = unit_in_scope(user, request.GET.get("unit"))
    form = PlanFilter(request.GET, user=user, unit=unit, permission=P.VIEW)
    sort = request.GET.get("sort", "")
    plans = form.apply(BuildingPlan.objects.visible_to(user)).select_related("unit", "document")
    page = Paginator(sorted_plans(plans, sort), PAGE).get_page(request.GET.get("page"))
    context = {
        "tabs": building_tabs(user, "plan_list"),
        "form": form,
        "unit": unit,
        "sort": sort,
        "page": page,
        "rows": plan_rows(page.object_list, today),
        "filtered": _filtered(request, form),
        "may_plan": bool(user.paths(P.PLAN_BUILDING)),
    }
    return render(request, "stations/plan_list.html", context)


def _filtered(request: SignedIn, form: Any) -> bool:
    return any(value for key, value in request.GET.items() if key in form.fields)


@require_GET
@scoped(BuildingPlan, P.VIEW, related=("unit", "document", "recorded_by"))
def plan_detail(request: SignedIn, plan: BuildingPlan) -> HttpResponse:
    """Targets with their documents, milestones, the stations in the year's work."""
    user, today = request.user, timezone.localdate()
    on = target_day(plan.year, today)
    milestones = plan.milestones.select_related("plan__unit", "unit")
    rows = late_first(milestone_rows(milestones, min(on, today), user))
    sites = Paginator(unit_sites(plan), PAGE).get_page(request.GET.get("page"))
    found = progress(user, plan.unit, min(on, today))
    context = {
        "plan": plan,
        "on": min(on, today),
        "targets": targets_of(plan.unit, on),
        "milestones": rows,
        "late": sum(1 for row in rows if row.late),
        "figures": found.total.figures,
        "page": sites,
        "sites": site_rows(sites.object_list, min(on, today), plan.unit.path),
        "may_plan": may(user, P.PLAN_BUILDING, plan.unit.path),
        "may_place": may(user, P.CREATE_STATION, plan.unit.path),
        "crumbs": _crumbs({"label": plan.title}),
    }
    return render(request, "stations/plan_detail.html", context)


def _crumbs(*after: dict[str, str]) -> list[dict[str, str]]:
    return [{"label": "建设计划", "url": reverse("plan_list")}, *after]


def _plan_crumb(plan: BuildingPlan, request: SignedIn) -> dict[str, str]:
    seen = may(request.user, P.VIEW, plan.unit.path)
    return {"label": plan.title, "url": reverse("plan_detail", args=[plan.pk]) if seen else ""}


def _form_page(request: SignedIn, form: Any, title: str, back: str, **extra: Any) -> HttpResponse:
    return render(request, "stations/building_form.html", {"form": form, "title": title, "back": back, **extra})


@GET_OR_POST
@permitted(P.PLAN_BUILDING)
def plan_create(request: SignedIn) -> HttpResponse:
    unit, year = home_unit(request.user), timezone.localdate().year
    form = PlanForm(request.POST or None, user=request.user, unit=unit, year=year)
    if plan := attempt(form, lambda: save_plan(by=request.user, **form.cleaned_data)):
        messages.success(request, f"已建立“{plan}”，请继续增加节点")
        return redirect("plan_detail", plan.pk)
    return _form_page(request, form, "新建建设计划", reverse("plan_list"), crumbs=_crumbs({"label": "新建"}))


@GET_OR_POST
@scoped(BuildingPlan, P.PLAN_BUILDING, related=("unit",))
def plan_edit(request: SignedIn, plan: BuildingPlan) -> HttpResponse:
    form = PlanForm(request.POST or None, user=request.user, plan=plan)
    unit, year = plan.unit, plan.year
    if attempt(form, lambda: save_plan(by=request.user, plan=plan, unit=unit, year=year, **form.cleaned_data)):
        messages.success(request, "建设计划已保存")
        return redirect("plan_detail", plan.pk)
    back = reverse("plan_detail", args=[plan.pk])
    return _form_page(request, form, "编辑建设计划", back, about=f"{plan.unit} · {plan.year} 年")


@GET_OR_POST
@scoped(BuildingPlan, P.PLAN_BUILDING, related=("unit",))
def milestone_add(request: SignedIn, plan: BuildingPlan) -> HttpResponse:
    form = MilestoneForm(request.POST or None, user=request.user, plan=plan)
    if attempt(form, lambda: save_milestone(by=request.user, plan=plan, facts=form.facts())):
        messages.success(request, "节点已增加")
        return redirect("plan_detail", plan.pk)
    back = reverse("plan_detail", args=[plan.pk])
    return _form_page(request, form, "增加节点", back, about=plan.title, crumbs=_crumbs(_plan_crumb(plan, request)))


# ---- milestones -----------------------------------------------------------------------------------------------------

JOINED = ("plan__unit", "unit", "done_by")


@require_GET
@permitted(P.VIEW)
def milestone_list(request: SignedIn) -> HttpResponse:
    """Late ones first. Filters: unit, q, year, standing, kind, month (as of its end). Sort: due_on, name, unit."""
    user = request.user
    unit = unit_in_scope(user, request.GET.get("unit"))
    form = MilestoneFilter(request.GET, user=user, unit=unit, permission=P.VIEW)
    found = form.apply(Milestone.objects.visible_to(user)).select_related("plan__unit", "unit")
    every = milestone_rows(found, form.on, user)
    rows = form.judged(every)
    sort = request.GET.get("sort", "")
    page = Paginator(sorted_rows(rows, sort), PAGE).get_page(request.GET.get("page"))
    context = {
        "tabs": building_tabs(user, "milestone_list"),
        "form": form,
        "unit": unit,
        "sort": sort,
        "page": page,
        "rows": page.object_list,
        "late": sum(1 for row in every if row.late),
        "filtered": _filtered(request, form),
        "may_plan": bool(user.paths(P.PLAN_BUILDING)),
    }
    return render(request, "stations/milestone_list.html", context)


@require_GET
@scoped(Milestone, P.VIEW, related=JOINED)
def milestone_detail(request: SignedIn, milestone: Milestone) -> HttpResponse:
    """What it asks for, where it stands and why, with evidence."""
    user = request.user
    plan = milestone.plan
    row = milestone_rows([milestone], timezone.localdate(), user)[0]
    may_report = may(user, P.PLAN_BUILDING, milestone.unit.path) and milestone.kind == MilestoneKind.STEP
    context = {
        "milestone": milestone,
        "row": row,
        "files": attachments_of(user, [milestone])[milestone.pk],
        "may_finish": may_report and milestone.done_on is None,
        "may_reopen": may_report and milestone.done_on is not None,
        "may_edit": may(user, P.PLAN_BUILDING, plan.unit.path),
        "crumbs": _crumbs(_plan_crumb(plan, request), {"label": milestone.name}),
    }
    return render(request, "stations/milestone_detail.html", context)


@GET_OR_POST
@scoped(Milestone, P.PLAN_BUILDING, related=JOINED)
def milestone_edit(request: SignedIn, milestone: Milestone) -> HttpResponse:
    plan = milestone.plan
    form = MilestoneForm(request.POST or None, user=request.user, plan=plan, milestone=milestone)
    if attempt(form, lambda: save_milestone(by=request.user, plan=plan, facts=form.facts(), milestone=milestone)):
        messages.success(request, "节点已保存")
        return redirect("milestone_detail", milestone.pk)
    return _form_page(request, form, "编辑节点", reverse("milestone_detail", args=[milestone.pk]), about=plan.title)


@GET_OR_POST
@scoped(Milestone, P.PLAN_BUILDING, related=JOINED)
def milestone_done(request: SignedIn, milestone: Milestone) -> HttpResponse:
    """Record that a step was done, with evidence."""
    form = DoneForm(request.POST or None, request.FILES or None)
    if attempt(form, lambda: finish_milestone(by=request.user, milestone=milestone, **form.cleaned_data)):
        messages.success(request, "已登记完成")
        return redirect("milestone_detail", milestone.pk)
    back = reverse("milestone_detail", args=[milestone.pk])
    about = f"{milestone.name} · 期限 {milestone.due_on}"
    return _form_page(request, form, "登记节点完成", back, about=about, submit="登记完成")


@GET_OR_POST
@scoped(Milestone, P.PLAN_BUILDING, related=JOINED)
def milestone_reopen(request: SignedIn, milestone: Milestone) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    if attempt(form, lambda: reopen_milestone(by=request.user, milestone=milestone, **form.cleaned_data)):
        messages.success(request, "已撤回完成登记")
        return redirect("milestone_detail", milestone.pk)
    back = reverse("milestone_detail", args=[milestone.pk])
    return _form_page(request, form, "撤回完成登记", back, about=milestone.name, submit="确认撤回", danger=True)


@GET_OR_POST
@scoped(Milestone, P.PLAN_BUILDING, related=JOINED)
def milestone_remove(request: SignedIn, milestone: Milestone) -> HttpResponse:
    form = ReasonForm(request.POST or None, label="删除理由")
    plan = milestone.plan

    def remove() -> BuildingPlan:
        remove_milestone(by=request.user, milestone=milestone, **form.cleaned_data)
        return plan

    if attempt(form, remove):
        messages.success(request, "节点已删除")
        return redirect("plan_detail", plan.pk)
    back = reverse("milestone_detail", args=[milestone.pk])
    return _form_page(request, form, "删除节点", back, about=milestone.name, submit="确认删除", danger=True)


# ---- placing --------------------------------------------------------------------------------------------------------


@GET_OR_POST
@permitted(P.CREATE_STATION)
def station_place(request: SignedIn) -> HttpResponse:
    """Plan stations in the ticked townships at once."""
    form = PlaceForm(request.POST or None, user=request.user)
    if form.is_bound and form.is_valid():
        try:
            placed = place_stations(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, f"已布点 {len(placed)} 个社工站，状态为“筹建”")
            return redirect(f"{reverse('station_list')}?state=PLANNED")
    context = {
        "tabs": building_tabs(request.user, "station_place"),
        "form": form,
        "offered": len(form.offered),
    }
    return render(request, "stations/station_place.html", context)
