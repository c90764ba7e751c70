"""Pages of referrals. The list tells officials that there is one; of whom only who reads the files sees."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.gate import may, permitted, scoped
from accounts.queries import crumbs
from accounts.requests import GET_OR_POST, SignedIn
from clients.gate import supervises
from clients.models import Client
from common.pages import led_back, write_page
from files.queries import attachments_of
from linkage import actions, rules
from linkage.actions.referrals import refuses_edit, refuses_steps, refuses_take_back, refuses_withdrawal
from linkage.forms.filters import ReferralFilter
from linkage.forms.referrals import ReferralEditForm, ReferralForm, StepForm, TakeBackForm
from linkage.forms.shared import ReasonForm
from linkage.models import Referral, ReferralState
from linkage.queries.consent import Sharing, refusal, sharing
from linkage.queries.referrals import (
    referral_row,
    referral_rows,
    referral_sums,
    services_of,
    sorted_referrals,
    step_rows,
)
from linkage.queries.where import Reads
from linkage.views.shared import EDIT, READ, VIEW, filtered, page_of, paged
from stations.models import Station

S = ReferralState
JOINED = ("station__unit", "client", "due_provision__document")


@require_GET
@permitted(VIEW, also=supervises)
def referral_list(request: SignedIn) -> HttpResponse:
    """Filters: unit, q, month with event, kind, state, to_kind, urgency, due. Sort: opened_on, ended_on, due_on."""
    seen = Referral.objects.visible_to(request.user, VIEW, READ)
    _, referrals, context = filtered(request, ReferralFilter, seen)
    today = timezone.localdate()
    page = paged(request, sorted_referrals(referrals, context["sort"]))
    rows = referral_rows(page.object_list, Reads(request.user), today)
    context |= {"page": page, "rows": rows, "sums": referral_sums(referrals, today)}
    return render(request, "linkage/referral_list.html", context)


def _due(referral: Referral, today: date) -> dict[str, Any] | None:
    """By when a success is followed up, as components/due.html shows it."""
    due = referral.judged_due(cited=True) if referral.state == S.SUCCEEDED else None
    if due is None:
        return None
    return {
        "date": due.due,
        "provisional": due.provisional,
        "late": due.is_late(today),
        "late_days": due.days_late(today),
        "reason": due.reason,
        "source": {"label": due.citation},
    }


def _open(referral: Referral) -> list[ReferralState]:
    outcome = S(referral.outcome) if referral.outcome else None
    return [] if referral.withdrawn_at else rules.open_steps(S(referral.state), outcome)


@require_GET
@scoped(Referral, READ, related=JOINED)
def referral_detail(request: SignedIn, referral: Referral) -> HttpResponse:
    edits = may(request.user, EDIT, referral.station.unit.path) and referral.withdrawn_at is None
    today, steps = timezone.localdate(), step_rows(referral)
    consent = sharing(referral.client) if referral.client else None
    context = {
        "referral": referral,
        "row": referral_row(referral, True, today),
        "steps": steps,
        "can": [{"to": to.value, "label": rules.STEP_WORDS[to]} for to in _open(referral)] if edits else [],
        "edits": edits,
        "may_change": edits and not referral.outcome,
        "may_take_back": edits and len(steps) > 1,
        "may_withdraw": edits and len(steps) == 1,
        "consent": consent,
        "consent_bad": consent == Sharing.WITHDRAWN,
        "consent_good": consent == Sharing.GIVEN,
        "due": _due(referral, today),
        "services": services_of(referral),
        "files": attachments_of(request.user, [referral])[referral.pk],
        "crumbs": crumbs(request.user, referral.station.unit),
    }
    return render(request, "linkage/referral_detail.html", context)


@GET_OR_POST
@permitted(EDIT)
def referral_create(request: SignedIn) -> HttpResponse:
    """`?client=` (the key of a file) or `?station=`: whose; else the user's only station, or a choice of stations."""
    stations = Station.objects.visible_to(request.user, EDIT).filter(closed_on=None).select_related("unit")
    stations = stations.order_by("unit__path")
    client = _asked(request, "client", Client.objects.visible_to(request.user, READ).open())
    station = client.station if client else _asked(request, "station", stations)
    here = list(stations[:50])
    if station is None and len(here) == 1:
        station = here[0]
    if station is None:
        context = {"stations": here, "title": "选择站点"}
        return render(request, "linkage/choose_station.html", context)
    if client and (sent := led_back(request, refusal(client), reverse("client_detail", args=[client.pk]))):
        return sent
    form = ReferralForm(request.POST or None, user=request.user, station=station, client=client.pk if client else None)
    return write_page(
        request,
        form,
        lambda: actions.open_referral(by=request.user, station=station, **form.cleaned_data),
        title="登记转介、资源链接",
        done="已登记，接着核实情况、联系接收单位",
        back=reverse("referral_list"),
        after=page_of("referral_detail"),
        about=station.unit.name,
    )


