"""Pages on files of one person: proposed, compared, merged, taken apart again."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from accounts.gate import allowed, permitted, scoped
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from clients.actions.merging import merge_clients, not_duplicate, unmerge_clients
from clients.forms.moving import MergeForm, OtherForm, ReasonForm
from clients.models import Client, ClientMerge
from clients.queries import duplicates
from clients.queries.merges import compared
from clients.views.common import OF_CLIENT, RELATED, crumbs_of, done, form_page
from common.forms import attempt

EDIT = Permission.EDIT_CLIENTS
PAGE = 30


@require_GET
@permitted(EDIT)
def duplicate_list(request: SignedIn) -> HttpResponse:
    """Pairs of files that seem to be of one person."""
    pairs = duplicates.proposals(request.user)
    page = Paginator(pairs, PAGE).get_page(request.GET.get("page"))
    response = render(request, "clients/duplicate_list.html", {"page": page, "total": len(pairs)})
    response["Cache-Control"] = "no-store"
    return response


@GET_OR_POST
@scoped(Client, EDIT, related=RELATED)
def client_merge_choose(request: SignedIn, client: Client) -> HttpResponse:
    """Which other file: those that look like this one, or any by its number."""
    form = OtherForm(request.POST or None)
    if form.is_bound and form.is_valid():
        other = Client.objects.visible_to(request.user, EDIT).filter(pk=form.cleaned_data["other"]).first()
        if other is not None and other.pk != client.pk:
            return redirect("client_merge", client.pk, other.pk)
        form.add_error("other", "您管理的站点没有这份档案" if other is None else "请填写另一份档案的编号")
    found = duplicates.like(request.user, client)
    context = {"client": client, "form": form, "found": found, "crumbs": crumbs_of(client)}
    return render(request, "clients/merge_choose.html", context)


@GET_OR_POST
@scoped(Client, EDIT, related=RELATED)
def client_merge(request: SignedIn, client: Client, other: int) -> HttpResponse:
    """Both files side by side: which one stays."""
    pair = (client, _other(request, client, other))
    form = MergeForm(request.POST or None, pair=pair)

    def merge() -> ClientMerge:
        kept = next(row for row in pair if row.pk == form.cleaned_data["kept"])
        gone = next(row for row in pair if row is not kept)
        return merge_clients(by=request.user, client=gone, kept=kept, reason=form.cleaned_data["reason"])

    if merged := attempt(form, merge):
        return done(request, merged.kept, f"档案 {merged.client_id} 已并入本档案，服务、个案和探访都计入本档案")
    context = {"pair": pair, "facts": compared(*pair), "form": form, "why": duplicates.reason(*pair)}
    response = render(request, "clients/merge.html", context | {"crumbs": crumbs_of(client)})
    response["Cache-Control"] = "no-store"
    return response


@GET_OR_POST
@scoped(Client, EDIT, related=RELATED)
def client_not_duplicate(request: SignedIn, client: Client, other: int) -> HttpResponse:
    second = _other(request, client, other)
    form = ReasonForm(request.POST or None, label="依据", required=False)
    if attempt(form, lambda: not_duplicate(by=request.user, client=client, other=second, **form.cleaned_data)):
        messages.success(request, f"档案 {client.pk} 和档案 {second.pk} 不再提示为疑似重复")
        return redirect("duplicate_list")
    about = f"与档案 {second.pk} 不是同一人"
    hint = "确认后不再提示这两份档案疑似重复；以后仍可合并。"
    return form_page(request, client, form, "认定非同一人", about=about, submit_label="确认不是同一人", hint=hint)


@GET_OR_POST
@scoped(ClientMerge, EDIT, related=(*OF_CLIENT, "kept__station__unit"))
def client_unmerge(request: SignedIn, merge: ClientMerge) -> HttpResponse:
    """Whoever may write at both stations takes a merge back."""
    if not allowed(request.user, EDIT, merge.kept):
        raise PermissionDenied("保留的档案不在您管理的站点，请与该站点或上级乡镇（街道）联系")
    form = ReasonForm(request.POST or None, label="撤销理由")
    if attempt(form, lambda: unmerge_clients(by=request.user, merge=merge, **form.cleaned_data)):
        return done(request, merge.client, "合并已撤销，两份档案恢复为合并以前的状态")
    about = f"{merge.merged_at:%Y-%m-%d} 并入档案 {merge.kept_id}"
    hint = "撤销以后两份档案各自独立，服务、个案和探访回到原来的档案；合并时结束的在档继续。"
    return form_page(
        request, merge.client, form, "撤销合并", about=about, submit_label="确认撤销合并", hint=hint, danger=True
    )


def _other(request: SignedIn, client: Client, key: int) -> Client:
    """The other file, which the user may write too. Http404."""
    rows = Client.objects.visible_to(request.user, EDIT).exclude(pk=client.pk)
    return get_object_or_404(rows.select_related(*RELATED), pk=key)
