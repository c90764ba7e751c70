"""The official calendar: years, one year as twelve little months, entering a year's notice with a preview."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.audit import NATION
from accounts.gate import may, permitted, require
from accounts.models import User
from accounts.requests import SignedIn
from accounts.roles import Permission
from common.forms import put_errors
from common.spreadsheets import SpreadsheetError, read_upload
from policies.actions import enter_year
from policies.forms import NoticeForm
from policies.models import CalendarYear
from policies.notices import REST, WORK, Notice, RowProblem, by_holiday, from_ranges, from_rows, to_ranges
from policies.queries.calendar import (
    FIRST_YEAR,
    LAST_YEAR,
    list_years,
    months_of,
    notice_days,
    official_years,
    with_notice,
)
from policies.views.shared import tabs

SOLAR_ORDER = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
SPARE_ROWS = 6


@require_safe
@permitted(Permission.VIEW)
def calendar_year_list(request: SignedIn) -> HttpResponse:
    context = {
        "tabs": tabs("calendar_year_list"),
        "years": list_years(timezone.localdate()),
        "may_enter": _may_enter(request.user),
        "latest": timezone.localdate().year + 1,
    }
    return render(request, "policies/calendar_year_list.html", context)


@require_safe
@permitted(Permission.VIEW)
def calendar_year(request: SignedIn, year: int) -> HttpResponse:
    _known_year(year)
    confirmed = CalendarYear.objects.select_related("confirmed_by").filter(year=year).first()
    context = {
        "year": year,
        "confirmed": confirmed,
        "months": months_of(year, official_years()),
        "holidays": by_holiday(notice_days(year)),
        "may_enter": _may_enter(request.user) and year <= timezone.localdate().year + 1,
        "previous": year - 1 if year > FIRST_YEAR else None,
        "next": year + 1 if year <= timezone.localdate().year else None,
        "crumbs": _crumbs({"label": f"{year} 年"}),
    }
    return render(request, "policies/calendar_year.html", context)


@require_http_methods(["GET", "POST"])
@permitted(Permission.MANAGE_CALENDAR)
def calendar_year_enter(request: SignedIn, year: int) -> HttpResponse:
    """GET the form; POST shows the preview, `edit` the form again, `confirm` saves. Nothing is kept in between."""
    # The calendar is the nation's: an administrator of a city holds the permission, but not here.
    require(request.user, Permission.MANAGE_CALENDAR, NATION)
    _known_year(year)
    if year > timezone.localdate().year + 1:
        messages.error(request, f"{year} 年的放假通知还没有发布，最早可录入明年")
        return redirect("calendar_year_list")
    confirmed = CalendarYear.objects.filter(year=year).first()
    if request.method != "POST":
        form = NoticeForm(confirmed=bool(confirmed), initial={"source": confirmed.source if confirmed else ""})
        return _show_form(request, year, form, _first_ranges(year))
    form = NoticeForm(request.POST, request.FILES, confirmed=bool(confirmed))
    notice = _notice(request, year)
    ranges = _typed(request) or _as_text(notice)
    if "edit" in request.POST or not form.is_valid() or notice.problems:
        problems = () if "edit" in request.POST else notice.problems
        return _show_form(request, year, form, ranges, problems)
    if "confirm" in request.POST:
        try:
            enter_year(
                by=request.user,
                year=year,
                days=notice.days,
                source=form.cleaned_data["source"],
                reason=form.cleaned_data.get("reason", ""),
            )
        except ValidationError as error:
            put_errors(form, error)
            return _show_form(request, year, form, ranges)
        messages.success(request, f"{year} 年工作日历已确认，截止日期即按新安排计算")
        return redirect("calendar_year", year=year)
    return _show_preview(request, notice, form)


def _show_form(
    request: SignedIn,
    year: int,
    form: NoticeForm,
    ranges: list[tuple[str, str, str, str]],
    problems: tuple[RowProblem, ...] = (),
) -> HttpResponse:
    context = {
        "year": year,
        "form": form,
        "ranges": [*ranges, *[("", "", "", "")] * SPARE_ROWS],
        "problems": problems,
        "wrong_rows": {problem.row for problem in problems} if _typed(request) and not request.FILES else set(),
        "kinds": (REST, WORK),
        "crumbs": _crumbs({"label": f"{year} 年", "url": reverse("calendar_year", args=[year])}, {"label": "录入"}),
    }
    return render(request, "policies/calendar_year_enter.html", context)


def _show_preview(request: SignedIn, notice: Notice, form: NoticeForm) -> HttpResponse:
    years = with_notice(official_years(), notice.year, list(notice.days))
    context = {
        "year": notice.year,
        "form": form,
        "months": months_of(notice.year, years),
        "holidays": by_holiday(notice.days),
        "warnings": notice.warnings,
        "days": json.dumps([[str(day.date), REST if day.rest else WORK, day.name] for day in notice.days]),
        "rest_days": sum(day.rest for day in notice.days),
        "make_up_days": sum(not day.rest for day in notice.days),
        "crumbs": _crumbs(
            {"label": f"{notice.year} 年", "url": reverse("calendar_year", args=[notice.year])}, {"label": "核对"}
        ),
    }
    return render(request, "policies/calendar_year_preview.html", context)


def _notice(request: SignedIn, year: int) -> Notice:
    """From the uploaded file, else from a preview that comes back, else from the typed rows."""
    upload = request.FILES.get("upload")
    if upload is not None:
        try:
            return from_rows(read_upload(upload), year)
        except SpreadsheetError as error:
            return Notice(year, (), (RowProblem(0, "上传表格", str(error)),))
    if "days" in request.POST:
        try:
            rows = json.loads(request.POST["days"])
            return from_rows([[str(cell) for cell in row] for row in rows], year)
        except (TypeError, ValueError, RecursionError):
            return Notice(year, (), (RowProblem(0, "", "提交的数据不完整，请重新填写"),))
    return from_ranges(_typed(request), year)


def _typed(request: SignedIn) -> list[tuple[str, str, str, str]]:
    columns = [request.POST.getlist(name) for name in ("start", "end", "kind", "name")]
    return list(zip(*columns, strict=False))


def _as_text(notice: Notice) -> list[tuple[str, str, str, str]]:
    return [
        (str(start), str(end) if end != start else "", REST if rest else WORK, name)
        for start, end, rest, name in to_ranges(notice.days)
    ]


def _first_ranges(year: int) -> list[tuple[str, str, str, str]]:
    """The standing notice, or the seven holidays with their dates left open."""
    days = notice_days(year)
    if days:
        return _as_text(Notice(year, tuple(days), ()))
    return [("", "", REST, name) for name in SOLAR_ORDER]


def _crumbs(*after: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"label": "工作日历", "url": reverse("calendar_year_list")}, *after]


def _may_enter(user: User) -> bool:
    return may(user, Permission.MANAGE_CALENDAR, NATION)


def _known_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
