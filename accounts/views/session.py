"""Sign-in, sign-out, one's own password, and the health check."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_client_username, get_cool_off, get_failure_limit
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.actions import change_own_password
from accounts.forms.session import OwnPasswordForm, SignInForm
from accounts.gate import open_to_all
from accounts.links import home_url
from accounts.requests import SignedIn
from common.forms import put_errors


class SignIn(LoginView):
    form_class = SignInForm
    template_name = "accounts/sign_in.html"
    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        return home_url()


sign_in = open_to_all("登录页，登录前打开")(SignIn.as_view())


def _locked_for(request: HttpRequest, credentials: dict[str, Any] | None) -> timedelta:
    """Until when the lock holds: as soon as enough of the failures are older than the cool-off time."""
    cool_off = get_cool_off(request) or timedelta(0)
    failures, limit = 0, get_failure_limit(request, credentials)
    username = get_client_username(request, credentials)
    since = timezone.now() - cool_off
    for attempt in AccessAttempt.objects.filter(username=username, attempt_time__gte=since).order_by("-attempt_time"):
        failures += attempt.failures_since_start
        if failures >= limit:
            return attempt.attempt_time - since
    return cool_off


def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """What axes answers in place of the sign-in page (AXES_LOCKOUT_CALLABLE)."""
    context = {
        "username": get_client_username(request, credentials) or "",
        "failure_limit": get_failure_limit(request, credentials),
        "cooloff_timedelta": _locked_for(request, credentials),
    }
    return render(request, "accounts/locked_out.html", context, status=settings.AXES_HTTP_RESPONSE_CODE)


@require_POST
@open_to_all("退出登录，人人可用")
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("sign_in")


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
@open_to_all("自己的密码，没有任职的用户也可修改")
def password_change(request: SignedIn) -> HttpResponse:
    forced = request.user.must_change_password
    form = OwnPasswordForm(request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            change_own_password(user=request.user, password=form.cleaned_data["new_password1"])
        except ValidationError as error:
            put_errors(form, error)
        else:
            update_session_auth_hash(request, request.user)  # this session goes on, all others of the user end
            AxesProxyHandler.reset_attempts(username=request.user.get_username())
            messages.success(request, "密码已修改。")
            return redirect(home_url() if forced else "password_change")
    return render(request, "accounts/password_change.html", {"form": form, "forced": forced, "home_url": home_url()})


@require_GET
@never_cache
@open_to_all("供监控程序调用，不含业务数据")
def healthz(request: HttpRequest) -> HttpResponse:
    """200 with {"status": "ok", "database": "ok"}; 503 when the database does not answer."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        return JsonResponse({"status": "error", "database": "error"}, status=503)
    return JsonResponse({"status": "ok", "database": "ok"})
