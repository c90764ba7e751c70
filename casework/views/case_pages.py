"""Pages of cases: the list, one case, its file on paper."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts import audit
from accounts.gate import allowed, permitted, scoped
from accounts.queries import crumbs, places, unit_in_scope
from accounts.requests import SignedIn
from accounts.roles import Permission
from casework.case_steps import STANDARD
from casework.forms.case_filter import CaseFilter
from casework.forms.cases import AnswerForm, CommentForm
from casework.models import Case
from casework.queries.case_list import JOINED, case_rows, counts, sorted_cases
from casework.queries.case_page import case_page
from clients.gate import supervises

P = Permission
PAGE = 50
FILE = ("station__unit", "client", "worker")


@require_GET
@permitted(P.VIEW_RECORDS, also=supervises)
def case_list(request: SignedIn) -> HttpResponse:
    """One list for all: names and workers where the user may read of the person, else number, dates and kinds."""
    user = request.user
    unit = unit_in_scope(user, request.GET.get("unit"), P.VIEW_RECORDS)
    form = CaseFilter(request.GET, user=user, unit=unit)
    seen = Case.objects.visible_to(user, P.VIEW_RECORDS)
    sort = request.GET.get("sort", "")
    found = sorted_cases(form.apply(seen), sort).select_related(*JOINED)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    reads = bool(user.paths(P.VIEW_CLIENTS)) or supervises(user)
    context: dict[str, Any] = {
        "form": form,
        "unit": unit,
        "sort": sort,
        "page": page,
        "rows": case_rows(user, page.object_list),
        "reads": reads,
        "may_open": bool(user.paths(P.EDIT_CASES)),
        "filtered": any(value for key, value in request.GET.items() if key in form.fields),
        "counts": counts(Case.objects.visible_to(user, P.VIEW_CLIENTS), timezone.localdate()) if reads else None,
    }
    return render(request, "casework/case_list.html", context)


@require_GET
@scoped(Case, P.VIEW_CLIENTS, related=FILE)
def case_detail(request: SignedIn, case: Case) -> HttpResponse:
    context = {
        "file": case_page(request.user, case),
        "case": case,
        "crumbs": crumbs(request.user, case.station.unit),
        "may_edit": allowed(request.user, P.EDIT_CASES, case),
        "may_comment": allowed(request.user, P.COMMENT_CASES, case),
        "comment_form": CommentForm(auto_id=False),
        "answer_form": AnswerForm(auto_id=False),
        "source": STANDARD,
    }
    return render(request, "casework/case_detail.html", context)


@require_GET
@scoped(Case, P.VIEW_CLIENTS, related=FILE)
def case_print(request: SignedIn, case: Case) -> HttpResponse:
    """The file on paper, A4, marked with who printed it when; each opening is in the trail."""
    audit.record(by=request.user, verb="打印个案档案", target=case, unit=case.station.unit)
    now = timezone.localtime()
    context = {
        "file": case_page(request.user, case),
        "case": case,
        "place": places([case.station.unit])[case.station_id],
        "now": now,
        "age": case.client.age(timezone.localdate()),
        "mark": f"{request.user.name} {now:%Y-%m-%d %H:%M} 打印",
        "marks": range(40),
        "source": STANDARD,
    }
    return render(request, "casework/case_print.html", context)
