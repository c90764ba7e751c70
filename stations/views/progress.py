"""建设进度: what is asked for, planned, built, accepted and operating, against milestones; on screen and on paper."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.gate import permitted
from accounts.models import Level, OrgUnit, User
from accounts.queries import home_unit, unit_in_scope
from accounts.requests import SignedIn
from accounts.roles import Permission
from stations.forms.building_filters import ProgressFilter
from stations.models import Milestone
from stations.queries.milestones import late_first, milestone_rows
from stations.queries.plans import target_source
from stations.queries.progress import Progress, forecast_words, progress
from stations.queries.progress_table import progress_table
from stations.views.tabs import building_tabs

SHOWN = 12  # milestones on the page; the list has all


@require_safe
@permitted(Permission.VIEW)
def building_progress(request: SignedIn) -> HttpResponse:
    """`?unit=` (default: the user's own) and `?month=` (as of its end)."""
    return render(request, "stations/building_progress.html", _context(request))


@require_safe
@permitted(Permission.VIEW)
def building_progress_print(request: SignedIn) -> HttpResponse:
    """The same as a formal paper, A4."""
    return render(request, "stations/building_progress_print.html", _context(request))


def _context(request: SignedIn) -> dict[str, Any]:
    user = request.user
    unit = unit_in_scope(user, request.GET.get("unit")) or home_unit(user)
    if unit is None:
        raise Http404("您现在没有任职单位")
    form = ProgressFilter(request.GET, user=user, unit=unit, permission=Permission.VIEW)
    on = form.on
    found = progress(user, unit, on)
    milestones = Milestone.objects.visible_to(user).under(unit).filter(plan__year=on.year)
    rows = late_first(milestone_rows(milestones.select_related("plan__unit", "unit"), on, user))
    query = f"?unit={unit.pk}" + (f"&month={form.until}" if form.until else "")
    return {
        "tabs": building_tabs(user, "building_progress"),
        "form": form,
        "unit": unit,
        "on": on,
        "month": form.until,
        "progress": found,
        "figures": found.total.figures,
        "target": _target(found),
        "room_target": _room_target(found),
        "ahead": _ahead(found),
        "table": progress_table(found, form.until),
        "below": Level(unit.level + 1).label if unit.level < Level.TOWNSHIP else "",
        "milestones": rows[:SHOWN],
        "milestones_total": len(rows),
        "late": sum(1 for row in rows if row.late),
        "milestones_url": f"{reverse('milestone_list')}?unit={unit.pk}&year={on.year}",
        "print_url": reverse("building_progress_print") + query,
        "back_url": reverse("building_progress") + query,
        "crumbs": _crumbs(user, unit),
        "now": timezone.localtime(),
    }


def _crumbs(user: User, unit: OrgUnit) -> list[dict[str, str]]:
    """Up the tree, within progress and the user's scope; none on the user's own unit."""
    address = reverse("building_progress")
    steps = [
        {"label": step.name, "url": "" if step.pk == unit.pk else f"{address}?unit={step.pk}"}
        for step in OrgUnit.objects.ancestors_of(unit).visible_to(user)
    ]
    return steps if len(steps) > 1 else []


def _target(found: Progress) -> dict[str, Any] | None:
    target = found.total.target
    if target is None:
        return None
    return {
        "number": found.total.wanted,
        "every": target.count is None,
        "due": target.due,
        "missing": found.total.missing() if target.due < found.on else 0,
        "source": target_source(target),
    }


def _room_target(found: Progress) -> dict[str, Any] | None:
    target = found.total.room_target
    if target is None or target.count is None:
        return None
    return {"number": target.count, "due": target.due, "year": target.year, "source": target_source(target)}


def _ahead(found: Progress) -> str:
    ahead, target = found.ahead(), found.total.target
    if ahead is None or target is None:
        return ""
    due = target.due if target.due >= found.on else found.on.replace(month=12, day=31)
    return forecast_words(ahead, found.on, due)
