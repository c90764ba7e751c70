"""Pages on where a file is kept: close it, open it again, move it to another station."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from accounts.gate import permitted, scoped
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from clients.actions.closing import close_file, reopen_file
from clients.actions.transfers import (
    accept_transfer,
    ask_for_transfer,
    offer_transfer,
    refuse_transfer,
    withdraw_transfer,
)
from clients.forms.moving import AnswerForm, AskForm, CloseForm, OfferForm, ReasonForm, ReopenForm, TransferFilter
from clients.models import Client, Transfer, TransferState
from clients.queries.transfers import decides, takes_back, transfer_rows, transfers_of
from clients.views.common import RELATED, done, form_page
from common.forms import attempt

EDIT = Permission.EDIT_CLIENTS
BOTH = ("client", "from_station__unit", "to_station__unit", "asked_by", "decided_by")
PAGE = 50


@GET_OR_POST
@scoped(Client, EDIT, related=RELATED)
def client_close(request: SignedIn, client: Client) -> HttpResponse:
    form = CloseForm(request.POST or None)
    if attempt(form, lambda: close_file(by=request.user, client=client, **form.cleaned_data)):
        return done(request, client, "档案已归档，需要时可以恢复")
    hint = "归档后不再列入在档服务对象，已有记录和数字不变；保存期满后由管理员匿名化。"
    return form_page(request, client, form, "结案归档", submit_label="确认归档", hint=hint)


@GET_OR_POST
@scoped(Client, EDIT, related=RELATED)
def client_reopen(request: SignedIn, client: Client) -> HttpResponse:
    form = ReopenForm(request.POST or None)
    if attempt(form, lambda: reopen_file(by=request.user, client=client, **form.cleaned_data)):
        return done(request, client, "档案已恢复在档")
    return form_page(request, client, form, "恢复建档", submit_label="恢复在档")


@GET_OR_POST
@scoped(Client, EDIT, related=RELATED)
def client_transfer(request: SignedIn, client: Client) -> HttpResponse:
    """Offer the file to another station; who writes at both moves it at once."""
    form = OfferForm(request.POST or None, client=client)
    if transfer := attempt(form, lambda: offer_transfer(by=request.user, client=client, **form.cleaned_data)):
        return _asked(request, transfer)
    hint = (
        "对方接受后档案连同同意书、家庭关系一起转走，已有服务仍计在本站。迁往外市的，由转入站点凭姓名和身份证号申请。"
    )
    return form_page(request, client, form, "转往其他站点", submit_label="提出转移", hint=hint)


@GET_OR_POST
@permitted(EDIT)
def transfer_ask(request: SignedIn) -> HttpResponse:
    """Ask for the file of somebody who has moved here."""
    form = AskForm(request.POST or None, user=request.user)
    if transfer := attempt(form, lambda: ask_for_transfer(by=request.user, **form.cleaned_data)):
        return _asked(request, transfer)
    response = render(request, "clients/transfer_ask.html", {"form": form})
    response["Cache-Control"] = "no-store"
    return response


def _asked(request: SignedIn, transfer: Transfer) -> HttpResponse:
    if transfer.state == TransferState.ACCEPTED:
        messages.success(request, f"档案已转到{transfer.to_station}")
        return redirect("client_detail", transfer.client_id)
    messages.success(request, "转移申请已提出，等待对方确认")
    return redirect("transfer_detail", transfer.pk)


@require_GET
@permitted(EDIT)
def transfer_list(request: SignedIn) -> HttpResponse:
    """Filter: state (mine, asked, decided)."""
    form = TransferFilter(request.GET)
    state = form.cleaned_data["state"] if form.is_valid() else ""
    page = Paginator(transfers_of(request.user, state), PAGE).get_page(request.GET.get("page"))
    rows = transfer_rows(request.user, page.object_list)
    context = {"form": form, "page": page, "rows": rows, "filtered": bool(state)}
    response = render(request, "clients/transfer_list.html", context)
    response["Cache-Control"] = "no-store"
    return response


@GET_OR_POST
@scoped(Transfer, EDIT, related=BOTH)
def transfer_detail(request: SignedIn, transfer: Transfer) -> HttpResponse:
    """What is asked; the side that decides answers here."""
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and not decides(request.user, transfer):
        raise PermissionDenied("这份转移申请由对方站点处理")
    if attempt(form, lambda: _answer(request, transfer, form)):
        messages.success(request, "已处理")
        return redirect("transfer_detail", transfer.pk)
    context = {"row": transfer_rows(request.user, [transfer])[0], "transfer": transfer, "form": form}
    response = render(request, "clients/transfer_detail.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _answer(request: SignedIn, transfer: Transfer, form: AnswerForm) -> Transfer:
    act = accept_transfer if form.cleaned_data["decision"] == AnswerForm.ACCEPT else refuse_transfer
    return act(by=request.user, transfer=transfer, answer=form.cleaned_data["answer"])


@GET_OR_POST
@scoped(Transfer, EDIT, related=BOTH)
def transfer_withdraw(request: SignedIn, transfer: Transfer) -> HttpResponse:
    if not takes_back(request.user, transfer):
        raise PermissionDenied("这份转移申请由对方站点提出，只能由对方撤回")
    form = ReasonForm(request.POST or None, label="撤回理由")
    if attempt(form, lambda: withdraw_transfer(by=request.user, transfer=transfer, **form.cleaned_data)):
        messages.success(request, "转移申请已撤回")
        return redirect("transfer_list")
    return render(request, "clients/transfer_withdraw.html", {"form": form, "transfer": transfer})
