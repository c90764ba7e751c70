"""The ledger 资金台账, the findings 资金疑点, and asking for the audit pack."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.gate import permitted
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from common import money
from common.forms import attempt
from common.pages import form_page
from funds.actions import explain_finding, may_check
from funds.forms.entry import ExplainForm
from funds.forms.filters import FindingFilter, LedgerFilter
from funds.models import FindingKind
from funds.pack import request_pack
from funds.queries.findings import Finding, Where, findings
from funds.queries.ledger import ledger_rows, sorted_entries, totals, with_papers
from funds.views.shared import PAGE, chosen_unit, crumbs
from funds.views.tables import ledger_table
from jobs.views import LONGEST_QUERY

P = Permission


@require_safe
@permitted(P.VIEW_FUNDS)
def fund_ledger(request: SignedIn) -> HttpResponse:
    """Filters: unit, fund, category, flow, since and until (months), month (as of its end). Sort: on, fen."""
    unit = chosen_unit(request)
    form = LedgerFilter(request.GET, user=request.user, unit=unit)
    entries = form.entries()
    sort = request.GET.get("sort", "")
    page = Paginator(sorted_entries(with_papers(entries), sort), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "unit": unit,
        "page": page,
        "sort": sort,
        "table": ledger_table(ledger_rows(page.object_list)),
        "totals": totals(entries),
        "filtered": any(value for key, value in request.GET.items() if key in form.fields),
        "may_pay": bool(request.user.paths(P.SPEND_FUNDS)),
        "may_pack": bool(request.user.paths(P.EXPORT)),
        "query": request.GET.urlencode(),
    }
    return render(request, "funds/ledger.html", context)


@require_POST
@permitted(P.VIEW_FUNDS)
def fund_pack(request: SignedIn) -> HttpResponse:
    """Ask for the audit pack of what the ledger shows: `query` is its query string."""
    asked = request.POST.get("query", "")
    if len(asked) > LONGEST_QUERY:
        messages.error(request, "筛选条件过长，没有生成审计包")
        return redirect("fund_ledger")
    query = QueryDict(asked).urlencode()
    try:
        job = request_pack(by=request.user, query=query)
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
        return redirect(f"{reverse('fund_ledger')}?{query}")
    return redirect("job_detail", job.pk)


@require_safe
@permitted(P.VIEW_FUNDS)
def fund_findings(request: SignedIn) -> HttpResponse:
    """Filters: unit, fund, kind, state (explained or not)."""
    unit, user = chosen_unit(request), request.user
    form = FindingFilter(request.GET, user=user, unit=unit)
    found = findings(Where(user, unit, form.chosen_fund), timezone.localdate()) if form.is_valid() else []
    page = Paginator(form.chosen(found), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "unit": unit,
        "page": page,
        "rows": [{"finding": row, "explain_url": _explain_url(row) if _may_explain(user, row) else ""} for row in page],
        "kinds": [_summary(kind, found, request.GET) for kind in FindingKind],
        "filtered": any(value for key, value in request.GET.items() if key in form.fields),
    }
    return render(request, "funds/findings.html", context)


def _may_explain(user: Any, row: Finding) -> bool:
    return row.explanation is None and may_check(user, row.unit)


def _explain_url(row: Finding) -> str:
    return f"{reverse('finding_explain')}?kind={row.kind}&subject={row.subject}"


def _summary(kind: FindingKind, found: list[Finding], asked: QueryDict) -> dict[str, Any]:
    """The findings of one kind as a number that leads to them; what else was `asked` stays."""
    params = asked.copy()
    params["kind"] = kind.value
    params.pop("page", None)
    here = [row for row in found if row.kind == kind]
    left = [row for row in here if row.explanation is None]
    return {
        "label": kind.label,
        "value": len(left),
        "unit": "项",
        "bad": bool(left),
        "note": f"{money.words(sum((row.amount for row in left), money.yuan(0)))} · 已说明 {len(here) - len(left)} 项",
        "href": f"?{params.urlencode()}",
    }


@GET_OR_POST
@permitted(P.MANAGE_FUNDS)
def finding_explain(request: SignedIn) -> HttpResponse:
    """`?kind=&subject=` name the finding; one that is over, or out of scope, leads back to the list."""
    kind, subject = request.GET.get("kind", ""), request.GET.get("subject", "")
    where = Where(request.user, kind=kind) if kind in FindingKind.values else None
    found = [row for row in findings(where, timezone.localdate()) if row.subject == subject] if where else []
    if not found:
        messages.warning(request, "没有这项疑点，或已经解决")
        return redirect("fund_findings")
    finding = found[0]
    form = ExplainForm(request.POST or None)
    told = {name: getattr(finding, name) for name in ("kind", "subject", "fund", "unit")}
    if attempt(form, lambda: explain_finding(by=request.user, **told, **form.cleaned_data)):
        messages.success(request, "已说明，疑点仍保留在列表中")
        return redirect("fund_findings")
    return form_page(
        request,
        form,
        title=f"说明{finding.kind.label}疑点",
        back=reverse("fund_findings"),
        about=f"{finding.unit.name} · {finding.fund.name}",
        hint=f"{finding.reason}。",
        crumbs=crumbs(("资金疑点", reverse("fund_findings")), ("说明", "")),
    )
