"""Pages of one worker: see, create, edit, employment, postings, history."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.gate import may, permitted, scoped
from accounts.queries import home_unit
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from accounts.views.history import history_page
from common.forms import attempt
from stations.actions import (
    create_worker,
    edit_worker,
    employ,
    end_employment,
    end_posting,
    post_worker,
    take_over_worker,
)
from stations.forms.careers import EndForm
from stations.forms.workers import EmploymentForm, PostForm, TakeOverForm, WorkerForm
from stations.models import Worker
from stations.queries.worker_page import worker_page


def manages(request: SignedIn, worker: Worker) -> bool:
    """May the user change this worker: is the file kept in their scope, or the current posting?"""
    return any(may(request.user, Permission.MANAGE_WORKERS, path) for path in worker.manager_paths())


def managed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """A page that changes a worker: one who was only posted here before is seen, but no longer changed (403)."""

    @wraps(view)
    def wrapper(request: SignedIn, worker: Worker, *args: Any, **kwargs: Any) -> HttpResponse:
        if not manages(request, worker):
            raise PermissionDenied("该社工已调离您的管辖范围，档案由现在的单位管理")
        return view(request, worker, *args, **kwargs)

    return GET_OR_POST(scoped(Worker, Permission.MANAGE_WORKERS, related=("unit",))(wrapper))


def form_page(request: SignedIn, worker: Worker, form: forms.Form, title: str, **extra: Any) -> HttpResponse:
    return render(request, "stations/worker_form.html", {"worker": worker, "form": form, "title": title, **extra})


def done(request: SignedIn, worker: Worker, message: str) -> HttpResponse:
    messages.success(request, message)
    return redirect("worker_detail", worker.pk)


@require_GET
@scoped(Worker, Permission.VIEW_WORKERS, related=("unit",))
def worker_detail(request: SignedIn, worker: Worker) -> HttpResponse:
    context = worker_page(worker, request.user) | {"may_manage": manages(request, worker)}
    return render(request, "stations/worker_detail.html", context)


@GET_OR_POST
@permitted(Permission.MANAGE_WORKERS)
def worker_create(request: SignedIn) -> HttpResponse:
    form = WorkerForm(request.POST or None, user=request.user)
    form.fields["unit"].initial = home_unit(request.user)
    if worker := attempt(form, lambda: create_worker(by=request.user, **form.cleaned_data)):
        return done(request, worker, f"已为“{worker}”建档，接着登记证书、聘用和驻站")
    return render(request, "stations/worker_form.html", {"form": form, "title": "新建社工档案"})


@GET_OR_POST
@permitted(Permission.MANAGE_WORKERS)
def worker_take_over(request: SignedIn) -> HttpResponse:
    """Take over the file of a worker who comes from outside the user's scope."""
    form = TakeOverForm(request.POST or None, user=request.user)
    form.fields["unit"].initial = home_unit(request.user)
    if worker := attempt(form, lambda: take_over_worker(by=request.user, **form.cleaned_data)):
        return done(request, worker, f"“{worker}”的档案已转入")
    return render(request, "stations/worker_form.html", {"form": form, "title": "转入社工档案"})


@managed
def worker_edit(request: SignedIn, worker: Worker) -> HttpResponse:
    form = WorkerForm(request.POST or None, user=request.user, worker=worker)
    if attempt(form, lambda: edit_worker(by=request.user, worker=worker, **form.changes())):
        return done(request, worker, "档案已保存")
    return form_page(request, worker, form, "编辑档案")


@managed
def worker_employ(request: SignedIn, worker: Worker) -> HttpResponse:
    form = EmploymentForm(request.POST or None)
    if attempt(form, lambda: employ(by=request.user, worker=worker, **form.values())):
        return done(request, worker, "聘用已登记")
    return form_page(request, worker, form, "登记聘用")


@managed
def worker_employment_end(request: SignedIn, worker: Worker) -> HttpResponse:
    employment = worker.employments.current().first()
    if employment is None:
        messages.info(request, "现在没有在任的聘用")
        return redirect("worker_detail", worker.pk)
    form = EndForm(request.POST or None)
    if attempt(form, lambda: end_employment(by=request.user, employment=employment, **form.cleaned_data)):
        return done(request, worker, "聘用已结束")
    return form_page(request, worker, form, "结束聘用", about=f"{employment}，{employment.starts_on} 起")


@managed
def worker_post(request: SignedIn, worker: Worker) -> HttpResponse:
    """Post to a station, or transfer to another one."""
    current = worker.postings.current().first()
    certified = worker.certificates.valid(timezone.localdate()).exists()
    form = PostForm(request.POST or None, user=request.user, current=current, certified=certified)
    if attempt(form, lambda: post_worker(by=request.user, worker=worker, **form.values())):
        return done(request, worker, "驻站已登记")
    return form_page(request, worker, form, "调往其他站点" if current else "派驻站点")


@managed
def worker_posting_end(request: SignedIn, worker: Worker) -> HttpResponse:
    posting = worker.postings.current().select_related("station__unit").first()
    if posting is None:
        messages.info(request, "现在没有驻站")
        return redirect("worker_detail", worker.pk)
    form = EndForm(request.POST or None)
    if attempt(form, lambda: end_posting(by=request.user, posting=posting, **form.cleaned_data)):
        return done(request, worker, "驻站已结束")
    return form_page(request, worker, form, "结束驻站", about=f"{posting.station}，{posting.starts_on} 起")


@require_GET
@scoped(Worker, Permission.VIEW_WORKERS, related=("unit",))
def worker_history(request: SignedIn, worker: Worker) -> HttpResponse:
    """Every recorded change of the worker within the user's scope."""
    return history_page(request, worker, title=worker.name, back=("worker_detail", worker.pk))
