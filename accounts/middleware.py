"""Sign-in for every page, and the address that the audit trail names."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.audit import origin_ip

# Reachable without sign-in. Static files are served before this middleware.
PUBLIC = ("sign_in", "healthz")


class SignInRequiredMiddleware:
    """Everything needs a sign-in; a user whose password was set by someone else first changes it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        name = request.resolver_match.url_name if request.resolver_match else None
        if name in PUBLIC:
            return None
        if not request.user.is_authenticated:
            if request.path.startswith("/api/"):
                return JsonResponse({"detail": "请先登录。"}, status=401)
            return redirect_to_login(request.get_full_path(), reverse(settings.LOGIN_URL))
        if request.user.must_change_password and name not in ("password_change", "sign_out"):
            return redirect("password_change")
        return None


class AuditOriginMiddleware:
    """Remembers the client's address for the time of the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        address = request.META.get("REMOTE_ADDR") or None
        if settings.SECURE_PROXY_SSL_HEADER:  # BEHIND_PROXY: the proxy appends the client's address last
            address = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() or address
        token = origin_ip.set(address)
        try:
            return self.get_response(request)
        finally:
            origin_ip.reset(token)
