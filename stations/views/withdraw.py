"""Pages that take back the last record of a kind, with a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.gate import scoped
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from common.forms import WithdrawForm, attempt
from stations.actions import (
    withdraw_certificate,
    withdraw_employment,
    withdraw_evaluation,
    withdraw_posting,
    withdraw_renewal,
    withdraw_reward,
    withdraw_status,
    withdraw_supervision,
)
from stations.actions.withdraw import day_of, last_of, renewals_of
from stations.models import Station, Worker
from stations.views.workers import managed


def _page(
    request: SignedIn, target: Station | Worker, row: Any, *, what: str, on: Any, write: Callable[..., Any], effect: str
) -> HttpResponse:
    """Ask for the reason, then call `write`. `row` is the record to take back, None when there is none."""
    kind = "station" if isinstance(target, Station) else "worker"
    back = f"{kind}_detail"
    if row is None:
        messages.info(request, f"没有可以撤回的{what}")
        return redirect(back, target.pk)
    form = WithdrawForm(request.POST or None, expected=row.pk)
    if attempt(form, lambda: write(by=request.user, **{kind: target}, **form.cleaned_data)):
        messages.success(request, f"已撤回{what}")
        return redirect(back, target.pk)
    context = {"target": target, "back": back, "row": row, "on": on, "what": what, "effect": effect, "form": form}
    return render(request, "stations/withdraw.html", context)


@GET_OR_POST
@scoped(Station, Permission.BUILD_STATION, related=("unit",))
def station_status_withdraw(request: SignedIn, station: Station) -> HttpResponse:
    """Whoever may record a step may take it back; the action refuses others."""
    row = station.spells.current().get()
    return _page(request, station, row, what="状态", on=row.starts_on, write=withdraw_status, effect="恢复为上一个状态")


@managed
def worker_certificate_withdraw(request: SignedIn, worker: Worker) -> HttpResponse:
    row = last_of(worker.certificates.all())
    on = day_of(row) if row else None
    return _page(request, worker, row, what="证书", on=on, write=withdraw_certificate, effect="证书编号可以重新登记")


@managed
def worker_renewal_withdraw(request: SignedIn, worker: Worker) -> HttpResponse:
    row = last_of(renewals_of(worker))
    on = day_of(row) if row else None
    return _page(
        request, worker, row, what="证书再登记", on=on, write=withdraw_renewal, effect="证书有效期恢复为原来的"
    )


@managed
def worker_evaluation_withdraw(request: SignedIn, worker: Worker) -> HttpResponse:
    row = last_of(worker.evaluations.all())
    on = day_of(row) if row else None
    return _page(request, worker, row, what="年度考核", on=on, write=withdraw_evaluation, effect="该年度可以重新登记")


@managed
def worker_reward_withdraw(request: SignedIn, worker: Worker) -> HttpResponse:
    row = last_of(worker.rewards.all())
    on = day_of(row) if row else None
    return _page(request, worker, row, what="奖励", on=on, write=withdraw_reward, effect="该奖励不再列入档案")


@GET_OR_POST
@scoped(Station, Permission.MANAGE_WORKERS, related=("unit",))
def station_supervisor_withdraw(request: SignedIn, station: Station) -> HttpResponse:
    row = last_of(station.supervisors.select_related("worker", "user", "station__unit"))
    on = day_of(row) if row else None
    return _page(request, station, row, what="督导", on=on, write=withdraw_supervision, effect="被它接替的督导继续有效")


@managed
def worker_employment_withdraw(request: SignedIn, worker: Worker) -> HttpResponse:
    row = last_of(worker.employments.all())
    on = row.starts_on if row else None
    return _page(request, worker, row, what="聘用", on=on, write=withdraw_employment, effect="被它结束的聘用继续有效")


@managed
def worker_posting_withdraw(request: SignedIn, worker: Worker) -> HttpResponse:
    row = last_of(worker.postings.select_related("station__unit"))
    on = row.starts_on if row else None
    return _page(request, worker, row, what="驻站", on=on, write=withdraw_posting, effect="被它结束的驻站继续有效")
