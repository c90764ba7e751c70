"""People served, opened from a distinct count: numbers down the tree, names where the reader holds the files."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.gate import permitted
from accounts.models import Level, OrgUnit
from accounts.queries import home_unit
from accounts.requests import SignedIn
from accounts.roles import Permission
from clients.gate import stations_read
from clients.models import Category, FocusGroup
from clients.queries.namesakes import told_apart
from common.months import Month
from reporting.display import shown
from reporting.figures import Figures, figures_of_many
from reporting.forms import PeopleFilter, this_month, unit_choices
from reporting.queries.people import Asked, people_of, persons
from reporting.views.crumbs import crumbs_of
from reporting.views.params import asked_unit, month_picker
from stations.models import Station

P = Permission
PAGE = 50
COLUMNS = ("people", *(f"people_{group.value}" for group in FocusGroup), "client_files", "client_files_opened")


@require_safe
@permitted(P.VIEW)
def people_served(request: SignedIn) -> HttpResponse:
    """`?unit=`, `?month=`, `?focus=`, `?category=`, `?kept=`: how many people, unit by unit; who they were only for
    who may read the files there."""
    unit = asked_unit(request, P.VIEW) or home_unit(request.user)
    form = PeopleFilter(request.GET, units=unit_choices(request.user, P.VIEW, unit))
    valid = form.is_valid() and unit is not None
    typed = form.cleaned_data if valid else {}
    month = typed.get("month") or this_month()
    asked = Asked(month, *(typed.get(name) or "" for name in ("focus", "category", "kept")))
    context: dict[str, Any] = {
        "filter_form": form,
        "unit": unit,
        "month": month,
        "asked": asked,
        "crumbs": crumbs_of(request.user, unit, "服务对象", month=month) if unit else [],
        "picker": month_picker(request, month),
    }
    if valid and unit is not None:
        context |= _counts(request, unit, asked) | _names(request, unit, asked)
    return render(request, "reporting/people_served.html", context)


def _counts(request: SignedIn, unit: OrgUnit, asked: Asked) -> dict[str, Any]:
    """The unit and the units below it, a column a count. Snapshots only."""
    month = asked.month
    children = list(OrgUnit.objects.visible_to(request.user).filter(parent=unit).live(month.last).order_by("path"))
    figures = figures_of_many([unit.pk, *(child.pk for child in children)], [month])
    columns = [asked.key, *(key for key in COLUMNS if key != asked.key)]
    own = figures[unit.pk, month]
    return {
        "figure": shown(own[asked.key], unit, month),
        "computed_at": own.computed_at,
        "heads": [own[key].indicator.label.replace("（去重人数）", "").replace("（去重）", "") for key in columns],
        "rows": [_row(child, figures[child.pk, month], columns, asked) for child in children],
        "total": [shown(own[key], unit, month) for key in columns],
        "categories": _categories(own, unit, month),
    }


def _row(unit: OrgUnit, figures: Figures, columns: list[str], asked: Asked) -> dict[str, Any]:
    return {
        "name": unit.name,
        "url": f"{reverse('people_served')}?unit={unit.pk}&month={asked.month}",
        "cells": [shown(figures[key], unit, asked.month) for key in columns],
    }


def _categories(figures: Figures, unit: OrgUnit, month: Month) -> list[dict[str, Any]]:
    """People and contacts by category, where there are any."""
    found = []
    for category in Category:
        people, contacts = figures[f"people_{category.value}"], figures[f"people_contacts_{category.value}"]
        if people.value:
            found.append(
                {
                    "label": category.label,
                    "people": shown(people, unit, month),
                    "contacts": shown(contacts, unit, month),
                }
            )
    return found


def _names(request: SignedIn, unit: OrgUnit, asked: Asked) -> dict[str, Any]:
    """The page of people, for who may read of all of them; else nothing but `hidden`."""
    below = Station.objects.visible_to(request.user).under(unit)
    hidden = unit.level < Level.TOWNSHIP or below.exclude(pk__in=stations_read(request.user, P.VIEW_CLIENTS)).exists()
    if hidden:
        return {"hidden": True}
    page = Paginator(people_of(request.user, unit, asked), PAGE).get_page(request.GET.get("page"))
    people = persons(request.user, page.object_list)
    named = told_apart((person.client for person in people if person.readable), timezone.localdate())
    return {
        "hidden": False,
        "page_obj": page,
        "people": [
            {
                "name": named.get(person.client.pk, str(person.client)),
                "station": person.client.station.unit.name,
                "times": person.times,
                "last": person.last,
                "url": reverse("client_detail", args=[person.client.pk]) if person.readable else "",
            }
            for person in people
        ],
    }
