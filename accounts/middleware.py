"""Sign-in for every page, and the address that the audit trail names."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.audit import origin_ip

# Reachable without sign-in. Static files are served before this middleware.
# `visit_feed`: a calendar cannot sign in; the key in its address is asked for instead.
PUBLIC = ("sign_in", "healthz", "service_worker", "app_manifest", "offline_page", "visit_feed")


def client_address(request: HttpRequest) -> str | None:
    """Where the request comes from. Behind a proxy it is what the proxy appended last: the rest anyone can write."""
    candidates = [request.META.get("REMOTE_ADDR", "")]
    if settings.SECURE_PROXY_SSL_HEADER:  # BEHIND_PROXY
        candidates.insert(0, request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2])
    for candidate in candidates:
        try:
            return str(ip_address(candidate.strip()))
        except ValueError:  # none, “unknown”, or a Unix socket
            continue
    return None


def _is_program(request: HttpRequest) -> bool:
    """Does a script ask, which can do nothing with the sign-in page? The service worker marks what it passes on."""
    return (
        request.path.startswith("/api/")
        or "X-Offline-Worker" in request.headers
        or request.get_preferred_type(["text/html", "application/json"]) == "application/json"
    )


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in and back to the page that the user had open; htmx is told to load it whole."""
    wanted = request.get_full_path()
    if request.method not in ("GET", "HEAD") or "HX-Request" in request.headers:
        page = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
        ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
        parts = urlsplit(page)
        wanted = urlunsplit(("", "", parts.path, parts.query, "")) if ours else "/"
    response = redirect_to_login(wanted, reverse(settings.LOGIN_URL))
    if "HX-Request" in request.headers:
        return HttpResponse(status=204, headers={"HX-Redirect": response.url})
    return response


class SignInRequiredMiddleware:
    """Everything needs a sign-in; a user whose password was set by someone else first changes it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else None
        if name in PUBLIC:
            return None
        if not request.user.is_authenticated:
            if _is_program(request):
                return JsonResponse({"detail": "请先登录。", "state": "signed_out"}, status=401)
            return _to_sign_in(request)
        if request.user.must_change_password and name not in ("password_change", "sign_out"):
            if _is_program(request):
                return JsonResponse({"detail": "请先修改密码。", "state": "signed_out"}, status=403)
            return redirect("password_change")
        return None


class AuditOriginMiddleware:
    """Remembers the client's address for the time of the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = origin_ip.set(client_address(request))
        try:
            return self.get_response(request)
        finally:
            origin_ip.reset(token)
