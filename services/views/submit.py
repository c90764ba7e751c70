"""What a phone saved without a connection, sent by its service worker; and the page that shows what still waits.

GET /services/submit/ says who is signed in: {user, csrf, keys, now}. POST takes one entry: the fields and photos of the
entry form, `user` (whose phone it was), `captured_at` and `device_now` (the phone's clock, ISO 8601). The answer:

    {"state": "saved" | "exists" | "differs" | "refused" | "locked" | "forbidden" | "other_user" | "signed_out",
     "errors": {field: [words]}, "url": the record's page, "title": its title}

A repeat gives the first record: `exists`, or `differs` when it says something else. `signed_out` is the
middleware's.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.gate import permitted
from accounts.models import User
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from common.checks import uuid_or_none
from common.forms import put_errors
from services import moments
from services.actions import MonthLocked
from services.forms import LogForm
from services.models import ServiceRecord
from services.queries import differs
from services.views.finding import station_of
from services.vocabulary import entry_labels
from stations.models import Station

READABLE = timedelta(days=400)  # a clock further off than this tells nothing


def in_json(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A script asks: refusals of the gate are JSON, too."""

    @wraps(view)
    def wrapper(request: SignedIn, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except PermissionDenied as error:
            return _answer("forbidden", 403, errors={"station_id": [str(error) or "您的岗位不能登记服务"]})
        except Http404:
            return _answer("forbidden", 404, errors={"station_id": ["这个站点不在您的管辖范围内，不能登记"]})

    return wrapper


@require_safe
@permitted(Permission.LOG_SERVICE)
def service_waiting(request: SignedIn) -> HttpResponse:
    """The queue of this phone; the script fills it."""
    return render(request, "services/service_waiting.html", {"entry_labels": entry_labels()})


@GET_OR_POST
@never_cache
@in_json
@permitted(Permission.LOG_SERVICE)
def service_submit(request: SignedIn) -> HttpResponse:
    """GET: who is signed in. POST: one entry; see the module."""
    return _taken(request) if request.method == "POST" else _greeting(request)


def _greeting(request: SignedIn) -> JsonResponse:
    keys = [base64.b64encode(key).decode() for key in _keys(request.user)]
    now = timezone.now().isoformat()
    return JsonResponse({"user": request.user.pk, "csrf": get_token(request), "keys": keys, "now": now})


def _keys(user: User) -> list[bytes]:
    """32 bytes that only this user's phones are given, to seal what waits there; the first one is in use."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [salted_hmac("services.offline", str(user.pk), secret, algorithm="sha256").digest() for secret in secrets]


def _taken(request: SignedIn) -> JsonResponse:
    typed: Any = request.POST
    if typed.get("user") not in (None, str(request.user.pk)):
        return _answer("other_user", 409)
    if not typed.get("station_id", "").isdigit():
        return _answer("refused", 400, errors={"station_id": ["没有站点，请重新打开“登记服务”填写"]})
    station = station_of(request, typed["station_id"])
    now = timezone.now()
    first = _first(request.user, station, typed.get("client_id", ""))
    if first:
        typed = typed.copy()
        typed.pop("link", None)  # what it belongs to may be done by this very record
    form = LogForm(typed, request.FILES, station=station, user=request.user, today=timezone.localdate(now))
    if first:
        return _told("exists" if _says_the_same(form, first, now) else "differs", 200, first)
    if not form.is_valid():
        return _refused(form)
    try:
        record, created = form.save(by=request.user, now=now, captured_at=_captured(typed, now))
    except ValidationError as error:
        put_errors(form, error)
        return _refused(form, locked=isinstance(error, MonthLocked))
    return _told("saved" if created else "exists", 201 if created else 200, record)


def _first(user: User, station: Station, client_id: str) -> ServiceRecord | None:
    """What an earlier attempt saved, its answer being lost."""
    key = uuid_or_none(client_id)
    if key is None:
        return None
    rows = ServiceRecord.objects.visible_to(user, Permission.LOG_SERVICE)
    return rows.filter(client_id=key, entered_by=user, station=station).first()


def _says_the_same(form: LogForm, first: ServiceRecord, now: datetime) -> bool:
    try:
        return form.is_valid() and not differs(first, form.facts(), form.cleaned_data, now)
    except ValidationError:
        return False


def _captured(typed: Any, now: datetime) -> datetime | None:
    """The phone's moment of saving by our clock; None when it gives none that can be read."""
    captured_at, device_now = (_moment(typed.get(name, "")) for name in ("captured_at", "device_now"))
    if captured_at is None or device_now is None or abs(device_now - captured_at) > READABLE:
        return None
    return moments.corrected(captured_at, device_now, now)


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text[:40])
    except ValueError:
        return None
    return found if found and timezone.is_aware(found) and 2000 <= found.year <= 2999 else None


def _refused(form: LogForm, *, locked: bool = False) -> JsonResponse:
    errors = {("" if name == "__all__" else name): list(problems) for name, problems in form.errors.items()}
    return _answer("locked", 409, errors=errors) if locked else _answer("refused", 400, errors=errors)


def _told(state: str, status: int, record: ServiceRecord) -> JsonResponse:
    return _answer(state, status, url=reverse("service_detail", args=[record.pk]), title=record.title)


def _answer(state: str, status: int, **more: Any) -> JsonResponse:
    return JsonResponse({"state": state, "errors": {}, **more}, status=status)
