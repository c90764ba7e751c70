"""Batches: set by a county, seen by its stations, with progress and answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.gate import allowed, permitted, scoped
from accounts.models import Level, OrgUnit
from accounts.queries import unit_in_scope
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from clients.gate import supervises
from common.forms import attempt
from common.pages import led_back
from visits.actions import (
    close_batch,
    discard_batch,
    extend_batch,
    matching,
    remove_question,
    save_batch,
    save_question,
    start_batch,
)
from visits.actions.batches import NOBODY, NOT_DRAFT, NOT_RUNNING
from visits.criteria import in_words
from visits.forms.batches import BatchForm, CloseForm, QuestionForm
from visits.forms.filters import BatchFilter
from visits.models import BatchQuestion, BatchState, VisitBatch
from visits.queries.batches import TONES, batch_rows, preview, progress_by_station, progress_table, tallies, total_of

P = Permission
PAGE = 50
OF_PAGE = ("unit", "document", "created_by")


@require_GET
@permitted(P.VIEW_RECORDS, also=supervises)
def batch_list(request: SignedIn) -> HttpResponse:
    """Filters: unit, state, q. The running ones first, by their day."""
    user = request.user
    unit = unit_in_scope(user, request.GET.get("unit"), P.VIEW_RECORDS)
    form = BatchFilter(request.GET, user=user, unit=unit)
    found = (
        form.apply(VisitBatch.objects.visible_to(user)).select_related("unit").order_by("closed_on", "-due_on", "-pk")
    )
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "unit": unit,
        "page": page,
        "rows": batch_rows(user, page.object_list, timezone.localdate()),
        "may_set": bool(user.paths(P.SET_VISITS)),
        "filtered": any(value for key, value in request.GET.items() if key in form.fields),
    }
    return render(request, "visits/batch_list.html", context)


def _shown(request: SignedIn, batch: VisitBatch) -> dict[str, Any]:
    """What the page of a batch and its print show."""
    user, today = request.user, timezone.localdate()
    rows = progress_by_station(user, batch, today)
    return {
        "batch": batch,
        "tone": TONES[BatchState(batch.state)],
        "who": in_words(batch.criteria),
        "units": list(batch.units.all()),
        "total": total_of(rows),
        "stations": rows,
        "tallies": tallies(user, batch),
        "late": batch.state == BatchState.RUNNING and batch.due_on < today,
    }


@require_GET
@scoped(VisitBatch, P.VIEW_RECORDS, related=OF_PAGE)
def batch_detail(request: SignedIn, batch: VisitBatch) -> HttpResponse:
    """What is asked of whom; of a draft how many it would be, without names; else progress and answers as counts."""
    sets = allowed(request.user, P.SET_VISITS, batch)
    context = _shown(request, batch) | {
        "sets": sets,
        "batch_key": str(batch.pk),
        "table": progress_table(batch, progress_by_station(request.user, batch, timezone.localdate())),
        "crumbs": [{"label": "探访任务", "url": reverse("batch_list")}, {"label": batch.title}],
    }
    if batch.state == BatchState.DRAFT and sets:
        context["preview"] = preview(request.user, batch, matching(batch, timezone.localdate()))
        context["people"] = sum(count for _, count in context["preview"])
    return render(request, "visits/batch_detail.html", context)


@require_GET
@scoped(VisitBatch, P.VIEW_RECORDS, related=OF_PAGE)
def batch_print(request: SignedIn, batch: VisitBatch) -> HttpResponse:
    if batch.state == BatchState.DRAFT:
        raise Http404("任务还没有下达")
    return render(request, "visits/batch_print.html", _shown(request, batch) | {"now": timezone.localtime()})


@GET_OR_POST
@permitted(P.SET_VISITS)
def batch_create(request: SignedIn) -> HttpResponse:
    counties = OrgUnit.objects.visible_to(request.user, P.SET_VISITS).filter(level=Level.COUNTY)[:2]
    county = counties[0] if len(counties) == 1 else None
    form = BatchForm(request.POST or None, user=request.user, county=county)
    if batch := attempt(form, lambda: save_batch(by=request.user, **form.facts())):
        messages.success(request, "已存为草稿，请增加要问的问题，核对人数后下达")
        return redirect("batch_detail", batch.pk)
    return _form(request, form, "拟定探访任务", reverse("batch_list"))


def _form(request: SignedIn, form: Any, title: str, back: str, **extra: Any) -> HttpResponse:
    return render(request, "visits/visit_form.html", {"form": form, "title": title, "back": back, **extra})


def _page_of(batch: VisitBatch) -> str:
    return reverse("batch_detail", args=[batch.pk])


def _only(request: SignedIn, batch: VisitBatch, state: BatchState) -> HttpResponse | None:
    """To the batch's page with the reason, when a form of another state of it is opened."""
    refused = NOT_DRAFT if state == BatchState.DRAFT else NOT_RUNNING
    return led_back(request, "" if batch.state == state else refused, _page_of(batch))


