"""Pages about a worker's career: certificates, leaving, evaluation, rewards; and the whole identity number."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.requests import SignedIn
from common.forms import attempt
from stations.actions import (
    add_certificate,
    evaluate_worker,
    grant_reward,
    leave,
    renew_certificate,
    reveal_id_number,
)
from stations.forms.careers import CertificateForm, EvaluationForm, LeaveForm, RenewalForm, RevealForm, RewardForm
from stations.models import Worker
from stations.views.workers import done, form_page, managed


@managed
def worker_certificate(request: SignedIn, worker: Worker) -> HttpResponse:
    form = CertificateForm(request.POST or None, request.FILES or None)
    if not form.is_bound:
        del form.fields["accept_expired"]  # asked only of a registration that has run out
    if certificate := attempt(form, lambda: add_certificate(by=request.user, worker=worker, **form.cleaned_data)):
        return done(request, worker, f"“{certificate}”已登记")
    return form_page(request, worker, form, "登记资格证书")


@managed
def worker_renew(request: SignedIn, worker: Worker) -> HttpResponse:
    """Register a certificate again, or the first time."""
    certificates: list[Any] = list(worker.certificates.with_end(date.max).order_by("-issued_on", "-pk"))
    if not certificates:
        messages.info(request, "还没有登记证书，请先登记证书")
        return redirect("worker_certificate", worker.pk)
    ends = {row.pk: row.runs_to for row in certificates}
    form = RenewalForm(request.POST or None, request.FILES or None, certificates=certificates, ends=ends)
    if attempt(form, lambda: renew_certificate(by=request.user, **form.values())):
        return done(request, worker, "证书有效期已登记")
    return form_page(request, worker, form, "登记证书有效期")


@managed
def worker_leave(request: SignedIn, worker: Worker) -> HttpResponse:
    """Posting, employment and supervision end in one step."""
    posting = worker.postings.current().select_related("station__unit").first()
    employment = worker.employments.current().first()
    if posting is None and employment is None:
        messages.info(request, "现在没有驻站和聘用，不需要登记离职")
        return redirect("worker_detail", worker.pk)
    form = LeaveForm(request.POST or None)
    if attempt(form, lambda: leave(by=request.user, worker=worker, **form.cleaned_data)):
        return done(request, worker, "离职已登记，驻站、聘用和督导同时结束")
    ending = (posting and posting.station.unit.name, employment and employment.employer_name)
    about = "、".join(word for word in ending if word)
    return form_page(request, worker, form, "登记离职", about=about)


@managed
def worker_evaluation(request: SignedIn, worker: Worker) -> HttpResponse:
    form = EvaluationForm(request.POST or None)
    if evaluation := attempt(form, lambda: evaluate_worker(by=request.user, worker=worker, **form.cleaned_data)):
        return done(request, worker, f"{evaluation}已登记")
    return form_page(request, worker, form, "登记年度考核")


@managed
def worker_reward(request: SignedIn, worker: Worker) -> HttpResponse:
    form = RewardForm(request.POST or None)
    if reward := attempt(form, lambda: grant_reward(by=request.user, worker=worker, **form.cleaned_data)):
        return done(request, worker, f"“{reward}”已登记")
    return form_page(request, worker, form, "登记奖励")


@managed
def worker_reveal(request: SignedIn, worker: Worker) -> HttpResponse:
    """The whole identity number, for a reason that the trail keeps. Shown in the answer to the POST only."""
    form = RevealForm(request.POST or None)
    shown: list[str] = []

    def reveal() -> Worker:
        shown.append(reveal_id_number(by=request.user, worker=worker, reason=form.cleaned_data["reason"]))
        return worker

    attempt(form, reveal)
    context = {"worker": worker, "form": form, "number": shown[0] if shown else "", "title": "查看完整身份证号"}
    response = render(request, "stations/worker_reveal.html", context)
    response["Cache-Control"] = "no-store"
    return response
