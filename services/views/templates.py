"""Templates of services: the list, new, change, delete; and last week's services to copy."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.gate import permitted, scoped
from accounts.models import OrgUnit
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from common.forms import attempt
from services.actions import delete_template, save_template
from services.forms.templates import TemplateForm
from services.models import ServiceTemplate
from services.presets import DEFAULTS
from services.queries import loggable_stations, usual_station
from services.queries.usual import last_week
from services.views.finding import station_of


@require_safe
@permitted(Permission.LOG_SERVICE)
def template_list(request: SignedIn) -> HttpResponse:
    """The templates that the user may change, and those that come with the product."""
    rows = ServiceTemplate.objects.visible_to(request.user, Permission.LOG_SERVICE).select_related("unit")
    context = {"templates": rows.order_by("unit__path", "id"), "shipped": DEFAULTS}
    return render(request, "services/template_list.html", context)


@GET_OR_POST
@permitted(Permission.LOG_SERVICE)
def template_add(request: SignedIn) -> HttpResponse:
    units = _units(request)
    form = TemplateForm(request.POST or None, units=units, initial={"unit": units.first()})
    if attempt(form, lambda: save_template(by=request.user, unit=form.cleaned_data["unit"], **form.facts())):
        messages.success(request, "已保存模板，登记服务时可以选用。")
        return redirect("service_templates")
    return render(request, "services/template_edit.html", {"form": form, "template": None})


@GET_OR_POST
@scoped(ServiceTemplate, Permission.LOG_SERVICE, related=("unit",))
def template_edit(request: SignedIn, template: ServiceTemplate) -> HttpResponse:
    form = TemplateForm.of(template, request.POST or None)
    if attempt(form, lambda: save_template(by=request.user, unit=template.unit, template=template, **form.facts())):
        messages.success(request, "已保存模板。")
        return redirect("service_templates")
    return render(request, "services/template_edit.html", {"form": form, "template": template})


@GET_OR_POST
@scoped(ServiceTemplate, Permission.LOG_SERVICE, related=("unit",))
def template_delete(request: SignedIn, template: ServiceTemplate) -> HttpResponse:
    if request.method == "POST":
        delete_template(by=request.user, template=template)
        messages.success(request, f"已删除模板“{template.name}”。")
        return redirect("service_templates")
    return render(request, "services/template_delete.html", {"template": template})


@require_safe
@permitted(Permission.LOG_SERVICE)
def service_last_week(request: SignedIn) -> HttpResponse:
    """The station's services of last week, each to be copied with its people; `?station=`."""
    stations = list(loggable_stations(request.user))
    wanted = request.GET.get("station")
    station = station_of(request, wanted) if wanted else usual_station(request.user, stations)
    if station is None:
        return render(request, "services/no_station.html")
    services = last_week(station, timezone.localdate())
    context = {"station": station, "stations": stations, "services": services}
    return render(request, "services/last_week.html", context)


def _units(request: SignedIn) -> QuerySet[OrgUnit]:
    """Units for which the user may write a template: from their posting down to the stations."""
    return OrgUnit.objects.visible_to(request.user, Permission.LOG_SERVICE).order_by("path")