@GET_OR_POST
@scoped(VisitBatch, P.SET_VISITS, related=OF_PAGE)
def batch_edit(request: SignedIn, batch: VisitBatch) -> HttpResponse:
    if sent := _only(request, batch, BatchState.DRAFT):
        return sent
    form = BatchForm(request.POST or None, user=request.user, county=batch.unit, batch=batch)
    if attempt(form, lambda: save_batch(by=request.user, batch=batch, **form.facts())):
        messages.success(request, "已保存")
        return redirect(_page_of(batch))
    return _form(request, form, "修改探访任务", _page_of(batch), about=batch.title)


@GET_OR_POST
@scoped(VisitBatch, P.SET_VISITS, related=OF_PAGE)
def batch_question(request: SignedIn, batch: VisitBatch) -> HttpResponse:
    """A new question, or `?question=` to change one; `?remove=` takes one away."""
    if sent := _only(request, batch, BatchState.DRAFT):
        return sent
    if request.method == "POST" and request.GET.get("remove"):
        gone = _question(batch, request.GET["remove"])

        def remove() -> str:
            remove_question(by=request.user, question=gone)
            return "问题已删除"

        return _confirmed(request, batch, remove)
    asked = request.GET.get("question")
    question = _question(batch, asked) if asked else None
    form = QuestionForm(request.POST or None, question=question)
    if attempt(form, lambda: save_question(by=request.user, batch=batch, question=question, **form.facts())):
        messages.success(request, "问题已保存")
        return redirect(_page_of(batch))
    return _form(request, form, "探访问题", _page_of(batch), about=batch.title)


def _question(batch: VisitBatch, raw: str) -> BatchQuestion:
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 18):
        raise Http404("没有这个问题")
    return get_object_or_404(batch.questions.select_related("batch"), pk=int(raw))


def _confirmed(
    request: SignedIn, batch: VisitBatch, write: Callable[[], str], *, gone: bool = False, **page: Any
) -> HttpResponse:
    """A page that asks once, and does it on POST; what the action refuses stands on the batch's page.

    `gone`: then there is no batch any more."""
    back = _page_of(batch)
    if request.method == "POST":
        try:
            messages.success(request, write())
        except ValidationError as error:
            messages.error(request, "；".join(error.messages))
            return redirect(back)
        return redirect(reverse("batch_list") if gone else back)
    return render(request, "visits/confirm.html", {"batch": batch, "back": back, **page})


@GET_OR_POST
@scoped(VisitBatch, P.SET_VISITS, related=OF_PAGE)
def batch_start(request: SignedIn, batch: VisitBatch) -> HttpResponse:
    if sent := _only(request, batch, BatchState.DRAFT):
        return sent
    people = matching(batch, timezone.localdate()).count()
    if sent := led_back(request, "" if people else NOBODY, _page_of(batch)):
        return sent
    return _confirmed(
        request, batch, lambda: f"已下达，共 {start_batch(by=request.user, batch=batch)} 人",
        title="下达探访任务", submit="确认下达",
        text=f"将为符合条件的 {people} 名在档服务对象各安排一次探访，{batch.due_on} 前完成。下达后不能再修改。",
    )  # fmt: skip


@GET_OR_POST
@scoped(VisitBatch, P.SET_VISITS, related=OF_PAGE)
def batch_extend(request: SignedIn, batch: VisitBatch) -> HttpResponse:
    if sent := _only(request, batch, BatchState.RUNNING):
        return sent

    def write() -> str:
        added = extend_batch(by=request.user, batch=batch)
        return f"已补充 {added} 人" if added else "没有新的符合条件的服务对象"

    return _confirmed(
        request, batch, write, title="补充名单", submit="确认补充",
        text="下达后新建档或新符合条件的服务对象不会自动加入；补充后为他们各安排一次探访。",
    )  # fmt: skip


@GET_OR_POST
@scoped(VisitBatch, P.SET_VISITS, related=OF_PAGE)
def batch_discard(request: SignedIn, batch: VisitBatch) -> HttpResponse:
    if sent := _only(request, batch, BatchState.DRAFT):
        return sent

    def write() -> str:
        discard_batch(by=request.user, batch=batch)
        return "草稿已删除"

    return _confirmed(
        request, batch, write, gone=True, title="删除草稿", submit="确认删除", danger=True, text="删除后不能恢复。"
    )


@GET_OR_POST
@scoped(VisitBatch, P.SET_VISITS, related=OF_PAGE)
def batch_close(request: SignedIn, batch: VisitBatch) -> HttpResponse:
    if sent := _only(request, batch, BatchState.RUNNING):
        return sent
    form = CloseForm(request.POST or None)
    if attempt(form, lambda: close_batch(by=request.user, batch=batch, **form.cleaned_data)):
        messages.success(request, "探访任务已结束")
        return redirect(_page_of(batch))
    about = f"{batch.title}：还没有完成的探访将取消，已填的结果保留"
    return _form(request, form, "结束探访任务", _page_of(batch), about=about, submit="确认结束", danger=True)