def _asked(request: SignedIn, name: str, rows: Any) -> Any:
    raw = request.GET.get(name, "")
    return rows.filter(pk=int(raw)).first() if raw.isascii() and raw.isdigit() and len(raw) < 19 else None


@GET_OR_POST
@scoped(Referral, EDIT, related=JOINED)
def referral_edit(request: SignedIn, referral: Referral) -> HttpResponse:
    back = page_of("referral_detail")(referral)
    if sent := led_back(request, refuses_edit(referral), back):
        return sent
    form = ReferralEditForm(request.POST or None, referral=referral)
    return write_page(
        request,
        form,
        lambda: actions.edit_referral(by=request.user, referral=referral, **form.cleaned_data),
        title=f"修改{referral}",
        done="已保存",
        back=back,
    )


@GET_OR_POST
@scoped(Referral, EDIT, related=JOINED)
def referral_step(request: SignedIn, referral: Referral) -> HttpResponse:
    """The next step; `?to=` chooses one beforehand."""
    back, steps = page_of("referral_detail")(referral), _open(referral)
    if sent := led_back(request, refuses_steps(referral, steps), back):
        return sent
    form = StepForm(
        request.POST or None,
        request.FILES or None,
        referral=referral,
        steps=steps,
        expected=actions.last_step(referral),
        chosen=request.GET.get("to", ""),
    )
    missing = referral.client is not None and sharing(referral.client) == Sharing.MISSING
    shares = any(step in (S.CONTACTED, S.REFERRED) for step in steps)
    return write_page(
        request,
        form,
        lambda: actions.take_step(by=request.user, referral=referral, **form.cleaned_data),
        title=f"办理{referral}",
        done=lambda row: f"已登记，现为“{row.get_state_display()}”",
        back=back,
        about=f"现为“{referral.get_state_display()}”",
        warning=f"{Sharing.MISSING.label}；提供信息前请先征得本人或监护人同意并登记。" if missing and shares else "",
    )


@GET_OR_POST
@scoped(Referral, EDIT, related=JOINED)
def referral_take_back(request: SignedIn, referral: Referral) -> HttpResponse:
    back = page_of("referral_detail")(referral)
    if sent := led_back(request, refuses_take_back(referral), back):
        return sent
    form = TakeBackForm(request.POST or None, expected=actions.last_step(referral))
    return write_page(
        request,
        form,
        lambda: actions.take_back_step(by=request.user, referral=referral, **form.cleaned_data),
        title="撤回上一步",
        done=lambda row: f"已撤回，现为“{row.get_state_display()}”",
        back=back,
        about=f"{referral}，现为“{referral.get_state_display()}”",
        submit_label="确认撤回",
        danger=True,
    )


@GET_OR_POST
@scoped(Referral, EDIT, related=JOINED)
def referral_withdraw(request: SignedIn, referral: Referral) -> HttpResponse:
    if sent := led_back(request, refuses_withdrawal(referral), page_of("referral_detail")(referral)):
        return sent
    form = ReasonForm(request.POST or None)
    return write_page(
        request,
        form,
        lambda: actions.withdraw_referral(by=request.user, referral=referral, reason=form.cleaned_data["reason"]),
        title=f"撤回{referral}",
        done="已撤回，不再计入统计",
        back=reverse("referral_list"),
        hint="登记错了才撤回；不成功的请登记失败。",
        submit_label="确认撤回",
        danger=True,
    )
