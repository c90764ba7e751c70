"""Pages of checks: fill in, look at, take back; a station's standing against the standard."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.gate import may, require, scoped
from accounts.queries import crumbs
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from common.forms import WithdrawForm, attempt, put_errors
from files.queries import attachments_of
from standards.actions import save_check, withdraw_check
from standards.forms.checks import CheckForm, DayForm
from standards.models import Check, CheckKind, CheckState
from standards.queries.in_force import StandardBook
from standards.queries.station_page import answers_of, check_page, standard_page
from stations.models import Station

P = Permission
RIGHTS = {CheckKind.SELF: P.SELF_CHECK, CheckKind.COUNTY: P.CHECK_STANDARD}
TITLES = {CheckKind.SELF: "按建设标准自查", CheckKind.COUNTY: "按建设标准检查"}


@require_GET
@scoped(Station, P.VIEW, related=("unit",))
def station_standard(request: SignedIn, station: Station) -> HttpResponse:
    """Scores, failing items and what is missing next, as of `?on=`."""
    today = timezone.localdate()
    form = DayForm(request.GET if request.GET.get("on") else None, initial={"on": today})
    fills = [kind for kind, right in RIGHTS.items() if may(request.user, right, station.unit.path)]
    on = form.day(today)
    context = standard_page(station, on, fills=fills) | {
        "form": form,
        "is_today": on == today,
        "crumbs": [*crumbs(request.user, station.unit), {"label": "建设标准"}],
        "may_self_check": CheckKind.SELF in fills and not station.closed_on,
        "may_check": CheckKind.COUNTY in fills and not station.closed_on,
    }
    return render(request, "standards/station_standard.html", context)


def _posted_day(request: SignedIn, fallback: date) -> date:
    """The day that the form is about: a senseless one is told by the form itself."""
    try:
        return date.fromisoformat(request.POST.get("checked_on", "")[:10])
    except ValueError:
        return fallback


def _submitted(station: Station, kind: CheckKind) -> Check | None:
    rows = station.checks.submitted(kind).prefetch_related("answers")
    return rows.order_by("-checked_on", "-pk").first()


def _fill(request: SignedIn, station: Station, kind: CheckKind) -> HttpResponse:
    """Fill in the draft of this kind: save it as it is, or hand it in."""
    drafts = station.checks.filter(kind=kind, state=CheckState.DRAFT).prefetch_related("answers")
    draft = drafts.first()
    today = timezone.localdate()
    path = station.unit.path
    day = _posted_day(request, today) if request.method == "POST" else draft.checked_on if draft else today
    items = StandardBook.load([path]).items(path, day)
    own = _submitted(station, CheckKind.SELF)
    # A first look starts from what was found last: the county's from the station's own check.
    start = draft or own or _submitted(station, kind)
    answers = {row.code: row.answer() for row in start.answers.all()} if start else {}
    form = CheckForm(
        request.POST or None,
        request.FILES or None,
        items=items,
        answers=answers if draft or kind == CheckKind.SELF else {code: _bare(a) for code, a in answers.items()},
        initial={
            "checked_on": draft.checked_on if draft else today,
            "comment": draft.comment if draft else "",
            "expected": station.checks.seen(kind),
        },
    )
    submit = request.POST.get("do") == "submit"
    if check := _write(request, station, kind, form, submit=submit):
        if submit:
            messages.success(request, f"{check.get_kind_display()}已提交")
            return redirect("station_standard", station.pk)
        messages.success(request, "草稿已保存")
        return redirect(f"check_{'self' if kind == CheckKind.SELF else 'county'}", station.pk)
    compared = kind == CheckKind.COUNTY and own is not None
    files = _files(request, draft, own if compared else None)
    context = {
        "station": station,
        "form": form,
        "groups": list(form.groups({r.code: r.answer() for r in own.answers.all()} if compared and own else {}, files)),
        "title": TITLES[kind],
        "kind": kind,
        "draft": draft,
        "own": own if compared else None,
        "started_from": start if start and not draft else None,
        "crumbs": crumbs(request.user, station.unit),
    }
    return render(request, "standards/check_form.html", context, status=400 if form.errors else 200)


def _bare(answer: Any) -> Any:
    """The station's answer without its note: the county's note says why it differs."""
    return type(answer)(answer.yes, answer.number, answer.choice, answer.photos)


def _write(request: SignedIn, station: Station, kind: CheckKind, form: CheckForm, *, submit: bool) -> Check | None:
    if not (form.is_bound and form.is_valid()):
        return None
    values = form.cleaned_data
    try:
        return save_check(
            by=request.user,
            station=station,
            kind=kind,
            checked_on=values["checked_on"],
            comment=values["comment"],
            expected=values["expected"],
            found=form.found(),
            submit=submit,
        )
    except ValidationError as error:
        put_errors(form, error)
        return None


def _files(request: SignedIn, *checks: Check | None) -> dict[str, list[Any]]:
    """Code → photos of the checks."""
    rows = [row for check in checks if check for row in check.answers.all()]
    shown = attachments_of(request.user, rows)
    result: dict[str, list[Any]] = {}
    for row in rows:
        result.setdefault(row.code, []).extend(shown.get(row.pk, []))
    return result


@GET_OR_POST
@scoped(Station, P.SELF_CHECK, related=("unit",))
def check_self(request: SignedIn, station: Station) -> HttpResponse:
    return _fill(request, station, CheckKind.SELF)


@GET_OR_POST
@scoped(Station, P.CHECK_STANDARD, related=("unit",))
def check_county(request: SignedIn, station: Station) -> HttpResponse:
    return _fill(request, station, CheckKind.COUNTY)


@require_GET
@scoped(Check, P.VIEW, related=("station__unit", "self_check", "submitted_by", "opened_by"))
def check_detail(request: SignedIn, check: Check) -> HttpResponse:
    rows = answers_of(check.self_check) + answers_of(check)
    station = check.station
    right = RIGHTS[CheckKind(check.kind)]
    context = check_page(check, attachments_of(request.user, rows)) | {
        "station": station,
        "crumbs": crumbs(request.user, station.unit),
        "may_withdraw": check.state == CheckState.SUBMITTED and may(request.user, right, station.unit.path),
    }
    return render(request, "standards/check_detail.html", context)


@GET_OR_POST
@scoped(Check, P.VIEW, related=("station__unit",))
def check_withdraw(request: SignedIn, check: Check) -> HttpResponse:
    """Take back the last check of its kind, by who may make such a check."""
    require(request.user, RIGHTS[CheckKind(check.kind)], check.station.unit.path)
    form = WithdrawForm(request.POST or None, expected=check.pk)
    if attempt(form, lambda: withdraw_check(by=request.user, check=check, reason=form.cleaned_data["reason"])):
        messages.success(request, "已撤回，以前一次检查为准")
        return redirect("station_standard", check.station_id)
    context = {"check": check, "form": form, "crumbs": crumbs(request.user, check.station.unit)}
    return render(request, "standards/check_withdraw.html", context)
