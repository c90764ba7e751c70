"""One record: read, correct, void."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.gate import may, scoped
from accounts.links import url_or_empty
from accounts.queries import crumbs
from accounts.queries.audit import life_of
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from clients.queries.namesakes import told_apart
from common.forms import put_errors
from files.queries import attachments_of
from services import links, rules
from services.actions import PHOTO, void_service
from services.forms import CorrectForm, VoidForm, initial_of
from services.models import FocusGroup, ServiceRecord
from services.panels import panels_of
from services.queries import is_locked
from services.queries.people import CLOSED, closed_texts, people_of, reads_people
from services.queries.review import review_panel
from services.views import judgement
from services.views.people import picker

LEFT_OUT = ("id", "due_provision", "voided_at")  # of a record's history: told in words beside it
WHOLE = ("station__unit", "entered_by", "due_provision__document")


@require_safe
@scoped(ServiceRecord, Permission.VIEW_RECORDS, related=WHOLE)
def service_detail(request: SignedIn, record: ServiceRecord) -> HttpResponse:
    """All facts, the judgement and the history. `?saved=1`: just logged, ask what it belongs to asks for, and offer the
    next entry."""
    locked = is_locked(record.station, record.month)
    may_log = may(request.user, Permission.LOG_SERVICE, record.station.unit.path)
    reads = reads_people(request.user, record.station)
    linked = list(links.of(record))
    saved = request.GET.get("saved") == "1" and record.entered_by_id == request.user.pk
    named = told_apart(people_of(record), timezone.localdate()) if reads else {}
    people = [{"name": name, "url": url_or_empty("client_detail", key)} for key, name in named.items()]
    context = {
        "record": record,
        "crumbs": [
            *crumbs(request.user, record.station.unit),
            {
                "label": record.month.label,
                "url": f"{reverse('service_list')}?unit={record.station_id}&month={record.month}",
            },
        ],
        "judged": judgement.of_record(record),
        "reads_people": reads,
        "closed_texts": CLOSED if closed_texts(request.user, [record]) else "",
        "people": people,
        "people_count": len(people) if reads else record.service_clients.count(),
        "linked": linked,
        "photos": attachments_of(request.user, [record], slot=PHOTO)[record.pk],
        "team": list(record.workers.only("pk", "name").order_by("pk")),
        "history": life_of(record, request.user, Permission.VIEW_RECORDS, leave=LEFT_OUT),
        "focus": [
            {"label": group.label, "count": count} for group in FocusGroup if (count := getattr(record, group.value))
        ],
        "review": review_panel(request.user, record),
        "cards": panels_of(request.user, record),
        "locked": rules.locked_words(record.month) if locked else "",
        "may_log": may_log,
        "may_change": may_log and not locked and not record.voided_at,
        "saved": saved,
        "asked": [found for one in linked if (found := one.asks)] if saved and reads and may_log else [],
        "draft_key": ":".join(filter(None, [str(request.user.pk), str(record.station_id), request.GET.get("link")])),
    }
    return render(request, "services/service_detail.html", context)


@GET_OR_POST
@scoped(ServiceRecord, Permission.LOG_SERVICE, related=WHOLE)
def service_correct(request: SignedIn, record: ServiceRecord) -> HttpResponse:
    if closed := _closed(request, record):
        return closed
    already = record.service_clients.values_list("client_id", flat=True)
    form = CorrectForm(
        request.POST or None,
        request.FILES or None,
        station=record.station,
        user=request.user,
        today=timezone.localdate(),
        initial=initial_of(record),
        already=already,
    )
    if request.method == "POST" and form.is_valid():
        try:
            form.save(by=request.user, record=record)
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, "已更正，更正前后的内容记入历史。")
            return redirect("service_detail", pk=record.pk)
    context = {
        "record": record,
        "form": form,
        "judged": judgement.of_record(record),
        "picker": picker(form, record.ends_on),
        "photos": attachments_of(request.user, [record], slot=PHOTO)[record.pk],
    }
    return render(request, "services/service_correct.html", context)


@GET_OR_POST
@scoped(ServiceRecord, Permission.LOG_SERVICE, related=WHOLE)
def service_void(request: SignedIn, record: ServiceRecord) -> HttpResponse:
    if closed := _closed(request, record):
        return closed
    form = VoidForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            void_service(by=request.user, record=record, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, "已作废：记录保留可查，不再计入统计。")
            return redirect("service_detail", pk=record.pk)
    return render(request, "services/service_void.html", {"record": record, "form": form})


def _closed(request: SignedIn, record: ServiceRecord) -> HttpResponse | None:
    """Back to the record with the reason when nothing can be changed any more."""
    if record.voided_at:
        messages.error(request, "已作废的记录不能再修改。")
    elif is_locked(record.station, record.month):
        messages.error(request, f"{rules.locked_words(record.month)}。")
    else:
        return None
    return redirect("service_detail", pk=record.pk)
