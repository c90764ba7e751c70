"""The audit trail, for auditors within their scope."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.forms.audit import AuditFilterForm
from accounts.gate import permitted
from accounts.models import AuditEvent
from accounts.queries import unit_in_scope
from accounts.queries.audit import on_days, page, seal_state, target_types
from accounts.requests import SignedIn
from accounts.roles import Permission

VIEW = Permission.VIEW_AUDIT
LARGEST = 2**63 - 1


def _cursor(request: SignedIn, name: str) -> int | None:
    raw = request.GET.get(name, "")
    if not raw:
        return None
    if not (raw.isascii() and raw.isdigit() and int(raw) <= LARGEST):
        raise Http404("页码无效")
    return int(raw)


@require_GET
@permitted(VIEW)
def audit_list(request: SignedIn) -> HttpResponse:
    """Newest first, by keyset; filters: days, actor, verb, kind of target, unit (its whole subtree)."""
    unit_in_scope(request.user, request.GET.get("unit"), VIEW)
    form = AuditFilterForm(request.user, request.GET or None)
    seen = AuditEvent.objects.visible_to(request.user, VIEW)
    events: QuerySet[AuditEvent] = seen
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        events = on_days(seen.under(data["unit"]) if data["unit"] else seen, data["first"], data["last"])
        if data["actor"]:
            events = events.filter(actor_name__contains=data["actor"])
        if data["verb"]:
            events = events.filter(verb__contains=data["verb"])
        if data["target_type"]:
            events = events.filter(target_type=data["target_type"])
    elif form.is_bound:
        events = seen.none()
    shown = page(events, request.user, after=_cursor(request, "after"), before=_cursor(request, "before"))
    context = {"form": form, "page": shown, "keyset": _keyset(shown), "seal": seal_state()}
    return render(request, "accounts/audit.html", context)


@require_GET
@permitted(VIEW)
def audit_target(request: SignedIn, target_type: str, target_id: str) -> HttpResponse:
    """Everything that happened to one record, as far as it happened within the auditor's scope; 404 when none did."""
    events = AuditEvent.objects.visible_to(request.user, VIEW).filter(target_type=target_type, target_id=target_id)
    latest = events.order_by("-id").first()
    if latest is None:
        raise Http404("没有变更历史，或不在您的管辖范围内")
    shown = page(events, request.user, after=_cursor(request, "after"), before=_cursor(request, "before"))
    context = {
        "page": shown,
        "keyset": _keyset(shown),
        "label": latest.target_label,
        "kind": dict(target_types()).get(target_type, target_type),
        "one_target": True,
    }
    return render(request, "accounts/audit_target.html", context)


def _keyset(shown: object) -> dict[str, object]:
    return {
        "next_cursor": shown.next_cursor,  # type: ignore[attr-defined]
        "previous_cursor": shown.previous_cursor,  # type: ignore[attr-defined]
        "shown": len(shown.lines),  # type: ignore[attr-defined]
    }
