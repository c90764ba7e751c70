"""Reviewing records one by one and in bulk, and answering what was asked back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.gate import permitted, scoped
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from common.forms import attempt
from services.actions import answer_review, review_many, review_service
from services.actions.review import MOST, reviewable
from services.filters import ServiceFilter
from services.forms.review import AnswerForm, BulkReviewForm, ReviewForm
from services.models import ReviewState, ServiceRecord
from services.queries.listing import PAGE, told
from services.queries.review import doubted_first

WHOLE = ("station__unit", "entered_by")


@GET_OR_POST
@scoped(ServiceRecord, Permission.REVIEW_SERVICES, related=WHOLE)
def service_review(request: SignedIn, record: ServiceRecord) -> HttpResponse:
    """Reviewed, accepted, or asked back with words."""
    initial = {"expected": record.review_state}
    form = ReviewForm(request.POST or None, initial=initial)
    saved = attempt(
        form,
        lambda: review_service(
            by=request.user,
            record=record,
            state=ReviewState(form.cleaned_data["state"]),
            comment=form.cleaned_data["comment"],
            expected=form.cleaned_data["expected"] or None,
        ),
    )
    if saved:
        messages.success(request, f"已记为“{saved.get_review_state_display()}”。")
        return redirect("service_detail", pk=record.pk)
    return render(request, "services/review_form.html", {"record": record, "form": form, "title": "审阅服务记录"})


@GET_OR_POST
@scoped(ServiceRecord, Permission.LOG_SERVICE, related=WHOLE)
def service_answer(request: SignedIn, record: ServiceRecord) -> HttpResponse:
    """The worker's answer to what was asked back; who corrects the record answers by that."""
    form = AnswerForm(request.POST or None)
    saved = attempt(form, lambda: answer_review(by=request.user, record=record, comment=form.cleaned_data["comment"]))
    if saved:
        messages.success(request, "已答复，等待审阅。")
        return redirect("service_detail", pk=record.pk)
    asked = record.reviews.filter(state=ReviewState.ASKED).select_related("by").order_by("-pk").first()
    context = {"record": record, "form": form, "title": "答复询问", "asked": asked}
    return render(request, "services/review_form.html", context)


@GET_OR_POST
@permitted(Permission.REVIEW_SERVICES)
def service_review_many(request: SignedIn) -> HttpResponse:
    """All records of a filtered list that wait for a checker, marked at once; the filter comes with the address. The
    page lists the first fifty of them, those to doubt in front."""
    user = request.user.narrowed_to(Permission.REVIEW_SERVICES)
    filters = ServiceFilter(request.GET, user=user)
    selection = filters.selection()
    back = f"{reverse('service_list')}?{request.GET.urlencode()}"
    context: dict[str, Any] = {"back": back, "most": MOST}
    if selection is None:
        return render(request, "services/review_many.html", {**context, "problems": filters.errors})
    records = selection.records()
    if selection.month:
        records = records.filter(month=selection.month)
    form = BulkReviewForm(request.POST or None)
    done = attempt(
        form,
        lambda: [review_many(by=request.user, records=records, state=ReviewState(form.cleaned_data["state"]))],
    )
    if done is not None:
        messages.success(request, f"已审阅 {done[0]:,} 条记录。")
        return redirect(back)
    open_ = reviewable(records, request.user).order_by()
    count = open_[: MOST + 1].values("pk").count()
    warned = open_.filter(warnings__cleared_at=None, warnings__isnull=False).values("pk").distinct().count()
    rows = told(doubted_first(open_)[:PAGE]) if count <= MOST else []
    context |= {
        "form": form,
        "count": count,
        "too_many": count > MOST,
        "warned": warned,
        "rows": rows,
        "unlisted": count - len(rows),
    }
    return render(request, "services/review_many.html", context)
