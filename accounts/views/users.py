"""Accounts and postings, for administrators within their scope."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.actions import (
    add_posting,
    create_user,
    edit_user,
    end_posting,
    manageable_by,
    reset_password,
    set_active,
)
from accounts.forms.users import (
    PostingEndForm,
    PostingForm,
    ReasonForm,
    UserCreateForm,
    UserEditForm,
    UserFilterForm,
)
from accounts.gate import permitted, scoped
from accounts.models import Posting, User
from accounts.queries import unit_in_scope
from accounts.queries.users import SORTS, posting_lines, user_list
from accounts.requests import SignedIn
from accounts.roles import Permission, Role
from common.forms import put_errors

MANAGE = Permission.MANAGE_USERS
PAGE = 50


def _posted(request: SignedIn) -> QueryDict | None:
    """What a form is bound to: also an empty POST."""
    return request.POST if request.method == "POST" else None


@require_GET
@permitted(MANAGE)
def users(request: SignedIn) -> HttpResponse:
    unit_in_scope(request.user, request.GET.get("unit"), MANAGE)
    form = UserFilterForm(request.user, request.GET or None)
    chosen: dict[str, Any] = {}
    valid = not form.is_bound or form.is_valid()
    if form.is_bound and valid:
        data = form.cleaned_data
        chosen = {
            "unit": data["unit"],
            "role": Role(data["role"]) if data["role"] else None,
            "active": {"1": True, "0": False}.get(data["active"]),
            "q": data["q"],
        }
    sort = request.GET.get("sort", "name")
    if sort.removeprefix("-") not in SORTS:
        sort = "name"
    rows = user_list(request.user, **chosen, sort=sort) if valid else User.objects.none()
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "today": timezone.localdate(),
        "page": page,
        "sort": sort,
        "filtered": any(value not in (None, "") for value in chosen.values()),
    }
    return render(request, "accounts/users.html", context)


@require_GET
@scoped(User, MANAGE)
def user_detail(request: SignedIn, user: User) -> HttpResponse:
    lines, elsewhere = posting_lines(request.user, user)
    context = {
        "person": user,
        "lines": lines,
        "elsewhere": elsewhere,
        "manageable": manageable_by(request.user, user),
        "myself": user.pk == request.user.pk,
    }
    return render(request, "accounts/user.html", context)


def _form_page(request: SignedIn, form: forms.Form, title: str, **context: Any) -> HttpResponse:
    return render(request, "accounts/user_form.html", {"form": form, "title": title, **context})


def _password_page(request: SignedIn, user: User, password: str, title: str) -> HttpResponse:
    """Shown in the answer itself: a redirect would have to keep the password somewhere until the next request."""
    return render(request, "accounts/user_password.html", {"person": user, "password": password, "title": title})


@never_cache
@require_http_methods(["GET", "POST"])
@permitted(MANAGE)
def user_create(request: SignedIn) -> HttpResponse:
    form = UserCreateForm(request.user, _posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            user, password = create_user(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            put_errors(form, error)
        else:
            return _password_page(request, user, password, "账号已建立")
    return _form_page(request, form, "新建账号", submit="建立账号")


def _require_manageable(request: SignedIn, user: User) -> None:
    if not manageable_by(request.user, user):
        raise PermissionDenied("该账号在您的管辖范围之外还有任职，请由上级管理员办理")


@require_http_methods(["GET", "POST"])
@scoped(User, MANAGE)
def user_edit(request: SignedIn, user: User) -> HttpResponse:
    _require_manageable(request, user)
    form = UserEditForm(_posted(request), initial={"name": user.name, "phone": user.phone})
    if request.method == "POST" and form.is_valid():
        try:
            edit_user(by=request.user, user=user, **form.cleaned_data)
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, "已保存。")
            return redirect("user_detail", user.pk)
    return _form_page(request, form, f"修改账号：{user.username}", person=user)


def _switch(request: SignedIn, user: User, *, active: bool) -> HttpResponse:
    _require_manageable(request, user)
    form = ReasonForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            set_active(by=request.user, user=user, active=active, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, f"账号 {user.username} 已{'启用' if active else '停用'}。")
            return redirect("user_detail", user.pk)
    context = {
        "form": form,
        "person": user,
        "title": f"{'启用' if active else '停用'}账号 {user.username}（{user.name}）",
        "text": "启用后可以用原密码登录。" if active else "停用后不能登录，已登录的会话立即失效；任职和操作记录保留。",
        "submit": "启用" if active else "停用",
        "danger": not active,
    }
    return render(request, "accounts/user_confirm.html", context)


@require_http_methods(["GET", "POST"])
@scoped(User, MANAGE)
def user_deactivate(request: SignedIn, user: User) -> HttpResponse:
    return _switch(request, user, active=False)


@require_http_methods(["GET", "POST"])
@scoped(User, MANAGE)
def user_activate(request: SignedIn, user: User) -> HttpResponse:
    return _switch(request, user, active=True)


@never_cache
@require_http_methods(["GET", "POST"])
@scoped(User, MANAGE)
def user_reset_password(request: SignedIn, user: User) -> HttpResponse:
    _require_manageable(request, user)
    if request.method == "POST":
        return _password_page(request, user, reset_password(by=request.user, user=user), "密码已重置")
    context = {
        "person": user,
        "title": f"重置 {user.username}（{user.name}）的密码",
        "text": "系统生成新密码，只显示一次。对方已登录的会话立即失效，输错密码的锁定同时解除，下次登录须改密码。",
        "submit": "重置密码",
        "danger": True,
    }
    return render(request, "accounts/user_confirm.html", context)


@require_http_methods(["GET", "POST"])
@scoped(User, MANAGE)
def posting_create(request: SignedIn, user: User) -> HttpResponse:
    form = PostingForm(request.user, _posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            posting = add_posting(by=request.user, user=user, **form.cleaned_data)
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, f"已增加任职：{posting}。")
            return redirect("user_detail", user.pk)
    return _form_page(request, form, f"增加任职：{user.name}", person=user, submit="增加任职")


@require_http_methods(["GET", "POST"])
@scoped(Posting, MANAGE, related=("user", "unit"))
def posting_end(request: SignedIn, posting: Posting) -> HttpResponse:
    form = PostingEndForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            end_posting(by=request.user, posting=posting, **form.cleaned_data)
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, f"已结束任职：{posting}。")
            return redirect("user_detail", posting.user_id)
    context = {
        "form": form,
        "person": posting.user,
        "title": f"结束任职：{posting.user.name} · {posting}",
        "text": "自所填日期起，该任职的权限不再有效；记录保留。",
        "submit": "结束任职",
        "danger": True,
    }
    return render(request, "accounts/user_confirm.html", context)
